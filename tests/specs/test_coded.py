"""Coded text means what plain text means: each function gives the same values either way."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from specs import coded as kernel
from specs.coded import coded, is_coded, plain, repeats
from specs.columns import TEXT, text

WORDS = ["b", "a", "é", "ab"]
TEXTS = st.lists(st.sampled_from([*WORDS, None]), max_size=12)
ENOUGH = 4
"""Each value this often: a column whose values hardly repeat stays plain."""


def listed(values: pd.Series) -> list[object]:
    return [None if pd.isna(value) else value for value in values]


def repeated(values: list[str | None]) -> pd.Series:
    column = coded(text(values * ENOUGH))
    assert is_coded(column)
    return column


@given(TEXTS)
def test_coding_and_back_is_the_column_itself(values):
    column = text(values)
    assert listed(plain(coded(column))) == listed(column)
    assert plain(coded(column)).dtype == TEXT


def test_a_column_whose_values_hardly_repeat_stays_plain_text():
    assert not is_coded(coded(text(["a", "b", "c", "d"])))
    assert is_coded(coded(text(["a", "a", "a", "b"])))


def test_numbers_stay_as_they_are():
    numbers = pd.Series([1.0, 1.0, 1.0])
    assert coded(numbers) is numbers
    assert plain(numbers) is numbers


@given(TEXTS)
def test_a_function_of_text_sees_each_distinct_value_once_and_may_merge_them(values):
    seen: list[int] = []

    def first_letter(texts: pd.Series) -> pd.Series:
        seen.append(len(texts))
        return texts.str[0].mask(texts == "b").astype(TEXT)

    column = repeated(values)
    made = kernel.by_value(column, first_letter)
    assert seen == [len({value for value in values if value})]
    assert listed(made) == [None if v in (None, "b") else v[0] for v in values * ENOUGH]
    assert made.cat.categories.is_unique


@given(TEXTS, st.booleans())
def test_a_mask_by_value_says_of_missing_values_what_it_is_told(values, missing):
    held = kernel.mask_by_value(repeated(values), lambda texts: (texts == "a").to_numpy(dtype=bool), missing)
    assert held.tolist() == [missing if value is None else value == "a" for value in values * ENOUGH]


@given(TEXTS, TEXTS)
def test_columns_stacked_are_one_below_the_other_coded_where_both_are(first, second):
    both = kernel.stack([repeated(first), repeated(second)])
    assert is_coded(both)
    assert listed(both) == first * ENOUGH + second * ENOUGH
    mixed = kernel.stack([repeated(first), text(second)])
    assert mixed.dtype == TEXT
    assert listed(mixed) == first * ENOUGH + second


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["a", "", None]), st.sampled_from(["b", None]))))
def test_choosing_between_columns_coded_or_not(rows):
    mask = np.array([keep for keep, _, _ in rows] * ENOUGH, dtype=bool)
    chosen, other = (text([row[place] for row in rows] * ENOUGH) for place in (1, 2))
    expected = [(a or None) if keep else b for keep, a, b in rows * ENOUGH]
    assert listed(kernel.choose(mask, chosen, other)) == expected
    assert listed(kernel.choose(mask, coded(chosen), coded(other))) == expected
    assert listed(kernel.choose(mask, coded(chosen), other)) == expected


def test_choosing_between_numbers():
    got = kernel.choose(np.array([True, False]), pd.Series([1.0, 2.0]), pd.Series([3.0, 4.0]))
    assert got.tolist() == [1.0, 4.0]


@given(st.lists(st.tuples(st.sampled_from([*WORDS, None]), st.sampled_from([*WORDS, None])), min_size=1))
def test_records_together_are_their_distinct_ones(rows):
    columns = [repeated([row[place] for row in rows]) for place in (0, 1)]
    codes, distinct = kernel.together(columns)
    pairs = list(zip(*(listed(column) for column in distinct), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert [pairs[code] for code in codes] == rows * ENOUGH


@given(TEXTS)
def test_in_order_has_the_values_that_records_have_by_code_point(values):
    column = kernel.stack([repeated([*WORDS, *values])]).iloc[len(WORDS) :].reset_index(drop=True)
    made = kernel.in_order(column)
    assert listed(made) == listed(column)
    assert list(made.cat.categories) == sorted({value for value in listed(column) if value})


def test_flags_stand_where_the_mask_holds():
    assert listed(kernel.flags(np.array([True, False, True]))) == ["Y", None, "Y"]
    assert listed(kernel.empty_coded(2)) == [None, None]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", None])), max_size=30))
def test_records_that_repeat_an_earlier_one_are_those_that_pandas_finds(rows):
    frame = pd.DataFrame(rows, columns=["A", "B"], dtype=TEXT)
    expected = frame.duplicated().tolist()
    assert repeats([frame["A"], frame["B"]], len(frame)).tolist() == expected
    assert repeats([coded(frame["A"]), frame["B"]], len(frame)).tolist() == expected


def test_records_whose_mixed_numbers_are_equal_are_compared(monkeypatch):
    monkeypatch.setattr("specs.coded._MULTIPLIER", np.uint64(0))
    a, b = pd.Series(["x", "y", "x"], dtype=TEXT), pd.Series(["p", "p", "p"], dtype=TEXT)
    assert repeats([a, b], 3).tolist() == [False, False, True]
