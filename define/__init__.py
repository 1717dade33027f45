"""define.xml 2.1 and analysis results metadata: made from a spec, written, read, shown, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from define.agreement import Disagreement, HeldDataset, HeldVariable, disagreements
from define.diff import Change, differences
from define.errors import (
    BrokenDocumentError,
    DefineError,
    InvalidTextError,
    NotADefineError,
    ReadError,
    UnsafeXmlError,
    UnsupportedVersionError,
)
from define.lookup import Lookup
from define.model import Document
from define.page import html_from, to_html, write_page
from define.reader import from_xml, read
from define.references import broken_references, unused
from define.writer import to_xml, write_define

if TYPE_CHECKING:
    from define.assembly import Analyses, from_spec

__all__ = [
    "Analyses",
    "BrokenDocumentError",
    "Change",
    "DefineError",
    "Disagreement",
    "Document",
    "HeldDataset",
    "HeldVariable",
    "InvalidTextError",
    "Lookup",
    "NotADefineError",
    "ReadError",
    "UnsafeXmlError",
    "UnsupportedVersionError",
    "broken_references",
    "differences",
    "disagreements",
    "from_spec",
    "from_xml",
    "html_from",
    "read",
    "to_html",
    "to_xml",
    "unused",
    "write_define",
    "write_page",
]


def __getattr__(name: str) -> Any:
    """What makes a document from a spec waits until it is asked for: it needs the data libraries."""
    if name in ("Analyses", "from_spec"):
        from define import assembly

        return getattr(assembly, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
