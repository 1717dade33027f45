"""Cells of any type as the text a person would have typed: no `.0`, dates in ISO 8601, nothing for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from specs.coded import coded_or_plain
from specs.columns import TEXT
from specs.numbers import plain_text

_EPOCH = np.datetime64("1960-01-01", "s")
_DATES = ("DATE", "YYMMDD", "MMDDYY", "DDMMYY", "E8601DA", "B8601DA", "IS8601DA", "WORDDAT", "WEEKDAT")
_DATETIMES = ("DATETIME", "E8601DT", "B8601DT", "IS8601DT", "DATEAMPM", "MDYAMPM")
_TIMES = ("TIME", "E8601TM", "B8601TM", "IS8601TM", "TOD", "HHMM")


def trimmed(column: Any) -> pd.Series:
    """An arrow text column without the blanks around its values; an empty value is missing."""
    kept = pc.call_function("utf8_trim_whitespace", [column])
    nothing = pc.call_function("equal", [kept, pa.scalar("", kept.type)])
    return pd.Series(pc.call_function("if_else", [nothing, pa.scalar(None, kept.type), kept]), dtype=TEXT)


def coded_cells(column: Any) -> pd.Series:
    """An arrow dictionary column as coded text without the blanks around its values; an empty value is missing."""
    whole = column.unify_dictionaries().combine_chunks()
    codes = whole.indices.fill_null(-1).to_numpy()
    used = np.flatnonzero(np.bincount(codes + 1, minlength=1)[1:])
    places = np.full(len(whole.dictionary) + 1, -1, dtype=np.int32)
    places[used] = np.arange(len(used))
    texts = trimmed(whole.dictionary.take(pa.array(used)).cast(pa.large_string()))
    return coded_or_plain(places[codes], texts)


def number_cells(numbers: npt.NDArray[np.float64]) -> pd.Series:
    """Numbers as plain text; missing where not finite."""
    text = pd.Series(plain_text(numbers), dtype=TEXT)
    return text.mask(~np.isfinite(numbers))


def moment_cells(moments: npt.NDArray[np.datetime64]) -> pd.Series:
    """Date/times as ISO 8601 text, as dates where the whole column lies at midnight; NaT is missing."""
    moments = moments.astype("datetime64[s]")
    days = moments.astype("datetime64[D]")
    whole = bool(((moments == days) | np.isnat(moments)).all())
    text = pd.Series((days if whole else moments).astype(str), dtype=TEXT)
    return text.mask(np.isnat(moments))


def sas_cells(numbers: npt.NDArray[np.float64], format_: str | None) -> pd.Series:
    """SAS numbers as text: by a date, datetime or time format as ISO 8601, else as plain numbers."""
    name = (format_ or "").upper()
    finite = np.isfinite(numbers)
    counts = np.where(finite, numbers, 0)
    if name.startswith(_DATETIMES):
        seconds = np.floor(counts).astype("timedelta64[s]")
        return moment_cells(np.where(finite, _EPOCH + seconds, np.datetime64("NaT", "s")))
    if name.startswith(_DATES):
        days = np.floor(counts).astype("timedelta64[D]")
        return moment_cells(np.where(finite, _EPOCH + days, np.datetime64("NaT", "s")))
    if name.startswith(_TIMES):
        clock = (_EPOCH + np.floor(counts).astype("timedelta64[s]")).astype(str)
        time = pd.Series(clock, dtype=TEXT).str.slice(11)
        inside = finite & (counts >= 0) & (counts < 86400)
        return time.where(inside, number_cells(numbers))
    return number_cells(numbers)


TRUTH = {True: "TRUE", False: "FALSE"}
"""The text of a boolean of any format: what a spreadsheet shows, and writes into a CSV file."""


def arrow_cells(column: Any) -> pd.Series:
    """An arrow column of any type as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return arrow_cells(pc.call_function("dictionary_decode", [column]))
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return number_cells(np.asarray(column.cast(pa.float64()).to_numpy(), dtype=float))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return moment_cells(np.asarray(column.cast(pa.timestamp("s"), safe=False).to_numpy()))
    if pa.types.is_boolean(kind):
        return trimmed(pc.call_function("if_else", [column, *(pa.scalar(TRUTH[truth]) for truth in (True, False))]))
    return trimmed(column.cast(pa.large_string()))


def object_cells(values: Sequence[object]) -> pd.Series:
    """Python values, as a spreadsheet gives them, as text."""
    return trimmed(pa.array([_object_text(value) for value in values], type=pa.large_string()))


def _object_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return TRUTH[value]
    if isinstance(value, (int, float)):
        return str(plain_text(np.array([value], dtype=float))[0])
    return str(value).removesuffix(" 00:00:00").replace(" ", "T")
