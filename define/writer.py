"""A document written as define.xml 2.1: the same document gives the same bytes.

Elements stand in the schema's order, the objects of a kind in the document's.
Source: Define-XML Specification 2.1; Analysis Results Metadata Specification 1.0.
"""

from __future__ import annotations

from pathlib import Path

from define.errors import BrokenDocumentError
from define.files import put
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


def write_define(document: Document, path: str | Path) -> Path:
    """Write a define.xml, and the stylesheet that it points at beside it; returns the path."""
    file = Path(path)
    xml = to_xml(document)
    put(file.with_name(STYLESHEET), (_TEMPLATES / STYLESHEET).read_bytes())
    return put(file, xml)
