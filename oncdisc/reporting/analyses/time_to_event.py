"""Time to event: Kaplan–Meier by arm, and comparisons where there are arms to compare."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from oncdisc.reporting.data import GROUP, Study, Subjects, in_group, join, numbers, paramcd, select
from oncdisc.reporting.declaration import DAYS, TimeToEvent
from oncdisc.reporting.statistics import Line, Statistic
from oncdisc.reporting.stats import Curve, Estimate, hazard_ratio, kaplan_meier, log_rank, quantile, rate_at
from oncdisc.reporting.stats.comparison import Codes

_QUARTILES = {"q1": 0.25, "median": 0.5, "q3": 0.75}
EVENTS_OF, CENSORED_OF = "Event: ", "Censored: "


def times(study: Study, wanted: TimeToEvent, of: Subjects) -> pd.DataFrame:
    """USUBJID, `_group`, `_time` in the unit shown, `_event`, `EVNTDESC` and `_stratum` of the subjects with a record.

    Records without a time are left out.
    """
    made = join(select(study.frame(wanted.from_), wanted.where), of, wanted.strata)
    made = made[made["AVAL"].notna()].reset_index(drop=True)
    scale = DAYS[wanted.unit] / DAYS[wanted.shown]
    strata = [f"_{name}" for name in wanted.strata]
    stratum = made.groupby(strata, dropna=False, sort=True).ngroup() if strata else np.zeros(len(made), dtype=int)
    return made.assign(_time=made["AVAL"] * scale, _event=made["CNSR"] == 0, _stratum=stratum)


def curve(data: pd.DataFrame) -> Curve:
    """The Kaplan–Meier curve of the records."""
    return kaplan_meier(numbers(data, "_time"), data["_event"].to_numpy(bool))


def statistics(study: Study, wanted: TimeToEvent, of: Subjects, data: pd.DataFrame) -> Iterator[Statistic]:
    """The numbers of each arm, then those of each comparison."""
    code = paramcd(wanted.where)
    for arm in of.arms:
        yield from _arm(code, arm, in_group(data, arm), wanted)
    for arm in compared(study, of):
        yield from comparison(code, arm, reference(study, of), data, stratified=bool(wanted.strata))


def _arm(code: str, arm: str, data: pd.DataFrame, wanted: TimeToEvent) -> Iterator[Statistic]:
    events = data["_event"].to_numpy(bool)
    yield Statistic(code, arm, "", "n", len(data), "subjects")
    for name, chosen in (("events", events), ("censored", ~events)):
        share = 100 * chosen.mean() if len(data) else np.nan
        yield Statistic(code, arm, "", name, int(chosen.sum()), "subjects")
        yield Statistic(code, arm, "", f"{name}_pct", share, "%")
        for reason, count in data["EVNTDESC"][chosen].value_counts().sort_index().items():
            prefix = EVENTS_OF if name == "events" else CENSORED_OF
            yield Statistic(code, arm, f"{prefix}{reason}", "n", int(count), "subjects")
            yield Statistic(code, arm, f"{prefix}{reason}", "pct", 100 * int(count) / len(data), "%")
    made = curve(data)
    for name, share in _QUARTILES.items():
        yield from _estimate(code, arm, name, quantile(made, share), wanted.shown)
    for landmark in wanted.landmarks:
        rate = rate_at(made, landmark)
        percent = Estimate(100 * rate.value, 100 * rate.lower, 100 * rate.upper)
        yield from _estimate(code, arm, f"rate_{landmark:g}", percent, "%")
    if wanted.follow_up:
        reverse = kaplan_meier(numbers(data, "_time"), ~events)
        yield from _estimate(code, arm, "follow_up", quantile(reverse, 0.5), wanted.shown)


def _estimate(code: str, arm: str, name: str, estimate: Estimate, unit: str, category: str = "") -> Iterator[Statistic]:
    yield Statistic(code, arm, category, name, estimate.value, unit)
    yield Statistic(code, arm, category, f"{name}_lower", estimate.lower, unit)
    yield Statistic(code, arm, category, f"{name}_upper", estimate.upper, unit)


def reference(study: Study, of: Subjects) -> str:
    """The arm that the others are compared with: the declared one, else the first."""
    declared = study.declaration.reference
    return declared if declared in of.arms else of.arms[0]


def compared(study: Study, of: Subjects) -> tuple[str, ...]:
    """The arms that are compared with the reference; none of a single arm."""
    return tuple(arm for arm in of.arms if arm != reference(study, of)) if len(of.arms) > 1 else ()


def comparison(
    code: str, arm: str, against: str, data: pd.DataFrame, *, stratified: bool = False, category: str = ""
) -> Iterator[Statistic]:
    """Log-rank test and hazard ratio of an arm against another, also stratified where there are strata."""
    pair = data[data[GROUP].isin([arm, against])]
    time, event = numbers(pair, "_time"), pair["_event"].to_numpy(bool)
    treated = (pair[GROUP] == arm).to_numpy(bool)
    strata: dict[str, Codes | None] = {"": None}
    if stratified:
        strata["_stratified"] = pair["_stratum"].to_numpy(int)
    for suffix, stratum in strata.items():
        test = log_rank(time, event, treated.astype(int), stratum)
        ratio = hazard_ratio(time, event, treated, stratum)
        yield Statistic(code, arm, category, f"logrank_chi_square{suffix}", test.chi_square)
        yield Statistic(code, arm, category, f"logrank_p{suffix}", test.p_value)
        yield from _estimate(code, arm, f"hr{suffix}", Estimate(ratio.value, ratio.lower, ratio.upper), "", category)
        yield Statistic(code, arm, category, f"hr_p{suffix}", ratio.p_value)


def lines(wanted: TimeToEvent, found: tuple[Statistic, ...], against: str) -> Iterator[Line]:
    """The lines of the table."""
    categories = list(dict.fromkeys(s.category for s in found if s.category))
    yield Line("Subjects", "{n:d}")
    for name, label, prefix in (("events", "Events", EVENTS_OF), ("censored", "Censored", CENSORED_OF)):
        yield Line(f"{label}, n (%)", f"{{{name}:d}} ({{{name}_pct:.1f}}%)")
        for category in sorted(c for c in categories if c.startswith(prefix)):
            yield Line(category.removeprefix(prefix), "{n:d} ({pct:.1f}%)", category, indent=1)
    yield Line(f"Time to event, {wanted.shown}")
    for name, label in (("q1", "25th percentile"), ("median", "Median"), ("q3", "75th percentile")):
        yield Line(f"{label} (95% CI)", _limits(name, 1), indent=1)
    if wanted.landmarks:
        yield Line("Event-free, % (95% CI)")
    for landmark in wanted.landmarks:
        yield Line(f"{landmark:g} {wanted.shown}", _limits(f"rate_{landmark:g}", 1), indent=1)
    if wanted.follow_up:
        yield Line(f"Median follow-up (95% CI), {wanted.shown}", _limits("follow_up", 1))
    if any(s.statistic == "hr" for s in found):
        yield from _comparison_lines(wanted, against)


def _comparison_lines(wanted: TimeToEvent, against: str) -> Iterator[Line]:
    yield Line(f"Compared with {against}")
    for suffix, words in (("", ""), ("_stratified", "Stratified ")) if wanted.strata else (("", ""),):
        label = f"{words}hazard ratio (95% CI)" if words else "Hazard ratio (95% CI)"
        yield Line(label, _limits(f"hr{suffix}", 2), indent=1)
        yield Line(f"{words}log-rank p-value" if words else "Log-rank p-value", f"{{logrank_p{suffix}:.4f}}", indent=1)


def _limits(name: str, digits: int) -> str:
    return f"{{{name}:.{digits}f}} ({{{name}_lower:.{digits}f}}, {{{name}_upper:.{digits}f}})"


def notes(wanted: TimeToEvent, compares: bool) -> Iterator[str]:
    """What the reader must know of the methods."""
    yield (
        "Kaplan–Meier estimates; quartiles by the midpoint rule with Brookmeyer–Crowley limits and rates with limits, "
        "both on the log-log scale. NE: not estimable."
    )
    if wanted.follow_up:
        yield "Follow-up by reverse Kaplan–Meier: events are censored, censorings are events."
    if compares:
        strata = f"; strata: {', '.join(wanted.strata)}" if wanted.strata else ""
        yield f"Hazard ratio from Cox's model, ties by Efron's method; log-rank test two-sided{strata}."


def curves(of: Subjects, data: pd.DataFrame) -> pd.DataFrame:
    """The curves as data: group, time, at_risk, events, censored, survival, lower, upper; from time 0 on."""
    parts = [_curve_frame(arm, curve(in_group(data, arm))) for arm in of.arms]
    return pd.concat(parts, ignore_index=True)


def _curve_frame(arm: str, made: Curve) -> pd.DataFrame:
    names = ("time", "at_risk", "events", "censored", "survival", "lower", "upper")
    frame = pd.DataFrame({name: getattr(made, name) for name in names})
    start = pd.DataFrame([[0.0, float(made.n), 0.0, 0.0, 1.0, 1.0, 1.0]], columns=list(names))
    if len(frame) and frame["time"].iloc[0] == 0:
        start = start.iloc[:0]
    whole = pd.concat([start, frame], ignore_index=True) if len(frame) else start
    whole.insert(0, "group", arm)
    return whole
