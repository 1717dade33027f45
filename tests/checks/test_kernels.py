"""Pairs of values that should be one to one: which records are at odds, and what is said of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.checks.data import Data
from oncdisc.checks.kernels import ambiguous, at_odds
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
