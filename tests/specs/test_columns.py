"""Text columns: what is missing in them, what is plain ASCII."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from specs.columns import TEXT, is_ascii, text


def test_empty_text_and_none_are_missing():
    assert text(["a", "", None]).isna().tolist() == [False, True, True]
    assert text(pd.Series(["a", ""])).dtype == TEXT


@given(st.lists(st.one_of(st.none(), st.text(max_size=4)), max_size=8))
def test_ascii_is_what_python_says_it_is(values):
    kept = [None if value is not None and "\ud800" <= max(value, default="") <= "\udfff" else value for value in values]
    assert is_ascii(text(kept)).tolist() == [value is None or value.isascii() for value in kept]
