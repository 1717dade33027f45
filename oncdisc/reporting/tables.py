"""Tables from statistics: the lines of a result filled in for every group; then as HTML, text or RTF."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from math import isnan

from oncdisc.reporting.statistics import Line, Outcome

_FIELD = re.compile(r"\{(\w+):([^}]*)\}")
NOT_ESTIMABLE = "NE"

Values = Mapping[tuple[str, str, str, str], float]


@dataclass(frozen=True)
class Row:
    """A row: its words, how far they are indented, and a cell for each group; a heading has empty cells."""

    label: str
    indent: int
    cells: tuple[str, ...]

    @property
    def heading(self) -> bool:
        """Whether it only heads the rows below it."""
        return not any(self.cells)


@dataclass(frozen=True)
class Table:
    """A table of the study report."""

    id: str
    number: str
    title: str
    population: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @property
    def heading(self) -> str:
        """`Table 14.2.1: Progression-free survival`."""
        return f"Table {self.number}: {self.title}" if self.number else self.title


def table(outcome: Outcome) -> Table:
    """The table of a result; a line that no group has a number for is left out, and a heading without lines too."""
    values = {(s.paramcd, s.group, s.category, s.statistic): s.value for s in outcome.statistics}
    codes = dict.fromkeys(s.paramcd for s in outcome.statistics)
    only = next(iter(codes)) if len(codes) == 1 else ""
    rows = [_row(line, outcome, values, line.paramcd or only) for line in outcome.lines]
    kept = _without_empty_headings(rows)
    columns = tuple(f"{group.name} (N={group.size})" for group in outcome.groups)
    result = outcome.result
    return Table(outcome.id, result.number, result.title, outcome.population, columns, tuple(kept), outcome.notes)


def _row(line: Line, outcome: Outcome, values: Values, code: str) -> Row | None:
    if not line.pattern:
        return Row(line.label, line.indent, tuple("" for _ in outcome.groups))
    cells = tuple(_cell(line.pattern, values, (code, group.name, line.category)) for group in outcome.groups)
    if not any(cells):
        return None
    # an arm that has none of a reason has no statistic for it
    zero = "0" if line.pattern.startswith("{n:d}") else ""
    return Row(line.label, line.indent, tuple(cell or zero for cell in cells))


def _without_empty_headings(rows: list[Row | None]) -> list[Row]:
    present = [row for row in rows if row is not None]
    pairs = zip_longest(present, present[1:])
    return [row for row, after in pairs if not row.heading or (after and after.indent > row.indent)]


def _cell(pattern: str, values: Values, place: tuple[str, str, str]) -> str:
    """The pattern filled; blank if none of its statistics is there."""
    names = [name for name, _ in _FIELD.findall(pattern)]
    if not any((*place, name) in values for name in names):
        return ""

    def fill(match: re.Match[str]) -> str:
        return shown(values.get((*place, match[1]), float("nan")), match[2])

    text = _FIELD.sub(fill, pattern)
    count = values.get((*place, names[0]))
    return "0" if count == 0 and pattern.endswith("%)") and ":d} (" in pattern else text


def shown(value: float, form: str) -> str:
    """A number in a format such as `d` or `.1f`; NE where it can't be estimated, <0.0001 for such a p-value."""
    if isnan(value):
        return NOT_ESTIMABLE
    if form == "d":
        return f"{round(value):d}"
    if form == ".4f" and value < 0.0001:
        return "<0.0001"
    text = f"{value:{form}}"
    return text.removeprefix("-") if float(text) == 0 else text


def html_table(made: Table) -> str:
    """The table as an HTML element, with the notes below it."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in made.columns)
    body = "\n".join(map(_html_row, made.rows))
    notes = "".join(f"<p>{escape(note)}</p>" for note in made.notes)
    return (
        f'<figure class="result" id="table-{escape(made.id)}">\n'
        f"<figcaption>{escape(made.heading)} <span>{escape(made.population)}</span></figcaption>\n"
        f'<div class="scroll"><table><thead><tr><td></td>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>\n'
        f"{notes}</figure>\n"
    )


def _html_row(row: Row) -> str:
    kind = ' class="head"' if row.heading else ""
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in row.cells)
    return f'<tr{kind}><th scope="row" class="i{row.indent}">{escape(row.label)}</th>{cells}</tr>'
