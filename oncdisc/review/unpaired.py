"""Rows that only one side has, but which would pair if one key were left out: the key itself is what differs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from oncdisc.review.keys import key_columns
from oncdisc.review.matching import Matching, key_codes, pair_by_codes
from oncdisc.review.operands import operands
from oncdisc.review.options import Leniency
from oncdisc.review.patterns import find_patterns, take_sides
from oncdisc.review.tables import Table
from specs.wording import counted

MOST_ROWS = 100_000
SMALLEST_SHARE = 0.5


def near_pairs(
    base: Table,
    compare: Table,
    matching: Matching,
    by: tuple[str, ...],
    keys: tuple[str, ...],
    lenient: frozenset[Leniency],
) -> tuple[str, ...]:
    """One sentence if leaving out one key pairs at least half of the rows that are left over; else nothing.

    The key that pairs most is named, with what its differences have in common.
    """
    left = _rows(base, matching.base_only)
    right = _rows(compare, matching.compare_only)
    fewer = min(left.rows, right.rows)
    if not fewer or len(by) + len(keys) < 2:
        return ()
    tried = [(_without(left, right, key, by, keys, lenient), key) for key in keys]
    found, key = max(tried, key=lambda one: one[0].count)
    if found.count < SMALLEST_SHARE * fewer:
        return ()
    return (_sentence(left, right, found, key, lenient),)


def _rows(table: Table, rows: np.ndarray) -> Table:
    return replace(table, frame=table.frame.take(rows[:MOST_ROWS]).reset_index(drop=True))


def _without(
    left: Table, right: Table, key: str, by: tuple[str, ...], keys: tuple[str, ...], lenient: frozenset[Leniency]
) -> Matching:
    """The rows paired by all keys but one; rows of one key are paired in order."""
    columns, _ = key_columns(left, right, tuple(name for name in (*by, *keys) if name != key), lenient)
    return pair_by_codes(*key_codes(columns, (left.rows, right.rows), lenient))


def _sentence(left: Table, right: Table, found: Matching, key: str, lenient: frozenset[Leniency]) -> str:
    words = (
        f"of {counted(left.rows, 'row')} only in base and {right.rows:,} only in compare, "
        f"{found.count:,} would pair but for {key}"
    )
    both = operands(left, right, key, lenient)
    if both is None:
        return words
    every = np.arange(found.count)
    pairs = take_sides(both, found.base_positions(every), found.compare_positions(every))
    reason = find_patterns(pairs)[0]
    return words if reason.code == "other" else f"{words}: {reason.sentence}"
