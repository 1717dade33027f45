"""RECIST 1.1, tables 1 and 2, written out by hand: every combination has one answer."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from adam.overall import overall_response
from specs.columns import TEXT

# target, non-target, overall without new lesions (None: no such disease at baseline)
TABLE = [
    ("CR", "CR", "CR"),
    ("CR", "NON-CR/NON-PD", "PR"),
    ("CR", "PD", "PD"),
    ("CR", "NE", "PR"),
    ("CR", None, "CR"),
    ("PR", "CR", "PR"),
    ("PR", "NON-CR/NON-PD", "PR"),
    ("PR", "PD", "PD"),
    ("PR", "NE", "PR"),
    ("PR", None, "PR"),
    ("SD", "CR", "SD"),
    ("SD", "NON-CR/NON-PD", "SD"),
    ("SD", "PD", "PD"),
    ("SD", "NE", "SD"),
    ("SD", None, "SD"),
    ("PD", "CR", "PD"),
    ("PD", "NON-CR/NON-PD", "PD"),
    ("PD", "PD", "PD"),
    ("PD", "NE", "PD"),
    ("PD", None, "PD"),
    ("NE", "CR", "NE"),
    ("NE", "NON-CR/NON-PD", "NE"),
    ("NE", "PD", "PD"),
    ("NE", "NE", "NE"),
    ("NE", None, "NE"),
    (None, "CR", "CR"),
    (None, "NON-CR/NON-PD", "NON-CR/NON-PD"),
    (None, "PD", "PD"),
    (None, "NE", "NE"),
    (None, None, "NED"),
]


def column(*values):
    return pd.Series(list(values), dtype=TEXT)


@pytest.mark.parametrize(("target", "non_target", "expected"), TABLE)
@pytest.mark.parametrize("new", ["NO", "EQUIVOCAL", None])
def test_overall_response_without_a_certain_new_lesion(target, non_target, expected, new):
    assert overall_response(column(target), column(non_target), column(new)).tolist() == [expected]


@pytest.mark.parametrize(("target", "non_target", "_"), TABLE)
def test_a_certain_new_lesion_is_progression_whatever_the_rest(target, non_target, _):
    assert overall_response(column(target), column(non_target), column("YES")).tolist() == ["PD"]


def test_the_table_is_complete():
    targets, non_targets = ("CR", "PR", "SD", "PD", "NE", None), ("CR", "NON-CR/NON-PD", "PD", "NE", None)
    assert {row[:2] for row in TABLE} == set(itertools.product(targets, non_targets))


def test_a_word_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no target response: 'UNK'"):
        overall_response(column("UNK"), column("CR"), column("NO"))
