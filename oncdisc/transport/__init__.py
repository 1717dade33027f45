"""Transport files: SAS XPT versions 5 and 8, strict and streamed. This package knows frames and files only."""

from __future__ import annotations

from .errors import (
    DamagedFileError,
    InvalidDatasetError,
    LossyConversionError,
    TransportError,
    UndecodableTextError,
    UnknownMemberError,
    UnsupportedFormatError,
    Violation,
)
from .ibm import missing_letters, special_missing
from .model import TEXT, Dataset, Variable
from .xpt import write_xpt
from .xpt_reader import read_members, read_xpt

__all__ = [
    "TEXT",
    "DamagedFileError",
    "Dataset",
    "InvalidDatasetError",
    "LossyConversionError",
    "TransportError",
    "UndecodableTextError",
    "UnknownMemberError",
    "UnsupportedFormatError",
    "Variable",
    "Violation",
    "missing_letters",
    "read_members",
    "read_xpt",
    "special_missing",
    "write_xpt",
]
