from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adam.assessment import Lesions, assess
from specs.columns import TEXT

START = np.datetime64("2024-01-01")
DAYS = (0, 42, 84, 126, 168)


def visits(count, subject=0, baseline=True, days=DAYS):
    dates = pd.Series([START + day for day in days[:count]]).astype("datetime64[s]")
    frame = pd.DataFrame({"subject": subject, "assessment": range(count), "first": dates, "last": dates})
    return frame.assign(baseline=(frame["assessment"] == 0) & baseline)


def targets(*sizes, subject=0):
    """One list of diameters an assessment; None is a lesion not measured, an empty list no records."""
    rows = [
        (subject, number, f"T{place}", np.nan if size is None else float(size), False, False)
        for number, found in enumerate(sizes)
        for place, size in enumerate(found)
    ]
    frame = pd.DataFrame(rows, columns=["subject", "assessment", "lesion", "diameter", "nodal", "too_small"])
    return frame.astype({"lesion": TEXT, "diameter": float})


def others(*states, subject=0, increased=()):
    rows = [(subject, n, "NT1", state, n in increased) for n, state in enumerate(states) if state]
    frame = pd.DataFrame(rows, columns=["subject", "assessment", "lesion", "state", "increased"])
    return frame.astype({"lesion": TEXT, "state": TEXT, "subject": int, "assessment": int})


def new(*found, subject=0):
    """(assessment, lesion, certain, diameter) of each new lesion."""
    rows = [(subject, at, name, certain, size, False) for at, name, certain, size in found]
    frame = pd.DataFrame(rows, columns=["subject", "assessment", "lesion", "certain", "diameter", "increased"])
    return frame.astype({"lesion": TEXT, "diameter": float, "subject": int, "assessment": int})


def responses(count, t, nt=None, found=None, **more):
    lesions = Lesions(t, nt if nt is not None else others(), found if found is not None else new())
    return assess(visits(count, **more), lesions)


def test_all_components_of_one_subject_by_hand():
    result = responses(
        4, targets([50], [30], [40], [40]), others("PRESENT", "PRESENT", "PRESENT", "ABSENT"), new((3, "N1", True, 8))
    )
    assert result["target"].tolist() == ["PR", "PD", "PD"]
    assert result["non_target"].tolist() == ["NON-CR/NON-PD", "NON-CR/NON-PD", "CR"]
    assert result["new"].tolist() == ["NO", "NO", "YES"]
    assert result["overall"].tolist() == ["PR", "PD", "PD"]
    assert result["ioverall"].tolist() == ["iPR", "iUPD", "iCPD"]
    assert result["itarget"].tolist() == ["iPR", "iUPD", "iCPD"]
    assert result["inon_target"].tolist() == ["NON-iCR/NON-iUPD", "NON-iCR/NON-iUPD", "iCR"]
    assert result["begun"].tolist() == [-1, 2, 2]
    assert result[["sum", "base", "nadir"]].to_numpy().tolist() == [[30, 50, 50], [40, 50, 30], [40, 50, 30]]


def test_an_assessment_without_records_of_the_lesions_is_not_evaluable():
    result = responses(2, targets([50]), others("PRESENT"))
    assert result[["target", "non_target", "overall", "ioverall"]].iloc[0].tolist() == ["NE"] * 4


def test_without_baseline_nothing_is_evaluable_not_even_a_new_lesion():
    result = responses(2, targets([], [30]), found=new((1, "N1", True, 8)), baseline=False)
    assert result["overall"].tolist() == ["NE", "NE"]
    assert result["ioverall"].tolist() == ["NE", "NE"]
    assert result["non_target"].isna().all()


@pytest.mark.parametrize(("state", "expected"), [("ABSENT", "CR"), ("PRESENT", "NON-CR/NON-PD"), (None, "NE")])
def test_non_target_disease_only(state, expected):
    result = responses(2, targets(), others("PRESENT", state))
    assert result["target"].isna().all()
    assert result["overall"].tolist() == [expected]


def test_target_disease_only():
    result = responses(2, targets([50], [0]))
    assert result["non_target"].isna().all()
    assert result["overall"].tolist() == ["CR"]


