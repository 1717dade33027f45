from __future__ import annotations

import pandas as pd

from adam.records import chosen, earlier, first_record, last_record, timeline


def test_first_and_last_by_date_then_sequence(records):
    frame = records((0, "2024-02-01", "PR", 2), (0, "2024-01-01", "SD", 1), (0, "2024-02-01", "CR", 3))
    subjects = pd.RangeIndex(1)
    assert first_record(frame, subjects)["record"].tolist() == [1]
    assert last_record(frame, subjects)["record"].tolist() == [2]
    assert first_record(frame, subjects, ["CR", "PR"])["value"].tolist() == ["PR"]


def test_a_subject_without_records_has_a_row_with_nothing_in_it(records):
    result = first_record(records((1, "2024-01-01", "SD")), pd.RangeIndex(3))
    assert result["subject"].tolist() == [0, 1, 2]
    assert result["record"].tolist() == [-1, 0, -1]
    assert result["date"].isna().tolist() == [True, False, True]
    assert result["value"].isna().tolist() == [True, False, True]


def test_records_without_a_date_are_no_candidates(records):
    frame = records((0, None, "CR"), (0, "2024-01-01", "SD"))
    assert timeline(frame).record.tolist() == [1]
    assert first_record(frame, pd.RangeIndex(1))["value"].tolist() == ["SD"]


def test_no_records_at_all(records):
    result = last_record(records(), pd.RangeIndex(2))
    assert result["record"].tolist() == [-1, -1]


def test_the_earlier_of_two_choices_and_the_first_on_a_tie(records):
    one = first_record(records((0, "2024-01-02", "A"), (1, "2024-01-01", "A")), pd.RangeIndex(3))
    other = first_record(
        records((0, "2024-01-01", "B"), (1, "2024-01-01", "B"), (2, "2024-01-05", "B")), pd.RangeIndex(3)
    )
    assert earlier(one, other)["value"].tolist() == ["B", "A", "B"]


def test_row_order_does_not_matter(records):
    frame = records((0, "2024-01-01", "SD", 1), (0, "2024-01-01", "PR", 1), (1, "2024-01-03", "CR", 5))
    turned = frame.iloc[::-1].reset_index(drop=True)
    first, second = (first_record(f, pd.RangeIndex(2))["value"].tolist() for f in (frame, turned))
    assert first == second == ["PR", "CR"]


def test_chosen_names_records_by_position(records):
    frame = records((3, "2024-01-01", "SD"), (5, "2024-01-02", "PD"))
    result = chosen(frame, pd.Index([5, 4]), timeline(frame).record)
    assert result["record"].tolist() == [1, -1]
    assert result["value"].tolist()[0] == "PD"
