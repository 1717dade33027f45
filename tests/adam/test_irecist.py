from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adam.irecist import Window, irecist_progression, irecist_response
from specs.columns import TEXT

START = np.datetime64("2024-01-01")


def visit(day, target="SD", total=50.0, nt="NON-CR/NON-PD", nt_more=False, new=False, new_sum=0.0, count=0, more=False):
    return (0, START + day, target, total, nt, nt_more, new, new_sum, count, more)


def table(*visits):
    names = ["subject", "date", "target", "sum", "non_target", "non_target_increase", "new", "new_sum"]
    frame = pd.DataFrame(list(visits), columns=[*names, "new_count", "new_increase"])
    return frame.astype({"date": "datetime64[s]", "target": TEXT, "non_target": TEXT, "sum": float})


def responses(*visits, **more):
    return irecist_response(table(*visits), **more)["response"].tolist()


def pd_at(day, total=60.0, **more):
    return visit(day, "PD", total, **more)


def test_without_progression_the_responses_are_recist_with_a_letter():
    assert responses(
        visit(42, "PR"), visit(84, "CR", nt="CR"), visit(126, "SD"), visit(168, None), visit(210, "NE")
    ) == ["iPR", "iCR", "iSD", "NON-iCR/NON-iUPD", "NE"]


def test_progression_is_unconfirmed_until_the_sum_grows_by_another_5_mm():
    assert responses(pd_at(42, 60), pd_at(84, 65)) == ["iUPD", "iCPD"]
    assert responses(pd_at(42, 60), pd_at(84, 64.9)) == ["iUPD", "iUPD"]


def test_increases_add_up_over_consecutive_unconfirmed_progressions():
    assert responses(pd_at(42, 60), pd_at(77, 63), pd_at(112, 65)) == ["iUPD", "iUPD", "iCPD"]
    assert responses(pd_at(42, 60), pd_at(77, 57), pd_at(112, 62)) == ["iUPD", "iUPD", "iCPD"]


@pytest.mark.parametrize("calm", [("SD", "iSD"), ("PR", "iPR")])
def test_stable_disease_or_response_resets(calm):
    seen = responses(pd_at(42, 60), visit(77, calm[0]), pd_at(112, 70), pd_at(150, 71))
    assert seen == ["iUPD", calm[1], "iUPD", "iUPD"]


def test_not_evaluable_does_not_reset():
    assert responses(pd_at(42, 60), visit(70, "NE", np.nan), pd_at(98, 65)) == ["iUPD", "NE", "iCPD"]


@pytest.mark.parametrize(("day", "expected"), [(69, "iUPD"), (70, "iCPD"), (98, "iCPD"), (99, "iCPD")])
def test_the_confirming_assessment_is_not_within_4_weeks(day, expected):
    assert responses(pd_at(42, 60), pd_at(day, 70))[1] == expected


def test_later_than_8_weeks_it_still_confirms_and_is_marked():
    result = [irecist_response(table(pd_at(42, 60), pd_at(day, 70)))["late"].tolist() for day in (98, 99)]
    assert result == [[False, False], [False, True]]


def test_growth_seen_too_early_counts_at_the_next_assessment():
    assert responses(pd_at(42, 60), pd_at(60, 70), pd_at(88, 70)) == ["iUPD", "iUPD", "iCPD"]
    first, early, later = visit(42, nt="PD"), visit(60, nt="PD", nt_more=True), visit(88, nt="PD")
    assert responses(first, early, later) == ["iUPD", "iUPD", "iCPD"]


def test_the_window_counts_from_the_assessment_before_or_from_the_first_of_the_block():
    seen = (pd_at(42, 60), pd_at(60, 70), pd_at(87, 70))
    assert responses(*seen) == ["iUPD", "iUPD", "iUPD"]
    assert responses(*seen, window=Window(since_start=True)) == ["iUPD", "iUPD", "iCPD"]


