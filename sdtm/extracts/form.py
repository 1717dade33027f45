"""One door to every kind of file: the form as a frame of text with the number of each record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias, cast

import numpy as np
import pandas as pd

from sdtm.extracts.delimited import RaggedRecord, read_delimited
from sdtm.extracts.errors import DuplicateColumnError, EmptyFileError, MissingFileError, UnreadableFileError
from sdtm.extracts.odm import OdmFile, open_odm
from sdtm.extracts.sas import read_sas7bdat, read_xpt
from sdtm.extracts.tables import read_excel, read_parquet
from specs.coded import coded_frame, plain_frame

Format: TypeAlias = Literal["csv", "xpt", "sas7bdat", "excel", "parquet", "odm"]
ROW = "_row"

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".dat": "csv",
    ".xpt": "xpt",
    ".xport": "xpt",
    ".sas7bdat": "sas7bdat",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".parquet": "parquet",
    ".xml": "odm",
}


def read_form(
    path: Path,
    *,
    format: Format | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    item_group: str | None = None,
    header_row: int = 1,
    skip: int = 0,
    odm: OdmFile | None = None,
    ragged: Callable[[RaggedRecord], None] | None = None,
    coded: bool = False,
) -> pd.DataFrame:
    """The records of a form, all text, blanks around values cut off, empty values missing.

    `_row` (int64): the number of each record in its file, from 1. The names of delimited text and sheets stand on row
    `header_row`, and `skip` more rows below are no records. `odm`: an ODM file that was read already. What is not
    declared is found out: the format by the name, the delimiter by the header, UTF-8 and UTF-16 by themselves. A
    record with too many or too few fields is an error, or goes to `ragged` and is left out. With `coded` text that
    repeats comes as codes (`specs.coded`), in a fraction of the memory. Raises ExtractError.
    """
    _refuse_nothing(path)
    kind = format or format_of(path)
    if kind not in ("csv", "excel") and (header_row, skip) != (1, 0):
        raise UnreadableFileError(path, f"header_row or skip declared of {kind}", "them of delimited text or a sheet")
    match kind:
        case "csv":
            columns, rows = read_delimited(path, delimiter, encoding, ragged, header_row, skip)
        case "xpt":
            columns, rows = read_xpt(path, encoding), None
        case "sas7bdat":
            columns, rows = read_sas7bdat(path, encoding), None
        case "excel":
            columns, rows = read_excel(path, sheet, header_row, skip), None
        case "parquet":
            columns, rows = read_parquet(path), None
        case "odm":
            columns, rows = (odm or open_odm(path)).columns(item_group), None
    return (coded_frame if coded else plain_frame)(_frame(path, columns, rows))


def _refuse_nothing(path: Path) -> None:
    if not path.is_file():
        raise MissingFileError(path, "no such file", "a file of the extract")
    if not path.stat().st_size:
        raise EmptyFileError(path, "an empty file", "column names and records")


def format_of(path: Path) -> Format:
    """The format that a file's name stands for. Raises UnreadableFileError."""
    known = FORMATS.get(path.suffix.lower())
    if known is None:
        raise UnreadableFileError(path, f"the suffix {path.suffix!r}", f"one of {', '.join(FORMATS)}, or a format")
    return known


def _frame(path: Path, columns: list[tuple[str, pd.Series]], rows: np.ndarray | None) -> pd.DataFrame:
    """Columns side by side under their trimmed names; a column without one is named by its place."""
    named = [(name.strip() or f"column {place}", values) for place, (name, values) in enumerate(columns, start=1)]
    places: dict[str, list[str]] = {}
    for place, (name, _) in enumerate(named, start=1):
        places.setdefault(name, []).append(str(place))
    for name, at in places.items():
        if len(at) > 1:
            found = f"the name {name} on columns {', '.join(at)}"
            raise DuplicateColumnError(path, found, "each column name once", 1)
    if ROW in places:
        raise DuplicateColumnError(path, f"a column {ROW}", f"another name: {ROW} numbers the records", 1)
    length = len(named[0][1]) if named else 0
    frame = pd.DataFrame(dict(named), index=pd.RangeIndex(length), copy=False)
    frame[ROW] = cast("np.ndarray", np.arange(1, length + 1) if rows is None else rows).astype(np.int64)
    return frame
