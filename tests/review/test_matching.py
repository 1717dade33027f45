"""Rows paired by keys, by groups and by position."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.review import Options, compare_tables
from oncdisc.review.arrow import large_text
from oncdisc.review.matching import Matching, key_codes, occurrences, pair_by_codes, pair_by_position
from oncdisc.review.operands import Operands
from tests.review.builders import table

codes = st.lists(st.integers(0, 5), max_size=25)


def pairs(matching: Matching) -> list[tuple[int, int]]:
    every = np.arange(matching.count)
    left, right = matching.base_positions(every), matching.compare_positions(every)
    return list(zip(left.tolist(), right.tolist(), strict=True))


def array(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_unique_codes_pair_in_bases_order() -> None:
    found = pair_by_codes(array([3, 0, 1]), array([1, 2, 3]))
    assert pairs(found) == [(0, 2), (2, 0)]
    assert found.base_only.tolist() == [1]
    assert found.compare_only.tolist() == [1]


def test_duplicates_pair_the_first_with_the_first_and_leave_what_is_over() -> None:
    found = pair_by_codes(array([0, 0, 1, 0]), array([1, 0, 0]))
    assert pairs(found) == [(0, 1), (1, 2), (2, 0)]
    assert found.base_only.tolist() == [3]
    assert [rows.tolist() for rows in found.duplicates] == [[1, 3], [2]]


def test_equal_codes_need_no_row_numbers() -> None:
    found = pair_by_codes(array([2, 0, 0]), array([2, 0, 0]))
    assert found.base_rows is None
    assert found.duplicates[0].tolist() == [2]


def test_position_leaves_the_longer_sides_last_rows() -> None:
    found = pair_by_position((2, 4))
    assert pairs(found) == [(0, 0), (1, 1)]
    assert found.compare_only.tolist() == [2, 3]


def test_codes_are_equal_where_all_key_columns_are() -> None:
    text = Operands(large_text(["a", "b ", None]), large_text(["b", "", "a"]))
    number = Operands(np.array([1.0, 2.0, np.nan]), np.array([2.0, np.nan, 2.0]))
    left, right = key_codes([text, number], (3, 3))
    assert left[1] == right[0]  # trailing blanks do not part keys
    assert left[2] == right[1]  # blank is missing, and missing is a key like any other
    assert right[2] not in left


def test_many_wide_key_columns_do_not_overflow() -> None:
    rows = 2000
    generator = np.random.default_rng(1)
    columns = [Operands(values, values[::-1].copy()) for values in generator.random((8, rows))]
    left, right = key_codes(columns, (rows, rows))
    assert len(set(left.tolist())) == rows
    assert left.tolist() == right[::-1].tolist()


@given(codes)
def test_occurrences_count_earlier_rows_of_a_code(values: list[int]) -> None:
    expected = [values[:place].count(value) for place, value in enumerate(values)]
    assert occurrences(array(values)).tolist() == expected


@given(codes, codes)
def test_pairs_have_equal_codes_and_every_row_is_somewhere_once(base: list[int], compare: list[int]) -> None:
    found = pair_by_codes(array(base), array(compare))
    paired = pairs(found)
    assert all(base[left] == compare[right] for left, right in paired)
    assert sorted([left for left, _ in paired] + found.base_only.tolist()) == list(range(len(base)))
    assert sorted([right for _, right in paired] + found.compare_only.tolist()) == list(range(len(compare)))
    assert found.count == sum(min(base.count(code), compare.count(code)) for code in set(base))


def test_duplicate_keys_are_reported_and_values_still_compared() -> None:
    base = table(ID=["a", "a", "b"], X=[1, 2, 3])
    found = compare_tables(base, table(ID=["a", "a", "b"], X=[1, 9, 3]), Options(keys=("ID",)))
    assert found.value("X").pairs.tolist() == [1]
    assert found.warnings == (
        "duplicate keys: 1 rows of base and 1 of compare repeat a key; "
        "rows of one key are paired in order, the first with the first",
    )


def test_no_key_is_said_loudly() -> None:
    base = table(X=[1, 1], Y=[2, 2])
    found = compare_tables(base, base)
    assert found.warnings == ("rows are paired by position: no keys were given, and no set of variables is unique",)
    assert found.equal


def test_a_key_that_compare_lacks_is_left_out_and_told() -> None:
    base = table(ID=[1, 2], SEQ=[1, 1], X=[1, 2])
    found = compare_tables(base, table(ID=[2, 1], X=[2, 1]), Options(keys=("ID", "SEQ")))
    assert found.sysinfo == 1024
    assert found.keys == ("ID",)
    assert found.notes == ("compare has no SEQ: rows are paired by ID alone",)


@pytest.mark.parametrize("keys", [("ID",), None])
def test_empty_tables_are_equal(keys: tuple[str, ...] | None) -> None:
    empty = table(ID=[], X=[])
    assert compare_tables(empty, empty, Options(keys=keys)).sysinfo == 0
