"""Collected dates and times → ISO 8601 as partial as collected, by the formats a study declares.

A format is written as people write it: `DD-MMM-YYYY`, `MM/DD/YYYY`, `YYYY-MM-DD`, `DD MMM YYYY HH:MM`,
`H:MM AM`. `YYYY` or `YY` is the year, `MMM` or `MON` the month's English name, `MM` the month (after the hour: the
minute), `DD` the day, `HH` the hour, `SS` the second, `AM` the half of the day; anything else stands for
itself. A number between separators may be written with one digit or two (`1/5/2014`, `7:25`).

Any part may be unknown (`UN`, `UNK`, `ND`, `NK`, nothing), and a value may leave out what it need not say:
the day before a month's name (`MAR 2024`), the end of a year-first date (`2024-03`), the time of a date with
a time. Which of two readings is meant is never guessed: formats are tried in the order the study declares
them, and the first under which the text is a date of the calendar counts. Text that is none is no date at
all: SDTM gets a missing value and the study a finding with the text.

Source: SDTMIG 3.4, 4.4.1 and 4.4.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from sdtm.mapped import Mapped, spread
from sdtm.patterns import groups, matches
from specs import iso8601
from specs.coded import split
from specs.errors import UsageError
from specs.iso8601 import COMPONENTS, Parts

UNKNOWN = ("UN", "UNK", "UNKN", "UNKNOWN", "UK", "ND", "NK", "NI", "XX", "XXX", "XXXX")
TIME_FORMATS = ("HH:MM", "HH:MM:SS")
FIRST_YEAR = 1940

_MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
_MONTH_NUMBERS = {word: number for number, name in enumerate(_MONTHS, start=1) for word in (name, name[:3])} | {
    "SEPT": 9
}
_TOKEN = re.compile("YYYY|YY|MMM|MON|MM|M|DD|D|HH|H|SS|S|AM")
_NAMES = {"MMM", "MON"}
_ISO_DATE = r"^\d{4}-\d{2}-\d{2}$"
_ISO_MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$"
_ISO_TIME = r"^\d{2}:\d{2}:\d{2}(?:\.\d+)?$"
_GROUPS = {"Y": "year", "D": "day", "H": "hour", "S": "second", "A": "half"}


class DateFormatError(UsageError, ValueError):
    """A date or time format that can't be read."""


def read_datetimes(
    date: pd.Series | None,
    time: pd.Series | None = None,
    *,
    formats: Sequence[str] = (),
    time_formats: Sequence[str] = TIME_FORMATS,
    unknown: Sequence[str] = UNKNOWN,
    first_year: int = FIRST_YEAR,
) -> Mapped:
    """A collected date, a time, or both, as ISO 8601 text.

    `first_year`: two-digit years lie in the hundred years from it. A row fails where its date or its time
    can't be read; a good date is kept without its unreadable time, a time without its unreadable date is not.
    Raises DateFormatError.
    """
    options = (tuple(unknown), first_year)
    if time is None:
        if date is None:
            raise ValueError("a date or a time is needed")
        return _alone(_read_dates(date, formats, *options), date)
    if date is None:
        return _alone(_read_times(time, time_formats, *options), time)
    day = _read_dates(date, formats, *options)
    return _joined(day, _read_times(time, time_formats, *options), date)


def read_parts(
    parts: Mapping[str, pd.Series],
    time: pd.Series | None = None,
    *,
    time_formats: Sequence[str] = TIME_FORMATS,
    unknown: Sequence[str] = UNKNOWN,
) -> Mapped:
    """A date collected in parts: columns by component, `year` to `second`; its time may stand in one column.

    A part is a number, an unknown or blank; the month may be a name. A row fails where a part is neither, or
    the parts make no date of the calendar; it fails, but keeps its date, where only its time can't be read.
    """
    first = next(iter(parts.values()))
    numbers: dict[str, npt.NDArray[np.float64]] = {}
    wrong = np.zeros(len(first), dtype=bool)
    for name in parts:
        numbers[name], unread = _read_part(parts[name], name, unknown)
        wrong |= unread
    said = ~np.isnan(np.vstack(list(numbers.values()))).all(axis=0)
    failed = wrong | (said & ~Parts.of(numbers).valid)
    no_time = np.zeros(len(first), dtype=bool)
    if time is not None:
        codes, clock, unread = _read_times(time, time_formats, tuple(unknown), FIRST_YEAR)
        numbers |= dict(zip(COMPONENTS[3:], clock.take(codes).table()[3:], strict=True))
        no_time = np.append(unread, False)[codes]
    values = iso8601.compose(Parts.of(numbers)).mask(failed)
    return Mapped(values.set_axis(first.index), failed | no_time)


