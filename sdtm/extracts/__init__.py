"""Raw extracts: one form out of a file, everything as text, nothing inferred."""

from sdtm.extracts.delimited import RaggedRecord
from sdtm.extracts.errors import (
    DuplicateColumnError,
    EmptyFileError,
    EncodingError,
    ExtractError,
    MissingFileError,
    RaggedRecordError,
    UnreadableFileError,
)
from sdtm.extracts.form import FORMATS, ROW, Format, format_of, read_form
from sdtm.extracts.odm import OdmFile, open_odm
from sdtm.extracts.tables import other_sheets
from sdtm.extracts.transactions import KEYS, Fault

__all__ = [
    "FORMATS",
    "KEYS",
    "ROW",
    "DuplicateColumnError",
    "EmptyFileError",
    "EncodingError",
    "ExtractError",
    "Fault",
    "Format",
    "MissingFileError",
    "OdmFile",
    "RaggedRecord",
    "RaggedRecordError",
    "UnreadableFileError",
    "format_of",
    "open_odm",
    "other_sheets",
    "read_form",
]
