"""Kaplan–Meier kernels: hand-worked tables and the example of SAS's documentation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting import valung

from oncdisc.reporting.stats import Curve, kaplan_meier, quantile, rate_at

RATS = [143, 164, 188, 188, 190, 192, 206, 209, 213, 216, 220, 227, 230, 234, 246, 265, 304, -216, -244]
"""Days to death of rats exposed to DMBA (Kalbfleisch & Prentice 1980, page 2); a minus sign marks censored."""


def curve(*times: float) -> Curve:
    """The curve of times of which the negative ones are censored."""
    values = np.array(times, dtype=float)
    return kaplan_meier(np.abs(values), values > 0)


def test_product_limit_with_ties_and_censoring_worked_by_hand() -> None:
    made = curve(1, 2, 2, -2, 4, -5)
    assert made.time.tolist() == [1, 2, 4, 5]
    assert made.at_risk.tolist() == [6, 5, 2, 1]
    assert made.events.tolist() == [1, 2, 1, 0]
    assert made.censored.tolist() == [0, 1, 0, 1]
    assert made.survival == pytest.approx([5 / 6, 5 / 6 * 3 / 5, 5 / 6 * 3 / 5 / 2, 5 / 6 * 3 / 5 / 2], abs=1e-12)


def test_greenwood_and_loglog_limits_worked_by_hand() -> None:
    made = curve(1, 2, 3, 4)
    # S = 1/2 after two of four: Greenwood's sum is 1/(4·3) + 1/(3·2) = 1/4, the standard error 1/2 · 1/2
    assert made.std_err[1] == pytest.approx(0.25, abs=1e-12)
    spread = 1.959963984540054 * 0.5 / np.log(2)
    assert made.lower[1] == pytest.approx(0.5 ** np.exp(spread), abs=1e-12)
    assert made.upper[1] == pytest.approx(0.5 ** np.exp(-spread), abs=1e-12)


def test_limits_are_missing_where_all_have_had_the_event() -> None:
    made = curve(1, 2)
    assert np.isnan([made.lower[-1], made.upper[-1], made.std_err[-1]]).all()


def test_limits_are_one_before_the_first_event() -> None:
    made = curve(-1, 2, 3)
    assert (made.survival[0], made.lower[0], made.upper[0]) == (1, 1, 1)


def test_median_of_four_is_the_middle_of_the_level_stretch() -> None:
    assert quantile(curve(1, 2, 3, 4), 0.5).value == 2.5


def test_median_level_to_the_end_is_the_middle_to_the_last_time() -> None:
    assert quantile(curve(1, 2, -3, -4), 0.5).value == 3


def test_median_is_missing_where_the_curve_stays_above_it() -> None:
    assert np.isnan(quantile(curve(1, -2, -3), 0.5).value)


def test_a_product_that_is_not_exact_still_counts_as_level() -> None:
    made = curve(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    assert quantile(made, 0.4).value == 4.5
    assert quantile(made, 0.3).value == 3.5


def test_events_at_time_zero_are_kept() -> None:
    made = kaplan_meier(np.array([0.0, 1, 2, 2]), np.array([True, False, True, False]))
    assert made.survival == pytest.approx([0.75, 0.75, 0.375])


def test_no_subjects_give_an_empty_curve() -> None:
    made = kaplan_meier(np.zeros(0), np.zeros(0, dtype=bool))
    assert made.n == 0
    assert np.isnan(quantile(made, 0.5).value)
    assert np.isnan(rate_at(made, 6).value)


def test_rates_before_between_and_after_the_times() -> None:
    made = curve(2, 4, -6)
    assert rate_at(made, 1).value == 1
    assert rate_at(made, 4).value == pytest.approx(1 / 3)
    assert np.isnan(rate_at(made, 6.5).value)
    assert rate_at(curve(2, 4), 6.5).value == 0


def test_numbers_at_risk_just_before_a_time() -> None:
    assert curve(1, 2, 2, -3).risk_at(np.array([0.0, 1, 1.5, 2, 3, 9])).tolist() == [4, 4, 3, 3, 1, 0]


def test_rats_agree_with_sas_sample_library() -> None:
    made = curve(*RATS)
    expected = [18 / 19, 17 / 19, 15 / 19, 14 / 19, 13 / 19, 12 / 19, 11 / 19, 10 / 19, 9 / 19]
    assert made.survival[:9] == pytest.approx(expected, abs=1e-6)
    assert [quantile(made, share).value for share in (0.25, 0.5, 0.75)] == [190, 216, 234]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("squamous", [(33, 10, 110), (118, 44, 242), (357, 201, 587)]),
        ("smallcell", [(20, 10, 25), (51, 24, 61), (99, 59, 151)]),
        ("adeno", [(19, 7, 36), (51, 24, 90), (92, 73, 140)]),
        ("large", [(53, 15, 111), (156, 100, 216), (231, 164, 340)]),
    ],
)
def test_lung_cancer_quartiles_agree_with_lifetest_and_survfit(
    cell: str, expected: list[tuple[float, float, float]]
) -> None:
    chosen = np.isin(valung.CELL, valung.CELLS.index(cell))
    made = kaplan_meier(valung.TIMES[chosen], valung.EVENTS[chosen])
    found = [quantile(made, share) for share in (0.25, 0.5, 0.75)]
    assert [(q.value, q.lower, q.upper) for q in found] == expected


@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=40))
def test_a_curve_falls_and_its_limits_hold_it(records: list[tuple[int, bool]]) -> None:
    made = kaplan_meier(np.array([t for t, _ in records], dtype=float), np.array([e for _, e in records]))
    assert (np.diff(made.survival) <= 1e-12).all()
    assert int(made.events.sum() + made.censored.sum()) == made.n == len(records)
    known = ~np.isnan(made.lower)
    assert (made.lower[known] <= made.survival[known] + 1e-12).all()
    assert (made.upper[known] >= made.survival[known] - 1e-12).all()


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30))
def test_without_censoring_the_median_is_that_of_the_sample(times: list[int]) -> None:
    made = kaplan_meier(np.array(times, dtype=float), np.ones(len(times), dtype=bool))
    assert quantile(made, 0.5).value == pytest.approx(float(np.median(times)))
