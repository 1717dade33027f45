"""Seeded errors: a dataset that breaks a rule is reported by it, a near miss is not."""

from __future__ import annotations

import pytest

from tests.checks.builders import corpus, found

CASES = corpus()


@pytest.mark.parametrize("rule", CASES)
def test_a_seeded_error_is_found_and_a_near_miss_is_not(rule: str) -> None:
    breaking, near = CASES[rule]
    assert found(rule, breaking), "the seeded error passes"
    assert found(rule, near) == [], "the near miss is reported"
