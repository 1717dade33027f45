"""Lengths of text over a study."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.transport import TEXT, Variable, merge_lengths, study_lengths, value_lengths, with_lengths


def text(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


def test_longest_value_in_bytes_of_text_only() -> None:
    frame = pd.DataFrame({"A": text("é", "abc"), "B": text(None, None), "N": [1.0, 2.0], "C": text("中文", "x")})
    assert value_lengths(frame) == {"A": 3, "B": 1, "C": 6}
    assert value_lengths(frame, encoding="gbk")["C"] == 4
    assert value_lengths(frame.iloc[:0]) == {"A": 1, "B": 1, "C": 1}


def test_a_variable_is_as_long_as_its_longest_value_in_the_study_but_each_supplement_has_its_own() -> None:
    lengths = study_lengths(
        {
            "AE": {"USUBJID": 10, "EPOCH": 9},
            "DS": {"USUBJID": 10, "EPOCH": 14},
            "SUPPAE": {"USUBJID": 8, "QVAL": 150},
            "SUPPDM": {"USUBJID": 10, "QVAL": 5},
        }
    )
    assert lengths == {
        "AE": {"USUBJID": 10, "EPOCH": 14},
        "DS": {"USUBJID": 10, "EPOCH": 14},
        "SUPPAE": {"USUBJID": 8, "QVAL": 150},
        "SUPPDM": {"USUBJID": 10, "QVAL": 5},
    }


@given(st.lists(st.text(), min_size=1), st.integers(0, 20))
def test_parts_merge_to_the_whole_in_any_order(values: list[str], cut: int) -> None:
    one, other = (value_lengths(pd.DataFrame({"A": text(*part)})) for part in (values[:cut], values[cut:]))
    whole = value_lengths(pd.DataFrame({"A": text(*values)}))
    assert merge_lengths([one, other]) == merge_lengths([other, one]) == whole


def test_a_declared_length_stays() -> None:
    variables = (Variable("A"), Variable("B", length=20), Variable("N", type="float"))
    assert [item.length for item in with_lengths(variables, {"A": 5, "B": 7})] == [5, 20, None]
