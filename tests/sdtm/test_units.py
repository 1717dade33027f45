from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sdtm.units import Linear, convert, to_numbers
from specs.columns import TEXT
from specs.numbers import number_text


def column(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


def numbers(*values: float) -> pd.Series:
    return pd.Series(list(values), dtype="float64")


@pytest.mark.parametrize(
    ("amount", "unit", "to", "expected"),
    [
        (58, "in", "cm", 147.32),
        (119, "LB", "kg", 53.98),
        (97.2, "F", "C", 36.22),
        (97.2, "°F", "C", 36.22),
        (70.5, "kg", "kg", 70.5),
        (1.75, "m", "cm", 175),
        (9, " mm ", "cm", 0.9),
    ],
)
def test_standard_units_to_two_decimals(amount: float, unit: str, to: str, expected: float) -> None:
    mapped = convert(numbers(amount), unit, to, digits=2)
    assert (mapped.values.tolist(), mapped.failed.tolist()) == ([expected], [False])


def test_halves_are_rounded_up_not_to_even() -> None:
    assert convert(numbers(0.125, 0.135), "g", "g", digits=2).values.tolist() == [0.13, 0.14]


def test_units_row_by_row() -> None:
    mapped = convert(numbers(10, 10, 10, np.nan), column("in", "cm", None, "in"), "cm")
    np.testing.assert_array_equal(mapped.values, [25.4, 10, np.nan, np.nan])
    assert mapped.failed.tolist() == [False, False, True, False]


def test_an_unknown_unit_fails() -> None:
    mapped = convert(numbers(10), "furlong", "cm")
    assert mapped.values.isna().all()
    assert mapped.failed.all()


def test_factors_that_the_study_declares() -> None:
    factors = {"mg/dL": 0.0555, "odd": Linear(2, 1)}
    mapped = convert(numbers(100, 100), column("MG/DL", "odd"), "mmol/L", factors=factors, digits=2)
    assert mapped.values.tolist() == [5.55, 201]


def test_numbers_of_text() -> None:
    mapped = to_numbers(column("58.0", " 119", "-1e3", ".5", "<5", "1,5", "NaN", "inf", "", None))
    np.testing.assert_array_equal(mapped.values, [58, 119, -1000, 0.5] + [np.nan] * 6)
    assert mapped.failed.tolist() == [False] * 4 + [True] * 4 + [False] * 2


def test_numbers_as_text_have_no_trailing_zeros() -> None:
    text = number_text(numbers(54.0, 53.980, 0.0, np.nan))
    assert text.dtype == TEXT
    assert text.tolist()[:3] == ["54", "53.98", "0"]
    assert text.isna().tolist() == [False, False, False, True]
