"""Collected results → numbers in standard units, and those as text (--STRESN, --STRESC, --STRESU).

Source: SDTMIG 3.4, 6.3 (findings): --STRESC is the result in standard format, --STRESN the same as a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from sdtm.mapped import Mapped, spread
from specs.coded import is_coded, split
from specs.columns import TEXT
from specs.numbers import round_half_up, text_numbers

_NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"


class Linear(NamedTuple):
    """One unit in terms of another: value × factor + offset."""

    factor: float
    offset: float = 0.0


CONVERSIONS: Mapping[tuple[str, str], Linear] = {
    ("IN", "CM"): Linear(2.54),
    ("M", "CM"): Linear(100),
    ("MM", "CM"): Linear(0.1),
    ("CM", "MM"): Linear(10),
    ("LB", "KG"): Linear(0.45359237),
    ("G", "KG"): Linear(0.001),
    ("F", "C"): Linear(5 / 9, -160 / 9),
}
"""(from, to) in upper case → how. What depends on the substance (mg/dL to mmol/L) a study declares."""

_SAME = {
    "INCH": "IN", "INCHES": "IN", "LBS": "LB", "POUND": "LB", "POUNDS": "LB", "KGS": "KG", "°F": "F", "°C": "C",
    "ºF": "F", "ºC": "C", "DEG F": "F", "DEG C": "C", "FAHRENHEIT": "F", "CELSIUS": "C",
}  # fmt: skip


def to_numbers(values: pd.Series) -> Mapped:
    """Text as float64. Text that is no plain number, such as `<5` or `1,5`, is missing and has failed."""
    if is_coded(values):
        codes, texts = split(values)
        return spread(to_numbers(texts), codes, values)
    text = values.str.strip()
    plain = text.where(text.str.match(_NUMBER, na=False))
    numbers = text_numbers(plain)
    said = (text.notna() & (text != "")).to_numpy()
    return Mapped(pd.Series(numbers.to_numpy(), index=values.index), said & numbers.isna().to_numpy())


def convert(
    numbers: pd.Series,
    unit: pd.Series | str,
    to: str,
    *,
    factors: Mapping[str, float | Linear] | None = None,
    digits: int | None = None,
) -> Mapped:
    """Numbers (float64) in the unit `to`, rounded half up to `digits` decimals.

    `unit` is each row's unit or that of all. `factors` says how to convert from a unit where the study knows;
    it goes before CONVERSIONS. Units are compared without regard to case. A number whose unit is missing or
    leads nowhere is missing and has failed.
    """
    units = pd.Series(unit, index=numbers.index, dtype=TEXT) if isinstance(unit, str) else unit
    codes, texts = split(units)
    spelt = texts.str.strip().str.upper()
    declared = {name.strip().upper(): how for name, how in (factors or {}).items()}
    ways = np.array([*(_way(name, to, declared) for name in spelt), (np.nan, np.nan)], dtype=float)
    factor, offset = ways[codes].T
    amount = numbers.to_numpy(dtype=float, na_value=np.nan)
    result = amount * factor + offset
    if digits is not None:
        result = round_half_up(result, digits)
    return Mapped(pd.Series(result, index=numbers.index), np.isnan(result) & ~np.isnan(amount))


def _way(unit: str, to: str, declared: Mapping[str, float | Linear]) -> Linear:
    if unit in declared:
        how = declared[unit]
        return how if isinstance(how, Linear) else Linear(how)
    source, target = (_SAME.get(name, name) for name in (unit, to.strip().upper()))
    if source == target:
        return Linear(1)
    return CONVERSIONS.get((source, target), Linear(np.nan, np.nan))
