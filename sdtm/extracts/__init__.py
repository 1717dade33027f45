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
from sdtm.extracts.form import ROW, Format, read_form
from sdtm.extracts.odm import item_groups

__all__ = [
    "ROW",
    "DuplicateColumnError",
    "EmptyFileError",
    "EncodingError",
    "ExtractError",
    "Format",
    "MissingFileError",
    "RaggedRecord",
    "RaggedRecordError",
    "UnreadableFileError",
    "item_groups",
    "read_form",
]
