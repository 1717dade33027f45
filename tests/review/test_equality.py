"""The equality criterion, against values worked out by hand from SAS's formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.review.arrow import large_text
from oncdisc.review.equality import distances, unequal_numbers, unequal_texts
from oncdisc.review.options import Leniency, Method, Tolerance
from oncdisc.transport import special_missing

NAN = float("nan")

# x, y, method, criterion, delta, unequal?
NUMBERS = [
    (1.0, 1.0, Method.EXACT, 0, 0, False),
    (1.0, 1.0 + 2**-52, Method.EXACT, 0, 0, True),
    (0.0, -0.0, Method.EXACT, 0, 0, False),
    (NAN, NAN, Method.EXACT, 0, 0, False),
    (NAN, 1.0, Method.EXACT, 0, 0, True),
    (1.0, NAN, Method.ABSOLUTE, 1e9, 0, True),
    (10.0, 10.5, Method.ABSOLUTE, 0.5, 0, False),  # equal to the criterion is equal
    (10.0, 10.5, Method.ABSOLUTE, 0.25, 0, True),
    (10.5, 10.0, Method.ABSOLUTE, 0.5, 0, False),
    (100.0, 300.0, Method.RELATIVE, 1.0, 0, False),  # 200 / 200 = 1
    (100.0, 300.0, Method.RELATIVE, 0.999, 0, True),
    (100.0, 300.0, Method.RELATIVE, 0.996, 1, False),  # 200 / 201 = 0.99502...
    (0.0, 0.0, Method.RELATIVE, 0, 0, False),
    (0.0, 1e-300, Method.RELATIVE, 1.9, 0, True),  # anything against zero is 2
    (-1.0, 1.0, Method.RELATIVE, 1.99, 0, True),  # 2 / 1
    (200.0, 201.0, Method.PERCENT, 0.5, 0, False),
    (200.0, 201.0, Method.PERCENT, 0.49, 0, True),
    (-200.0, -201.0, Method.PERCENT, 0.5, 0, False),
    (0.0, 0.0, Method.PERCENT, 0.5, 0, False),
    (0.0, 1e-9, Method.PERCENT, 1e300, 0, True),  # x = 0 and y is not
    (1.0, 1.0 + 2**-50, Method.ABSOLUTE, -1000, 0, False),  # 1000 times the machine's precision
    (1.0, 1.0 + 2**-40, Method.ABSOLUTE, -1000, 0, True),
    (np.inf, np.inf, Method.ABSOLUTE, 1, 0, False),
    (np.inf, -np.inf, Method.RELATIVE, 1, 0, True),
    (np.inf, 1.0, Method.RELATIVE, 1, 0, True),
]


@pytest.mark.parametrize(("x", "y", "method", "criterion", "delta", "expected"), NUMBERS)
def test_hand_worked_pair(x: float, y: float, method: Method, criterion: float, delta: float, expected: bool) -> None:
    rows, within = unequal_numbers(np.array([x]), np.array([y]), Tolerance(method, criterion, delta))
    assert (len(rows) == 1) is expected
    differ = x != y and not (np.isnan(x) and np.isnan(y))
    assert within == int(differ and not expected)


def test_distances_are_sas_formulas() -> None:
    x, y = np.array([2.0, -4.0, 0.0]), np.array([3.0, -2.0, 5.0])
    assert distances(x, y, Tolerance(Method.ABSOLUTE)).tolist() == [1, 2, 5]
    assert distances(x, y, Tolerance(Method.RELATIVE)).tolist() == [1 / 2.5, 2 / 3, 2]
    assert distances(x, y, Tolerance(Method.PERCENT)).tolist() == [50, 50, np.inf]


def test_special_missing_values_equal_only_their_own_letter() -> None:
    a, b, plain = special_missing("A"), special_missing("B"), NAN
    x, y = np.array([a, a, a, plain]), np.array([a, b, plain, plain])
    rows, _ = unequal_numbers(x, y, Tolerance())
    assert rows.tolist() == [1, 2]
    rows, within = unequal_numbers(x, y, Tolerance(), {Leniency.SPECIAL_MISSING})
    assert rows.tolist() == []
    assert within == 2


def test_missing_equals_anything_only_if_declared() -> None:
    x, y = np.array([NAN, 1.0, 1.0]), np.array([2.0, NAN, 2.0])
    assert unequal_numbers(x, y, Tolerance())[0].tolist() == [0, 1, 2]
    rows, within = unequal_numbers(x, y, Tolerance(), {Leniency.MISSING})
    assert (rows.tolist(), within) == ([2], 2)


# x, y, leniencies, unequal?
TEXTS = [
    ("a", "a", [], False),
    ("a", "a   ", [], False),
    ("a", " a", [], True),
    ("a", "A", [], True),
    ("a", "A ", [Leniency.CASE], False),
    ("", None, [], False),
    ("   ", None, [], False),
    (None, None, [], False),
    (None, "a", [], True),
    (None, "a", [Leniency.MISSING], False),
    ("  a  b", "a b", [], True),
    ("  a  b", "a b", [Leniency.BLANKS], False),
    ("ab", "a b", [Leniency.BLANKS], True),
    ("a\t", "a", [], True),
    ("Straße", "STRASSE", [Leniency.CASE], True),
    ("2020-01-02T10:00", "2020-01-02T10:00:00", [], True),
    ("2020-01-02T10:00", "2020-01-02T10:00:00", [Leniency.DATES], False),
    ("2020-01-02", "2020-01-02T00:00:00", [Leniency.DATES], True),
]


@pytest.mark.parametrize(("x", "y", "lenient", "expected"), TEXTS)
def test_hand_worked_text(x: str | None, y: str | None, lenient: list[Leniency], expected: bool) -> None:
    for pair in ((x, y), (y, x)):
        rows, within = unequal_texts(large_text([pair[0]]), large_text([pair[1]]), frozenset(lenient))
        assert (len(rows) == 1) is expected
        assert within == int(bool(lenient) and not expected)


def test_trailing_blanks_differ_if_asked() -> None:
    x, y = large_text(["a", "a", "  "]), large_text(["a ", "a", None])
    assert unequal_texts(x, y, trailing_blanks=True)[0].tolist() == [0]


numbers = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30)
tolerances = st.builds(
    Tolerance,
    st.sampled_from(Method),
    st.floats(0, 10),
    st.floats(0, 1),
)


@given(numbers, tolerances)
def test_numbers_equal_themselves(values: list[float], tolerance: Tolerance) -> None:
    x = np.array(values, dtype=np.float64)
    assert unequal_numbers(x, x.copy(), tolerance)[0].tolist() == []


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=30), st.floats(0, 10))
def test_absolute_and_relative_are_symmetric(pairs: list[tuple[float, float]], criterion: float) -> None:
    x, y = (np.array([pair[side] for pair in pairs], dtype=np.float64) for side in (0, 1))
    for method in (Method.EXACT, Method.ABSOLUTE, Method.RELATIVE):
        there = unequal_numbers(x, y, Tolerance(method, criterion))
        back = unequal_numbers(y, x, Tolerance(method, criterion))
        assert there[0].tolist() == back[0].tolist()
        assert there[1] == back[1]


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=30), st.floats(0, 10))
def test_a_criterion_never_makes_equal_values_unequal(pairs: list[tuple[float, float]], criterion: float) -> None:
    x, y = (np.array([pair[side] for pair in pairs], dtype=np.float64) for side in (0, 1))
    exact, _ = unequal_numbers(x, y, Tolerance())
    for method in (Method.ABSOLUTE, Method.RELATIVE, Method.PERCENT):
        rows, within = unequal_numbers(x, y, Tolerance(method, criterion))
        assert set(rows) <= set(exact)
        assert len(rows) + within == len(exact)


@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=20), st.sets(st.sampled_from(Leniency)))
def test_texts_equal_themselves(values: list[str | None], lenient: set[Leniency]) -> None:
    assert unequal_texts(large_text(values), large_text(values), frozenset(lenient))[0].tolist() == []