def test_a_lesion_certain_later_dates_progression_at_its_detection_and_leaves_the_earlier_response():
    result = responses(4, targets([50], [50], [50], [50]), found=new((1, "N1", False, 5), (2, "N1", True, 9)))
    assert result["new"].tolist() == ["EQUIVOCAL", "YES", "NO"]
    assert result["overall"].tolist() == ["SD", "PD", "SD"]
    assert result["date"].tolist()[1] == pd.Timestamp(START + 84)
    assert result["onset"].tolist()[1] == pd.Timestamp(START + 42)
    assert result["onset"].isna().tolist() == [True, False, True]


def test_progression_has_the_first_date_of_its_assessment_and_all_else_the_last():
    when = visits(3)
    when["last"] = when["last"] + pd.Timedelta(days=3)
    result = assess(when, Lesions(targets([50], [50], [80]), others(), new()))
    assert result["date"].tolist() == [pd.Timestamp(START + 45), pd.Timestamp(START + 84)]


def test_a_confirmation_after_the_window_is_marked():
    sizes = targets([50], [70], [90])
    late = assess(visits(3, days=(0, 42, 99)), Lesions(sizes, others(), new()))
    assert late[["ioverall", "late"]].to_numpy().tolist() == [["iUPD", False], ["iCPD", True]]
    assert not responses(3, sizes)["late"].any()


def test_further_increase_of_non_targets_confirms():
    states = others("PRESENT", "UNEQUIVOCAL", "UNEQUIVOCAL", "UNEQUIVOCAL", increased={3})
    result = responses(4, targets([50], [50], [50], [50]), states)
    assert result["ioverall"].tolist() == ["iUPD", "iUPD", "iCPD"]
    assert result["inon_target"].tolist() == ["iUPD", "iUPD", "iCPD"]


def test_nothing_recorded():
    assert len(responses(0, targets())) == 0
    assert responses(2, targets())["overall"].tolist() == ["NE"]


SIZES = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 80)), min_size=2, max_size=2), min_size=2, max_size=5)
STATES = st.lists(st.sampled_from(["PRESENT", "ABSENT", "UNEQUIVOCAL", None]), min_size=5, max_size=5)
FOUND = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["N1", "N2"]), st.booleans(), st.integers(5, 40)), max_size=4
)
SHOWN = ["target", "non_target", "new", "overall", "itarget", "inon_target", "ioverall", "sum", "nadir", "date"]


@given(SIZES, STATES, FOUND)
@settings(max_examples=60)
def test_a_later_assessment_never_changes_an_earlier_response(sizes, states, found):
    """Not by one set of criteria nor by the other, whatever turns out later to have been certain."""
    count = len(sizes)
    kept = [row for row in found if row[0] < count]
    full = responses(count, targets(*sizes), others("PRESENT", *states[1:count]), new(*kept))
    before = [row for row in kept if row[0] < count - 1]
    shorter = responses(count - 1, targets(*sizes[:-1]), others("PRESENT", *states[1 : count - 1]), new(*before))
    pd.testing.assert_frame_equal(full[SHOWN].iloc[:-1].reset_index(drop=True), shorter[SHOWN])


@given(SIZES, STATES, FOUND, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_records_does_not_matter(sizes, states, found, random):
    when = visits(len(sizes))
    parts = [targets(*sizes), others("PRESENT", *states[1 : len(sizes)]), new(*found)]
    turned = [part.sample(frac=1, random_state=random.randint(0, 999)) for part in (when, *parts)]
    pd.testing.assert_frame_equal(assess(when, Lesions(*parts)), assess(turned[0], Lesions(*turned[1:])))


@given(SIZES, STATES, FOUND)
@settings(max_examples=40)
def test_progression_by_one_set_of_criteria_is_progression_by_the_other_until_it_is_confirmed(sizes, states, found):
    result = responses(len(sizes), targets(*sizes), others("PRESENT", *states[1 : len(sizes)]), new(*found))
    confirmed = (result["ioverall"] == "iCPD").cummax().shift(fill_value=False)
    same = result.loc[~confirmed]
    assert ((same["overall"] == "PD") == same["ioverall"].isin(["iUPD", "iCPD"])).all()
