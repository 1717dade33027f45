"""A comparison in the terminal: the verdict first, then the worst variables, with their reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from oncdisc.review.comparison import Comparison, FolderComparison, ValueComparison
from oncdisc.review.display import shown_number
from oncdisc.review.reported import headline
from oncdisc.review.sysinfo import bit_names
from specs.wording import counted, few

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

MOST_VARIABLES = 20
MOST_GROUPS = 20
MOST_ATTRIBUTES = 20
EXAMPLES = 3
MOST_NAMES = 12


def render(result: Comparison | FolderComparison, console: Console) -> None:
    """Print a comparison; nothing of the data is read as markup."""
    if isinstance(result, FolderComparison):
        _render_folder(result, console)
    else:
        _render_dataset(result, console)


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)


def _render_folder(result: FolderComparison, console: Console) -> None:
    for name in result.base_only:
        _line(console, f"{name}: only in base", "red")
    for name in result.compare_only:
        _line(console, f"{name}: only in compare", "red")
    for note in result.notes:
        _line(console, f"note: {note}", "yellow")
    for comparison in sorted(result.datasets, key=lambda c: (-c.sysinfo, c.name)):
        _render_dataset(comparison, console)
    _verdict(console, result.sysinfo, result.equal)


def _verdict(console: Console, sysinfo: int, equal: bool) -> None:
    bits = f" ({' '.join(bit_names(sysinfo))})" if sysinfo else ""
    words = "equal" if equal else "different"
    _line(console, f"{words}; sysinfo {sysinfo}{bits}", "bold green" if equal else "bold red")


def _render_dataset(result: Comparison, console: Console) -> None:
    _line(console, f"{result.name}: {headline(result)}", "bold green" if result.equal else "bold red")
    for warning in result.warnings:
        _line(console, f"  warning: {warning}", "bold yellow")
    if result.matching is not None and not result.equal:
        _render_rows(result, console)
        _render_values(result, console)
        _render_groups(result, console)
    _render_attributes(result, console)
    for note in result.notes:
        _line(console, f"  note: {note}")
    if not result.equal:
        _line(console, f"  sysinfo {result.sysinfo} ({' '.join(bit_names(result.sysinfo)) or 'no bit'})")


def _render_rows(result: Comparison, console: Console) -> None:
    matching = result.matching
    if matching is None:
        return
    _line(
        console,
        f"  rows: {matching.count:,} paired {result.pairing}, {result.unequal_rows:,} of them unequal; "
        f"{len(matching.base_only):,} only in base, {len(matching.compare_only):,} only in compare",
    )
    for hint in result.hints:
        _line(console, f"  {hint}", "bold")
    for side, names in (("base", result.variables.base_only), ("compare", result.variables.compare_only)):
        if names:
            _line(console, f"  variables only in {side}: {few(names, MOST_NAMES)}")


def _table(*columns: str) -> RichTable:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if column.startswith("n ") else "left")
    return table


def _render_values(result: Comparison, console: Console) -> None:
    from rich.text import Text

    worst = result.worst
    if not worst:
        return
    table = _table("variable", "n unequal", "n largest", "pattern", "for example")
    for value in worst[:MOST_VARIABLES]:
        largest = "" if np.isnan(value.largest) else shown_number(value.largest)
        reasons = "\n".join([*(p.sentence for p in value.patterns[:EXAMPLES]), *value.contexts[:1]])
        cells = value.name, f"{value.unequal:,}", largest, reasons, _examples(result, value)
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    if len(worst) > MOST_VARIABLES:
        _line(console, f"  and {counted(len(worst) - MOST_VARIABLES, 'more variable')} with unequal values")


def _examples(result: Comparison, value: ValueComparison) -> str:
    """The first pair of each of the largest patterns."""
    first = np.array([pattern.members[0] for pattern in value.patterns[:EXAMPLES]], dtype=np.int64)
    rows = result.side_by_side(value, value.pairs[first]).to_dict("records")
    keys = (*result.options.by, *result.keys)
    return "\n".join(
        f"{' '.join(str(row[key]) for key in keys) or 'row ' + str(row['base row'])}: "
        f"{row['base']!r} → {row['compare']!r}"
        for row in rows
    )


def _render_groups(result: Comparison, console: Console) -> None:
    from rich.text import Text

    groups = sorted(result.groups, key=lambda group: -group.unequal_values)
    unequal = [g for g in groups if g.unequal_values or g.base_rows != g.compare_rows or g.paired != g.base_rows]
    if not unequal:
        return
    table = _table(*result.options.by, "n base rows", "n compare rows", "n unequal rows", "n unequal values")
    for group in unequal[:MOST_GROUPS]:
        counts = group.base_rows, group.compare_rows, group.unequal_rows, group.unequal_values
        table.add_row(*(Text(value) for value in group.values), *(f"{count:,}" for count in counts))
    console.print(table)
    if len(unequal) > MOST_GROUPS:
        _line(console, f"  and {counted(len(unequal) - MOST_GROUPS, 'more group')}")


def _render_attributes(result: Comparison, console: Console) -> None:
    from rich.text import Text

    if not result.attributes:
        return
    table = _table("variable", "attribute", "base", "compare", "")
    for found in result.attributes[:MOST_ATTRIBUTES]:
        cells = found.variable or "(dataset)", found.attribute, found.base, found.compare, found.excused
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    if len(result.attributes) > MOST_ATTRIBUTES:
        _line(console, f"  and {len(result.attributes) - MOST_ATTRIBUTES} more attributes that differ")
