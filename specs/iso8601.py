"""ISO 8601 dates, times and durations as SDTM writes them: text, as partial as collected.

Source: SDTMIG 3.4, 4.4 (actual and relative time assumptions). A value names its components from the year
down and stops at the last one known; a component unknown in between is one hyphen: `2003`, `2003-12`,
`2003-12-15T13:14:17`, `--12-15` (year unknown), `2003---15` (month unknown), `-----T07:15` (time alone). An
interval of uncertainty is two values with a slash between.

Every function takes a text column (`specs.columns.TEXT`) and works on its distinct values: collected dates
repeat, so a million rows cost a few thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from specs.coded import is_coded, split, together
from specs.columns import TEXT
from specs.numbers import plain_text

Floats: TypeAlias = npt.NDArray[np.float64]
Booleans: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.intp]
Moments: TypeAlias = npt.NDArray[np.datetime64]
Imputed: TypeAlias = Literal["first", "mid", "last"] | int | None

COMPONENTS = ("year", "month", "day", "hour", "minute", "second")
# UTC has no offsets beyond -12:00 and +14:00.
_ZONE = r"(?:Z|[+](?:0\d|1[0-3]):[0-5]\d|[+]14:00|-(?:0\d|1[01]):[0-5]\d|-12:00)?"
_DATE_TIME = (
    r"^(?:(?P<year>\d{4})|-)(?:-(?:(?P<month>\d{2})|-)(?:-(?:(?P<day>\d{2})|-)(?:T(?:(?P<hour>\d{2})|-)"
    r"(?::(?:(?P<minute>\d{2})|-)(?::(?P<second>\d{2}(?:\.\d+)?))?)?" + _ZONE + r")?)?)?$"
)
# A value that ends in a hyphen says no more than the shorter one: SDTMIG wants it cut there.
_DANGLING = "-" + _ZONE + "$"
_DURATION = (
    r"^[-+]?P(?:\d+(?:\.\d+)?W|(?:\d+(?:\.\d+)?Y)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?D)?"
    r"(?:T(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?)$"
)
_LOWEST = np.array([1, 1, 1, 0, 0, 0], dtype=float)
_HIGHEST = np.array([9999, 12, 31, 23, 59, 59.999999], dtype=float)
_MONTH_LENGTH = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=float)
_YEARS = np.array([f"{year:04}" for year in range(10_000)], dtype=object)
_TWO_DIGITS = np.array([f"{number:02}" for number in range(100)], dtype=object)
_MIDDLE = {"month": 6, "day": 15}

DURATION_UNITS: Mapping[str, str] = {
    word: form
    for form, words in {
        "P{}Y": ("Y", "YEAR", "YEARS"),
        "P{}M": ("MONTH", "MONTHS"),
        "P{}W": ("W", "WEEK", "WEEKS"),
        "P{}D": ("D", "DAY", "DAYS"),
        "PT{}H": ("H", "HR", "HRS", "HOUR", "HOURS"),
        "PT{}M": ("MIN", "MINS", "MINUTE", "MINUTES"),
        "PT{}S": ("S", "SEC", "SECS", "SECOND", "SECONDS"),
    }.items()
    for word in words
}
"""Collected unit, upper case → the duration it makes. A bare `M` is month or minute, so it is none."""


@dataclass(frozen=True)
class Parts:
    """The components of a column of date/times, one float per row, NaN where unknown.

    `valid` is false where the text is no date/time or names a day the calendar does not have, and then every
    component is NaN. A time zone is read over: the components are the clock where the value was collected.
    """

    year: Floats
    month: Floats
    day: Floats
    hour: Floats
    minute: Floats
    second: Floats
    valid: Booleans

    @classmethod
    def of(cls, components: Mapping[str, Floats]) -> Parts:
        """Components checked against the calendar; those not named are unknown."""
        rows = len(next(iter(components.values())))
        unknown = np.full(rows, np.nan)
        table = np.vstack([components.get(name, unknown) for name in COMPONENTS])
        valid = ~np.isnan(table).all(axis=0) & _in_calendar(table)
        table[:, ~valid] = np.nan
        return cls(*table, valid=valid)

    def table(self) -> Floats:
        """The six components as rows of one array, shape (6, rows)."""
        return np.vstack([self.year, self.month, self.day, self.hour, self.minute, self.second])

    def take(self, codes: Places) -> Parts:
        """The components at these places; -1 is a missing value."""
        values = np.column_stack([self.table(), np.full(len(COMPONENTS), np.nan)])[:, codes]
        return Parts(*values, valid=np.append(self.valid, False)[codes])


def parse(values: pd.Series) -> Parts:
    """The components of each value; an interval is not one date/time and counts as not valid."""
    codes, distinct = _distinct(values)
    return _parse(distinct).take(codes)


def compose(parts: Parts) -> pd.Series:
    """Components as ISO 8601 text, cut after the last one known; missing where nothing is known."""
    table = parts.table()
    known = ~np.isnan(table)
    last = np.where(known.any(axis=0), len(COMPONENTS) - 1 - known[::-1].argmax(axis=0), -1)
    separators = ("", "-", "-", "T", ":", ":")
    joined = np.full(len(last), "", dtype=object)
    for level, separator in enumerate(separators):
        component = np.where(known[level], _digits(table[level], level), "-")
        joined = joined + np.where(level > last, "", separator + component)
    return pd.Series(np.where(last < 0, np.nan, joined), dtype=TEXT)


def is_valid(values: pd.Series) -> Booleans:
    """True where the value is a date/time of SDTM, or an interval that does not end before it starts."""
    codes, distinct = _distinct(values)
    sides = _sides(distinct)
    start = _parse(sides[0])
    end = start if sides[1] is sides[0] else _parse(sides[1])
    backwards = _earliest(start) > _latest(end)
    return np.append(start.valid & end.valid & ~backwards, False)[codes]


def earliest(values: pd.Series) -> pd.Series:
    """The first moment the value may mean, datetime64[s]; missing without a year."""
    codes, distinct = _distinct(values)
    return _moments(_earliest(_parse(_sides(distinct)[0])), codes, values.index)


def latest(values: pd.Series) -> pd.Series:
    """The last moment the value may mean, datetime64[s]; missing without a year."""
    codes, distinct = _distinct(values)
    return _moments(_latest(_parse(_sides(distinct)[1])), codes, values.index)


def to_dates(values: pd.Series, missing_month: Imputed = None, missing_day: Imputed = None) -> pd.Series:
    """Dates as datetime64[s] at midnight; missing where a part is unknown and no rule fills it.

    A rule is `first`, `mid` (June, the 15th), `last` or a number; a day beyond its month becomes the month's
    last. What was collected stays: `2003---15` with months filled keeps day 15.
    """
    codes, distinct = _distinct(values)
    parts = _parse(distinct)
    month = _filled(parts.month, missing_month, "month", np.full(len(parts.month), 12.0))
    longest = _month_lengths(parts.year, month)
    day = np.minimum(_filled(parts.day, missing_day, "day", longest), longest)
    return _moments(_date(parts.year, month, day).astype("datetime64[s]"), codes, values.index)


def study_day(values: pd.Series, reference: pd.Series) -> pd.Series:
    """Days from the reference, 1 on it, -1 the day before, no day 0; missing unless both are complete."""
    return day_number(to_dates(values), to_dates(reference))


def day_number(dates: pd.Series, reference: pd.Series) -> pd.Series:
    """The study day of datetime columns, float64; times of day do not count."""
    day = dates.to_numpy().astype("datetime64[D]")
    origin = reference.to_numpy().astype("datetime64[D]")
    difference = _as_float((day - origin).astype(np.int64), np.isnat(day) | np.isnat(origin))
    return pd.Series(difference + (difference >= 0), index=dates.index)


def completed_years(birth: pd.Series, at: pd.Series) -> pd.Series:
    """Whole years from one date to another, float64; missing where partial dates leave more than one possible."""
    least = _years(latest(birth), earliest(at))
    return least.where(least == _years(earliest(birth), latest(at)))


def _years(start: pd.Series, end: pd.Series) -> pd.Series:
    before_anniversary = (end.dt.month * 100 + end.dt.day) < (start.dt.month * 100 + start.dt.day)
    return (end.dt.year - start.dt.year - before_anniversary).astype("float64")


def compare(left: pd.Series, right: pd.Series, *, by: Literal["second", "day"] = "second") -> Floats:
    """-1 where left is certainly earlier, 1 certainly later, 0 the same moment, NaN where nobody can know.

    `by="day"` leaves the time of day out. Two partial values that read the same are not known to be equal.
    """
    if is_coded(left) and is_coded(right):
        codes, (left, right) = together([left, right])
        return compare(left, right, by=by)[codes]
    unit = "datetime64[s]" if by == "second" else "datetime64[D]"
    first, last = (bound(left).to_numpy().astype(unit) for bound in (earliest, latest))
    other_first, other_last = (bound(right).to_numpy().astype(unit) for bound in (earliest, latest))
    same = (first == last) & (other_first == other_last) & (first == other_first)
    return np.select([last < other_first, first > other_last, same], [-1.0, 1.0, 0.0], np.nan)


def duration(number: pd.Series, unit: pd.Series) -> pd.Series:
    """Collected number and unit as an ISO 8601 duration (`3`, `DAYS` → `P3D`; `-15`, `MIN` → `-PT15M`)."""
    size = pd.to_numeric(number, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    form = unit.str.strip().str.upper().map(DURATION_UNITS).astype(TEXT)
    digits = plain_text(np.abs(size)).astype(object)
    head = form.str.replace("{}", "", regex=False).str[:-1]
    text = head + pd.Series(digits, index=form.index, dtype=TEXT) + form.str[-1]
    signed = ("-" + text).where(pd.Series(size < 0, index=form.index), text)
    return signed.mask(pd.Series(~np.isfinite(size), index=form.index)).astype(TEXT)


def duration_between(start: pd.Series, end: pd.Series) -> pd.Series:
    """The time from start to end as a duration: whole days where both are complete dates without a time,
    days, hours, minutes and seconds where both have hour and minute, otherwise missing.
    """
    first, last = parse(start), parse(end)
    dated = np.isnan(first.hour) & np.isnan(last.hour)
    seconds = _clock(last, dated) - _clock(first, dated)
    size = np.abs(seconds)
    steps = ((86400, 10**9, "D"), (3600, 24, "H"), (60, 60, "M"), (1, 60, "S"))
    counts = [np.floor(size / step) % wrap for step, wrap, _ in steps]
    days, *times = (
        np.where(count > 0, plain_text(count) + letter, "").astype(object)
        for count, (_, _, letter) in zip(counts, steps, strict=True)
    )
    clock = times[0] + times[1] + times[2]
    text = np.where(seconds < 0, "-P", "P").astype(object) + days + np.where(clock == "", "", "T" + clock)
    text = np.where(size == 0, np.where(dated, "P0D", "PT0M"), text)
    return pd.Series(np.where(np.isnan(seconds), np.nan, text), index=start.index, dtype=TEXT)


def is_duration(values: pd.Series) -> Booleans:
    """True where the value is an ISO 8601 duration with at least one component."""
    shaped = values.str.match(_DURATION, na=False) & ~values.str.endswith(("P", "T"), na=False)
    return shaped.to_numpy(dtype=bool)


def _distinct(values: pd.Series) -> tuple[Places, pd.Series]:
    codes, texts = split(values)
    return codes, texts.astype(TEXT)


def _sides(distinct: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The values before and after the slash; a value without one is both."""
    if not distinct.str.contains("/", regex=False).any():
        return distinct, distinct
    return distinct.str.replace("/.*$", "", regex=True), distinct.str.replace("^[^/]*/", "", regex=True)


