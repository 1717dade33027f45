"""Words for analysis flags and change from baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from adam import flags
from adam.derivations.sources import as_dates
from adam.records import Bools, Ints
from specs.arguments import Arguments, Column, Where
from specs.columns import NUMBER, constant_text
from specs.conditions import ALWAYS, Condition, words
from specs.registry import variable
from specs.scope import Scope


class WorstOfDate(Arguments):
    """Arguments of worst_of_date."""

    date: Column = "ADT"
    value: Column = "AVALC"
    order: list[str] = Field(min_length=1, description="values from best to worst; others are better than all")
    sequence: Column | None = Field(None, description="of two equally bad the higher counts")
    after: Column | None = Field(None, description="records on or before this date are left out, each a finding")
    where: Where = Field(default=ALWAYS, description="records that can be flagged")


def _worst_sentence(args: WorstOfDate) -> str:
    after = f" after {args.after}" if args.after else ""
    tie = f"; then the highest {args.sequence}" if args.sequence else ""
    ranks = f"from best to worst: {', '.join(args.order)}{tie}"
    return f"Y for the worst {args.value} ({ranks}) of the subject on each {args.date}{after}{_where(args.where)}"


@variable("worst_of_date", sentence=_worst_sentence)
def worst_of_date(scope: Scope, args: WorstOfDate) -> pd.Series:
    """Y on the subject's worst record of each date."""
    records = _records(scope, args.date).assign(value=scope.column(args.value))
    if args.sequence:
        records["sequence"] = pd.to_numeric(scope.column(args.sequence), errors="coerce").astype(NUMBER)
    among = scope.mask(args.where)
    if args.after is not None:
        early = among & (records["date"] <= as_dates(scope.column(args.after))).to_numpy(np.bool_)
        message = f"a record on or before {args.after}: it does not count"
        scope.report("response.before_start", early, message, value=records["value"], severity="warning")
        among &= ~early
    flagged = flags.worst_of_date(records, args.order, among)
    message = f"another record has the same {args.date}: the worst of them counts"
    repeated = flags.repeated(
        flags.group_codes(records[["subject", "date"]]), among & records["date"].notna().to_numpy()
    )
    scope.report("response.repeated", repeated & ~flagged, message, value=records["value"], severity="warning")
    return _flag(flagged)


class UpToFirst(Arguments):
    """Arguments of up_to_first."""

    event: Where = Field(description="the records of which the first ends the period")
    date: Column = "ADT"
    where: Where = Field(default=ALWAYS, description="records that can be flagged")


@variable(
    "up_to_first",
    sentence=lambda args: (
        f"Y up to and with the first {args.date} of the subject on which {words(args.event)}{_where(args.where)}"
    ),
)
def up_to_first(scope: Scope, args: UpToFirst) -> pd.Series:
    """Y on the records up to and with the date of the subject's first event."""
    kept = flags.up_to_first(_records(scope, args.date), scope.mask(args.event))
    return _flag(kept & scope.mask(args.where))


class Base(Arguments):
    """Arguments of base."""

    value: Column = "AVAL"
    baseline: Where = Field(description="the baseline record: {ABLFL: Y}")
    by: list[Column] = Field(default_factory=lambda: ["PARAMCD"], description="groups, beside the subject")


@variable("base", over="dataset", sentence="{value} of the record where {baseline}, of the same subject and {by}")
def base(scope: Scope, args: Base) -> pd.Series:
    """BASE: the baseline record's value on every record of its group; missing where there are several."""
    groups, is_baseline = _groups(scope, args.by), scope.mask(args.baseline)
    scope.report(
        "baseline.multiple", flags.repeated(groups, is_baseline), "one of several baseline records: no baseline is set"
    )
    return flags.baseline(scope.column(args.value), groups, is_baseline)


class Change(Arguments):
    """Arguments of change and percent_change."""

    value: Column = "AVAL"
    base: Column = "BASE"


@variable("change", sentence="{value} minus {base}")
def change(scope: Scope, args: Change) -> pd.Series:
    """CHG: change from baseline."""
    return flags.change(scope.column(args.value), scope.column(args.base))


@variable("percent_change", sentence="({value} minus {base}) divided by {base}, times 100")
def percent_change(scope: Scope, args: Change) -> pd.Series:
    """PCHG: percent change from baseline; missing where baseline is 0."""
    return flags.percent_change(scope.column(args.value), scope.column(args.base))


class Nadir(Arguments):
    """Arguments of nadir."""

    value: Column = "AVAL"
    date: Column = "ADT"
    by: list[Column] = Field(default_factory=lambda: ["PARAMCD"], description="groups, beside the subject")
    where: Where = Field(default=ALWAYS, description="records that can set the nadir")


