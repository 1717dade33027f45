"""The hazard ratio, against R's coxph (ties by Efron)."""

from __future__ import annotations

import numpy as np
import pytest
from reporting import valung

from oncdisc.reporting.stats import hazard_ratio


def test_stratified_lung_cancer_agrees_with_coxph() -> None:
    made = hazard_ratio(valung.TIMES, valung.EVENTS, valung.THERAPY == 1, valung.CELL)
    assert made.value == pytest.approx(1.18419581743, abs=1e-6)
    assert (made.lower, made.upper) == pytest.approx(tuple(np.exp([-0.219470751954, 0.557598570211])), abs=1e-6)
    assert made.p_value == pytest.approx(0.393746221835, abs=1e-6)


def test_groups_swapped_give_the_inverse() -> None:
    one = hazard_ratio(valung.TIMES, valung.EVENTS, valung.THERAPY == 1)
    other = hazard_ratio(valung.TIMES, valung.EVENTS, valung.THERAPY == 0)
    assert one.value * other.value == pytest.approx(1, abs=1e-8)


def test_a_group_without_events_is_not_estimable() -> None:
    made = hazard_ratio(np.array([1.0, 2, 3, 4]), np.array([True, True, False, False]), np.array([0, 0, 1, 1]) == 1)
    assert np.isnan(made.value)


def test_complete_separation_is_not_estimable() -> None:
    times, treated = np.array([1.0, 2, 3, 4, 5, 6]), np.array([0, 0, 0, 1, 1, 1]) == 1
    assert np.isnan(hazard_ratio(times, np.ones(6, dtype=bool), treated).value)
