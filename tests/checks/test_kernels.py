"""Pairs of values that should be one to one: which are at odds, and what is said; how far numbers are rounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.checks.data import Data
from oncdisc.checks.kernels import ambiguous, at_odds, decimals, rounding
from tests.checks.builders import package


def lab(*rows: str) -> Data:
    """LBTESTCD, LBTEST and LBCAT of some records."""
    return package({"LB": "LBTESTCD LBTEST LBCAT / " + " / ".join(rows)}).datasets["LB"]


def odd(*rows: str, fold: bool = False) -> list[int]:
    """Positions of the records whose LBTESTCD has several LBTEST."""
    return np.flatnonzero(ambiguous(lab(*rows), "LBTESTCD", "LBTEST", fold=fold)).tolist()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("H x c", "H x c", "H y c"), [2]),
        (("H y c", "H x c", "H x c", "N x c"), [0]),
        (("H x c", "H y c"), [0, 1]),
        (("H x c", "H x c", "H y c", "H y c", "H z c"), [0, 1, 2, 3, 4]),
        (("H x c", "H x c", "H y c", "H z c"), [2, 3]),
        (("H x c", "H . c", ". y c", "N y c"), []),
        (("H . c", ". . c"), []),
        (("H x c", "N y c", "H x c"), []),
    ],
    ids=["rarer", "first", "tie", "tie-of-three", "two-rarer", "missing", "all-missing", "one-to-one"],
)
def test_the_rarer_values_of_a_key_are_at_odds_and_all_where_none_is_rarer(rows: tuple[str, ...], expected: list[int]):
    assert odd(*rows) == expected


def test_letters_make_no_other_key_where_folded():
    rows = ("H x c", "h x c", "H y c")
    assert (odd(*rows), odd(*rows, fold=True)) == ([0, 2], [2])


def test_each_group_has_an_own_most_frequent_value():
    data = lab("H x c", "H x c", "H y c", "H y d", "H y d", "H x d")
    rows, said = at_odds(data, "LBTESTCD", "LBTEST", data.groups("LBCAT"))
    assert rows.tolist() == [2, 5]
    assert said.tolist() == [
        "H goes with x in 2 records, with y in 1",
        "H goes with y in 2 records, with x in 1",
    ]


def test_what_is_said_of_a_tie_has_the_other_value_first():
    assert at_odds(lab("H x c", "H y c"), "LBTESTCD", "LBTEST")[1].tolist() == [
        "H goes with y in 1 record, with x in 1",
        "H goes with x in 1 record, with y in 1",
    ]


def test_nothing_is_said_where_all_is_well():
    rows, said = at_odds(lab("H x c"), "LBTESTCD", "LBTEST")
    assert (len(rows), len(said)) == (0, 0)


@given(st.lists(st.tuples(st.sampled_from("AB."), st.sampled_from("xyz.")), min_size=1, max_size=12))
def test_a_record_is_at_odds_unless_its_value_alone_is_the_most_frequent(pairs: list[tuple[str, str]]):
    expected: list[int] = []
    for place, (key, value) in enumerate(pairs):
        others = [other for same, other in pairs if same == key and other not in (".", value)]
        most = max((others.count(other) for other in others), default=0)
        if "." not in (key, value) and others and pairs.count((key, value)) <= most:
            expected.append(place)
    assert odd(*(f"{key} {value} c" for key, value in pairs)) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(3.0, 0), (-0.5, 1), (12.25, 2), (1 / 3, 9), (np.nan, 0), (1e9 + 0.1, 1), (0.1 + 0.2, 1)]
)
def test_the_decimals_of_a_number(number: float, expected: int):
    assert decimals(np.array([number])).tolist() == [expected]


def test_a_group_is_rounded_to_the_decimals_that_nearly_all_its_numbers_have():
    values = np.array([*[0.1] * 9, 0.12345, *[7.0] * 2, np.nan])
    groups = np.array([0] * 10 + [1] * 3)
    tolerance = rounding(values, groups)
    assert tolerance[0] == pytest.approx(0.05, rel=1e-3)
    assert tolerance[9] == pytest.approx(0.000005, rel=1e-3), "one with more decimals is not rounded as the others"
    assert tolerance[10:] == pytest.approx([0.5] * 3, rel=1e-3)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.integers(0, 4))
def test_a_number_is_never_further_from_what_it_is_rounded_of_than_the_tolerance(exact: list[float], places: int):
    given_ = np.round(np.array(exact), places)
    assert (np.abs(given_ - exact) <= rounding(given_, np.zeros(len(exact), dtype=int))).all()
