"""define.html: a page that opens in any browser, made from a document.

One file: style inside, no script needed to read it, nothing fetched from elsewhere. The script that there
is searches. The page may be made from a file of anyone: all text is escaped, links are relative or to the
web, and the page's own policy lets no other script run.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from define.files import put
from define.model import Document
from define.reader import read
from define.templating import environment
from define.views import PREVIEW, Page, has_notes

_TEMPLATES = Path(__file__).parent / "templates"


def to_html(document: Document) -> str:
    """The page of a document; the same document gives the same text."""
    from markupsafe import Markup

    script = (_TEMPLATES / "page.js").read_text("utf-8")
    style = (_TEMPLATES / "page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        environment(finalize=None)
        .get_template("page.html.jinja")
        .render(
            d=document,
            page=Page(document),
            preview=PREVIEW,
            has_notes=has_notes,
            script=Markup(script),  # noqa: S704 - the package's own file
            style=Markup(style),  # noqa: S704 - the package's own file
            digest=digest,
        )
    )


def html_from(path: str | Path) -> str:
    """The page of any define.xml 2.0 or 2.1; raises `ReadError` where the file is none."""
    return to_html(read(path))


def write_page(document: Document, path: str | Path) -> Path:
    """Write the page of a document; returns the path."""
    return put(Path(path), to_html(document).encode("utf-8"))
