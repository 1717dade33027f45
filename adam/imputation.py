"""Imputation of partial dates and times, by declared rule, and the flags that say what was imputed.

Collected text (ISO 8601, as partial as collected) becomes datetime64[s]. What was collected stays: only parts
that are missing are filled. An imputed value respects bounds, each a date a row: it is never before the
lower nor after the upper ones, as far as what was collected allows. Text that is no date gives no date.
Source: ADaMIG 1.3, 3.3.2 (*DT, *DTM, *DTF, *TMF).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from adam.records import Bools, Ints
from specs.columns import DATE, TEXT
from specs.iso8601 import Parts, earliest, latest, parse

Floats = npt.NDArray[np.float64]
Moments = npt.NDArray[np.datetime64]

_FIXED_DATE = re.compile(r"(?:(0[1-9]|1[0-2])-)?(0[1-9]|[12]\d|3[01])")
_FIXED_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)")
_DATE_LEVELS = ("", "D", "M", "Y")
_TIME_LEVELS = ("", "S", "M", "H")


@dataclass(frozen=True)
class DateRule:
    """How missing parts of a date are filled.

    highest  the largest part that is filled: "D" the day, "M" month and day, "Y" everything (to a bound);
             "" nothing, and a partial date gives no date
    fill     "first", "last", "mid" (the 15th; the 30th of June), or a fixed "MM-DD" or "DD"; a day beyond
             its month is the month's last
    """

    highest: Literal["", "D", "M", "Y"] = "M"
    fill: str = "first"

    def __post_init__(self) -> None:
        fixed = _FIXED_DATE.fullmatch(self.fill)
        if self.fill not in ("first", "mid", "last") and not fixed:
            raise ValueError(f"no date to fill with: {self.fill!r}; give first, mid, last, MM-DD or DD")
        if fixed and (self.highest == "Y" or (self.highest == "M" and not fixed[1])):
            raise ValueError(f"{self.fill!r} does not say what stands for a missing month or year")


@dataclass(frozen=True)
class TimeRule:
    """How missing parts of a time are filled: up to seconds, minutes or hours; "first", "last", "HH:MM:SS"."""

    highest: Literal["", "S", "M", "H"] = "H"
    fill: str = "first"

    def __post_init__(self) -> None:
        if self.fill not in ("first", "last") and not _FIXED_TIME.fullmatch(self.fill):
            raise ValueError(f"no time to fill with: {self.fill!r}; give first, last or HH:MM:SS")


@dataclass(frozen=True)
class Bounds:
    """Dates or date/times aligned with the text; missing ones do not bound.

    beyond  where a bound lies outside what was collected (a start in May, "MAR 2024"): "nearest" takes the
            date of what was collected that is nearest to the bound, "ignore" leaves that bound out
    """

    lower: Sequence[pd.Series] = ()
    upper: Sequence[pd.Series] = ()
    beyond: Literal["nearest", "ignore"] = "nearest"


def impute_date(text: pd.Series, rule: DateRule, bounds: Bounds | None = None) -> pd.Series:
    """Dates at midnight; missing where the rule does not fill what is missing."""
    collected = _trimmed(text)
    parts = parse(collected)
    date = _filled_date(parts, rule)
    partial = np.isnan(parts.month) | np.isnan(parts.day)
    first, last = (_midnight(bound(collected)) for bound in (earliest, latest))
    limits = _Limits.of(bounds, whole_days=True)
    result = np.where(partial & ~np.isnat(date), limits.applied(date, first, last), date)
    if rule.highest == "Y":
        unknown = collected.isna().to_numpy() | (parts.valid & np.isnan(parts.year))
        result = np.where(unknown, limits.only(rule.fill, len(text)), result)
    return pd.Series(result.astype(DATE), index=text.index)


def impute_datetime(
    text: pd.Series, rule: DateRule, time: TimeRule | None = None, bounds: Bounds | None = None
) -> pd.Series:
    """Date/times; the time is filled too where the date is complete or filled.

    Fractions of a second are dropped. A bound is a moment: give the last second of a day to allow all of it.
    """
    time = time or TimeRule()
    collected = _trimmed(text)
    parts = parse(collected)
    clock = _filled_time(parts, time)
    known = ~np.isnan(clock) & ~np.isnat(_filled_date(parts, rule))
    second = np.where(known, clock, 0).astype(np.int64)
    moment = np.where(known, _filled_date(parts, rule) + second, np.datetime64("NaT", "s"))
    partial = np.isnan(parts.table()).any(axis=0)
    first, last = (bound(collected).to_numpy().astype(DATE) for bound in (earliest, latest))
    limits = _Limits.of(bounds, whole_days=False)
    result = np.where(partial & known, limits.applied(moment, first, last), moment)
    if rule.highest == "Y":
        unknown = collected.isna().to_numpy() | (parts.valid & np.isnan(parts.year))
        result = np.where(unknown, limits.only(rule.fill, len(text)), result)
    return pd.Series(result.astype(DATE), index=text.index)


def date_flag(text: pd.Series, dates: pd.Series) -> pd.Series:
    """*DTF: the largest part of the date that was imputed, Y, M or D; missing where none or no date."""
    collected, given = parse(_trimmed(text)), _parts_of(dates)
    pairs = (
        (collected.year, given.year),
        (collected.month, given.month),
        (collected.day, given.day),
    )
    return _flag(pairs, ("Y", "M", "D"), dates)


def time_flag(text: pd.Series, moments: pd.Series, *, seconds_collected: bool = True) -> pd.Series:
    """*TMF: the largest part of the time that was imputed, H, M or S; missing where none or no date.

    Where a study never collects seconds, those are not said to be imputed.
    """
    collected, given = parse(_trimmed(text)), _parts_of(moments)
    pairs = [
        (collected.hour, given.hour),
        (collected.minute, given.minute),
        (np.floor(collected.second), given.second),
    ]
    return _flag(pairs[: 3 if seconds_collected else 2], ("H", "M", "S"), moments)


@dataclass(frozen=True)
class _Limits:
    """The bounds as arrays: the lower ones, the upper ones."""

    lower: tuple[Moments, ...] = ()
    upper: tuple[Moments, ...] = ()
    ignore: bool = False

    @classmethod
    def of(cls, bounds: Bounds | None, *, whole_days: bool) -> _Limits:
        if bounds is None:
            return cls()
        as_moments = _midnight if whole_days else _moments
        sides = (tuple(as_moments(bound) for bound in side) for side in (bounds.lower, bounds.upper))
        return cls(*sides, ignore=bounds.beyond == "ignore")

    def applied(self, moment: Moments, first: Moments, last: Moments) -> Moments:
        """The moments moved within the bounds, but not out of what was collected (first to last)."""
        for limit in self.lower:
            known = ~np.isnat(limit) & ~(self.ignore & ((limit < first) | (limit > last)))
            moment = np.where(known, np.maximum(moment, limit), moment)
        moment = np.minimum(moment, last)
        for limit in self.upper:
            known = ~np.isnat(limit) & ~(self.ignore & ((limit < first) | (limit > last)))
            moment = np.where(known, np.minimum(moment, limit), moment)
        return np.maximum(moment, first)

    def only(self, fill: str, length: int) -> Moments:
        """What stands for a date of which nothing is known: the tightest bound on the side of the fill."""
        nothing = np.full(length, np.datetime64("NaT", "s"))
        low, high = nothing, nothing
        for limit in self.lower:
            low = np.fmax(low, limit)
        for limit in self.upper:
            high = np.fmin(high, limit)
        if fill == "last":
            return np.where(np.isnat(high), low, high)
        return np.where(np.isnat(low), high, np.fmin(low, high))


def _trimmed(text: pd.Series) -> pd.Series:
    """Text without hyphens at its end, which some write for parts that are unknown."""
    trimmed = text.astype(TEXT).str.replace(r"(?:T-?)?-+$", "", regex=True)
    return trimmed.mask(trimmed == "").astype(TEXT)


def _filled_date(parts: Parts, rule: DateRule) -> Moments:
    """datetime64[s] at midnight; NaT where something is missing that the rule does not fill."""
    level = _DATE_LEVELS.index(rule.highest)
    no_month, no_day = np.isnan(parts.month), np.isnan(parts.day)
    usable = ~np.isnan(parts.year) & (~no_month | (level >= 2)) & (~no_day | (level >= 1))
    month_fill, day_fill = _fill_numbers(rule.fill, no_month)
    month = np.where(no_month, month_fill, parts.month)
    first = _month_start(np.where(usable, parts.year, 1970.0), np.where(usable, month, 1.0))
    longest = (_next_month(first) - first).astype(np.int64)
    day = np.minimum(np.where(no_day, day_fill, parts.day), longest)
    dates = first + (np.where(usable, day, 1).astype(np.int64) - 1)
    return np.where(usable, dates, np.datetime64("NaT", "D")).astype(DATE)


def _fill_numbers(fill: str, no_month: Bools) -> tuple[float, Floats]:
    """The month, and the day of each row, that stand for missing ones."""
    everywhere = np.ones(len(no_month))
    if fill == "first":
        return 1.0, everywhere
    if fill == "last":
        return 12.0, everywhere * 31
    if fill == "mid":
        return 6.0, np.where(no_month, 30.0, 15.0)
    found = _FIXED_DATE.fullmatch(fill)
    month, day = found.groups() if found else (None, None)
    return float(month or 1), everywhere * float(day or 1)


def _filled_time(parts: Parts, rule: TimeRule) -> Floats:
    """Seconds since midnight; NaN where something is missing that the rule does not fill."""
    fill = {"first": "00:00:00", "last": "23:59:59"}.get(rule.fill, rule.fill)
    level = _TIME_LEVELS.index(rule.highest)
    size = (3600, 60, 1)
    total = np.zeros(len(parts.hour))
    for place, (part, number) in enumerate(
        zip((parts.hour, parts.minute, np.floor(parts.second)), fill.split(":"), strict=True)
    ):
        filled = float(number) if level >= 3 - place else np.nan
        total += np.where(np.isnan(part), filled, part) * size[place]
    return total


def _month_start(year: Floats, month: Floats) -> Moments:
    return ((year - 1970) * 12 + month - 1).astype(np.int64).astype("datetime64[M]").astype("datetime64[D]")


def _next_month(first: Moments) -> Moments:
    return (first.astype("datetime64[M]") + 1).astype("datetime64[D]")


def _moments(values: pd.Series) -> Moments:
    return values.to_numpy().astype(DATE)


def _midnight(values: pd.Series) -> Moments:
    return values.to_numpy().astype("datetime64[D]").astype(DATE)


def _parts_of(values: pd.Series) -> Parts:
    """The components of dates."""
    names = ("year", "month", "day", "hour", "minute", "second")
    return Parts.of({name: getattr(values.dt, name).to_numpy(np.float64) for name in names})


def _flag(pairs: Sequence[tuple[Floats, Floats]], letters: Sequence[str], dates: pd.Series) -> pd.Series:
    differs = [np.isnan(collected) | (collected != given) for collected, given in pairs]
    place: Ints = np.select(differs, range(len(pairs)), len(pairs))
    place = np.where(dates.isna(), len(letters), np.where(place == len(pairs), len(letters), place))
    words = np.array([*letters, np.nan], dtype=object)[place]
    return pd.Series(words, index=dates.index, dtype=TEXT)
