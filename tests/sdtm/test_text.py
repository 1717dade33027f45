from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.patterns import PatternError
from sdtm.text import concatenate, pattern, split_long, substring, upper
from specs.columns import TEXT


def column(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


def shown(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else value for value in values]


def test_concatenate_leaves_out_what_is_missing() -> None:
    joined = concatenate(
        [column("a", None, "a", None), column("b", "b", None, None), column("c", "c", None, None)], "-"
    )
    assert shown(joined) == ["a-b-c", "b-c", "a", None]


def test_concatenate_one_column() -> None:
    assert shown(concatenate([column("a", None)], "-")) == ["a", None]


def test_substring_counts_from_1() -> None:
    values = column("701-1015", "70", None)
    assert shown(substring(values, 1, 3)) == ["701", "70", None]
    assert shown(substring(values, 5)) == ["1015", None, None]


def test_substring_from_0_is_refused() -> None:
    with pytest.raises(ValueError, match="found start 0"):
        substring(column("a"), 0)


def test_pattern_takes_the_group_or_the_whole_match() -> None:
    values = column("Cycle 2 Day 15", "Screening", None)
    mapped = pattern(values, r"Cycle (?P<cycle>\d+)")
    assert (shown(mapped.values), mapped.failed.tolist()) == (["2", None, None], [False, True, False])
    assert shown(pattern(values, r"Day \d+").values) == ["Day 15", None, None]


@pytest.mark.parametrize("expression", ["(", r"(\d+)-x", r"(?<=a)b"])
def test_a_pattern_that_cannot_be_read(expression: str) -> None:
    with pytest.raises(PatternError, match="can't be read"):
        pattern(column("a"), expression)


def test_upper_case_beyond_ascii() -> None:
    assert shown(upper(column("übelkeit", None))) == ["ÜBELKEIT", None]


def test_long_text_is_cut_at_word_ends() -> None:
    pieces = split_long(column("one two three four", "short", None), limit=9)
    assert shown(pieces.first) == ["one two", "short", None]
    assert pieces.rest.values.tolist() == [[0, 1, "three"], [0, 2, "four"]]


def test_a_word_longer_than_a_piece_is_cut_between_characters() -> None:
    pieces = split_long(column("é" * 5), limit=3)
    assert [*shown(pieces.first), *pieces.rest["text"]] == ["é"] * 5


def test_text_of_exactly_the_limit_stays_whole() -> None:
    pieces = split_long(column("x" * 200, "x" * 199 + "é"))
    assert shown(pieces.first) == ["x" * 200, "x" * 199]
    assert pieces.rest["text"].tolist() == ["é"]


def test_ten_megabytes_in_one_cell() -> None:
    pieces = split_long(column("word " * 2_000_000))
    assert len(pieces.rest) == 49_999
    assert pieces.rest["number"].iloc[-1] == 49_999


@given(st.text(alphabet=st.sampled_from("ab é\u4e16"), min_size=1), st.integers(4, 20))
def test_pieces_fit_and_lose_only_blanks_at_cuts(text: str, limit: int) -> None:
    pieces = split_long(column(text), limit=limit)
    parts = [*shown(pieces.first), *pieces.rest["text"].tolist()]
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert all(len(part.encode()) <= limit for part in parts if part is not None)
