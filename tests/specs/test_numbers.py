from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.columns import TEXT
from specs.numbers import number_text, plain_text, round_half_up, text_numbers


@pytest.mark.parametrize(
    ("number", "digits", "expected"),
    [
        (2.5, 0, 3),
        (-2.5, 0, -3),
        (0.125, 2, 0.13),
        (1.005, 2, 1.01),
        (2.675, 2, 2.68),
        (1.00499, 2, 1.0),
        (147.32, 2, 147.32),
        (1250, -2, 1300),
        (0, 2, 0),
    ],
)
def test_halves_go_away_from_zero(number: float, digits: int, expected: float) -> None:
    assert round_half_up(np.array([number], dtype=float), digits).tolist() == [expected]


def test_missing_stays_missing() -> None:
    assert np.isnan(round_half_up(np.array([np.nan]), 2)).all()


def test_no_negative_zero() -> None:
    assert str(round_half_up(np.array([-0.001]), 2)[0]) == "0.0"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (54.0, "54"),
        (53.980, "53.98"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (1e21, "1000000000000000000000"),
        (-0.0, "0"),
        (-1.50, "-1.5"),
        (100.0, "100"),
    ],
)
def test_numbers_as_text(number: float, expected: str) -> None:
    assert plain_text(np.array([number])).tolist() == [expected]


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_text_and_number_are_the_same_value(number: int, digits: int) -> None:
    value = number / 10**digits
    assert float(plain_text(np.array([value]))[0]) == value


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_rounding_moves_by_half_a_step_at_most_and_is_stable(number: float, digits: int) -> None:
    rounded = round_half_up(np.array([number]), digits)
    assert abs(rounded[0] - number) <= 0.5 / 10**digits * (1 + 1e-6)
    assert round_half_up(rounded, digits).tolist() == rounded.tolist()


def test_numbers_as_text_with_as_many_decimals_as_needed_or_as_asked_for():
    numbers = pd.Series([54.0, 53.98, 2.5, -0.125, np.nan])
    assert number_text(numbers).tolist()[:4] == ["54", "53.98", "2.5", "-0.125"]
    assert number_text(numbers, 2).tolist()[:4] == ["54.00", "53.98", "2.50", "-0.13"]
    assert number_text(numbers, 0).tolist()[:4] == ["54", "54", "3", "0"]
    assert number_text(numbers, 2).isna().tolist() == [False] * 4 + [True]


def test_text_as_numbers_row_by_row() -> None:
    values = pd.Series(["1.5", None, "x", "1.5", "-2e3"], dtype=TEXT, index=[5, 4, 3, 2, 1])
    found = text_numbers(values)
    assert found.index.tolist() == [5, 4, 3, 2, 1]
    assert found.dtype == "float64"
    assert [None if np.isnan(number) else number for number in found] == [1.5, None, None, 1.5, -2000.0]


def test_a_column_without_any_text_is_a_column_without_numbers() -> None:
    assert text_numbers(pd.Series([None, None], dtype=TEXT)).isna().all()
    assert len(text_numbers(pd.Series([], dtype=TEXT))) == 0


def test_text_that_is_infinite_is_no_number():
    assert text_numbers(pd.Series(["1.5", "inf", "-Infinity", "1e400", "x", None], dtype=TEXT)).isna().tolist() == [
        False, True, True, True, True, True,
    ]  # fmt: skip
