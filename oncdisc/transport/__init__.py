"""Transport files: SAS XPT 5 and 8, Dataset-JSON 1.1, Parquet and CSV, written strictly and read back whole.

This package knows frames and files only, nothing of specs or standards.
"""

from __future__ import annotations

from .conversion import EXTENSIONS, convert, read_dataset, write_dataset
from .dataset_json import write_dataset_json, write_ndjson
from .dataset_json_reader import read_dataset_json
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
from .lengths import merge_lengths, study_lengths, value_lengths, with_lengths
from .model import TEXT, Dataset, Variable
from .sas7bdat import read_sas7bdat
from .splitting import FDA_LIMIT, Split
from .tabular import read_csv, read_parquet, write_csv, write_parquet
from .xpt import write_xpt
from .xpt_reader import read_members, read_xpt

__all__ = [
    "EXTENSIONS",
    "FDA_LIMIT",
    "TEXT",
    "DamagedFileError",
    "Dataset",
    "InvalidDatasetError",
    "LossyConversionError",
    "Split",
    "TransportError",
    "UndecodableTextError",
    "UnknownMemberError",
    "UnsupportedFormatError",
    "Variable",
    "Violation",
    "convert",
    "merge_lengths",
    "missing_letters",
    "read_csv",
    "read_dataset",
    "read_dataset_json",
    "read_members",
    "read_parquet",
    "read_sas7bdat",
    "read_xpt",
    "special_missing",
    "study_lengths",
    "value_lengths",
    "with_lengths",
    "write_csv",
    "write_dataset",
    "write_dataset_json",
    "write_ndjson",
    "write_parquet",
    "write_xpt",
]
