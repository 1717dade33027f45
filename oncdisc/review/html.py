"""A comparison as one self-contained page: by variable, by pattern, both records side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncdisc.review.comparison import Comparison, FolderComparison, ValueComparison
from oncdisc.review.display import shown_cells
from oncdisc.review.patterns import Pattern
from oncdisc.review.reported import headline
from oncdisc.review.sysinfo import bit_names
from oncdisc.review.tables import Table

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLES = 20
RECORDS = 3
ROWS = 50


@dataclass(frozen=True)
class Example:
    """One unequal pair: its keys, both values, and for the first few both records (name, base, compare,
    unequal)."""

    place: str
    keys: list[str]
    base: str
    compare: str
    record: list[tuple[str, str, str, bool]]


def render_html(result: Comparison | FolderComparison) -> str:
    """The page, without scripts or anything from elsewhere; what comes from data is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    folder = isinstance(result, FolderComparison)
    datasets = result.datasets if folder else (result,)
    return environment.get_template("comparison.html").render(
        result=result,
        bits=bit_names(result.sysinfo),
        base=result.base if folder else result.base.source or result.base.name,
        compare=result.compare if folder else result.compare.source or result.compare.name,
        only=[("base", result.base_only), ("compare", result.compare_only)] if folder else [],
        datasets=sorted(datasets, key=lambda comparison: (-comparison.sysinfo, comparison.name)),
        headline=headline,
        examples=examples,
        only_rows=only_rows,
        shown=EXAMPLES,
    )


def examples(result: Comparison, value: ValueComparison, pattern: Pattern) -> list[Example]:
    """The first pairs of a pattern."""
    pairs = value.pairs[pattern.members[:EXAMPLES]]
    rows = result.side_by_side(value, pairs).to_dict("records")
    records = _records(result, pairs[:RECORDS])
    keys = (*result.options.by, *result.keys)
    return [
        Example(
            f"{row['base row']} / {row['compare row']}",
            [str(row[key]) for key in keys],
            str(row["base"]),
            str(row["compare"]),
            records[place] if place < len(records) else [],
        )
        for place, row in enumerate(rows)
    ]


def _records(result: Comparison, pairs: np.ndarray) -> list[list[tuple[str, str, str, bool]]]:
    """Both whole records of each pair, variable by variable."""
    if result.matching is None:
        return []
    left, right = result.matching.base_positions(pairs), result.matching.compare_positions(pairs)
    unequal = {value.name: np.isin(pairs, value.pairs) for value in result.values if value.unequal}
    same = np.zeros(len(pairs), dtype=bool)
    columns = [
        (
            name,
            shown_cells(result.base, name, left),
            shown_cells(result.compare, name, right),
            unequal.get(name, same),
        )
        for name in result.variables.common
    ]
    return [
        [(name, base[place], compare[place], bool(differs[place])) for name, base, compare, differs in columns]
        for place in range(len(pairs))
    ]


def only_rows(result: Comparison, side: str) -> tuple[int, list[str], list[list[str]]]:
    """How many rows only one side has, the names of the columns shown, and the first rows."""
    if result.matching is None:
        return 0, [], []
    table: Table = result.base if side == "base" else result.compare
    rows = result.matching.base_only if side == "base" else result.matching.compare_only
    keys = [key for key in (*result.options.by, *result.keys) if key in table.frame.columns]
    names = keys or table.variables[:6]
    few = rows[:ROWS]
    cells = [[str(row + 1) for row in few.tolist()], *(shown_cells(table, name, few) for name in names)]
    return len(rows), ["row", *names], [list(row) for row in zip(*cells, strict=True)]
