"""Small tables for the tests of the review."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oncdisc.review import Table, VariableAttributes
from specs.columns import TEXT


def column(values: Sequence[object]) -> pd.Series:
    """Text if any value is one, else doubles."""
    if any(isinstance(value, str) for value in values):
        return pd.Series(list(values), dtype=TEXT)
    return pd.Series([np.nan if value is None else value for value in values], dtype="float64")


def table(
    name: str = "ADXX",
    *,
    label: str | None = None,
    type: str | None = None,
    attributes: Sequence[VariableAttributes] = (),
    metadata_keys: tuple[str, ...] = (),
    **columns: Sequence[object] | pd.Series,
) -> Table:
    """A table of columns given as lists or series."""
    frame = pd.DataFrame(
        {key: value if isinstance(value, pd.Series) else column(value) for key, value in columns.items()}
    )
    return Table(name, frame, label, type, {a.name: a for a in attributes}, metadata_keys)
