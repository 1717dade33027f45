"""Seeded errors in a build of the example trial: each is found by its rule, where it is, and no near miss is."""

from __future__ import annotations

import pytest

from oncdisc.checks import all_rules
from tests.checks.cases import Case, cases
from tests.checks.workbench import Workbench, in_place

CASES = cases()


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_seeded_error_is_found_where_it_is(case: Case, workbench: Workbench) -> None:
    assert case.breaks
    for number, mutation in enumerate(case.breaks, start=1):
        mutant, added = workbench.added(all_rules()[case.rule], mutation)
        assert added, f"break {number} is not found"
        assert in_place(mutant, added, case.at), f"break {number} is found elsewhere: {added[:5]}"


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_near_miss_is_not_found(case: Case, workbench: Workbench) -> None:
    assert case.near
    for number, mutation in enumerate(case.near, start=1):
        _, added = workbench.added(all_rules()[case.rule], mutation)
        assert added == [], f"near miss {number} is found: {added[:5]}"
