"""Where two datasets differ, in words: what a conversion must not change."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .arrays import blank_is_missing, storage
from .arrow import pc
from .describe import to_arrow
from .ibm import missing_letters
from .model import Dataset, Variable


def differences(first: Dataset, second: Dataset) -> list[str]:
    """Name, label, variables and every value; empty if nothing was lost.

    A length that one side leaves to the data is no difference, nor is 8 bytes for a number, the ISO type of
    text, or an informat, which says how text was once read. Missing text and the empty string are one;
    special missing values keep their letters.
    """
    found = [
        f"{what}: {one!r} would become {other!r}"
        for what, one, other in (
            ("dataset name", first.name, second.name),
            ("dataset label", first.label, second.label),
            ("dataset type", first.type, second.type),
            ("records", len(first.frame), len(second.frame)),
            ("variables", [v.name for v in first.variables], [v.name for v in second.variables]),
        )
        if one != other
    ]
    if any(line.startswith(("records", "variables")) for line in found):
        return found
    for one, other in zip(first.variables, second.variables, strict=True):
        found += _variable_differences(first.frame[one.name], second.frame[one.name], one, other)
    return found


def _variable_differences(one: pd.Series, other: pd.Series, first: Variable, second: Variable) -> list[str]:
    kinds = storage(one, first), storage(other, second)
    pairs = [
        ("storage", *kinds),
        ("label", first.label, second.label),
        ("format", first.format or "", second.format or ""),
    ]
    found = [f"{first.name}: {what} {a!r} would become {b!r}" for what, a, b in pairs if a != b]
    lengths = _length(first, kinds[0]), _length(second, kinds[1])
    if None not in lengths and lengths[0] != lengths[1]:
        found.append(f"{first.name}: length {lengths[0]} would become {lengths[1]}")
    if kinds[0] == kinds[1]:
        rows = np.flatnonzero(~_same(one, other, kinds[0]))
        if len(rows):
            row = int(rows[0])
            found.append(
                f"{first.name}: {len(rows)} values, the first in record {row + 1}: "
                f"{one.iloc[row]!r} would become {other.iloc[row]!r}"
            )
    return found


def _length(variable: Variable, kind: str) -> int | None:
    return variable.length if kind == "text" else variable.length or 8


def _same(one: pd.Series, other: pd.Series, kind: str) -> NDArray[np.bool_]:
    """Where two columns of one kind hold the same values, missing values being the same."""
    if kind == "text":
        equal = pc.equal(*(pc.fill_null(blank_is_missing(to_arrow(column)), "") for column in (one, other)))
        return equal.to_numpy()
    if kind == "number":
        return _same_numbers(one, other)
    return ((one == other) | (one.isna() & other.isna())).fillna(value=False).to_numpy(dtype=bool)


def _same_numbers(one: pd.Series, other: pd.Series) -> NDArray[np.bool_]:
    a, b = (column.to_numpy(dtype=np.float64, na_value=np.nan) for column in (one, other))
    return np.where(np.isnan(a) | np.isnan(b), missing_letters(a) == missing_letters(b), a == b) & (
        np.isnan(a) == np.isnan(b)
    )
