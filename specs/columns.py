"""The column types of every frame: one dtype for text, one for numbers, one for dates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
NUMBER = np.dtype("float64")
DATE = np.dtype("datetime64[s]")
BETWEEN = "\x1f"
"""What stands between the parts of a key: no text has it."""


def text(values: Sequence[str | None] | pd.Series) -> pd.Series:
    """Values as a text column; empty strings and None are missing."""
    column = values.astype(TEXT) if isinstance(values, pd.Series) else pd.Series(list(values), dtype=TEXT)
    return column.mask(column == "").astype(TEXT)


def empty_text(length: int) -> pd.Series:
    """A text column in which everything is missing."""
    import pyarrow as arrow

    return pd.Series(arrow.nulls(length, arrow.large_string()), dtype=TEXT)


def constant_text(value: str, length: int) -> pd.Series:
    """A text column that holds one value."""
    return pd.Series([value], dtype=TEXT).repeat(length).reset_index(drop=True)


def is_ascii(values: pd.Series) -> pd.Series:
    """Which values of a text column are plain ASCII; a missing one is."""
    import pyarrow as arrow
    from pyarrow.compute import call_function

    found = call_function("string_is_ascii", [arrow.array(values.array, from_pandas=True)])
    plain = np.asarray(found.fill_null(True))
    return pd.Series(plain.astype(bool), index=values.index)


def text_key(parts: Sequence[pd.Series]) -> pd.Series:
    """Several text columns as one key a record; missing is nothing between the separators."""
    joined = parts[0].fillna("")
    for part in parts[1:]:
        joined = joined + BETWEEN + part.fillna("")
    return joined