@cache
def pattern_of(format_: str, unknown: tuple[str, ...] = UNKNOWN) -> str:
    """The regular expression that a format means; groups: `whole`, the components, `half` for AM or PM.

    Raises DateFormatError.
    """
    tokens = _tokens(format_)
    names = [name for name, _ in tokens if name]
    if not names or len(set(names)) < len(names):
        raise DateFormatError(
            f"the date format {format_!r} can't be read; expected each of YYYY, MM or MMM, DD, HH, MM, SS "
            "at most once, such as DD-MMM-YYYY or HH:MM"
        )
    pieces = [_piece(tokens, place, unknown) for place in range(len(tokens))]
    return f"(?i)^(?P<whole>{_optional(tokens, pieces)})$"


_Read = tuple[npt.NDArray[np.intp], Parts, npt.NDArray[np.bool_]]


def _read_dates(values: pd.Series, formats: Sequence[str], unknown: tuple[str, ...], first_year: int) -> _Read:
    """Dates, by format, else as complete ISO 8601 unless a format has the day before the month after the year."""
    orders = [[name for name, _ in _tokens(format_) if name][:3] for format_ in formats]
    iso = _ISO_MOMENT if ["year", "day", "month"] in orders else f"{_ISO_DATE}|{_ISO_MOMENT}"
    return _read_distinct(values, formats, unknown, first_year, iso)


def _read_times(values: pd.Series, formats: Sequence[str], unknown: tuple[str, ...], first_year: int) -> _Read:
    """Times, by format, else as complete ISO 8601 unless a format has a clock of twelve hours."""
    twelve = any(name == "half" for format_ in formats for name, _ in _tokens(format_))
    return _read_distinct(values, formats, unknown, first_year, None if twelve else _ISO_TIME, "-----T")


def _read_distinct(
    values: pd.Series,
    formats: Sequence[str],
    unknown: tuple[str, ...],
    first_year: int,
    iso: str | None,
    before: str = "",
) -> _Read:
    """Codes of the rows' distinct values; for each value its components and whether it can't be read.

    `iso`: the pattern of the values that are ISO 8601 with `before` put before them.
    """
    codes, texts = split(values)
    texts = texts.str.strip()
    table = np.full((len(COMPONENTS), len(texts)), np.nan)
    open_ = (texts != "").to_numpy() & ~_all_unknown(texts, unknown)
    for format_ in formats:
        places = np.flatnonzero(open_)
        if not len(places):
            break
        parts, matched = _read_format(texts.iloc[places], format_, unknown, first_year)
        table[:, places[matched]] = parts.table()[:, matched]
        open_[places[matched]] = False
    if iso is not None and open_.any():
        places = np.flatnonzero(open_ & matches(texts, iso).to_numpy())
        parts = iso8601.parse(before + texts.iloc[places])
        table[:, places] = parts.table()
        open_[places] = ~parts.valid
    return codes, Parts.of(dict(zip(COMPONENTS, table, strict=True))), open_


def _read_format(
    texts: pd.Series, format_: str, unknown: tuple[str, ...], first_year: int
) -> tuple[Parts, npt.NDArray[np.bool_]]:
    """Components by one format, and where the text is a date of the calendar or wholly unknown under it."""
    found = groups(texts, pattern_of(format_, unknown))
    matched = found["whole"].notna().to_numpy()
    numbers = {name: _number(found[name], name) for name in COMPONENTS if name in found}
    if "YYYY" not in format_ and "year" in numbers:
        numbers["year"] = first_year + (numbers["year"] - first_year) % 100
    possible = np.ones(len(texts), dtype=bool)
    if "half" in found:
        half = found["half"].str.upper()
        possible = ~(half.notna().to_numpy() & ((numbers["hour"] < 1) | (numbers["hour"] > 12)))
        numbers["hour"] = np.where(half.notna(), numbers["hour"] % 12 + 12 * (half == "PM"), numbers["hour"])
    parts = Parts.of(numbers)
    blank = np.isnan(np.vstack(list(numbers.values()))).all(axis=0)
    return parts, matched & possible & (parts.valid | blank)


def _alone(read: _Read, like: pd.Series) -> Mapped:
    codes, parts, failed = read
    return spread(Mapped(iso8601.compose(parts), failed), codes, like)


