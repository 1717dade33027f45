"""The log-rank test, by hand and against the example of SAS's documentation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting import valung

from oncdisc.reporting.stats import log_rank


def test_two_groups_worked_by_hand() -> None:
    # at 1: 4 at risk, 2 of them in group 1; at 3: 2 at risk, 1 in group 1
    made = log_rank(np.array([1.0, 2, 3, 4]), np.array([True, False, True, False]), np.array([0, 1, 0, 1]))
    assert made.observed.tolist() == [2, 0]
    assert made.expected.tolist() == [1, 1]
    assert made.variance[0, 0] == pytest.approx(0.25 + 0.25)
    assert made.chi_square == pytest.approx(1 / 0.5)
    assert made.df == 1


def test_lung_cancer_by_cell_type_agrees_with_lifetest() -> None:
    made = log_rank(valung.TIMES, valung.EVENTS, valung.CELL)
    assert made.df == 3
    assert made.chi_square == pytest.approx(25.4037, abs=5e-5)  # as printed in SAS's documentation
    assert made.chi_square == pytest.approx(25.40370035, abs=1e-6)


def test_stratified_by_cell_type_agrees_with_survdiff() -> None:
    made = log_rank(valung.TIMES, valung.EVENTS, valung.THERAPY, valung.CELL)
    assert made.chi_square == pytest.approx(0.701743346844, abs=1e-6)


def test_strata_add_up_what_each_says_alone() -> None:
    whole = log_rank(valung.TIMES, valung.EVENTS, valung.THERAPY, valung.CELL)
    parts = [
        log_rank(valung.TIMES[chosen], valung.EVENTS[chosen], valung.THERAPY[chosen])
        for chosen in (cell == valung.CELL for cell in range(4))
    ]
    assert whole.expected == pytest.approx(sum(part.expected for part in parts))
    assert whole.variance == pytest.approx(sum(part.variance for part in parts))


def test_one_group_has_no_test() -> None:
    made = log_rank(np.array([1.0, 2]), np.array([True, True]), np.array([0, 0]))
    assert np.isnan(made.p_value)


def test_no_event_has_no_test() -> None:
    made = log_rank(np.array([1.0, 2]), np.array([False, False]), np.array([0, 1]))
    assert np.isnan(made.p_value)


def test_no_subject_has_no_test() -> None:
    assert np.isnan(log_rank(np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0, dtype=int)).p_value)


records = st.lists(st.tuples(st.integers(1, 12), st.booleans(), st.integers(0, 1)), min_size=2, max_size=40)


@given(records)
def test_expected_adds_up_to_observed_and_groups_are_alike(listed: list[tuple[int, bool, int]]) -> None:
    times, events = np.array([t for t, _, _ in listed], dtype=float), np.array([e for _, e, _ in listed])
    groups = np.array([g for _, _, g in listed])
    made, turned = log_rank(times, events, groups), log_rank(times, events, 1 - groups)
    assert made.expected.sum() == pytest.approx(made.observed.sum())
    assert made.p_value == pytest.approx(turned.p_value, nan_ok=True)