def _parse(distinct: pd.Series) -> Parts:
    """Components of distinct values; what the pattern does not read is not valid."""
    readable = distinct.mask(distinct.str.contains(_DANGLING, regex=True))
    found = pc.call_function("extract_regex", [pa.array(readable)], pc.ExtractRegexOptions(_DATE_TIME))
    return Parts.of({name: _numbers(found, place) for place, name in enumerate(COMPONENTS)})


def _numbers(found: Any, place: int) -> Floats:
    """One captured group of an arrow struct array as numbers; an empty group is unknown."""
    digits = pc.call_function("struct_field", [found], pc.StructFieldOptions([place]))
    nothing = pa.scalar(None, digits.type)
    unread = pc.call_function("equal", [digits, pa.scalar("", digits.type)])
    known = pc.call_function("if_else", [unread, nothing, digits])
    return pc.call_function("cast", [known], pc.CastOptions.safe(pa.float64())).to_numpy(zero_copy_only=False)


def _in_calendar(table: Floats) -> Booleans:
    """Each component within its range or unknown, and the day within its month."""
    within = np.isnan(table) | ((table >= _LOWEST[:, None]) & (table <= _HIGHEST[:, None]))
    plausible = within.all(axis=0)
    checked = np.where(plausible, table, np.nan)
    return plausible & ~(checked[2] > _month_lengths(checked[0], checked[1]))


