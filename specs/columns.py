"""The column types of every frame: one dtype for text, one for numbers, one for dates."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
NUMBER = np.dtype("float64")
DATE = np.dtype("datetime64[s]")


def text(values: Iterable[object] | pd.Series) -> pd.Series:
    """Values as a text column; empty strings and None are missing."""
    column = pd.Series(values, dtype=TEXT) if not isinstance(values, pd.Series) else values.astype(TEXT)
    return column.mask(column == "").astype(TEXT)


def empty_text(length: int) -> pd.Series:
    """A text column in which everything is missing."""
    return pd.Series(np.full(length, np.nan), dtype=TEXT)


def constant_text(value: str, length: int) -> pd.Series:
    """A text column that holds one value."""
    return pd.Series([value], dtype=TEXT).repeat(length).reset_index(drop=True)
