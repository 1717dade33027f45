from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from adam.observation import Schedule, allowed_gap, gaps, unassessed

SIX_THEN_NINE = Schedule.every([(42, 168), (63, 735)], window=7)


def test_a_schedule_from_its_phases():
    assert SIX_THEN_NINE.days[:7] == (42, 84, 126, 168, 231, 294, 357)
    assert SIX_THEN_NINE.days[-1] == 735


@pytest.mark.parametrize(
    ("elapsed", "days"),
    [(0, 98), (34, 98), (42, 98), (118, 98), (119, 119), (126, 119), (160, 119), (161, 140), (800, 140)],
)
def test_the_allowed_gap_is_two_planned_intervals_and_two_windows(elapsed, days):
    assert allowed_gap(np.array([elapsed]), SIX_THEN_NINE).tolist() == [days]


def test_one_missed_assessment_is_a_parameter():
    assert allowed_gap(np.array([0]), SIX_THEN_NINE, missed=1).tolist() == [49]


@pytest.mark.parametrize(("elapsed", "until"), [(0, 91), (34, 91), (35, 133), (42, 133), (49, 133), (119, 238)])
def test_counted_by_windows_the_gap_lasts_until_the_second_one_closes(elapsed, until):
    allowed = allowed_gap(np.array([elapsed]), SIX_THEN_NINE, counted="windows")
    assert (elapsed + allowed).tolist() == [until]


def test_a_death_between_the_two_ways_of_counting(records, since):
    start, seen = since("2024-01-01"), records((0, "2024-02-12"))
    death = records((0, "2024-05-14"))  # day 134 after the start: 92 days after the assessment on day 42
    assert len(gaps(start, seen, death, SIX_THEN_NINE)) == 0
    missed = gaps(start, seen, death, SIX_THEN_NINE, counted="windows")
    assert missed["date"].tolist() == [pd.Timestamp("2024-05-13")]


@pytest.mark.parametrize("days", [(), (0, 42), (42, 42), (84, 42)])
def test_a_schedule_without_a_day_or_out_of_order_is_refused(days):
    with pytest.raises(ValueError, match="days after the start, ascending"):
        Schedule(days)


def test_a_schedule_of_one_day_goes_on_at_its_interval(records, since):
    deaths = records((0, "2024-03-24"), (1, "2024-03-25"))  # 83 and 84 days after the start
    found = unassessed(since("2024-01-01", "2024-01-01"), records(), deaths, Schedule((42,)))
    assert found["subject"].tolist() == [1]


def test_a_gap_before_the_event_ends_observation_at_what_was_allowed(records, since):
    start = since("2024-01-01", "2024-01-01")
    seen = records((0, "2024-02-12"), (0, "2024-06-30"), (1, "2024-02-12"), (1, "2024-05-20"))
    ends = records((0, "2024-06-30"), (1, "2024-05-20"))
    assert gaps(start, seen, ends, SIX_THEN_NINE).to_dict("list") == {
        "subject": [0],
        "date": [pd.Timestamp("2024-05-20")],
    }


def test_a_gap_that_ended_before_the_event_does_not_count(records, since):
    seen = records((0, "2024-02-12"), (0, "2024-08-01"))
    assert len(gaps(since("2024-01-01"), seen, records((0, "2024-09-01")), SIX_THEN_NINE)) == 0


def test_the_earliest_event_decides(records, since):
    ends = records((0, "2024-03-01"), (0, "2025-03-01"))
    assert len(gaps(since("2024-01-01"), records(), ends, SIX_THEN_NINE)) == 0


def test_without_an_assessment_the_gap_is_counted_from_the_start(records, since):
    before = records((0, "2023-12-20"))
    result = gaps(since("2024-01-01"), before, records((0, "2024-08-01")), SIX_THEN_NINE)
    assert result["date"].tolist() == [pd.Timestamp("2024-04-08")]


def test_no_event_no_gap_and_none_without_a_start(records, since):
    seen = records((0, "2024-02-12"), (1, "2024-02-12"))
    ends = records((1, "2025-01-01"))
    assert len(gaps(since("2024-01-01", None), seen, ends, SIX_THEN_NINE)) == 0


def test_unassessed_subjects_stop_at_their_start_unless_they_died_in_time(records, since):
    start = since("2024-01-01", "2024-01-01", "2024-01-01", None)
    deaths = records((1, "2024-03-24"), (2, "2024-03-25"))
    nobody = unassessed(start, records((3, "2024-02-01")), deaths, SIX_THEN_NINE)
    assert nobody["subject"].tolist() == [0, 2]
    assert nobody["date"].tolist() == [pd.Timestamp("2024-01-01")] * 2
    assessed = records((0, "2024-02-01"), (2, None))
    assert unassessed(start, assessed, deaths, SIX_THEN_NINE)["subject"].tolist() == [2]