def test_non_target_progression_needs_any_further_increase():
    assert responses(visit(42, nt="PD"), visit(84, nt="PD")) == ["iUPD", "iUPD"]
    assert responses(visit(42, nt="PD"), visit(84, nt="PD", nt_more=True)) == ["iUPD", "iCPD"]


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ({"new_sum": 15.0, "count": 1}, "iCPD"),
        ({"new_sum": 14.9, "count": 1}, "iUPD"),
        ({"new_sum": 10.0, "count": 2}, "iCPD"),
        ({"new_sum": 10.0, "count": 1, "more": True}, "iCPD"),
        ({"new_sum": 10.0, "count": 1}, "iUPD"),
    ],
    ids=str,
)
def test_new_lesions_need_5_mm_more_another_one_or_any_increase_of_those_not_measured(later, expected):
    assert responses(visit(42, new=True, new_sum=10.0, count=1), visit(84, new=True, **later))[1] == expected


def test_progression_in_another_category_confirms():
    assert responses(pd_at(42, 60), visit(84, "PD", 60, nt="PD")) == ["iUPD", "iCPD"]
    assert responses(visit(42, nt="PD"), visit(84, new=True, count=1)) == ["iUPD", "iCPD"]


def test_a_new_lesion_that_is_gone_at_the_next_scan_was_pseudo_progression():
    assert responses(visit(42, new=True, count=1), visit(84, "PR"), visit(126, "PR")) == ["iUPD", "iPR", "iPR"]


def test_once_confirmed_progression_stays():
    assert responses(pd_at(42, 60), pd_at(84, 70), visit(126, "PR")) == ["iUPD", "iCPD", "iCPD"]


def progression(*visits):
    frame = table(*visits)
    found = irecist_progression(frame, irecist_response(frame))
    return [((d - pd.Timestamp(START)).days, c) for d, c in zip(found["date"], found["confirmed"], strict=True)]


def test_confirmed_progression_is_dated_at_the_first_of_its_block():
    assert progression(visit(10), pd_at(42, 60), pd_at(77, 61), pd_at(112, 65)) == [(42, True)]
    assert progression(pd_at(42, 60), visit(77), pd_at(112, 65), pd_at(150, 70)) == [(112, True)]


def test_unconfirmed_progression_that_nothing_followed_is_the_event():
    assert progression(visit(10), pd_at(42, 60)) == [(42, False)]
    assert progression(pd_at(42, 60), visit(80, "NE", np.nan)) == [(42, False)]
    assert progression(pd_at(42, 60), visit(80)) == []
    assert progression(visit(42)) == []


def test_another_window_is_a_parameter():
    assert responses(pd_at(42, 60), pd_at(60, 70), window=Window(first=14)) == ["iUPD", "iCPD"]


def test_no_assessments():
    frame = table()
    assert len(irecist_response(frame)) == 0
    assert len(irecist_progression(frame, irecist_response(frame))) == 0


VISITS = st.lists(
    st.tuples(
        st.sampled_from(["CR", "PR", "SD", "PD", "NE"]),
        st.integers(0, 90),
        st.sampled_from(["CR", "NON-CR/NON-PD", "PD", "NE"]),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def history(rows, subject=0):
    made = [
        visit(35 * (n + 1), t, float(mm), nt=nt, nt_more=more, new=new, count=int(new))
        for n, (t, mm, nt, more, new) in enumerate(rows)
    ]
    return table(*made).assign(subject=subject)


@given(VISITS)
@settings(max_examples=40)
def test_a_later_assessment_never_changes_an_earlier_response(rows):
    full, shorter = irecist_response(history(rows)), irecist_response(history(rows[:-1]))
    pd.testing.assert_frame_equal(full.iloc[:-1].reset_index(drop=True), shorter)


@given(VISITS, VISITS)
@settings(max_examples=40)
def test_subjects_do_not_know_each_other(one, other):
    first, second = history(one, 7), history(other, 3)
    both = irecist_response(pd.concat([first, second], ignore_index=True))["response"]
    alone = [*irecist_response(first)["response"], *irecist_response(second)["response"]]
    assert both.tolist() == alone


@given(VISITS)
@settings(max_examples=40)
def test_progression_is_confirmed_only_after_an_unconfirmed_one(rows):
    seen = irecist_response(history(rows))
    confirmed = np.flatnonzero(seen["response"] == "iCPD")
    if len(confirmed):
        assert seen["response"][seen["block"][confirmed[0]]] == "iUPD"
        assert (seen["response"][confirmed[0] :] == "iCPD").all()
