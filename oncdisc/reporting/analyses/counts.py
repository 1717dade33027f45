"""Counts of subjects: responses with exact limits, disposition, adverse events."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from oncdisc.reporting.data import GROUP, Study, Subjects, in_group, paramcd
from oncdisc.reporting.declaration import Count
from oncdisc.reporting.statistics import Group, Line, Statistic
from oncdisc.reporting.stats import clopper_pearson


def statistics(study: Study, wanted: Count, of: Subjects, groups: tuple[Group, ...]) -> Iterator[Statistic]:
    """Subjects with at least one record, of each group, in all and by level."""
    records = study.records(wanted, of)
    for group in groups:
        yield from _count(wanted, group, int(in_group(records, group.name)["USUBJID"].nunique()), wanted.label)
    if wanted.by:
        counted = by_level(records, wanted, groups)
        for level, row in zip(counted.index, counted.to_numpy(np.int64), strict=True):
            for group, count in zip(groups, row, strict=True):
                yield from _count(wanted, group, int(count), _category(wanted, str(level)))


def _category(wanted: Count, level: str) -> str:
    return f"{wanted.label}: {wanted.levels.get(level, level)}"


def by_level(records: pd.DataFrame, wanted: Count, groups: tuple[Group, ...]) -> pd.DataFrame:
    """Subjects of each level (rows) and group (columns): in the declared order, else most frequent first."""
    level = str(wanted.by)
    once = records[["USUBJID", GROUP, level]].dropna(subset=[level]).drop_duplicates()
    once = once.assign(**{level: once[level].map(_text)})
    counted = pd.DataFrame({group.name: in_group(once, group.name)[level].value_counts() for group in groups})
    if wanted.levels:
        return counted.reindex(list(wanted.levels)).fillna(0)
    counted = counted.fillna(0)
    sizes = pd.Series({group.name: max(group.size, 1) for group in groups})
    common = (100 * counted / sizes >= wanted.minimum).any(axis=1)
    counted = counted[common].rename_axis("level").reset_index()
    counted = counted.assign(_all=counted[[arm.name for arm in groups]].max(axis=1))
    return counted.sort_values(["_all", "level"], ascending=[False, True]).set_index("level").drop(columns="_all")


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _count(wanted: Count, group: Group, count: int, category: str) -> Iterator[Statistic]:
    code = paramcd(wanted.where)
    share = clopper_pearson(count, group.size)
    yield Statistic(code, group.name, category, "n", count, "subjects")
    yield Statistic(code, group.name, category, "N", group.size, "subjects")
    yield Statistic(code, group.name, category, "pct", 100 * share.value, "%")
    if wanted.interval:
        yield Statistic(code, group.name, category, "pct_lower", 100 * share.lower, "%")
        yield Statistic(code, group.name, category, "pct_upper", 100 * share.upper, "%")


def lines(wanted: Count, found: tuple[Statistic, ...]) -> Iterator[Line]:
    """The line of the count, and one for each level."""
    code = paramcd(wanted.where)
    yield Line(f"{wanted.label}, n (%)", "{n:d} ({pct:.1f}%)", wanted.label, code, wanted.indent)
    if wanted.interval:
        yield Line("95% CI, %", "({pct_lower:.1f}, {pct_upper:.1f})", wanted.label, code, wanted.indent + 1)
    prefix = f"{wanted.label}: "
    levels = dict.fromkeys(s.category for s in found if wanted.by and s.category.startswith(prefix))
    for category in levels:
        label = category.removeprefix(prefix)
        yield Line(label, "{n:d} ({pct:.1f}%)", category, code, wanted.indent + 1)
