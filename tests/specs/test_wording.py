"""Names and numbers in sentences."""

from __future__ import annotations

import pytest

from specs.wording import counted, few, joined, tallied


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 more places"), (1, "1 more place"), (2, "2 more places"), (1024, "1,024 more places")]
)
def test_one_of_a_kind_has_no_s(number: int, words: str) -> None:
    assert counted(number, "more place") == words


def test_the_last_of_several_names_comes_after_and() -> None:
    assert [joined(["a", "b", "c"][:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def test_of_many_names_the_first_are_said_and_how_many_follow() -> None:
    assert few(["a", "b"], 2) == "a, b"
    assert few(["a", "b", "c", "d"], 2) == "a, b and 2 more"


def test_findings_are_counted_by_severity() -> None:
    assert [tallied(1, "error"), tallied(2, "warning"), tallied(4, "info")] == ["1 error", "2 warnings", "4 info"]