def _month_lengths(year: Floats, month: Floats) -> Floats:
    """Days in the month: the most it can have where year or month is unknown."""
    leap = np.isnan(year) | ((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)))
    known = ~np.isnan(month)
    lengths = _MONTH_LENGTH[np.where(known, month, 1).astype(int) - 1]
    return np.where(known, lengths + ((month == 2) & leap), 31.0)


def _filled(component: Floats, rule: Imputed, name: str, last: Floats) -> Floats:
    if rule is None:
        return component
    fill = last if rule == "last" else {"first": 1, "mid": _MIDDLE[name]}.get(str(rule), rule)
    return np.where(np.isnan(component), np.asarray(fill, dtype=float), component)


def _date(year: Floats, month: Floats, day: Floats) -> Moments:
    """datetime64[D] of complete components, NaT elsewhere."""
    known = ~(np.isnan(year) | np.isnan(month) | np.isnan(day))
    months = np.where(known, (year - 1970) * 12 + month - 1, 0).astype(np.int64).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(known, day - 1, 0).astype("timedelta64[D]")
    return np.where(known, days, np.datetime64("NaT", "D"))


def _earliest(parts: Parts) -> Moments:
    table = parts.table()
    month, day, hour, minute, second = (
        np.where(np.isnan(table[level]), _LOWEST[level], table[level]) for level in range(1, 6)
    )
    return _moment(parts.year, month, day, hour * 3600 + minute * 60 + np.floor(second))


