"""Names and numbers in sentences."""

from __future__ import annotations

import pytest

from specs.wording import counted, joined


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 more places"), (1, "1 more place"), (2, "2 more places"), (1024, "1,024 more places")]
)
def test_one_of_a_kind_has_no_s(number: int, words: str) -> None:
    assert counted(number, "more place") == words


def test_the_last_of_several_names_comes_after_and() -> None:
    assert [joined(["a", "b", "c"][:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
