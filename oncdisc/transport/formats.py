"""SAS formats and informats: their parts, and which of them make a number a date, a time or both."""

from __future__ import annotations

import re

_DATES = """DATE DDMMYY DDMMYYB DDMMYYC DDMMYYD DDMMYYN DDMMYYP DDMMYYS MMDDYY MMDDYYB MMDDYYC MMDDYYD MMDDYYN
MMDDYYP MMDDYYS YYMMDD YYMMDDB YYMMDDC YYMMDDD YYMMDDN YYMMDDP YYMMDDS E8601DA IS8601DA B8601DA WORDDATE
WORDDATX WEEKDATE WEEKDATX JULIAN"""
_DATETIMES = "DATETIME E8601DT IS8601DT B8601DT DATEAMPM MDYAMPM"
_TIMES = "TIME TIMEAMPM TOD HHMM E8601TM IS8601TM B8601TM"
DATE_FORMATS = frozenset(_DATES.split())
DATETIME_FORMATS = frozenset(_DATETIMES.split())
TIME_FORMATS = frozenset(_TIMES.split())

_FORMAT = re.compile(r"(\$?(?:[A-Z_](?:[A-Z0-9_]*[A-Z_])?)?)(\d*)\.(\d*)", re.IGNORECASE)
LARGEST_WIDTH = 32767


def parse_format(text: str | None) -> tuple[str, int, int]:
    """Name, width and decimals of `DATE9.`, `8.2`, `$20.`; ValueError if it is not a format."""
    if not text:
        return "", 0, 0
    match = _FORMAT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a SAS format such as DATE9., 8.2 or $20.")
    name, width, decimals = match[1].upper(), int(match[2] or 0), int(match[3] or 0)
    if width > LARGEST_WIDTH or decimals > LARGEST_WIDTH:
        raise ValueError(f"{text!r} is wider than a format can be")
    return name, width, decimals


def compose_format(name: str, width: int, decimals: int) -> str | None:
    """The format as people write it; None when there is none."""
    if not name and not width and not decimals:
        return None
    return f"{name}{width or ''}.{decimals or ''}"


def format_name(text: str | None) -> str:
    """The format's name without width; empty for a bare width, and for what is no format."""
    match = _FORMAT.fullmatch(text or "")
    return match[1].upper() if match else ""


def kind_of_format(text: str | None) -> str | None:
    """`date`, `datetime` or `time` for the formats that show a number as one, else None."""
    name = format_name(text)
    kinds = (("date", DATE_FORMATS), ("datetime", DATETIME_FORMATS), ("time", TIME_FORMATS))
    return next((kind for kind, names in kinds if name in names), None)
