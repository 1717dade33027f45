"""Words for dates: imputation and its flags, the latest of several sources, durations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from adam import durations, imputation
from adam.derivations.sources import as_dates
from adam.imputation import Bounds, DateRule, TimeRule
from adam.records import NONE, Ints, first_of_runs, taken
from specs.arguments import Arguments, Column, Of, Source
from specs.columns import DATE, TEXT, empty_text
from specs.registry import describe, variable
from specs.scope import Scope, Seen


class Bound(Arguments):
    """A date that an imputed one may not pass."""

    column: Column
    days: int = Field(0, description="days after the column's date")


class Imputed(Arguments):
    """How a partial date is imputed."""

    date: Column = Field(description="ISO 8601 text")
    highest: Literal["", "D", "M", "Y"] = Field("M", description="largest part imputed; Y: to a bound; '': none")
    fill: str = Field("first", description="first, mid, last, MM-DD or DD")
    not_before: list[Bound] = Field(default_factory=list[Bound])
    not_after: list[Bound] = Field(default_factory=list[Bound])
    beyond: Literal["nearest", "ignore"] = Field(
        "nearest", description="a bound outside of what was collected: the nearest date to it, or ignored"
    )
    until: Column | None = Field(None, description="a date after this one, collected or imputed, is left out")

    @model_validator(mode="after")
    def _fills(self) -> Imputed:
        self.rule()
        return self

    def rule(self) -> DateRule:
        return DateRule(self.highest, self.fill)


def _imputed_words(args: Imputed) -> str:
    parts = {"": "", "D": "missing day", "M": "missing month and day", "Y": "missing year, month and day"}
    text = f"{args.date}, {parts[args.highest]} imputed: {args.fill}" if args.highest else f"{args.date} if complete"
    for word, bounds in (("not before", args.not_before), ("not after", args.not_after)):
        if bounds:
            named = (f"{b.column} + {b.days} days" if b.days else b.column for b in bounds)
            text += f", {word} {', '.join(named)}"
    return f"{text}; left out if after {args.until}" if args.until else text


@variable("impute_date", short="date", sentence=_imputed_words)
def impute_date(scope: Scope, args: Imputed) -> pd.Series:
    """*DT: a date from collected text, missing parts imputed by rule and within bounds."""
    text = scope.column(args.date)
    result = imputation.impute_date(text, args.rule(), _bounds(scope, args, last_second=False))
    report_undated(scope, text, result)
    return _until(scope, args, result)


class ImputedTime(Imputed):
    """Arguments of impute_datetime."""

    highest_time: Literal["", "S", "M", "H"] = Field("H", description="largest part of the time imputed")
    fill_time: str = Field("first", description="first, last or HH:MM:SS")

    @model_validator(mode="after")
    def _fills_time(self) -> ImputedTime:
        TimeRule(self.highest_time, self.fill_time)
        return self


@variable(
    "impute_datetime",
    short="date",
    sentence=lambda args: f"{_imputed_words(args)}; missing time imputed: {args.fill_time}",
)
def impute_datetime(scope: Scope, args: ImputedTime) -> pd.Series:
    """*DTM: a date/time from collected text, missing parts imputed by rule and within bounds."""
    text = scope.column(args.date)
    time = TimeRule(args.highest_time, args.fill_time)
    bounds = _bounds(scope, args, last_second=True)
    result = imputation.impute_datetime(text, args.rule(), time, bounds)
    report_undated(scope, text, result)
    return _until(scope, args, result)


class ImputationFlag(Arguments):
    """Arguments of imputation_flag."""

    collected: Column = Field(description="the ISO 8601 text")
    date: Column = Field(description="the date or date/time made of it")
    part: Literal["date", "time"] = "date"
    seconds_collected: bool = Field(True, description="false: imputed seconds are not flagged")


@variable("imputation_flag", sentence="The largest part of {date} that {collected} does not give")
def imputation_flag(scope: Scope, args: ImputationFlag) -> pd.Series:
    """*DTF (Y, M, D) or *TMF (H, M, S): what was imputed."""
    text, date = scope.column(args.collected), scope.column(args.date)
    if args.part == "date":
        return imputation.date_flag(text, date)
    return imputation.time_flag(text, date, seconds_collected=args.seconds_collected)


class DateSource(Source):
    """Records whose date counts."""

    date: Of
    highest: Literal["", "D", "M"] = Field("", description="largest part imputed of a partial date; '': left out")
    fill: str = "first"
    name: str | None = Field(None, description="what the source is called; default DATASET.VARIABLE")


class ExtremeDate(Arguments):
    """Arguments of latest_date and earliest_date."""

    sources: list[DateSource] = Field(default_factory=list[DateSource])
    columns: list[Column] = Field(default_factory=list, description="dates of the record itself")
    until: Column | None = Field(default=None, description="dates after this one are left out")

    def names(self) -> list[str]:
        return [*(source.name or f"{source.from_}.{source.date}" for source in self.sources), *self.columns]


def _extreme_words(which: str) -> Callable[[ExtremeDate], str]:
    def sentence(args: ExtremeDate) -> str:
        plain = (Source.model_validate({"from": s.from_, "where": s.where}) for s in args.sources)
        parts = [f"{s.date} of {describe(p)}" for s, p in zip(args.sources, plain, strict=True)]
        until = f", none after {args.until}" if args.until else ""
        return f"{which} {'; '.join([*parts, *args.columns])}{until}"

    return sentence


@variable("latest_date", sentence=_extreme_words("The latest of"))
def latest_date(scope: Scope, args: ExtremeDate) -> pd.Series:
    """The latest date of several sources and columns."""
    return _extreme(scope, args, last=True)["date"]


@variable("earliest_date", sentence=_extreme_words("The earliest of"))
def earliest_date(scope: Scope, args: ExtremeDate) -> pd.Series:
    """The earliest date of several sources and columns."""
    return _extreme(scope, args, last=False)["date"]


@variable("latest_date_source", sentence=_extreme_words("Where the date comes from: the latest of"))
def latest_date_source(scope: Scope, args: ExtremeDate) -> pd.Series:
    """The name of the source that the latest date comes from; on a tie the first named."""
    return taken(pd.Series(args.names(), dtype=TEXT), _extreme(scope, args, last=True)["source"].to_numpy())


@variable("earliest_date_source", sentence=_extreme_words("Where the date comes from: the earliest of"))
def earliest_date_source(scope: Scope, args: ExtremeDate) -> pd.Series:
    """The name of the source that the earliest date comes from; on a tie the first named."""
    return taken(pd.Series(args.names(), dtype=TEXT), _extreme(scope, args, last=False)["source"].to_numpy())


class ExtremeText(Arguments):
    """Arguments of latest_date_text and earliest_date_text."""

    sources: list[DateSource] = Field(min_length=1)
    until: Column | None = Field(default=None, description="dates after this one are left out")

    def dates(self) -> ExtremeDate:
        return ExtremeDate(sources=self.sources, until=self.until)


def _text_words(which: str) -> Callable[[ExtremeText], str]:
    def sentence(args: ExtremeText) -> str:
        return _extreme_words(f"The text, as collected, of the {which} of")(args.dates())

    return sentence


@variable("earliest_date_text", sentence=_text_words("earliest"))
def earliest_date_text(scope: Scope, args: ExtremeText) -> pd.Series:
    """The collected ISO 8601 text of the earliest moment of several sources; a missing time is the day's first."""
    return _collected_text(scope, args, last=False)


