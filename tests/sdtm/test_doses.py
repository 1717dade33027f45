"""Doses in protocol units."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sdtm.doses import protocol_dose


def dose(given_, planned, level):
    columns = [pd.Series([value], dtype="float64") for value in (given_, planned, level)]
    return protocol_dose(*columns, 1).iloc[0]


def test_the_share_of_the_planned_amount_is_the_share_of_the_level():
    assert dose(90, 180, 100) == 50
    assert dose(1300, 1300, 20) == 20


def test_nothing_given_is_a_dose_of_nothing():
    assert dose(0, 60, 60) == 0


def test_without_a_planned_amount_there_is_no_dose():
    assert np.isnan(dose(60, 0, 60))
    assert np.isnan(dose(60, np.nan, 60))
    assert np.isnan(dose(np.nan, 60, 60))


def test_the_parts_of_a_dose_add_up_to_its_rounded_whole_where_each_alone_would_round_another_way():
    # 100 mg/m2 are 200 mg; 50.5 and 50.5 mg/m2 rounded apart would be 25.3 + 25.3 = 50.6, the whole is 50.5
    given_, planned, level, before = (pd.Series(values, dtype="float64") for values in
                                      ([50.5, 50.5], [200, 200], [100, 100], [np.nan, 50.5]))  # fmt: skip
    assert protocol_dose(given_, planned, level, 1, before).tolist() == [25.3, 25.2]


@given(st.lists(st.integers(1, 500), min_size=2, max_size=5), st.integers(1, 3000))
def test_parts_always_add_up_to_the_whole(parts, planned):
    amounts = pd.Series(parts, dtype="float64")
    columns = [pd.Series([value] * len(parts), dtype="float64") for value in (planned, 100)]
    made = protocol_dose(amounts, *columns, 1, amounts.cumsum() - amounts)
    assert abs(made.sum() - dose(sum(parts), planned, 100)) < 1e-6


@given(st.floats(1, 1000), st.floats(1, 200))
def test_the_planned_amount_is_the_level(amount, level):
    assert abs(dose(amount, amount, level) - level) <= 0.05 + 1e-9
