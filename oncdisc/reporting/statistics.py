"""Results as data: one statistic a row, and the lines of a table that show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from oncdisc.reporting.declaration import Result

COLUMNS = ("result", "paramcd", "group", "category", "statistic", "value", "unit")
TOTAL = "Total"


@dataclass(frozen=True)
class Statistic:
    """One number of a result. `value` is NaN where it can't be estimated; `category` a level, reason or subgroup."""

    paramcd: str
    group: str
    category: str
    statistic: str
    value: float
    unit: str = ""


@dataclass(frozen=True)
class Line:
    """A line of a table: its pattern, such as `{n:d} ({pct:.1f}%)`, is filled for every group.

    A line without a pattern is a heading. Lines whose statistics nobody has are left out.
    """

    label: str
    pattern: str = ""
    category: str = ""
    paramcd: str = ""
    indent: int = 0


@dataclass(frozen=True)
class Group:
    """A column of a table: an arm, or all of them, and how many subjects it has."""

    name: str
    size: int


@dataclass(frozen=True)
class Outcome:
    """What came of one result: its numbers, its lines and groups, and the data of its figures by figure kind."""

    id: str
    result: Result
    population: str
    groups: tuple[Group, ...]
    statistics: tuple[Statistic, ...] = ()
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    figures: dict[str, pd.DataFrame] = field(default_factory=dict[str, pd.DataFrame])


def long_frame(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """All statistics, one a row, in the order of the declaration."""
    rows = [
        (outcome.id, s.paramcd, s.group, s.category, s.statistic, s.value, s.unit)
        for outcome in outcomes
        for s in outcome.statistics
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "float64"})