@variable("latest_date_text", sentence=_text_words("latest"))
def latest_date_text(scope: Scope, args: ExtremeText) -> pd.Series:
    """The collected ISO 8601 text of the latest moment of several sources; a missing time is the day's last."""
    return _collected_text(scope, args, last=True)


class Duration(Arguments):
    """Arguments of duration."""

    start: Column
    end: Column
    unit: durations.Unit = "days"
    add_one: bool = Field(True, description="whether the first day counts too")
    calendar: bool = Field(False, description="months and years by the calendar, not of 365.25 / 12 and 365.25 days")
    truncate: bool = Field(False, description="cut to whole units")


@variable(
    "duration",
    sentence=lambda args: f"{args.end} minus {args.start}{', plus 1 day' if args.add_one else ''}, in {args.unit}",
)
def duration(scope: Scope, args: Duration) -> pd.Series:
    """The time between two dates of the record."""
    return durations.duration(
        as_dates(scope.column(args.start)),
        as_dates(scope.column(args.end)),
        args.unit,
        add_one=args.add_one,
        calendar=args.calendar,
        truncate=args.truncate,
    )


class Months(Arguments):
    """Arguments of months."""

    days: Column = Field(description="a number of days")
    days_per_month: float = Field(30.4375, gt=0, description="the study's convention")


@variable("months", short="days", sentence="{days} divided by {days_per_month}")
def months(scope: Scope, args: Months) -> pd.Series:
    """Days as months, by the declared length of a month."""
    return durations.months(scope.column(args.days), args.days_per_month)


def report_undated(scope: Scope, text: pd.Series, dates: pd.Series) -> None:
    """Report collected text that gives no date."""
    lost = (text.notna() & dates.isna()).to_numpy(np.bool_)
    scope.report("date.not_imputed", lost, "no date can be made of it", value=text, severity="warning")


