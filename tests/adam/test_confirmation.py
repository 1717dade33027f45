from __future__ import annotations

import numpy as np
import pytest

from adam.confirmation import Confirmation, confirming_record

START = np.datetime64("2024-01-01")


def day(number):
    return str(START + number)


def confirmed(records, values, rule=Confirmation()):  # noqa: B008
    """Which of one subject's assessments (day, value) confirm which."""
    frame = records(*[(0, day(d), v) for d, v in values])
    return confirming_record(frame, rule).tolist()


def test_a_complete_response_is_confirmed_by_the_next_at_28_days(records):
    assert confirmed(records, [(0, "CR"), (28, "CR")]) == [1, -1]


def test_27_days_are_too_early_and_the_following_assessment_confirms(records):
    assert confirmed(records, [(0, "CR"), (27, "CR"), (60, "CR")]) == [2, 2, -1]


def test_a_partial_response_does_not_confirm_a_complete_one(records):
    assert confirmed(records, [(0, "CR"), (42, "PR")]) == [-1, -1]


def test_a_complete_response_confirms_a_partial_one(records):
    assert confirmed(records, [(0, "PR"), (42, "CR")]) == [1, -1]


def test_one_not_evaluable_between_is_allowed_two_are_not(records):
    assert confirmed(records, [(0, "PR"), (14, "NE"), (42, "PR")])[0] == 2
    assert confirmed(records, [(0, "PR"), (14, "NE"), (28, "NE"), (42, "PR")])[0] == -1
    any_number = Confirmation(ne_between=None)
    assert confirmed(records, [(0, "PR"), (14, "NE"), (28, "NE"), (42, "PR")], any_number)[0] == 3


@pytest.mark.parametrize("between", ["PD", "SD", "NON-CR/NON-PD", "UNKNOWN", None])
def test_anything_else_between_breaks_the_confirmation(records, between):
    assert confirmed(records, [(0, "PR"), (14, between), (42, "PR")])[0] == -1


def test_stable_disease_between_counts_for_partial_responses_only(records):
    rule = Confirmation(sd_between=1)
    assert confirmed(records, [(0, "PR"), (14, "SD"), (42, "PR")], rule)[0] == 2
    assert confirmed(records, [(0, "CR"), (14, "SD"), (42, "CR")], rule)[0] == -1
    assert confirmed(records, [(0, "PR"), (14, "SD"), (20, "SD"), (42, "PR")], rule)[0] == -1


def test_a_partial_after_a_complete_response_does_not_confirm_the_partial_one(records):
    values = [(0, "PR"), (14, "CR"), (42, "PR")]
    assert confirmed(records, values)[0] == -1
    assert confirmed(records, values, Confirmation(pr_after_cr=True))[0] == 2


def test_complete_after_partial_is_in_order(records):
    assert confirmed(records, [(0, "PR"), (14, "PR"), (42, "CR")])[0] == 2


def test_the_first_that_is_late_enough_decides_even_if_a_later_one_would_not_fail(records):
    assert confirmed(records, [(0, "PR"), (30, "PR"), (60, "PD")])[0] == 1


def test_other_subjects_never_confirm(records):
    frame = records((0, day(0), "CR"), (1, day(42), "CR"), (0, None, "CR"))
    assert confirming_record(frame, Confirmation()).tolist() == [-1, -1, -1]


def test_no_records(records):
    assert confirming_record(records(), Confirmation()).tolist() == []
