"""A comparison as an Excel workbook: what differs, a sheet a kind of difference.

Values are written as text cells, so that data that begins with an equals sign stays data. The same comparison
gives the same bytes: the times that openpyxl and the ZIP container would note are taken out.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from oncdisc.review.comparison import Comparison, FolderComparison
from oncdisc.review.display import shown_cells
from oncdisc.review.reported import headline
from oncdisc.review.sysinfo import bit_names
from specs.workbook import Cell, append_row, without_times

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_ROWS = 100_000


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
    Path(path).write_bytes(without_times(stream.getvalue()))


SUMMARY = (
    "dataset", "result", "sysinfo", "bits", "pairing", "base rows", "compare rows", "unequal rows", "warnings"
)  # fmt: skip
VARIABLES = "dataset", "variable", "method", "compared", "unequal", "within criterion", "reason"
VALUES = "dataset", "variable", "base row", "compare row", "keys", "base", "compare", "pattern"
ROWS = "dataset", "only in", "row", "keys"
ATTRIBUTES = "dataset", "variable", "attribute", "base", "compare", "excused"


def _sheet(book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, row in enumerate([header, *rows]):
        if number > MOST_ROWS:
            break
        append_row(sheet, row)


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
