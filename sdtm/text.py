"""Text out of text: joined, cut, found by a pattern."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sdtm.mapped import Mapped
from sdtm.patterns import groups, named
from specs.columns import TEXT


def concatenate(columns: Sequence[pd.Series], separator: str = "") -> pd.Series:
    """The columns' texts one after another; what is missing is left out, its separator too."""
    joined = columns[0]
    for column in columns[1:]:
        both = joined + (separator + column)
        joined = both.where(joined.notna() & column.notna(), joined.where(joined.notna(), column))
    return joined.astype(TEXT)


def substring(values: pd.Series, start: int, length: int | None = None) -> pd.Series:
    """Characters from `start` (the first is 1), at most `length` of them; missing where none is left."""
    if start < 1:
        raise ValueError(f"the first character is 1, found start {start}")
    part = values.str.slice(start - 1, None if length is None else start - 1 + length)
    return part.mask(part == "").astype(TEXT)


def pattern(values: pd.Series, expression: str) -> Mapped:
    """What the first named group of a regular expression catches, or its whole match if it names none.

    Text that it does not match, or in which the group catches nothing, is missing and has failed.
    Raises PatternError.
    """
    found = groups(values, named(expression))
    caught = found.iloc[:, 0]
    said = (values.notna() & (values != "")).to_numpy()
    return Mapped(caught, said & caught.isna().to_numpy())


def upper(values: pd.Series) -> pd.Series:
    """Text in upper case."""
    return values.str.upper().astype(TEXT)
