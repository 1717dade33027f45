"""Two columns of one variable brought to one representation, so that they can be compared.

SAS knows text and numbers, and a date is a number of days or seconds since 1960. A frame may hold the same
date as a datetime column, a SAS number or ISO 8601 text. Datetime columns are turned into SAS numbers always
(both are numeric to SAS); text and number meet only where the leniency for dates is declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from oncdisc.review.arrow import TextArray
from oncdisc.review.arrow import compute as pc
from oncdisc.review.options import Leniency
from oncdisc.review.tables import Table
from oncdisc.transport.formats import kind_of_format

Scale = Literal["", "date", "datetime", "time"]
DAY = 86400
NUMBER = r"^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$"
LAST_SAS_DAY = 6589335  # the last day of the year 20000
SCALES: dict[str, Scale] = {"date": "date", "datetime": "datetime", "time": "time"}
SAS_EPOCH_DAYS = 3653  # from 1960-01-01 to 1970-01-01


@dataclass(frozen=True, slots=True)
class Operands:
    """One variable of both datasets: both Arrow text, shape (rows,), or both doubles, shape (rows,).

    `scale` says what a number counts (SAS days, SAS seconds, seconds of a day); `note` what was converted.
    """

    base: TextArray | np.ndarray
    compare: TextArray | np.ndarray
    scale: Scale = ""
    note: str = ""

    @property
    def is_text(self) -> bool:
        """Whether text is compared."""
        return isinstance(self.base, pa.Array)


def scale_of(name: str, sas_format: str | None) -> Scale:
    """What a number of this name and format counts; a format goes before ADaM's naming (--DT, --TM,
    --DTM)."""
    if sas_format:
        return _scale_of_format(sas_format)
    upper = name.upper()
    if upper.endswith("DTM"):
        return "datetime"
    if upper.endswith("DT") and len(upper) > 2:
        return "date"
    return "time" if upper.endswith("TM") and len(upper) > 2 else ""


def _scale_of_format(sas_format: str) -> Scale:
    written = sas_format if "." in sas_format else f"{sas_format}."
    try:
        kind = kind_of_format(written)
    except ValueError:  # a format of the study's own: it does not say that the number is a date
        return ""
    return SCALES.get(kind or "", "")


def operands(base: Table, compare: Table, name: str, lenient: AbstractSet[Leniency]) -> Operands | None:
    """The columns `name` of base and compare, comparable; None if their types conflict."""
    kinds = base.kind(name), compare.kind(name)
    if kinds == ("text", "text"):
        return Operands(base.text(name), compare.text(name))
    if base.untyped != compare.untyped:
        return _typed_and_untyped(base, compare, name)
    scale = _scale((base, compare), name)
    if "text" not in kinds:
        return _numbers(base, compare, name, scale)
    if Leniency.DATES not in lenient or scale in ("", "time"):
        return None
    texts = [_as_iso(table, name, scale) for table in (base, compare)]
    note = f"{name} is {kinds[0]} in base and {kinds[1]} in compare: compared as ISO 8601 text, as declared"
    return Operands(texts[0], texts[1], "", note)


def _typed_and_untyped(base: Table, compare: Table, name: str) -> Operands | None:
    """A number or date beside the text of a file that knows no types: text is read as what the other side
    is."""
    typed, untyped = (compare, base) if base.untyped else (base, compare)
    texts = untyped.text(name)
    if typed.kind(name) == "text":
        return None
    numbers = numbers_in(texts)
    scale = _scale((typed,), name)
    blank = pc.is_null(texts).to_numpy(zero_copy_only=False)
    if bool(np.all(blank | np.isfinite(numbers))):
        values, what = (_sas_number(typed, name, scale), numbers), "numbers"
    elif scale in ("date", "datetime"):
        values, what = (_as_iso(typed, name, scale), with_seconds(texts)), "ISO 8601 text"
        scale = ""
    else:
        return None
    left, right = values[::-1] if base.untyped else values
    return Operands(left, right, scale, f"{name}: one side's file knows no types: compared as {what}")


def _scale(tables: Sequence[Table], name: str) -> Scale:
    """What the two sides' numbers count; SAS numbers say it by their format, datetime columns by their
    times."""
    numbers: list[Scale] = [
        scale_of(name, table.attributes_of(name).format) for table in tables if table.kind(name) == "number"
    ]
    dates: list[Scale] = [_scale_of_dates(table, name) for table in tables if table.kind(name) == "date"]
    for scale in numbers:
        if scale:
            return scale
    if "datetime" in dates:
        return "datetime"
    return "date" if dates else ""


def _scale_of_dates(table: Table, name: str) -> Scale:
    if scale_of(name, table.attributes_of(name).format) == "datetime":
        return "datetime"
    return "datetime" if bool(np.any(np.nan_to_num(table.seconds(name)) % DAY != 0)) else "date"


def _numbers(base: Table, compare: Table, name: str, scale: Scale) -> Operands:
    kinds = base.kind(name), compare.kind(name)
    values = [_sas_number(table, name, scale) for table in (base, compare)]
    note = ""
    if kinds[0] != kinds[1]:
        note = f"{name} is {kinds[0]} in base and {kinds[1]} in compare: compared as SAS {scale or 'date'} numbers"
    return Operands(values[0], values[1], scale, note)


def _sas_number(table: Table, name: str, scale: Scale) -> np.ndarray:
    """A numeric or date column as SAS would hold it: days for a date, seconds for a datetime, since 1960."""
    if table.kind(name) == "number":
        return table.numbers(name)
    seconds = table.seconds(name) + SAS_EPOCH_DAYS * DAY
    return seconds if scale == "datetime" else seconds / DAY


def _as_iso(table: Table, name: str, scale: Scale) -> TextArray:
    """A column as ISO 8601 text: dates as YYYY-MM-DD, datetimes as YYYY-MM-DDThh:mm:ss."""
    if table.kind(name) == "text":
        return with_seconds(table.text(name))
    numbers = _sas_number(table, name, scale)
    return iso_text(numbers, scale)


def iso_text(numbers: np.ndarray, scale: Scale) -> TextArray:
    """SAS date or datetime numbers as ISO 8601 text, shape kept; missing is null, what is no date its
    digits."""
    unit = 1 if scale == "datetime" else DAY
    with np.errstate(invalid="ignore"):
        known = np.abs(numbers) * (unit / DAY) <= LAST_SAS_DAY
    moments = np.where(known, numbers, 0.0) * unit - SAS_EPOCH_DAYS * DAY
    resolution = "s" if scale == "datetime" else "D"
    written = np.datetime_as_string(np.round(moments).astype("datetime64[s]"), unit=resolution)
    written = np.where(known, written, numbers.astype("U"))
    return pa.array(written, mask=np.isnan(numbers)).cast(pa.large_string())


def numbers_in(texts: TextArray) -> np.ndarray:
    """Texts that are numbers as doubles, shape kept; NaN for others."""
    plain = pc.utf8_ltrim(pc.utf8_trim_whitespace(texts), "+")
    written = pc.match_substring_regex(plain, NUMBER)
    return pc.cast(pc.if_else(written, plain, None), pa.float64()).to_numpy(zero_copy_only=False)


def with_seconds(texts: TextArray) -> TextArray:
    """ISO 8601 texts in which a time without seconds has them as zero."""
    return pc.replace_substring_regex(texts, r"(T\d\d:\d\d)$", r"\1:00")
