"""define.xml 2.1 and analysis results metadata: made from a spec, written, read, shown, compared."""

from __future__ import annotations

from importlib import import_module
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
    from define.exchange import read_any, study_documents, write_spec
    from define.workbook import write_workbook
    from define.workbook_reader import read_workbook

_WITH_DATA = {
    "Analyses": "assembly",
    "from_spec": "assembly",
    "read_any": "exchange",
    "study_documents": "exchange",
    "write_spec": "exchange",
    "write_workbook": "workbook",
    "read_workbook": "workbook_reader",
}
"""What waits until it is asked for, and its module: it needs the data libraries."""

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
    "read_any",
    "read_workbook",
    "study_documents",
    "to_html",
    "to_xml",
    "unused",
    "write_define",
    "write_page",
    "write_spec",
    "write_workbook",
]


def __getattr__(name: str) -> Any:
    if name in _WITH_DATA:
        return getattr(import_module(f"define.{_WITH_DATA[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
