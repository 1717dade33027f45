"""Conditions: read from data, evaluated as SAS would, said in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs import conditions
from specs.columns import text

TABLE = {
    "AVALC": text(["CR", None, "PD", "CR"]),
    "AVAL": pd.Series([1.0, 2.0, np.nan, 4.0]),
    "DOSE": text(["10", "x", None, "2"]),
    "ADT": pd.Series(["2024-01-01", None, "2024-03-01", "2024-02-01"], dtype="datetime64[s]"),
    "TRTEDT": pd.Series(["2024-01-02", "2024-01-02", "2024-01-02", "2024-02-01"], dtype="datetime64[s]"),
}


def rows(value):
    return conditions.evaluate(conditions.parse(value), TABLE.__getitem__, 4).nonzero()[0].tolist()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"AVALC": "CR"}, [0, 3]),
        ({"AVALC": ["CR", "PD"]}, [0, 2, 3]),
        ({"AVALC": {"NE": "CR"}}, [1, 2]),
        ({"AVALC": {"NOTIN": ["CR"]}}, [1, 2]),
        ({"AVAL": {"GE": 2}}, [1, 3]),
        ({"AVAL": {"LT": 2}}, [0]),
        ({"AVAL": "missing"}, [2]),
        ({"AVAL": {"missing": False}}, [0, 1, 3]),
        ({"DOSE": {"GT": 5}}, [0]),
        ({"ADT": {"LE": "2024-02-01"}}, [0, 3]),
        ({"ADT": {"LE": {"variable": "TRTEDT"}}}, [0, 3]),
        ({"ADT": {"NE": {"variable": "TRTEDT"}}}, [0, 1, 2]),
        ({"AVALC": "CR", "AVAL": {"GT": 1}}, [3]),
        ({"AVAL": {"GE": 1, "LT": 4}}, [0, 1]),
        ({"any": [{"AVALC": "PD"}, {"AVAL": 1}]}, [0, 2]),
        ({"all": [{"AVALC": "CR"}, {"AVAL": 4}]}, [3]),
        ({}, [0, 1, 2, 3]),
    ],
)
def test_evaluate(value, expected):
    assert rows(value) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("AVALC = 'CR'", "mapping of variables"),
        ({"A": {"LIKE": "x"}}, "unknown comparator 'LIKE'"),
        ({"A": {"IN": "x"}}, "IN needs a list"),
        ({"any": {"A": 1}}, "list of conditions"),
        ({"A": True}, "text or numbers"),
        ({"A": {"LE": {"column": "B"}}}, "right side"),
    ],
)
def test_what_is_not_a_condition_says_what_was_expected(value, message):
    with pytest.raises(ValueError, match=message):
        conditions.parse(value)


def test_words_are_a_readers():
    value = {"PARAMCD": "PD", "any": [{"AVALC": "Y"}, {"AVAL": {"GE": 4}}], "ADT": "missing"}
    assert conditions.words(conditions.parse(value)) == "PARAMCD is PD and (AVALC is Y or AVAL ≥ 4) and ADT is missing"


def test_only_an_and_of_constants_is_a_where_clause():
    assert conditions.is_plain(conditions.parse({"A": "x", "B": [1, 2]}))
    assert not conditions.is_plain(conditions.parse({"A": {"EQ": {"variable": "B"}}}))
    assert not conditions.is_plain(conditions.parse({"any": [{"A": 1}]}))


@given(st.lists(st.one_of(st.none(), st.sampled_from(["CR", "PR", ""])), max_size=6), st.sampled_from(["CR", "PR"]))
def test_a_condition_and_its_negation_part_the_records(values, term):
    column = text(values)
    equal = conditions.evaluate(conditions.parse({"A": term}), lambda _: column, len(values))
    other = conditions.evaluate(conditions.parse({"A": {"NE": term}}), lambda _: column, len(values))
    assert (equal ^ other).all()


@pytest.mark.parametrize("operand", ["no", "yes", 0, 1, None, "false"])
def test_missing_is_true_or_false_and_nothing_else(operand):
    with pytest.raises(ValueError, match="X: missing is true or false, found"):
        conditions.parse({"X": {"missing": operand}})
