"""The questions that many rules ask of columns: each pure, over whole columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Codes, Data, Floats


def ambiguous(data: Data, left: str, right: str, within: Codes | None = None, *, fold: bool = False) -> Booleans:
    """Records whose value of `left` goes with more than one value of `right`; missing values do not count.

    `within` (a code a record) asks the question in each group for itself. With `fold` values of `left` in other
    letters are the same value.
    """
    first = _folded(data, left) if fold else data.distinct(left)[0]
    second, names = data.distinct(right)
    both = (first >= 0) & (second >= 0)
    groups = np.zeros(len(data), dtype=np.int64) if within is None else np.asarray(within, dtype=np.int64)
    keys = groups * (int(first.max(initial=0)) + 2) + first
    codes, _ = pd.factorize(keys)
    pairs = np.unique(codes[both].astype(np.int64) * (len(names) + 1) + second[both])
    partners = np.bincount(pairs // (len(names) + 1), minlength=int(codes.max(initial=0)) + 1)
    return both & (partners[codes] > 1)


def _folded(data: Data, name: str) -> Codes:
    """Codes of the distinct values regardless of case and outer blanks."""
    codes, found = data.distinct(name)
    same, _ = pd.factorize(found.str.strip().str.casefold())
    return np.append(same, -1)[codes].astype(np.intp)


def repeated(data: Data, *names: str) -> Booleans:
    """Records that share all these values with another record."""
    codes = data.groups(*names)
    return (np.bincount(codes, minlength=1)[codes] > 1) if len(codes) else np.zeros(0, dtype=bool)


def any_in_group(mask: Booleans, groups: Codes) -> Booleans:
    """True for each record of a group in which the mask is true anywhere."""
    hit = np.zeros(int(groups.max(initial=-1)) + 1, dtype=bool)
    hit[groups[mask]] = True
    return hit[groups] if len(groups) else np.zeros(0, dtype=bool)


def count_in_group(mask: Booleans, groups: Codes) -> Codes:
    """For each record how often the mask is true in its group."""
    counts = np.bincount(groups, weights=mask.astype(float), minlength=int(groups.max(initial=-1)) + 1)
    return counts.astype(np.intp)[groups] if len(groups) else np.zeros(0, dtype=np.intp)


def near(left: Floats, right: Floats, relative: float = 1e-6) -> Booleans:
    """Numbers equal but for rounding; NaN equals nothing."""
    scale = np.maximum(np.maximum(np.abs(left), np.abs(right)), 1e-6)
    return np.abs(left - right) <= relative * scale


def in_pairs(left: pd.Series, right: pd.Series) -> Booleans:
    """Records of `left` that are among those of `right` (both one text key a record)."""
    return left.isin(pd.unique(right)).to_numpy(dtype=bool)


def key(data: Data, *names: str) -> pd.Series:
    """Several variables as one text key a record; missing is nothing between the separators."""
    parts = [data.text(name).fillna("") for name in names]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + "\x1f" + part
    return joined


def greatest_in_group(values: Floats, groups: Codes) -> Floats:
    """For each record the greatest number of its group; NaN where the group has none."""
    return pd.Series(values).groupby(groups).transform("max").to_numpy(dtype=float)
