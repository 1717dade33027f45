"""The profile crosses subjects: whatever way the records are parted, it comes out the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from specs.columns import text
from specs.profile import TESTS, Profile


def test_what_is_known_of_a_column():
    profile = Profile()
    profile.add("AE", "ae", "AETERM", text(["Nausée", None, "Pain", "Pain"]))
    column = profile.column("AE", "AETERM")
    assert (column.rows, column.present, column.width) == (4, 3, 7)  # é is two bytes
    assert (column.minimum, column.maximum) == ("Nausée", "Pain")
    assert column.terms == {"Nausée": 1, "Pain": 2}


def test_numbers_know_their_width_and_digits():
    profile = Profile()
    profile.add("VS", "", "VSSTRESN", pd.Series([37.0, 36.55, np.nan, -1.5]))
    column = profile.column("VS", "VSSTRESN")
    assert (column.width, column.digits, column.minimum, column.maximum) == (5, 2, -1.5, 37.0)


@given(st.lists(st.one_of(st.none(), st.text("abcé", min_size=1, max_size=4)), max_size=12), st.data())
def test_parts_merge_in_any_order_to_the_whole(values, data):
    whole = Profile()
    whole.add("AE", "", "AETERM", text(values))
    cut = data.draw(st.integers(0, len(values)))
    parts = [Profile(), Profile()]
    parts[0].add("AE", "", "AETERM", text(values[:cut]))
    parts[1].add("AE", "", "AETERM", text(values[cut:]))
    for order in (parts, parts[::-1]):
        merged = Profile()
        for part in order:
            merged.merge(part)
        assert merged.column("AE", "AETERM") == whole.column("AE", "AETERM")


def by_test(*parts: tuple[list[str], list[str]]) -> Profile:
    whole = Profile()
    for tests, values in parts:
        part = Profile()
        part.add_by_test("TS", "TSVAL", text(values), text(tests))
        whole.merge(part)
    return whole


def test_results_are_known_test_by_test_in_any_order_of_the_parts() -> None:
    first, second = (["AGEMIN", "TITLE", "AGEMIN"], ["P18Y", "A trial", "P20Y"]), (["TITLE"], ["Another trial"])
    one, other = by_test(first, second), by_test(second, first)
    assert one.by_test == other.by_test
    assert one.by_test["TS", "AGEMIN", "TSVAL"].terms == {"P18Y": 1, "P20Y": 1}
    assert one.by_test["TS", "TITLE", "TSVAL"].width == len("Another trial")


def test_too_many_tests_leave_none_in_any_order_of_the_parts() -> None:
    many = [f"T{number}" for number in range(TESTS)]
    parts = (many, many), (["X"], ["x"]), (["T0"], ["y"])
    for order in ((0, 1, 2), (1, 0, 2), (2, 1, 0)):
        assert by_test(*(parts[number] for number in order)).by_test == {}
