"""Durations between dates, in the units and conventions of analysis variables.

A month is 365.25 / 12 days and a year 365.25 unless they are counted on the calendar. Source: ADaMIG 1.3,
3.2.3 (ADSL durations); the month's convention is the study's to declare.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

Unit = Literal["seconds", "minutes", "hours", "days", "weeks", "months", "years"]

_SECONDS = {
    "seconds": 1.0,
    "minutes": 60.0,
    "hours": 3600.0,
    "days": 86400.0,
    "weeks": 604800.0,
    "months": 86400 * 365.25 / 12,
    "years": 86400 * 365.25,
}
_MONTHS = {"months": 1, "years": 12}


def duration(
    start: pd.Series,
    end: pd.Series,
    unit: Unit = "days",
    *,
    add_one: bool = True,
    whole_days: bool = True,
    calendar: bool = False,
    truncate: bool = False,
) -> pd.Series:
    """The time from start to end, float64; missing unless both are known.

    add_one     a day is added where the end is not before the start (both days count)
    whole_days  times of day do not count; false: they do, for units under a day
    calendar    months and years are counted on the calendar, the rest as a part of the month it falls in
    truncate    the result is cut to whole units
    """
    first, last = (_days(d) if whole_days else d.to_numpy().astype("datetime64[s]") for d in (start, end))
    known = ~(np.isnat(first) | np.isnat(last))
    extra = np.where(add_one & known & (last >= first), 86400, 0).astype("timedelta64[s]")
    last = last + extra
    if calendar and unit in _MONTHS:
        length = _calendar_months(first, last) / _MONTHS[unit]
    else:
        length = (last - first).astype(np.int64) / _SECONDS[unit]
    length = np.where(known, np.trunc(length) if truncate else length, np.nan)
    return pd.Series(length, index=start.index)


def months(days: pd.Series, days_per_month: float = 365.25 / 12) -> pd.Series:
    """Days as months, by the declared length of a month."""
    return days / days_per_month


def _days(dates: pd.Series) -> np.ndarray:
    return dates.to_numpy().astype("datetime64[D]").astype("datetime64[s]")


def _calendar_months(first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Whole months on the calendar, and the rest as a part of the month that it would complete."""
    count = (last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(np.int64)
    count = count - (_shifted(first, count) > last)
    reached, following = _shifted(first, count), _shifted(first, count + 1)
    rest = (last - reached).astype(np.int64) / (following - reached).astype(np.int64).clip(1)
    return count + rest


def _shifted(moment: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The moment so many months on, at most on the last day of that month."""
    month = moment.astype("datetime64[M]")
    target = month + count
    longest = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(np.int64)
    day = (moment.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    clock = moment - moment.astype("datetime64[D]").astype("datetime64[s]")
    return (target.astype("datetime64[D]") + np.minimum(day, longest - 1)).astype("datetime64[s]") + clock