def _joined(day: _Read, clock: _Read, like: pd.Series) -> Mapped:
    """Dates and times put together once per distinct pair."""
    day_codes, day_parts, day_failed = day
    clock_codes, clock_parts, clock_failed = clock
    width = len(clock_failed) + 1
    codes, pairs = pd.factorize((day_codes + 1) * width + clock_codes + 1)
    left, right = pairs // width - 1, pairs % width - 1
    no_day = np.append(day_failed, False)[left]
    date, time = day_parts.take(left), clock_parts.take(right)
    table = np.where(no_day, np.nan, np.vstack([date.table()[:3], time.table()[3:]]))
    failed = no_day | np.append(clock_failed, False)[right]
    values = iso8601.compose(Parts.of(dict(zip(COMPONENTS, table, strict=True))))
    return spread(Mapped(values, failed), codes, like)


def _all_unknown(texts: pd.Series, unknown: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Where the whole value only says that nothing is known, whatever the format."""
    word = "|".join(map(re.escape, sorted(unknown, key=len, reverse=True)))
    return texts.str.contains(f"(?i)^(?:{word})$", regex=True, na=False).to_numpy(dtype=bool)


def _read_part(
    values: pd.Series, name: str, unknown: Sequence[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    codes, texts = split(values)
    texts = texts.str.strip().str.upper()
    said = texts.mask(texts.isin([word.upper() for word in unknown] + [""]))
    number = _number(said, name)
    whole = (number == np.floor(number)) | (name == "second")
    number = np.where(whole, number, np.nan)
    wrong = said.notna().to_numpy() & np.isnan(number)
    return np.append(number, np.nan)[codes], np.append(wrong, False)[codes]


def _number(texts: pd.Series, name: str) -> npt.NDArray[np.float64]:
    """Digits, or the name of a month, as numbers; NaN where neither."""
    number = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if name != "month":
        return number
    named = texts.str.upper().map(_MONTH_NUMBERS).to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isnan(number), named, number)


def _tokens(format_: str) -> list[tuple[str, str]]:
    """(component, token) pairs in the order written; component is empty for text that stands for itself."""
    tokens: list[tuple[str, str]] = []
    place = 0
    hour_seen = False
    while place < len(format_):
        found = _TOKEN.match(format_, place)
        token = found.group() if found else format_[place]
        name = "" if not found else _GROUPS.get(token[0], "minute" if hour_seen else "month")
        hour_seen |= name == "hour"
        tokens.append((name, token))
        place += len(token)
    return tokens


def _piece(tokens: Sequence[tuple[str, str]], place: int, unknown: Sequence[str]) -> str:
    """The expression of one token; its width is exact where another number touches it."""
    name, written = tokens[place]
    near = [tokens[beside][0] for beside in (place - 1, place + 1) if 0 <= beside < len(tokens)]
    if written == " ":
        return r"\s*" if "half" in near else r"\s+"
    if name in {"", "half"}:
        return "(?P<half>AM|PM)" if name else re.escape(written)
    touched = any(near)
    if name == "year":
        digits = rf"\d{{{len(written)}}}"
    elif written in _NAMES:
        digits = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
    else:
        digits = (r"\d{2}" if touched else r"\d{1,2}") + (r"(?:\.\d+)?" if name == "second" else "")
    words = "|".join(map(re.escape, sorted(unknown, key=len, reverse=True)))
    return f"(?:{words}|(?P<{name}>{digits}){'' if touched else '|'})"


def _optional(tokens: Sequence[tuple[str, str]], pieces: Sequence[str]) -> str:
    """The pieces in a row, with brackets round what a value may leave out."""
    named = [place for place, (name, _) in enumerate(tokens) if name]
    dates = [place for place in named if tokens[place][0] in COMPONENTS[:3]]
    if not dates or dates != named[: len(dates)]:
        return "".join(pieces)
    end = dates[-1] + 1
    clock = "".join(pieces[end:])
    return _optional_date(tokens, pieces, dates) + (f"(?:{clock})?" if len(dates) < len(named) else clock)


def _optional_date(tokens: Sequence[tuple[str, str]], pieces: Sequence[str], dates: Sequence[int]) -> str:
    first, *others = dates
    if tokens[first][1] == "YYYY":
        tail = ""
        for before, place in reversed(list(pairwise(dates))):
            tail = f"(?:{''.join(pieces[before + 1 : place + 1])}{tail})?"
        return "".join(pieces[: first + 1]) + tail
    if tokens[first][0] == "day" and others and tokens[others[0]][1] in _NAMES:
        lead, rest = pieces[: others[0]], pieces[others[0] : dates[-1] + 1]
        return f"(?:{''.join(lead)})?{''.join(rest)}"
    return "".join(pieces[: dates[-1] + 1])
