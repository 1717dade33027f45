"""A comparison as an Excel workbook: what differs, a sheet a kind of difference.

Values are written as text cells, so that data that begins with an equals sign stays data. The same comparison
gives the same bytes: the times that openpyxl and the ZIP container would note are taken out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncdisc.review.comparison import Comparison, FolderComparison
from oncdisc.review.display import shown_cells
from oncdisc.review.reported import headline
from oncdisc.review.sysinfo import bit_names

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_ROWS = 100_000
LONGEST_CELL = 32767
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f￾￿]")
MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
Cell = str | int | float


def write_excel(result: Comparison | FolderComparison, path: str | Path) -> None:
    """Write the workbook; of one sheet's rows at most 100,000, and the summary has the exact counts."""
    from openpyxl import Workbook

    datasets = result.datasets if isinstance(result, FolderComparison) else (result,)
    book = Workbook(write_only=True)
    _sheet(book, "Summary", SUMMARY, (_summary(comparison) for comparison in datasets))
    _sheet(book, "Variables", VARIABLES, (row for c in datasets for row in _variables(c)))
    _sheet(book, "Values", VALUES, (row for c in datasets for row in _values(c)))
    _sheet(book, "Rows", ROWS, (row for c in datasets for row in _rows(c)))
    _sheet(book, "Attributes", ATTRIBUTES, (row for c in datasets for row in _attributes(c)))
    stream = io.BytesIO()
    book.save(stream)
    Path(path).write_bytes(_without_times(stream.getvalue()))


SUMMARY = (
    "dataset", "result", "sysinfo", "bits", "pairing", "base rows", "compare rows", "unequal rows", "warnings"
)  # fmt: skip
VARIABLES = "dataset", "variable", "method", "compared", "unequal", "within criterion", "reason"
VALUES = "dataset", "variable", "base row", "compare row", "keys", "base", "compare", "pattern"
ROWS = "dataset", "only in", "row", "keys"
ATTRIBUTES = "dataset", "variable", "attribute", "base", "compare", "excused"


def _sheet(book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    from openpyxl.cell import WriteOnlyCell

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, row in enumerate([header, *rows]):
        if number > MOST_ROWS:
            break
        cells: list[Any] = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_plain(value))
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)


def _plain(value: Cell) -> Cell:
    """A value that Excel can hold: control characters are shown as a replacement character."""
    return UNPRINTABLE.sub("\ufffd", value)[:LONGEST_CELL] if isinstance(value, str) else value


def _summary(result: Comparison) -> list[Cell]:
    return [
        result.name,
        headline(result),
        result.sysinfo,
        " ".join(bit_names(result.sysinfo)),
        result.pairing,
        result.base.rows,
        result.compare.rows,
        result.unequal_rows,
        "\n".join(result.warnings),
    ]


def _variables(result: Comparison) -> list[list[Cell]]:
    return [
        [
            result.name,
            value.name,
            str(value.tolerance),
            value.compared,
            value.unequal,
            value.within,
            "; ".join([*(pattern.sentence for pattern in value.patterns), *value.contexts]),
        ]
        for value in (*result.worst, *(v for v in result.values if not v.unequal))
    ]


def _values(result: Comparison) -> Iterable[list[Cell]]:
    for value in result.worst:
        for pattern in value.patterns:
            table = result.side_by_side(value, value.pairs[pattern.members[:MOST_ROWS]])
            for row in table.to_dict("records"):
                keys = ", ".join(f"{key}={row[key]}" for key in (*result.options.by, *result.keys))
                places: list[Cell] = [int(row["base row"]), int(row["compare row"])]
                yield [result.name, value.name, *places, keys, row["base"], row["compare"], pattern.code]


def _rows(result: Comparison) -> Iterable[list[Cell]]:
    if result.matching is None:
        return
    for side, table, rows in (
        ("base", result.base, result.matching.base_only[:MOST_ROWS]),
        ("compare", result.compare, result.matching.compare_only[:MOST_ROWS]),
    ):
        names = [name for name in (*result.options.by, *result.keys) if name in table.frame.columns]
        cells = {name: shown_cells(table, name, rows) for name in names}
        for place, row in enumerate(rows.tolist()):
            yield [result.name, side, row + 1, ", ".join(f"{name}={cells[name][place]}" for name in names)]


def _attributes(result: Comparison) -> list[list[Cell]]:
    return [
        [result.name, found.variable, found.attribute, found.base, found.compare, found.excused]
        for found in result.attributes
    ]


def _without_times(content: bytes) -> bytes:
    """The workbook's container again, with constant times."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z\2", part)
            target.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), part, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
