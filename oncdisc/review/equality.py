"""Which pairs of values are unequal: kernels over whole columns.

Source: SAS documentation of the COMPARE procedure, "The Equality Criterion": with x the base's value and y
the compare's, ABSOLUTE is |y-x|, RELATIVE |y-x|/((|x|+|y|)/2+delta), PERCENT 100|y-x|/|x|; a pair is unequal
if that is greater than the criterion. x = y is always equal; with x = 0, PERCENT is unequal unless y = 0. A
missing value is equal to a missing value of the same letter only.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import numpy as np
import pyarrow as pa

from oncdisc.review.arrow import TextArray
from oncdisc.review.arrow import compute as pc
from oncdisc.review.operands import with_seconds
from oncdisc.review.options import Leniency, Method, Tolerance
from oncdisc.transport import missing_letters


def distances(x: np.ndarray, y: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """How far y is from x by the tolerance's method, shape of x; NaN if either is missing."""
    with np.errstate(all="ignore"):
        apart = np.abs(y - x)
        if tolerance.method is Method.RELATIVE:
            return apart / ((np.abs(x) + np.abs(y)) / 2 + tolerance.delta)
        if tolerance.method is Method.PERCENT:
            return 100 * (apart / np.abs(x))
    return apart


def unequal_numbers(
    x: np.ndarray, y: np.ndarray, tolerance: Tolerance, lenient: AbstractSet[Leniency] = frozenset()
) -> tuple[np.ndarray, int]:
    """Positions (int64) of the unequal pairs, and how many more differ, but within the criterion.

    x, y: doubles of one shape. Infinite values are equal only to themselves.
    """
    exact = np.flatnonzero(x != y)
    left, right = x[exact], y[exact]
    missing = np.isnan(left).astype(np.int8) + np.isnan(right)
    differ = (missing < 2) | (missing_letters(left) != missing_letters(right))
    within = np.zeros(len(exact), dtype=bool)
    if Leniency.MISSING in lenient:
        within |= missing > 0
    if Leniency.SPECIAL_MISSING in lenient:
        within |= missing == 2
    if tolerance.method is not Method.EXACT:
        within |= distances(left, right, tolerance) <= tolerance.gamma
    return exact[differ & ~within], int((differ & within).sum())


def unequal_texts(
    x: TextArray,
    y: TextArray,
    lenient: AbstractSet[Leniency] = frozenset(),
    *,
    trailing_blanks: bool = False,
) -> tuple[np.ndarray, int]:
    """Positions (int64) of the unequal pairs, and how many more differ, but in ways that are declared
    lenient.

    x, y: large_string arrays of one length. Blank is missing. Trailing blanks are equal to none, as in SAS,
    and are not counted as a leniency, unless `trailing_blanks` says that they differ.
    """
    same = pc.fill_null(pc.equal(x, y), False)
    both_missing = pc.and_(pc.is_null(x), pc.is_null(y))
    rows = np.flatnonzero(~pc.or_(same, both_missing).to_numpy(zero_copy_only=False))
    rows = _still_unequal(rows, x, y, frozenset(), trailing_blanks=trailing_blanks)
    if not lenient:
        return rows, 0
    strict = len(rows)
    rows = _still_unequal(rows, x, y, lenient, trailing_blanks=trailing_blanks)
    return rows, strict - len(rows)


def _still_unequal(
    rows: np.ndarray, x: TextArray, y: TextArray, lenient: AbstractSet[Leniency], *, trailing_blanks: bool
) -> np.ndarray:
    """Those of the rows whose texts differ after both are brought to the lenient form."""
    if not len(rows):
        return rows
    taken = pa.array(rows)
    left, right = (lenient_form(array.take(taken), lenient, trailing_blanks=trailing_blanks) for array in (x, y))
    if Leniency.MISSING in lenient:
        equal = pc.or_(pc.or_(pc.equal(left, ""), pc.equal(right, "")), pc.equal(left, right))
    else:
        equal = pc.equal(left, right)
    return rows[~equal.to_numpy(zero_copy_only=False)]


def lenient_form(texts: TextArray, lenient: AbstractSet[Leniency], *, trailing_blanks: bool = False) -> TextArray:
    """Texts in the form in which declared leniencies are gone; missing is the empty text."""
    texts = pc.fill_null(texts, "")
    # A value of nothing but blanks is missing in any case.
    texts = pc.replace_substring_regex(texts, r"^ +$", "") if trailing_blanks else pc.utf8_rtrim(texts, " ")
    if Leniency.BLANKS in lenient:
        texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, r"\s+", " "))
    if Leniency.CASE in lenient:
        texts = pc.utf8_upper(texts)
    return with_seconds(texts) if Leniency.DATES in lenient else texts
