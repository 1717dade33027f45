"""Common causes of differences between texts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from oncdisc.review.arrow import TextArray
from oncdisc.review.arrow import compute as pc
from oncdisc.review.numeric_patterns import Explanation, explain_dates, missing_sides
from oncdisc.review.operands import SAS_EPOCH_DAYS, numbers_in

ISO_PARTIAL = r"^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?$"
ISO_DATE = r"^(1[6-9]|[2-9]\d)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T.*)?$"
SMALLEST_SHARE = 0.1
MOST_RECODED = 5
SHORTEST_CUT = 8
SEPARATOR = pa.scalar("\x00", pa.large_string())


def explain_texts(x: TextArray, y: TextArray) -> list[Explanation]:
    """Explanations (code, predicate, mask) of unequal texts, shape (pairs,)."""
    left, right = pc.fill_null(x, ""), pc.fill_null(y, "")
    blank = [_mask(pc.equal(pc.utf8_trim(side, " "), "")) for side in (left, right)]
    free = ~blank[0] & ~blank[1]
    explained = missing_sides(*blank)
    explained += _blanks(left, right, free)
    explained += _cases(left, right, free)
    explained += _iso_dates(left, right, free)
    explained += _shapes(left, right, free)
    explained += _cut_at_limit(left, right, free)
    left_over = free & ~np.logical_or.reduce([one[2] for one in explained])
    explained += _recoded(left, right, left_over)
    return [
        *explained,
        ("ends_early", "end early in compare", free & _begins(right, left)),
        ("ends_early_in_base", "end early in base", free & _begins(left, right)),
    ]


def _mask(array: TextArray) -> np.ndarray:
    return array.to_numpy(zero_copy_only=False).astype(bool)


def _same(left: TextArray, right: TextArray, form: Callable[[TextArray], TextArray]) -> np.ndarray:
    """Where both texts have the same form."""
    return _mask(pc.equal(form(left), form(right)))


def _blanks(left: TextArray, right: TextArray, free: np.ndarray) -> list[Explanation]:
    def no_blanks(texts: TextArray) -> TextArray:
        return pc.replace_substring_regex(texts, r"\s+", "")

    return [
        ("trailing_blanks", "differ by trailing blanks", free & _same(left, right, pc.utf8_rtrim_whitespace)),
        ("leading_blanks", "differ by leading blanks", free & _same(left, right, pc.utf8_trim_whitespace)),
        ("blanks", "differ only by blanks", free & _same(left, right, no_blanks)),
    ]


def _cases(left: TextArray, right: TextArray, free: np.ndarray) -> list[Explanation]:
    same = free & _same(left, right, pc.utf8_upper)
    upper = [_mask(pc.equal(side, pc.utf8_upper(side))) for side in (left, right)]
    lower = [_mask(pc.equal(side, pc.utf8_lower(side))) for side in (left, right)]
    return [
        ("upper_case", "are upper case in compare", same & upper[1]),
        ("upper_case_in_base", "are upper case in base", same & upper[0]),
        ("lower_case", "are lower case in compare", same & lower[1]),
        ("case", "differ only by upper and lower case", same),
    ]


def _iso_dates(left: TextArray, right: TextArray, free: np.ndarray) -> list[Explanation]:
    """One date is less precise than the other, or both are complete and some days apart."""
    partial = free & np.logical_and(*(_mask(pc.match_substring_regex(side, ISO_PARTIAL)) for side in (left, right)))
    if not partial.any():
        return []
    begins = _begins(left, right), _begins(right, left)
    explained: list[Explanation] = [
        ("less_precise", "are less precise in compare", partial & begins[1]),
        ("more_precise", "are more precise in compare", partial & begins[0]),
    ]
    days = [_sas_days(side) for side in (left, right)]
    same_day = partial & (days[0] == days[1])
    explained.append(("time_of_day", "have another time on the same day", same_day & ~begins[0] & ~begins[1]))
    complete = partial & np.isfinite(days[0]) & np.isfinite(days[1]) & ~same_day
    where = np.flatnonzero(complete)
    for code, words, mask in explain_dates(days[0][where], days[1][where], "date"):
        whole = np.zeros(len(left), dtype=bool)
        whole[where] = mask
        explained.append((code, words, whole))
    return explained


def _begins(short: TextArray, long: TextArray) -> np.ndarray:
    """Where `long` begins with `short` and goes on."""
    texts = [side.to_numpy(zero_copy_only=False).astype("U") for side in (short, long)]
    return np.strings.startswith(texts[1], texts[0]) & (texts[0] != texts[1])


def _sas_days(texts: TextArray) -> np.ndarray:
    """The date part of complete ISO 8601 texts as SAS days; NaN for others and for days that do not exist."""
    complete = _mask(pc.match_substring_regex(texts, ISO_DATE))
    dates = pc.if_else(pa.array(complete), pc.utf8_slice_codeunits(texts, 0, 10), "1960-01-01")
    months = pc.utf8_slice_codeunits(dates, 0, 7).to_numpy(zero_copy_only=False).astype("datetime64[M]")
    day = pc.cast(pc.utf8_slice_codeunits(dates, 8, 10), pa.int64()).to_numpy()
    days = months.astype("datetime64[D]") + (day - 1)
    exists = complete & (days.astype("datetime64[M]") == months)
    return np.where(exists, days.astype(np.int64) + SAS_EPOCH_DAYS, np.nan)


def _shapes(left: TextArray, right: TextArray, free: np.ndarray) -> list[Explanation]:
    """The same number otherwise written, or the same letters with other signs or accents."""
    numbers = [numbers_in(side) for side in (left, right)]

    def letters(texts: TextArray) -> TextArray:
        return pc.utf8_upper(pc.replace_substring_regex(texts, r"[^\p{L}\p{N}]+", ""))

    def ascii_only(texts: TextArray) -> TextArray:
        return pc.replace_substring_regex(texts, r"[^\x20-\x7e]+", "")

    def unaccented(texts: TextArray) -> TextArray:
        return ascii_only(pc.utf8_normalize(texts, "NFKD"))

    encoded = _same(left, right, ascii_only) | _same(left, right, unaccented)
    worded = _mask(pc.not_equal(letters(left), ""))
    return [
        ("same_number", "are the same number, written otherwise", free & (numbers[0] == numbers[1])),
        ("punctuation", "differ only by punctuation and case", free & worded & _same(left, right, letters)),
        ("encoding", "differ only in letters beyond ASCII", free & worded & encoded),
    ]


def _cut_at_limit(left: TextArray, right: TextArray, free: np.ndarray) -> list[Explanation]:
    """Texts that all end early at one length, as a variable's length cuts them."""
    explained: list[Explanation] = []
    for code, side, short, long in (
        ("truncated", "compare", right, left),
        ("truncated_in_base", "base", left, right),
    ):
        begins = free & _begins(short, long)
        lengths = pc.binary_length(pc.cast(short, pa.large_binary())).to_numpy()
        longest = int(lengths[begins].max(initial=0))
        at_limit = begins & (lengths == longest)
        if at_limit.sum() > 1 and longest >= SHORTEST_CUT and at_limit.sum() == begins.sum():
            explained.append((code, f"are cut after {longest} bytes in {side}", at_limit))
    return explained


def _recoded(left: TextArray, right: TextArray, free: np.ndarray) -> list[Explanation]:
    """One value regularly stands for another."""
    rows = np.flatnonzero(free)
    if len(rows) < 2:
        return []
    taken = pa.array(rows)
    pairs = pc.binary_join_element_wise(left.take(taken), right.take(taken), SEPARATOR).dictionary_encode()
    codes = pairs.indices.to_numpy()
    counts = np.bincount(codes)
    explained = list[Explanation]()
    for code in np.argsort(-counts, kind="stable")[:MOST_RECODED]:
        if counts[code] < max(2, SMALLEST_SHARE * len(rows)):
            break
        mask = np.zeros(len(left), dtype=bool)
        mask[rows[codes == code]] = True
        before, _, after = pairs.dictionary[int(code)].as_py().partition("\x00")
        explained.append(("recoded", f"are {after!r} where base has {before!r}", mask))
    return explained
