from __future__ import annotations

import pandas as pd

from adam.observation import Schedule, deadline, gaps, unassessed

EVERY_SIX_THEN_NINE = Schedule.every([(42, 168), (63, 357)], window=7)


def test_a_schedule_from_its_phases():
    assert EVERY_SIX_THEN_NINE.days == (42, 84, 126, 168, 231, 294, 357)


def test_the_deadline_is_the_second_missed_assessment_with_its_window(dates):
    start = dates(["2024-01-01"] * 6)
    last = dates(["2024-01-01", "2024-02-12", "2024-02-04", "2024-03-20", "2024-06-17", "2024-12-23"])
    #    day             0       42              34 (too early)  79 (early 84)   168             357
    elapsed = (deadline(last, start, EVERY_SIX_THEN_NINE) - start).dt.days
    assert elapsed.tolist()[:5] == [91, 133, 91, 175, 301]
    assert pd.isna(elapsed[5])


def test_a_gap_ends_observation_where_the_next_assessment_is_too_late(records, since):
    start = since("2024-01-01", "2024-01-01")
    seen = records((0, "2024-02-12"), (0, "2024-06-30"), (1, "2024-02-12"), (1, "2024-05-13"))
    assert gaps(start, seen, records(), EVERY_SIX_THEN_NINE).to_dict("list") == {
        "subject": [0],
        "date": [pd.Timestamp("2024-05-13")],
    }


def test_the_day_of_the_deadline_is_still_in_time(records, since):
    seen = records((0, "2024-02-12"))
    on_time, late = records((0, "2024-05-13")), records((0, "2024-05-14"))
    assert len(gaps(since("2024-01-01"), seen, on_time, EVERY_SIX_THEN_NINE)) == 0
    assert len(gaps(since("2024-01-01"), seen, late, EVERY_SIX_THEN_NINE)) == 1


def test_a_death_long_after_the_start_without_any_assessment_is_a_gap_from_the_start(records, since):
    result = gaps(since("2024-01-01"), records(), records((0, "2024-08-01")), EVERY_SIX_THEN_NINE)
    assert result["date"].tolist() == [pd.Timestamp("2024-04-01")]


def test_no_gap_after_the_last_assessment_and_none_before_the_start(records, since):
    seen = records((0, "2023-01-01"), (0, "2024-02-12"), (1, "2024-02-12"))
    assert len(gaps(since("2024-01-01", None), seen, records(), EVERY_SIX_THEN_NINE)) == 0


def test_unassessed_subjects_stop_at_their_start_unless_they_died_in_time(records, since):
    start = since("2024-01-01", "2024-01-01", "2024-01-01", None)
    deaths = records((1, "2024-04-01"), (2, "2024-04-02"))
    assert unassessed(start, records((3, "2024-02-01")), deaths, EVERY_SIX_THEN_NINE)["subject"].tolist() == [0, 2]
    assessed = records((0, "2024-02-01"), (2, None))
    assert unassessed(start, assessed, deaths, EVERY_SIX_THEN_NINE)["subject"].tolist() == [2]
