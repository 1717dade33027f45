from __future__ import annotations

import pandas as pd
import pytest

from sdtm.patterns import PatternError
from sdtm.text import concatenate, pattern, substring, upper
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
