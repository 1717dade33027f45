"""Where the differences of a variable sit: all in one parameter, one visit, one subject."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oncdisc.review.tables import Table

MOST_CONTEXTS = 3
MOST_VALUES = 1000
SAMPLE = 10_000


def contexts(base: Table, rows: np.ndarray, variable: str) -> tuple[str, ...]:
    """Up to three text variables that have one value in all these rows of base, but several in others.

    Those with fewest values come last: a subject says more than a country.
    """
    found: list[tuple[int, int, str]] = []
    for position, name in enumerate(base.variables):
        if name == variable or not isinstance(base.frame[name].dtype, pd.StringDtype):
            continue
        here = base.frame[name].iloc[rows]
        value = here.iloc[0]
        if pd.isna(value) or not bool((here == value).all()):
            continue
        variety = base.frame[name].head(SAMPLE).nunique()
        if 1 < variety <= MOST_VALUES:
            found.append((-variety, position, f"all where {name} is {value}"))
    return tuple(words for _, _, words in sorted(found)[:MOST_CONTEXTS])
