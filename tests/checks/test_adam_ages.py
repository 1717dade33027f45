"""What ages the name of an age group has room for."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from oncdisc.checks.rules.adam_ages import bounds
from specs.columns import TEXT


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("<65", None, 64),
        (">=65", 65, None),
        (">64", 65, None),
        ("<= 64 years", None, 64),
        ("65-84", 65, 84),
        ("Adults (18 to 64 years)", 18, 64),
        (">=65 - <75", 65, 74),
        ("Older", None, None),
    ],
)
def test_the_bounds_of_an_age_group(name: str, low: int | None, high: int | None) -> None:
    found = [bound[0] for bound in bounds(pd.Series([name], dtype=TEXT))]
    assert [None if math.isnan(bound) else bound for bound in found] == [low, high]
