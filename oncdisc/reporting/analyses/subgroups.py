"""A result in the subgroups of the study: medians or rates by arm, hazard ratios where arms are compared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from oncdisc.reporting.analyses import time_to_event
from oncdisc.reporting.data import Study, Subjects, in_group
from oncdisc.reporting.declaration import Count, TimeToEvent
from oncdisc.reporting.statistics import Statistic
from oncdisc.reporting.stats import clopper_pearson, quantile

ALL = "All subjects"


def levels(study: Study, of: Subjects) -> Iterator[tuple[str, str, Subjects]]:
    """Subgroup, level and subjects: all of them first, then each level of each subgroup."""
    yield "", ALL, of
    for subgroup in study.declaration.subgroups:
        for value, label in of.levels(subgroup).items():
            yield subgroup.label, label, of.of_level(subgroup, value)


def name(subgroup: str, level: str) -> str:
    """The category under which a level's statistics stand."""
    return f"{subgroup}: {level}" if subgroup else level


def of_times(study: Study, wanted: TimeToEvent, of: Subjects, data: pd.DataFrame) -> pd.DataFrame:
    """Forest data: subgroup, level, group, n, events, value, lower, upper: hazard ratio, or median of a single arm."""
    rows: list[tuple[object, ...]] = []
    compared = time_to_event.compared(study, of)
    for subgroup, level, part in levels(study, of):
        chosen = data[data["USUBJID"].isin(part.frame["USUBJID"])]
        for arm in compared or of.arms:
            own = in_group(chosen, arm)
            found = _ratio(study, of, arm, chosen) if compared else _median(own)
            against = in_group(chosen, time_to_event.reference(study, of)) if compared else own.iloc[:0]
            n, events = len(own) + len(against), int(own["_event"].sum() + against["_event"].sum())
            rows.append((subgroup, level, arm, n, events, *found))
    return _frame(rows, "hr" if compared else "median")


def _median(data: pd.DataFrame) -> tuple[float, float, float]:
    found = quantile(time_to_event.curve(data), 0.5)
    return found.value, found.lower, found.upper


def _ratio(study: Study, of: Subjects, arm: str, data: pd.DataFrame) -> tuple[float, float, float]:
    found = {s.statistic: s.value for s in time_to_event.comparison("", arm, time_to_event.reference(study, of), data)}
    return found["hr"], found["hr_lower"], found["hr_upper"]


def of_counts(study: Study, wanted: Count, of: Subjects) -> pd.DataFrame:
    """Forest data of a proportion, in percent, by arm."""
    records = study.records(wanted, of)
    rows: list[tuple[object, ...]] = []
    for subgroup, level, part in levels(study, of):
        chosen = records[records["USUBJID"].isin(part.frame["USUBJID"])]
        for arm in of.arms:
            share = clopper_pearson(in_group(chosen, arm)["USUBJID"].nunique(), len(in_group(part.frame, arm)))
            limits = (100 * share.value, 100 * share.lower, 100 * share.upper)
            rows.append((subgroup, level, arm, share.total, share.count, *limits))
    return _frame(rows, "pct")


def _frame(rows: list[tuple[object, ...]], statistic: str) -> pd.DataFrame:
    columns = ["subgroup", "level", "group", "n", "events", "value", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns).assign(statistic=statistic)


def statistics(code: str, forest: pd.DataFrame, unit: str) -> Iterator[Statistic]:
    """The forest's numbers as statistics; the categories name subgroup and level."""
    within = forest[forest["subgroup"] != ""]
    columns = [within[column].tolist() for column in ("subgroup", "level", "group", "n", "events")]
    limits = within[["value", "lower", "upper"]].to_numpy(np.float64)
    kind = str(forest["statistic"].iloc[0]) if len(forest) else ""
    for (subgroup, level, group, n, events), (value, lower, upper) in zip(
        zip(*columns, strict=True), limits, strict=True
    ):
        category = name(str(subgroup), str(level))
        yield Statistic(code, str(group), category, "n", float(n), "subjects")
        yield Statistic(code, str(group), category, "events", float(events), "subjects")
        yield Statistic(code, str(group), category, kind, float(value), unit)
        yield Statistic(code, str(group), category, f"{kind}_lower", float(lower), unit)
        yield Statistic(code, str(group), category, f"{kind}_upper", float(upper), unit)
