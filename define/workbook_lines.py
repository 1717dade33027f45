"""The rows of a workbook's sheets, by column."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from define.workbook import WorkbookError

_MAX_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet, by column."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str | None:
        """The cell's text; None where it is blank."""
        return self.cells.get(column.casefold()) or None

    def required(self, column: str) -> str:
        value = self.get(column)
        if value is None:
            raise WorkbookError(f"sheet {self.sheet}, row {self.number}: {column} is blank")
        return value

    def integer(self, column: str) -> int | None:
        value = self.get(column)
        if value is None:
            return None
        try:
            return int(float(value))
        except ValueError as error:
            place = f"sheet {self.sheet}, row {self.number}"
            raise WorkbookError(f"{place}: {column} is {value!r}, expected a whole number") from error

    def yes(self, column: str) -> bool:
        return (self.get(column) or "").casefold() in ("yes", "y")


def lines_of(path: Path) -> dict[str, list[Line]]:
    """The rows of each sheet below its header, by the sheet's name in lower case."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, BadZipFile, InvalidFileException) as error:
        raise WorkbookError(f"{path}: cannot be read as a workbook: {error}") from error
    try:
        return {sheet.title.casefold(): list(_sheet(sheet)) for sheet in book.worksheets}
    finally:
        book.close()


def _sheet(sheet: Any) -> Iterator[Line]:
    rows = sheet.iter_rows(values_only=True, max_row=_MAX_ROWS)
    header = [str(cell or "").strip().casefold() for cell in next(rows, ())]
    for number, row in enumerate(rows, start=2):
        cells = {name: _text(cell) for name, cell in zip(header, row, strict=False) if name}
        if any(cells.values()):
            yield Line(sheet.title, number, cells)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def split(words: str | None) -> tuple[str, ...]:
    """Values with commas between; one in quotes may hold commas."""
    if not words:
        return ()
    return tuple(value.strip() for value in next(csv.reader([words], skipinitialspace=True)))
