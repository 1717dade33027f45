"""A document written as define.xml 2.1: the same document gives the same bytes.

Elements stand in the schema's order, the objects of a kind in the document's.
Source: Define-XML Specification 2.1; Analysis Results Metadata Specification 1.0.
"""

from __future__ import annotations

from pathlib import Path

from define.errors import BrokenDocumentError
from define.model import Document
from define.references import broken_references
from define.templating import environment
from define.upgrade import upgraded

STYLESHEET = "define2-1.xsl"
_TEMPLATES = Path(__file__).parent / "templates"


def to_xml(document: Document, *, stylesheet: str | None = STYLESHEET) -> bytes:
    """The document as the bytes of a define.xml, in UTF-8.

    `stylesheet` is the file that tools which still use XSLT are pointed to. A document that was read from
    Define-XML 2.0 is written with the words of 2.1. Raises `BrokenDocumentError` where a reference leads
    nowhere or an identifier is used twice, `InvalidTextError` for a character that XML cannot hold.
    """
    problems = broken_references(document)
    if problems:
        raise BrokenDocumentError(problems)
    template = environment().get_template("define.xml.jinja")
    return template.render(d=upgraded(document), stylesheet=stylesheet).lstrip().encode("utf-8")


def write(document: Document, folder: str | Path) -> Path:
    """Write define.xml, its page define.html and its stylesheet into a folder; returns the first's path.

    Each file appears whole or not at all.
    """
    from define.page import to_html

    target = Path(folder) / "define.xml"
    xml, page = to_xml(document), to_html(document).encode("utf-8")
    _replace(target.with_name(STYLESHEET), (_TEMPLATES / STYLESHEET).read_bytes())
    _replace(target.with_name("define.html"), page)
    _replace(target, xml)
    return target


def _replace(path: Path, content: bytes) -> None:
    """Put a file in its place in one step."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    beside.replace(path)
