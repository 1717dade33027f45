"""Proportions with exact limits. Source: Clopper & Pearson 1934."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Proportion:
    """A count of a total, as a share from 0 to 1, and its exact limits."""

    count: int
    total: int
    value: float
    lower: float
    upper: float


def clopper_pearson(count: int, total: int, confidence: float = 0.95) -> Proportion:
    """The share with Clopper–Pearson limits; NaN of a total of 0. Raises ValueError for a count outside 0 … total."""
    if not 0 <= count <= total:
        raise ValueError(f"a count of {count} in a total of {total}: expected 0 to {total}")
    if total == 0:
        return Proportion(0, 0, np.nan, np.nan, np.nan)
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    lower = float(beta.ppf(tail, count, total - count + 1)) if count else 0.0
    upper = float(beta.ppf(1 - tail, count + 1, total - count)) if count < total else 1.0
    return Proportion(count, total, count / total, lower, upper)