@variable(
    "nadir",
    over="dataset",
    sentence=lambda args: (
        f"The smallest {args.value} before {args.date}, of the same subject and {', '.join(args.by)}"
        f"{_where(args.where)}"
    ),
)
def nadir(scope: Scope, args: Nadir) -> pd.Series:
    """The smallest value of the group on earlier dates."""
    value = scope.column(args.value).where(pd.Series(scope.mask(args.where)))
    return flags.nadir(value, _groups(scope, args.by), as_dates(scope.column(args.date)))


class TreatmentEmergent(Arguments):
    """Arguments of treatment_emergent."""

    start: Column = "ASTDT"
    end: Column = "AENDT"
    first: Column = Field("ADSL.TRTSDT", description="the first dose")
    last: Column | None = Field("ADSL.TRTEDT", description="the last dose")
    window_days: int | None = Field(30, description="days after the last dose; null: no limit")
    whole_days: bool = Field(True, description="false: the window counts from the time of the last dose")
    worsened: Where | None = Field(None, description="records from before that count as they got worse")
    episode: Column | None = Field(None, description="the same on all lines of one event; then `intensity` too")
    intensity: Column | None = Field(None, description="grade or severity, a number, of the lines of an episode")

    @model_validator(mode="after")
    def _both(self) -> TreatmentEmergent:
        if (self.episode is None) != (self.intensity is None):
            raise ValueError("episode and intensity go together")
        return self


def _emergent_sentence(args: TreatmentEmergent) -> str:
    limited = args.last is not None and args.window_days is not None
    until = f" and at most {args.window_days} days after {args.last}" if limited else ""
    worse = f"; also where it is before and {words(args.worsened)}" if args.worsened is not None else ""
    return (
        f"Y where {args.start} is on or after {args.first}{until}, or is missing and {args.end} is not before"
        f" {args.first}{worse}{_episode(args)}"
    )


def _episode(args: TreatmentEmergent) -> str:
    if args.episode is None:
        return ""
    return f"; of a {args.episode} that began before, only from the line on whose {args.intensity} is worse"


@variable("treatment_emergent", sentence=_emergent_sentence)
def treatment_emergent(scope: Scope, args: TreatmentEmergent) -> pd.Series:
    """Y on events that began under treatment or within a window after it."""
    start, end, first = (as_dates(scope.column(name)) for name in (args.start, args.end, args.first))
    last = as_dates(scope.column(args.last)) if args.last else None
    worsened: Bools | None = scope.mask(args.worsened) if args.worsened is not None else None
    emergent = flags.treatment_emergent(
        start, end, first, last, window_days=args.window_days, whole_days=args.whole_days, worsened=worsened
    )
    if args.episode is not None and args.intensity is not None:
        intensity = pd.to_numeric(scope.column(args.intensity), errors="coerce").astype(NUMBER)
        emergent &= flags.got_worse(_groups(scope, [args.episode]), start, intensity, first)
    return _flag(emergent)


class OnTreatment(Arguments):
    """Arguments of on_treatment."""

    start: Column = "ADT"
    end: Column | None = None
    first: Column = Field("ADSL.TRTSDT", description="the first dose")
    last: Column | None = Field("ADSL.TRTEDT", description="the last dose; null: no limit")
    window_days: int = Field(0, ge=0, description="days after the last dose")
    whole_days: bool = Field(True, description="false: the window counts from the time of the last dose")
    span: bool = Field(False, description="whether records count that began before and had not ended by then")
    before_dose: Where | None = Field(None, description="records that precede the first dose at its own moment")


def _on_treatment_sentence(args: OnTreatment) -> str:
    until = f" and at most {args.window_days} days after {args.last}" if args.last else ""
    span = f"; also where it is before and {args.end} is not" if args.span else ""
    but = f", unless at that moment {words(args.before_dose)}" if args.before_dose is not None else ""
    return f"Y where {args.start} is on or after {args.first}{but}{until}, or is missing{span}"


@variable("on_treatment", sentence=_on_treatment_sentence)
def on_treatment(scope: Scope, args: OnTreatment) -> pd.Series:
    """Y on records made under treatment or within a window after it."""
    last, end = (as_dates(scope.column(name)) if name else None for name in (args.last, args.end))
    flagged = flags.on_treatment(
        as_dates(scope.column(args.start)),
        as_dates(scope.column(args.first)),
        last,
        end,
        window_days=args.window_days,
        whole_days=args.whole_days,
        span=args.span,
        before_dose=scope.mask(args.before_dose) if args.before_dose is not None else None,
    )
    return _flag(flagged)


def _where(condition: Condition) -> str:
    """A condition as the end of a sentence; nothing where it always holds."""
    text = words(condition)
    return f", among records where {text}" if text else ""


def _records(scope: Scope, date: str) -> pd.DataFrame:
    return pd.DataFrame({"subject": scope.subject, "date": as_dates(scope.column(date))})


def _groups(scope: Scope, by: list[str]) -> Ints:
    return flags.group_codes(scope.columns(by).assign(_subject=scope.subject))


def _flag(mask: Bools) -> pd.Series:
    return constant_text("Y", len(mask)).where(pd.Series(np.asarray(mask, dtype=np.bool_)))
