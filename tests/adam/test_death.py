"""The date of death: what is known of it, what bounds it, and the cutoff."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adam.derivations.death import death_date
from specs.columns import text


@pytest.mark.parametrize(
    ("collected", "alive", "expected"),
    [
        ("2024-05-09", "2024-05-01", "2024-05-09"),  # complete: as collected
        ("2024-05-09", "2024-05-20", "2024-05-09"),  # complete, even before the last known alive date
        ("2024-05", "2024-03-10", "2024-05-01"),  # last seen long before: the first of the month
        ("2024-05", "2024-05-12", "2024-05-13"),  # seen in that month: the day after
        ("2024-05", "2024-05-31", "2024-05-31"),  # seen on its last day: not beyond the month
        ("2024-05", "2024-06-15", "2024-05-31"),  # seen after it, which can't be: the last day known
        ("2024-05", None, "2024-05-01"),  # never seen
        ("2024", "2023-11-02", "2024-01-01"),
        ("2024", "2024-08-30", "2024-08-31"),
        (None, "2024-08-30", None),  # not dead
    ],
)
def test_a_partial_death_comes_after_the_last_sign_of_life(dates, collected, alive, expected):
    result = death_date(text([collected]), dates([alive]))
    assert result.tolist() == dates([expected]).tolist() or (expected is None and result.isna().all())


@pytest.mark.parametrize(("day", "counts"), [("2025-06-30", True), ("2025-07-01", False)])
def test_a_death_after_the_cutoff_is_left_out(dates, day, counts):
    result = death_date(text([day]), dates(["2025-01-01"]), dates(["2025-06-30"]))
    assert bool(result.notna().all()) is counts


def test_imputation_looks_beyond_the_cutoff_so_that_a_later_sign_of_life_moves_the_death_out(dates):
    result = death_date(text(["2025-07"]), dates(["2025-07-15"]), dates(["2025-07-10"]))
    assert result.isna().all()


@given(year=st.integers(2020, 2026), month=st.integers(1, 12), alive=st.dates(pd.Timestamp("2019-01-01").date()))
def test_an_imputed_death_stays_within_what_is_known(year, month, alive):
    collected = f"{year}-{month:02d}"
    seen = pd.Series(pd.to_datetime([str(alive)], errors="coerce").astype("datetime64[s]"))
    result = death_date(text([collected]), seen)
    assert str(result[0])[:7] == collected
