"""The order of records: what pandas' sort by several columns gives, from one integer a record."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from specs.coded import coded
from specs.columns import text
from specs.ordering import joint, positions, ranks

ROWS = st.lists(
    st.tuples(st.sampled_from(["b", "a", "é", "Z", None]), st.sampled_from([2.0, -1.0, np.nan])), max_size=12
)


def test_missing_comes_first_either_way_and_equal_values_have_one_rank():
    values = text(["b", None, "a", "b"])
    assert ranks(values).tolist() == [2, 0, 1, 2]
    assert ranks(values, descending=True).tolist() == [1, 0, 2, 1]


@given(ROWS, st.booleans())
def test_the_order_is_that_of_a_stable_sort(rows, descending):
    rows = rows * 3
    frame = pd.DataFrame({"t": text([t for t, _ in rows]), "n": pd.Series([n for _, n in rows], dtype="float64")})
    by_pandas = frame.sort_values(["t", "n"], ascending=[True, not descending], kind="stable", na_position="first")
    columns = [ranks(coded(frame["t"])), ranks(frame["n"], descending=descending)]
    assert positions(columns, len(frame)).tolist() == by_pandas.index.tolist()


def test_more_combinations_than_an_integer_holds_are_counted_anew():
    wide = np.array([0, 1 << 40, 5], dtype=np.int64)
    made = joint([wide, wide, np.array([1, 0, 1])], 3)
    assert np.argsort(made).tolist() == [0, 2, 1]
    assert len(set(made.tolist())) == 3
