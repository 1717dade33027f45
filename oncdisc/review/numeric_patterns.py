"""Common causes of differences between numbers, and between dates."""

from __future__ import annotations

import numpy as np

from oncdisc.review.display import shown_number
from oncdisc.review.operands import LAST_SAS_DAY, SAS_EPOCH_DAYS, Scale
from specs.wording import counted

Explanation = tuple[str, str, np.ndarray]
NOISE = 1e-12
SMALLEST_SHARE = 0.2
MOST_MODES = 3
MOST_DECIMALS = 9
DAY = 86400


def explain_numbers(x: np.ndarray, y: np.ndarray) -> list[Explanation]:
    """Explanations (code, predicate, mask) of unequal numbers, shape (pairs,)."""
    explained = missing_sides(np.isnan(x), np.isnan(y))
    with np.errstate(all="ignore"):
        noise = np.abs(y - x) <= NOISE * np.maximum(np.abs(x), np.abs(y))
        explained.append(("noise", "differ only by floating-point noise", noise))
        explained.append(("sign", "have the opposite sign", (y == -x)))
        free = ~(noise | (y == -x)) & np.isfinite(x) & np.isfinite(y)
        explained += _rounded(x, y, free)
        explained += _modes(x, y, free)
    return explained


def missing_sides(base_missing: np.ndarray, compare_missing: np.ndarray) -> list[Explanation]:
    """Pairs of which one side is missing."""
    return [
        ("missing_in_compare", "are missing in compare", compare_missing & ~base_missing),
        ("missing_in_base", "are missing in base", base_missing & ~compare_missing),
        ("special_missing", "are missing with another letter", base_missing & compare_missing),
    ]


def _rounded(x: np.ndarray, y: np.ndarray, free: np.ndarray) -> list[Explanation]:
    """One side is the other, rounded to a number of decimals."""
    explained: list[Explanation] = []
    for code, side, exact, rounded in (
        ("rounded_in_compare", "compare", x, y),
        ("rounded_in_base", "base", y, x),
    ):
        for decimals in range(MOST_DECIMALS):
            short = np.round(rounded, decimals) == rounded
            long = np.abs(np.round(exact, decimals) - exact) > NOISE * np.abs(exact)
            half = 0.5 * 10.0**-decimals * (1 + 1e-9) + NOISE * np.abs(exact)
            mask = free & short & long & (np.abs(exact - rounded) <= half)
            if mask.sum() > 1:
                words = f"are rounded to {counted(decimals, 'decimal')} in {side}"
                explained.append((code, words, mask))
    return sorted(explained, key=lambda one: -int(one[2].sum()))


def _modes(x: np.ndarray, y: np.ndarray, free: np.ndarray) -> list[Explanation]:
    """Constant difference, constant factor, or one value for another, whichever explains most, a few
    times."""
    explained: list[Explanation] = []
    start = max(int(free.sum()), 1)
    for _ in range(MOST_MODES):
        best = max(
            (_one_value(x, y, free), _difference(x, y, free), _factor(x, y, free)),
            key=lambda one: int(one[2].sum()),
        )
        if int(best[2].sum()) < max(2, SMALLEST_SHARE * start):
            break
        explained.append(best)
        free = free & ~best[2]
    return explained


def _mode(values: np.ndarray, free: np.ndarray) -> tuple[float, np.ndarray]:
    """The most frequent value to nine digits, and where it is; the smallest of equally frequent ones."""
    usable = free & np.isfinite(values)
    if not usable.any():
        return 0.0, np.zeros(len(values), dtype=bool)
    found, counts = np.unique(_significant(values[usable]), return_counts=True)
    mode = float(found[np.argmax(counts)])
    return mode, usable & (np.abs(values - mode) <= 1e-8 * abs(mode))


def _significant(values: np.ndarray) -> np.ndarray:
    """Values rounded to nine significant digits, so that floating-point noise does not part them."""
    size = np.where(values == 0, 1.0, np.abs(values))
    scale = 10.0 ** (8 - np.floor(np.log10(size)))
    return np.where(np.isfinite(scale), np.round(values * scale) / scale, values)


def _difference(x: np.ndarray, y: np.ndarray, free: np.ndarray) -> Explanation:
    mode, mask = _mode(y - x, free)
    direction = "greater" if mode > 0 else "smaller"
    return ("difference", f"are {direction} by {shown_number(abs(mode))} in compare", mask)


def _factor(x: np.ndarray, y: np.ndarray, free: np.ndarray) -> Explanation:
    mode, mask = _mode(y / x, free & (x != 0) & (y != 0))
    words = f"are {shown_number(mode)} times the base's value in compare"
    if 0 < abs(mode) < 1:
        words = (
            f"are the base's value divided by {shown_number(float(_significant(np.array([1 / mode]))[0]))} in compare"
        )
    return ("factor", words, mask)


def _one_value(x: np.ndarray, y: np.ndarray, free: np.ndarray) -> Explanation:
    from_value, left = _mode_exact(x, free)
    to_value, mask = _mode_exact(y, left)
    words = f"are {shown_number(to_value)} where base has {shown_number(from_value)}"
    return ("recoded", words, mask)


def _mode_exact(values: np.ndarray, free: np.ndarray) -> tuple[float, np.ndarray]:
    if not free.any():
        return 0.0, free
    found, counts = np.unique(values[free], return_counts=True)
    mode = float(found[np.argmax(counts)])
    return mode, free & (values == mode)


def explain_dates(x: np.ndarray, y: np.ndarray, scale: Scale) -> list[Explanation]:
    """Explanations of unequal dates or datetimes in SAS numbers, shape (pairs,)."""
    explained = missing_sides(np.isnan(x), np.isnan(y))
    per_day = DAY if scale == "datetime" else 1
    with np.errstate(invalid="ignore"):
        free = (np.abs(x) <= LAST_SAS_DAY * per_day) & (np.abs(y) <= LAST_SAS_DAY * per_day)
    left, right = (np.where(free, side, 0.0) / per_day for side in (x, y))
    if scale == "datetime":
        explained.append(
            ("time_of_day", "have another time on the same day", free & (np.floor(left) == np.floor(right)))
        )
    explained.append(_swapped(left, right, free))
    for _ in range(MOST_MODES):
        mode, mask = _mode(right - left, free)
        if int(mask.sum()) < max(1, SMALLEST_SHARE * len(x)):
            break
        explained.append(("days", _days(mode), mask))
        free = free & ~mask
    return explained


def _days(days: float) -> str:
    """A difference in days in words."""
    direction = "later" if days > 0 else "earlier"
    size = abs(days)
    if size == int(size):
        number = "one day" if size == 1 else counted(int(size), "day")
    else:
        number = counted(round(size * DAY), "second")
    return f"differ by {number} (compare is {direction})"


def _swapped(left: np.ndarray, right: np.ndarray, free: np.ndarray) -> Explanation:
    """Day and month have changed places."""
    months, days, years = zip(*(_calendar(side) for side in (left, right)), strict=True)
    swapped = free & (years[0] == years[1]) & (months[0] == days[1]) & (months[1] == days[0])
    return ("day_and_month", "have day and month swapped", swapped & (left != right))


def _calendar(sas_days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Month (1 to 12), day (1 to 31) and year of SAS days."""
    dates = (np.floor(sas_days) - SAS_EPOCH_DAYS).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    years = dates.astype("datetime64[Y]")
    month = (months - years.astype("datetime64[M]")).astype(int) + 1
    day = (dates - months.astype("datetime64[D]")).astype(int) + 1
    return month, day, years.astype(int)
