"""Text columns: what is missing in them, what is plain ASCII."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from specs.columns import TEXT, choose, is_ascii, text


def test_empty_text_and_none_are_missing():
    assert text(["a", "", None]).isna().tolist() == [False, True, True]
    assert text(pd.Series(["a", ""])).dtype == TEXT


@given(st.lists(st.one_of(st.none(), st.text(max_size=4)), max_size=8))
def test_ascii_is_what_python_says_it_is(values):
    kept = [None if value is not None and "\ud800" <= max(value, default="") <= "\udfff" else value for value in values]
    assert is_ascii(text(kept)).tolist() == [value is None or value.isascii() for value in kept]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["a", "", None]), st.sampled_from(["b", None]))))
def test_choosing_between_text_columns(rows):
    mask = np.array([keep for keep, _, _ in rows], dtype=bool)
    chosen, other = text([a for _, a, _ in rows]), text([b for _, _, b in rows])
    expected = [(a or None) if keep else b for keep, a, b in rows]
    assert [None if pd.isna(value) else value for value in choose(mask, chosen, other)] == expected


def test_choosing_between_numbers():
    got = choose(np.array([True, False]), pd.Series([1.0, 2.0]), pd.Series([3.0, 4.0]))
    assert got.tolist() == [1.0, 4.0]
