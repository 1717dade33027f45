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


@given(st.floats(1, 1000), st.floats(1, 200))
def test_the_planned_amount_is_the_level(amount, level):
    assert abs(dose(amount, amount, level) - level) <= 0.05 + 1e-9
