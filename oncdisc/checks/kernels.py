"""The questions that many rules ask of columns: each pure, over whole columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Codes, Data, Floats
from specs.columns import TEXT, text_key


@dataclass(frozen=True, eq=False)
class Pairs:
    """Which records have a pair of values that is at odds with others, and the pairs that there are.

    `at` is a record's pair, -1 where a value is missing; the arrays have a value a pair: its code of `right`, its
    number of records, the most frequent other pair of the same value of `left`, and whether it is at odds.
    """

    at: Codes
    right: Codes
    counts: Codes
    other: Codes
    odd: Booleans

    @property
    def wrong(self) -> Booleans:
        """True for the records whose pair is at odds."""
        return np.append(self.odd, False)[self.at]


def ambiguous(data: Data, left: str, right: str, within: Codes | None = None, *, fold: bool = False) -> Booleans:
    """Records whose value of `left` goes with another value of `right` in more records; missing values do not count.

    Where several values of `right` are the most frequent nobody knows the right one: all records are true.
    `within` (a code a record) asks the question in each group for itself. With `fold` values of `left` in other
    letters are the same value.
    """
    return _pairs(data, left, right, within, fold).wrong


def at_odds(data: Data, left: str, right: str, within: Codes | None = None) -> tuple[Codes, pd.Series]:
    """The positions of `ambiguous` records, and for each how often either value of `right` is there."""
    pairs = _pairs(data, left, right, within, False)
    rows = np.flatnonzero(pairs.wrong)
    own, names = pairs.at[rows], data.distinct(right)[1]
    other = pairs.other[own]
    value = data.text(left).iloc[rows].reset_index(drop=True)
    usual, rare = (names.take(pairs.right[pair]).reset_index(drop=True) for pair in (other, own))
    often, seldom = (pd.Series(pairs.counts[pair]).astype(str).astype(TEXT) for pair in (other, own))
    records = pd.Series(np.where(pairs.counts[other] == 1, " record", " records"), dtype=TEXT)
    return rows, value + " goes with " + usual + " in " + often + records + ", with " + rare + " in " + seldom


def _pairs(data: Data, left: str, right: str, within: Codes | None, fold: bool) -> Pairs:
    first = _folded(data, left) if fold else data.distinct(left)[0]
    second, names = data.distinct(right)
    both = (first >= 0) & (second >= 0)
    groups = np.zeros(len(data), dtype=np.int64) if within is None else np.asarray(within, dtype=np.int64)
    keys, _ = pd.factorize(groups[both] * (int(first.max(initial=0)) + 1) + first[both])
    size = len(names) + 1
    own, found = pd.factorize(keys.astype(np.int64) * size + second[both])
    at = np.full(len(data), -1, dtype=np.intp)
    at[both] = own
    counts = np.bincount(own, minlength=len(found)).astype(np.intp)
    other, odd = _rivals(found // size, counts)
    return Pairs(at, (found % size).astype(np.intp), counts, other, odd)


def _rivals(keys: Codes, counts: Codes) -> tuple[Codes, Booleans]:
    """For each pair the most frequent other pair of its key (itself if there is none), and whether it is at odds.

    It is where another pair of the key is more frequent, and where the most frequent ones are equally so.
    """
    order = np.lexsort((-counts, keys))
    ranked = keys[order]
    starts = np.flatnonzero(np.diff(ranked, prepend=-1))
    sizes = np.diff(starts, append=len(order))
    most, next_ = order[starts], order[starts + (sizes > 1)]
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.repeat(np.arange(len(starts)), sizes)
    own = np.arange(len(order))
    tied = (sizes > 1) & (counts[most] == counts[next_])
    is_most = most[place] == own
    return np.where(is_most, next_[place], most[place]), ~is_most | tied[place]


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


_MOST_DECIMALS = 9
_USUAL = 0.9
"""The share of a group's numbers that have no more decimals than those it is delivered with."""


def decimals(values: Floats) -> Codes:
    """How many decimals a number has, up to nine; 0 for NaN."""
    found = np.full(len(values), _MOST_DECIMALS, dtype=np.intp)
    for places in range(_MOST_DECIMALS - 1, -1, -1):
        scaled = values * 10.0**places
        found[np.abs(scaled - np.rint(scaled)) <= 1e-6 + 1e-13 * np.abs(scaled)] = places
    return np.where(np.isnan(values), 0, found)


def rounding(values: Floats, groups: Codes) -> Floats:
    """How far a number may be from the exact one by rounding alone: half of the last decimal that is delivered.

    The decimals are those that nine in ten numbers of its group do not exceed, its own where it has more.
    """
    own = pd.Series(decimals(values))
    usual = own.where(~np.isnan(values)).groupby(groups).quantile(_USUAL, interpolation="lower")
    places = np.fmax(own.to_numpy(dtype=float), usual.reindex(groups).to_numpy(dtype=float))
    return 0.5 * 10.0 ** -np.nan_to_num(places, nan=float(_MOST_DECIMALS)) * (1 + 1e-6) + 1e-9


def in_pairs(left: pd.Series, right: pd.Series) -> Booleans:
    """Records of `left` that are among those of `right` (both one text key a record)."""
    return left.isin(pd.unique(right)).to_numpy(dtype=bool)


def key(data: Data, *names: str) -> pd.Series:
    """Several variables as one text key a record; missing is nothing between the separators."""
    return text_key([data.text(name) for name in names])


def greatest_in_group(values: Floats, groups: Codes) -> Floats:
    """For each record the greatest number of its group; NaN where the group has none."""
    return pd.Series(values).groupby(groups).transform("max").to_numpy(dtype=float)