def _latest(parts: Parts) -> Moments:
    table = parts.table()
    month, hour, minute, second = (
        np.where(np.isnan(table[level]), _HIGHEST[level], table[level]) for level in (1, 3, 4, 5)
    )
    day = np.where(np.isnan(parts.day), _month_lengths(parts.year, month), parts.day)
    return _moment(parts.year, month, day, hour * 3600 + minute * 60 + np.floor(second))


def _moment(year: Floats, month: Floats, day: Floats, seconds: Floats) -> Moments:
    return _date(year, month, day).astype("datetime64[s]") + seconds.astype("timedelta64[s]")


def _moments(distinct: Moments, codes: Places, index: pd.Index) -> pd.Series:
    return pd.Series(np.append(distinct, np.datetime64("NaT", "s"))[codes], index=index)


def _clock(parts: Parts, dated: Booleans) -> Floats:
    """Seconds since 1970: of midnight for rows that are dates, else of the time; NaN if it is incomplete."""
    day = _date(parts.year, parts.month, parts.day)
    midnight = _as_float(day.astype(np.int64), np.isnat(day)) * 86400
    second = np.where(np.isnan(parts.second), 0, np.floor(parts.second))
    return np.where(dated, midnight, midnight + parts.hour * 3600 + parts.minute * 60 + second)


def _as_float(numbers: npt.NDArray[np.int64], missing: Booleans) -> Floats:
    return np.where(missing, np.nan, numbers.astype(float))


def _digits(component: Floats, level: int) -> npt.NDArray[np.object_]:
    """A component as text: four digits for the year, two for the others, a fraction kept."""
    table = _YEARS if level == 0 else _TWO_DIGITS
    whole = np.floor(np.nan_to_num(component))
    text = table[whole.astype(np.int64)]
    fraction = np.nan_to_num(component) - whole
    if not fraction.any():
        return text
    return text + np.where(fraction > 0, np.char.lstrip(plain_text(np.round(fraction, 6)), "0"), "").astype(object)
