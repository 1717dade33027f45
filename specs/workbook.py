"""What every Excel workbook of ours keeps to: no cell is a formula, and the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

LONGEST_CELL = 32767
"""Characters that a cell holds."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)

Cell = str | int | float | bool | None


def append_row(sheet: Any, values: Sequence[Cell], dress: Callable[[int, Any], None] | None = None) -> None:
    """Append a row to a write-only sheet; text stays text, whatever it begins with.

    `dress` is given each cell's place in the row and the cell, to say how it looks.
    """
    from openpyxl.cell import WriteOnlyCell

    cells: list[Any] = []
    for place, value in enumerate(values):
        cell = WriteOnlyCell(sheet, value=_printable(value))
        if isinstance(value, str):
            cell.data_type = "s"
        if dress is not None:
            dress(place, cell)
        cells.append(cell)
    sheet.append(cells)


def _printable(value: Cell) -> Cell:
    """A value that Excel can hold: control characters are shown as a replacement character."""
    return _UNPRINTABLE.sub("\ufffd", value)[:LONGEST_CELL] if isinstance(value, str) else value


def without_times(content: bytes) -> bytes:
    """The workbook's container again, without the times of its making."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z\2", part)
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), part, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
