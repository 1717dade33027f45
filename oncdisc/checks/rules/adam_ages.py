"""Age groups of ADSL: the age is one of its group's."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data, Floats
from oncdisc.checks.registry import ADSL, Breach, records, rule
from oncdisc.checks.rules.adam_values import matching

_GROUP = re.compile(r"AGEGR\d")
_BETWEEN = r"(\d+)\s*(?:-|–|TO|AND)\s*<?=?\s*(\d+)"
_LOWEST = (r"(?:>=|≥)\s*(\d+)", r">\s*(\d+)")
_HIGHEST = (r"(?:<=|≤)\s*(\d+)", r"<\s*(\d+)")


def bounds(groups: pd.Series) -> tuple[Floats, Floats]:
    """The lowest and the highest age in years that a group's name has room for; NaN where it names none.

    `>=65`, `<65`, `65-84`, `>=65 to <75`; ages are whole years, as they are counted.
    """
    words = groups.str.upper()
    between = words.str.extract(r"^[^<>≤≥]*?" + _BETWEEN)
    least, above = (_number(words, pattern) for pattern in _LOWEST)
    most, below = (_number(words, pattern) for pattern in _HIGHEST)
    low = np.where(np.isnan(least), above + 1, least)
    high = np.where(np.isnan(most), below - 1, most)
    ranges = [pd.to_numeric(between[part]).to_numpy(dtype=float, na_value=np.nan) for part in (0, 1)]
    return np.where(np.isnan(ranges[0]), low, ranges[0]), np.where(np.isnan(ranges[1]), high, ranges[1])


def _number(words: pd.Series, pattern: str) -> Floats:
    return pd.to_numeric(words.str.extract(pattern, expand=False)).to_numpy(dtype=float, na_value=np.nan)


@rule("analysis.age_group", "error", "a subject's age is one of its age group", on=ADSL)
def age_group(data: Data) -> Iterable[Breach]:
    """AGEGRy that names ages (`<65`, `65-84`) against AGE in years."""
    if not data.has("AGE") or (data.present("AGEU") & ~data.equals("AGEU", "YEARS")).any():
        return
    age = np.floor(data.number("AGE"))
    for name in matching(data, _GROUP):
        codes, found = data.distinct(name)
        low, high = (np.append(bound, np.nan)[codes] for bound in bounds(found))
        words = "AGE is " + data.text("AGE").fillna("")
        yield from records(data, name, (age < low) | (age > high), words)