def _until(scope: Scope, args: Imputed, dates: pd.Series) -> pd.Series:
    """The dates up to the end of the day that `until` names."""
    if args.until is None:
        return dates
    last = as_dates(scope.column(args.until)).dt.normalize()
    return dates.mask((dates.dt.normalize() > last).to_numpy(np.bool_))


def _bounds(scope: Scope, args: Imputed, *, last_second: bool) -> Bounds:
    def moments(bound: Bound, *, end: bool) -> pd.Series:
        dates = as_dates(scope.column(bound.column)) + pd.Timedelta(days=bound.days)
        known = dates.dropna()
        whole_day = end and last_second and bool((known.dt.normalize() == known).all())
        return dates + pd.Timedelta(seconds=86_399) if whole_day else dates

    return Bounds(
        [moments(bound, end=False) for bound in args.not_before],
        [moments(bound, end=True) for bound in args.not_after],
        args.beyond,
    )


def _collected_text(scope: Scope, args: ExtremeText, *, last: bool) -> pd.Series:
    """The text of the extreme moment of each record of the scope."""
    best = _extreme(scope, args.dates(), last=last, time=TimeRule(fill="last" if last else "first"))
    result = empty_text(len(scope))
    for number, source in enumerate(args.sources):
        rows = scope.rows(source, [source.date])
        text = pd.Series(rows[source.date].astype(TEXT).to_numpy(), index=rows["_row"], dtype=TEXT)
        mine = best["source"] == number
        result = result.mask(mine, text.reindex(best["row"].where(mine, NONE)).reset_index(drop=True))
    return result


def _extreme(scope: Scope, args: ExtremeDate, *, last: bool, time: TimeRule | None = None) -> pd.DataFrame:
    """For each record of the scope the extreme date, the number of its source and the row; the lineage is noted.

    With a rule for missing times the time of day counts too.
    """
    until = as_dates(scope.column(args.until)) if args.until else None
    candidates = _of_sources(scope, args, until, last=last, time=time)
    for number, name in enumerate(args.columns, start=len(args.sources)):
        dates = as_dates(scope.column(name))
        candidates.append(_candidates(np.arange(len(scope)), dates, number, np.full(len(scope), NONE)))
    table = pd.concat([c.loc[c["date"].notna()] for c in candidates], ignore_index=True)
    if until is not None:
        limit = until.to_numpy()[table["place"].to_numpy(np.int64)]
        table = table.loc[~(table["date"].dt.normalize().to_numpy() > limit)]
    moment = table["date"].to_numpy().astype(np.int64)
    order = np.lexsort([table["row"], table["source"], -moment if last else moment, table["place"]])
    ordered = table.iloc[order].reset_index(drop=True)
    best = ordered.loc[first_of_runs(ordered["place"].to_numpy(np.int64))]
    for number, source in enumerate(args.sources):
        of_source = best.loc[best["source"] == number]
        scope.trace(Seen(of_source["place"].to_numpy(np.int64), source.from_, of_source["row"].to_numpy(np.int64)))
    result = best.set_index("place").reindex(pd.RangeIndex(len(scope)))
    numbers = {name: result[name].fillna(NONE).astype(np.int64) for name in ("source", "row")}
    return pd.DataFrame({"date": result["date"].astype(DATE), **numbers})


def _of_sources(
    scope: Scope, args: ExtremeDate, until: pd.Series | None, *, last: bool, time: TimeRule | None
) -> list[pd.DataFrame]:
    """The dated records of each source beside every record of their subject; the extreme one if it suffices."""
    found: list[pd.DataFrame] = []
    own = pd.DataFrame({"subject": scope.subject, "place": np.arange(len(scope))})
    for number, source in enumerate(args.sources):
        rows = scope.rows(source, [source.date])
        column = rows[source.date]
        if pd.api.types.is_datetime64_any_dtype(column):
            dates = as_dates(column)
        else:
            rule = DateRule(source.highest, source.fill)
            dates = imputation.impute_datetime(column, rule, time) if time else imputation.impute_date(column, rule)
        frame = pd.DataFrame({"subject": rows["_subject"], "date": dates.to_numpy(), "row": rows["_row"]})
        if until is None:
            frame = frame.sort_values(["subject", "date", "row"], ascending=[True, not last, True]).dropna()
            frame = frame.drop_duplicates("subject")
        merged = own.merge(frame, on="subject")
        found.append(
            _candidates(merged["place"].to_numpy(np.int64), merged["date"], number, merged["row"].to_numpy(np.int64))
        )
    return found


def _candidates(place: Ints, dates: pd.Series, source: int, row: Ints) -> pd.DataFrame:
    return pd.DataFrame({"place": place, "date": dates.to_numpy().astype(DATE), "source": source, "row": row})
