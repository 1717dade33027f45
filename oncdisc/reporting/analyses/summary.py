"""Descriptions of variables: numbers by mean, deviation and quartiles, text by its levels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from oncdisc.reporting.data import GROUP, Study, Subjects, in_group, paramcd
from oncdisc.reporting.declaration import Item
from oncdisc.reporting.statistics import Group, Line, Statistic


def statistics(study: Study, wanted: Item, of: Subjects, groups: tuple[Group, ...]) -> Iterator[Statistic]:
    """The description of one variable in each group."""
    records = study.records(wanted, of)
    if pd.api.types.is_numeric_dtype(records[wanted.variable]) and not wanted.levels:
        for group in groups:
            yield from _numeric(wanted, group.name, in_group(records, group.name)[wanted.variable])
        return
    once = records[["USUBJID", GROUP, wanted.variable]].drop_duplicates()
    once = once.assign(_level=once[wanted.variable].map(_text, na_action="ignore"))
    present = sorted(once["_level"].dropna().unique())
    levels = {value: wanted.levels.get(value, value) for value in (wanted.levels or present)}
    for group in groups:
        yield from _levels(wanted, group, in_group(once, group.name)["_level"], levels)


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _numeric(wanted: Item, group: str, values: pd.Series) -> Iterator[Statistic]:
    """Quartiles as SAS gives them by default: the empirical distribution, averaged where it is level."""
    known = values.dropna().to_numpy(np.float64)
    code, label = paramcd(wanted.where), wanted.label
    yield Statistic(code, group, label, "n", len(known), "subjects")
    q1, median, q3 = (
        np.quantile(known, (0.25, 0.5, 0.75), method="averaged_inverted_cdf") if len(known) else [np.nan] * 3
    )
    found = {
        "mean": known.mean() if len(known) else np.nan,
        "sd": known.std(ddof=1) if len(known) > 1 else np.nan,
        "q1": q1, "median": median, "q3": q3,
        "min": known.min() if len(known) else np.nan,
        "max": known.max() if len(known) else np.nan,
    }  # fmt: skip
    for name, value in found.items():
        yield Statistic(code, group, label, name, float(value))


def _levels(wanted: Item, group: Group, values: pd.Series, levels: dict[str, str]) -> Iterator[Statistic]:
    code = paramcd(wanted.where)
    counted = values.value_counts()
    for value, label in levels.items():
        count = int(counted.get(value, 0))
        share = 100 * count / group.size if group.size else np.nan
        yield Statistic(code, group.name, f"{wanted.label}: {label}", "n", count, "subjects")
        yield Statistic(code, group.name, f"{wanted.label}: {label}", "pct", share, "%")
    missing = group.size - int(counted.reindex(list(levels)).fillna(0).sum())
    if missing > 0:
        yield Statistic(code, group.name, f"{wanted.label}: Missing", "n", missing, "subjects")
        yield Statistic(code, group.name, f"{wanted.label}: Missing", "pct", 100 * missing / group.size, "%")


def lines(wanted: Item, found: tuple[Statistic, ...]) -> Iterator[Line]:
    """A heading, then the statistics of a number or the levels of a text."""
    code, digits = paramcd(wanted.where), wanted.digits
    if any(s.category == wanted.label and s.paramcd == code and s.statistic == "mean" for s in found):
        yield Line(wanted.label)
        for label, pattern in (
            ("n", "{n:d}"),
            ("Mean (SD)", f"{{mean:.{digits + 1}f}} ({{sd:.{digits + 2}f}})"),
            ("Median", f"{{median:.{digits + 1}f}}"),
            ("Q1, Q3", f"{{q1:.{digits + 1}f}}, {{q3:.{digits + 1}f}}"),
            ("Min, max", f"{{min:.{digits}f}}, {{max:.{digits}f}}"),
        ):
            yield Line(label, pattern, wanted.label, code, 1)
        return
    yield Line(f"{wanted.label}, n (%)")
    prefix = f"{wanted.label}: "
    categories = dict.fromkeys(s.category for s in found if s.category.startswith(prefix))
    for category in sorted(categories, key=lambda c: c == f"{prefix}Missing"):
        yield Line(category.removeprefix(prefix), "{n:d} ({pct:.1f}%)", category, code, 1)
