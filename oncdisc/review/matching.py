"""Which row of base belongs to which row of compare.

Keys of both sides become one set of dense integer codes, so that pairing is an indexed look-up and costs no
sort. Rows of one key are paired in order, the first with the first, as PROC COMPARE does; what one side has
more of is left unpaired. Without keys the n-th row (of a BY group) is paired with the n-th.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from oncdisc.review.equality import lenient_form
from oncdisc.review.operands import Operands
from oncdisc.review.options import Leniency

Integers = np.ndarray
LARGEST_RADIX = 2**62


@dataclass(frozen=True)
class Matching:
    """Row numbers of both sides: pairs (two arrays of one length, None if row n is paired with row n), and
    the rest.

    `duplicates` are the rows of base and of compare whose key another row before them has.
    """

    base_rows: Integers | None
    compare_rows: Integers | None
    base_only: Integers
    compare_only: Integers
    duplicates: tuple[Integers, Integers]
    count: int

    def base_positions(self, pairs: Integers) -> Integers:
        """Base's row numbers of the given pairs."""
        return pairs if self.base_rows is None else self.base_rows[pairs]

    def compare_positions(self, pairs: Integers) -> Integers:
        """Compare's row numbers of the given pairs."""
        return pairs if self.compare_rows is None else self.compare_rows[pairs]


def key_codes(
    columns: Sequence[Operands], lengths: tuple[int, int], lenient: frozenset[Leniency] = frozenset()
) -> tuple[Integers, Integers]:
    """Dense codes of the rows' keys, equal where the keys are equal; shapes (base rows,), (compare rows,)."""
    codes = np.zeros(sum(lengths), dtype=np.int64)
    size = 1
    for column in columns:
        own, own_size = _column_codes(column, lenient)
        if size * own_size > LARGEST_RADIX:
            codes, size = _dense(codes)
        codes = codes * own_size + own
        size *= own_size
    if size > 2 * len(codes):
        codes, size = _dense(codes)
    return codes[: lengths[0]], codes[lengths[0] :]


def _column_codes(column: Operands, lenient: frozenset[Leniency]) -> tuple[Integers, int]:
    if not column.is_text:
        return _dense(np.concatenate([column.base, column.compare]))
    both = pa.concat_arrays([column.base, column.compare])
    encoded = both.dictionary_encode(null_encoding="encode")
    plain = lenient_form(encoded.dictionary, lenient).dictionary_encode()
    merged = plain.indices.to_numpy()
    return merged[encoded.indices.to_numpy()].astype(np.int64), max(len(plain.dictionary), 1)


def _dense(values: np.ndarray) -> tuple[Integers, int]:
    codes, found = pd.factorize(values, use_na_sentinel=False)
    return codes.astype(np.int64), max(len(found), 1)


def occurrences(codes: Integers) -> Integers:
    """For each row how many rows before it have its code; shape of codes."""
    return pd.Series(codes).groupby(codes, sort=False).cumcount().to_numpy()


def pair_by_codes(base: Integers, compare: Integers) -> Matching:
    """Pairs of equal codes, in base's order; rows of one code are paired in order."""
    nth_base, nth_compare = occurrences(base), occurrences(compare)
    duplicates = np.flatnonzero(nth_base), np.flatnonzero(nth_compare)
    nothing = np.zeros(0, dtype=np.int64)
    if len(base) == len(compare) and np.array_equal(base, compare):
        return Matching(None, None, nothing, nothing, duplicates, len(base))
    if len(duplicates[0]) or len(duplicates[1]):
        repeats = int(max(nth_base.max(initial=0), nth_compare.max(initial=0))) + 1
        both, _ = _dense(np.concatenate([base * repeats + nth_base, compare * repeats + nth_compare]))
        base, compare = both[: len(base)], both[len(base) :]
    size = int(max(base.max(initial=-1), compare.max(initial=-1))) + 1
    row_of = np.full(size, -1, dtype=np.int64)
    row_of[compare] = np.arange(len(compare))
    found = row_of[base]
    base_rows = np.flatnonzero(found >= 0)
    compare_rows = found[base_rows]
    left_over = np.ones(len(compare), dtype=bool)
    left_over[compare_rows] = False
    return Matching(
        base_rows,
        compare_rows,
        np.flatnonzero(found < 0),
        np.flatnonzero(left_over),
        duplicates,
        len(base_rows),
    )


def pair_by_position(lengths: tuple[int, int]) -> Matching:
    """Row n with row n."""
    common = min(lengths)
    nothing = np.zeros(0, dtype=np.int64)
    rows = None if lengths[0] == lengths[1] else np.arange(common)
    return Matching(
        rows,
        rows,
        np.arange(common, lengths[0]),
        np.arange(common, lengths[1]),
        (nothing, nothing),
        common,
    )
