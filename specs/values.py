"""Numbers and text, one into the other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from specs.columns import TEXT


def number_text(values: pd.Series, decimals: int | None = None) -> pd.Series:
    """Numbers as text: `5`, `5.1`; with `decimals` always that many (half away from zero, as SAS rounds).

    Unique values are formatted once, so the cost is that of a factorize.
    """
    codes, unique = pd.factorize(values.to_numpy(dtype="float64"))
    shown = [_shown(number, decimals) for number in unique.tolist()]
    lookup = pd.Series([*shown, None], dtype=TEXT)
    return lookup.take(np.where(codes < 0, len(shown), codes)).reset_index(drop=True)


def _shown(number: float, decimals: int | None) -> str:
    if decimals is not None:
        number = round_half_away(number, decimals)
        return f"{number:.{decimals}f}"
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return np.format_float_positional(number, trim="-", precision=12, unique=True)


def round_half_away(number: float, decimals: int) -> float:
    """Round as SAS's ROUND does: halves away from zero, with its fuzz for values a hair below a half."""
    scaled = abs(number) * 10**decimals
    whole = np.floor(scaled + 0.5 + 1e-9)
    return float(np.copysign(whole / 10**decimals, number))
