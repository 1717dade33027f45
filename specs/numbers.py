"""Numbers as clinical data writes and rounds them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs.coded import split
from specs.columns import TEXT

Floats: TypeAlias = npt.NDArray[np.float64]

SIGNIFICANT = 15


def round_half_up(numbers: Floats, digits: int = 0) -> Floats:
    """Rounded to so many decimals, halves away from zero, as SAS ROUND does (2.5 → 3, -2.5 → -3).

    A product that misses a half by its last bit counts as the half: 1.005 → 1.01 though its binary value is
    a little less.
    """
    scale = 10.0**digits
    scaled = np.abs(numbers) * scale
    nudge = scaled * 4 * np.finfo(float).eps
    rounded = np.floor(scaled + 0.5 + nudge) / scale
    return np.copysign(rounded, numbers) + 0.0


def plain_text(numbers: Floats) -> npt.NDArray[np.str_]:
    """Numbers as text with 15 significant digits, no exponent and no trailing zeros: 3.0 → 3, 1.50 → 1.5.

    A number that is missing or infinite becomes 0: the caller knows which those are.
    """
    finite = np.where(np.isfinite(numbers), numbers, 0) + 0.0
    distinct, inverse = np.unique(finite, return_inverse=True)
    words = [
        np.format_float_positional(number, precision=SIGNIFICANT, fractional=False, trim="-") for number in distinct
    ]
    return np.array(words, dtype=str)[inverse]


def number_text(numbers: pd.Series, decimals: int | None = None) -> pd.Series:
    """Numbers as a text column: as many decimals as needed (54.0 → 54, 53.980 → 53.98), or always `decimals`.

    Rounded halves away from zero; missing stays missing.
    """
    amount = numbers.to_numpy(dtype=float, na_value=np.nan)
    if decimals is not None:
        amount = round_half_up(amount, decimals)
    text = pd.Series(plain_text(amount), index=numbers.index, dtype=TEXT).mask(~np.isfinite(amount))
    if not decimals:
        return text
    whole, point, fraction = (text.str.partition(".")[part] for part in (0, 1, 2))
    padded = whole + "." + fraction.where(point == ".", "").str.pad(decimals, side="right", fillchar="0")
    return padded.astype(TEXT)


def text_numbers(values: pd.Series) -> pd.Series:
    """Text as float64, what is none or infinite missing; each distinct text is read once, for results repeat."""
    codes, texts = split(values)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    return pd.Series(np.append(numbers, np.nan)[codes], index=values.index)
