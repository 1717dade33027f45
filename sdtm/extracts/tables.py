"""Forms in spreadsheets and Parquet files, every cell as text."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd
import pyarrow as pa

from sdtm.extracts.cells import arrow_cells, object_cells
from sdtm.extracts.errors import EmptyFileError, UnreadableFileError

Columns = list[tuple[str, pd.Series]]


def read_excel(path: Path, sheet: str | None = None, header_row: int = 1, skip: int = 0) -> Columns:
    """Columns of a sheet, their names on row `header_row`, `skip` rows left out below it; the first sheet unless named.

    Raises UnreadableFileError, EmptyFileError.
    """
    book = _workbook(path)
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise UnreadableFileError(path, f"the sheets {', '.join(book.sheetnames)}", f"a sheet {sheet}")
        page = book[sheet or book.sheetnames[0]]
        rows = list(page.iter_rows(values_only=True))[header_row - 1 :]
    finally:
        book.close()
    if not rows or all(cell is None for cell in rows[0]):
        raise EmptyFileError(path, f"no column names in row {header_row}", "column names and records")
    first = 1 + skip
    last = len(rows)
    while last > first and all(cell is None for cell in rows[last - 1]):
        last -= 1
    names = ["" if cell is None else str(cell) for cell in rows[0]]
    return [(name, object_cells([row[place] for row in rows[first:last]])) for place, name in enumerate(names)]


def other_sheets(path: Path, known: Collection[str | None]) -> dict[str, int]:
    """The sheets with anything below their first row that are not among the known ones (None: the first): how much.

    Raises UnreadableFileError.
    """
    book = _workbook(path)
    try:
        names: list[str] = book.sheetnames
        read = {names[0] if name is None else name for name in known}
        pages = {name: book[name].iter_rows(values_only=True) for name in names if name not in read}
        filled = {name: sum(any(cell is not None for cell in row) for row in page) for name, page in pages.items()}
    finally:
        book.close()
    return {name: count - 1 for name, count in filled.items() if count > 1}


def _workbook(path: Path) -> Any:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise UnreadableFileError(path, str(error), "an Excel workbook (xlsx)") from error


def read_parquet(path: Path) -> Columns:
    """Columns of a Parquet file.

    Raises UnreadableFileError.
    """
    import pyarrow.parquet as parquet

    try:
        table = parquet.read_table(path)
        return [(name, arrow_cells(table.column(place))) for place, name in enumerate(table.column_names)]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UnreadableFileError(path, str(error), "a Parquet file of plain columns") from error
