"""Forms in spreadsheets and Parquet files, every cell as text."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import pandas as pd
import pyarrow as pa

from sdtm.extracts.cells import arrow_cells, object_cells
from sdtm.extracts.errors import EmptyFileError, UnreadableFileError

Columns = list[tuple[str, pd.Series]]


def read_excel(path: Path, sheet: str | None = None) -> Columns:
    """Columns of a sheet, the first row their names; the first sheet unless one is named.

    Raises UnreadableFileError, EmptyFileError.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        raise UnreadableFileError(path, str(error), "an Excel workbook (xlsx)") from error
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise UnreadableFileError(path, f"the sheets {', '.join(book.sheetnames)}", f"a sheet {sheet}")
        page = book[sheet or book.sheetnames[0]]
        rows = list(page.iter_rows(values_only=True))
    finally:
        book.close()
    if not rows or all(cell is None for cell in rows[0]):
        raise EmptyFileError(path, "no column names in the first row", "column names and records")
    last = len(rows)
    while last > 1 and all(cell is None for cell in rows[last - 1]):
        last -= 1
    names = ["" if cell is None else str(cell) for cell in rows[0]]
    return [(name, object_cells([row[place] for row in rows[1:last]])) for place, name in enumerate(names)]


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
