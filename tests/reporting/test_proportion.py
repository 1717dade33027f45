"""Clopper–Pearson limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.reporting.stats import clopper_pearson


def test_three_of_ten_as_binom_test_gives_it() -> None:
    made = clopper_pearson(3, 10)
    assert (made.lower, made.upper) == pytest.approx((0.0667395111, 0.6524528501), abs=1e-9)


def test_none_and_all_by_hand() -> None:
    assert clopper_pearson(0, 10).lower == 0
    assert clopper_pearson(0, 10).upper == pytest.approx(1 - 0.025**0.1)
    assert clopper_pearson(10, 10).lower == pytest.approx(0.025**0.1)
    assert clopper_pearson(10, 10).upper == 1


def test_a_total_of_none_is_missing() -> None:
    assert np.isnan(clopper_pearson(0, 0).value)


def test_more_than_the_total_is_an_error() -> None:
    with pytest.raises(ValueError, match="11 in a total of 10"):
        clopper_pearson(11, 10)


@given(st.integers(1, 200).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_limits_hold_the_share_and_mirror(case: tuple[int, int]) -> None:
    count, total = case
    made, mirror = clopper_pearson(count, total), clopper_pearson(total - count, total)
    assert made.lower <= made.value <= made.upper
    assert made.lower == pytest.approx(1 - mirror.upper, abs=1e-12)
