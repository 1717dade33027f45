"""VISITNUM, VISIT and VISITDY by a small design worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sdtm.visits import UNSCHEDULED, place_visits, planned_visits, unscheduled_name
from specs.columns import text
from specs.errors import SpecError

PLANNED = planned_visits(
    [
        {"VISITNUM": 0, "VISIT": "SCREENING", "VISITDY": -28, "instance": "Screening"},
        {"VISITNUM": 1, "VISIT": "CYCLE 1 DAY 1", "VISITDY": 1, "instance": "Cycle 1 Day 1"},
        {"VISITNUM": 43.5, "VISIT": "TUMOR ASSESSMENT WEEK 6", "VISITDY": 43, "instance": "Tumor Assessment Week 6"},
        {"VISITNUM": 900, "VISIT": "END OF TREATMENT", "instance": "End of Treatment"},
    ]
)


def place(instances, days):
    return place_visits(text(instances), pd.Series(days, dtype="float64"), PLANNED)


def test_a_planned_visit_is_what_the_design_says_whatever_its_date():
    got = place(["Tumor Assessment Week 6", "End of Treatment"], [400, np.nan])
    assert got["VISITNUM"].tolist() == [43.5, 900]
    assert got["VISIT"].tolist() == ["TUMOR ASSESSMENT WEEK 6", "END OF TREATMENT"]
    assert got["VISITDY"].iloc[0] == 43
    assert np.isnan(got["VISITDY"].iloc[1])


def test_unscheduled_visits_follow_the_planned_one_before_their_day():
    got = place(["Unscheduled Tumor Assessment 1", "Unscheduled Tumor Assessment 2"], [42, 43])
    assert got["VISITNUM"].tolist() == [1.01, 43.52]
    assert got["VISIT"].tolist() == ["UNSCHEDULED 1.01", "UNSCHEDULED 43.52"]
    assert got["VISITDY"].isna().all()


def test_an_unscheduled_visit_without_a_day_or_before_all_planned_ones_has_no_number():
    got = place(["Unscheduled Scan 1", "Unscheduled Scan 1"], [np.nan, -40])
    assert got["VISITNUM"].isna().all()
    assert got["VISIT"].isna().all()


def test_a_log_form_is_no_visit():
    assert place(["Adverse Events"], [5])["VISITNUM"].isna().all()


def test_an_unknown_visit_is_a_finding_with_its_name(study, run):
    dm = "{dataset: DM, records: [{from: dm}], variables: {RFSTDTC: {copy: FIRST}}}"
    vs = """
    dataset: VS
    keys: [STUDYID, USUBJID]
    records: [{from: vs}]
    variables: {VISITNUM: {visit: {instance: INST, give: VISITNUM}}}
    """
    spec = study(dm, vs, forms=("dm", "vs"), extra="design: {visits: [{VISITNUM: 1, VISIT: DAY 1, instance: Day 1}]}")
    state = run(spec, dm={"SUBJ": ["1"], "FIRST": ["2024-01-01"]}, vs={"SUBJ": ["1", "1"], "INST": ["Day 1", "Day 2"]})
    assert state.column("VS", "*", "VISITNUM").iloc[0] == 1
    found = [(f.rule, f.value, f.source) for f in state.findings.rows() if f.rule == "visit.unknown"]
    assert found == [("visit.unknown", "Day 2", "vs.csv record 2")]


@pytest.mark.parametrize("instance", ["Unscheduled", "Nonunscheduled 3"])
def test_only_numbered_unscheduled_visits_are_placed(instance):
    assert place([instance], [50])["VISITNUM"].isna().all()


GERMAN = r"(?i)^Unplanmäßig (?P<number>\d+)$"


def test_unscheduled_visits_by_the_names_that_the_design_declares():
    names = text(["unplanmäßig 2", "Unscheduled 2"])
    got = place_visits(names, pd.Series([42.0, 42.0]), PLANNED, unscheduled_name({"unscheduled": GERMAN}))
    assert got["VISITNUM"].fillna(-1).tolist() == [1.02, -1]
    assert unscheduled_name({}) == UNSCHEDULED


def test_the_declared_names_reach_the_word(study, run):
    dm = "{dataset: DM, records: [{from: dm}], variables: {RFSTDTC: {copy: FIRST}}}"
    vs = """
    dataset: VS
    keys: [STUDYID, USUBJID]
    records: [{from: vs}]
    variables: {VISITNUM: {visit: {instance: INST, date: DAY, give: VISITNUM}}}
    """
    visits = "visits: [{VISITNUM: 1, VISIT: DAY 1, VISITDY: 1, instance: Day 1}]"
    spec = study(dm, vs, forms=("dm", "vs"), extra=f"design: {{{visits}, unscheduled: '{GERMAN}'}}")
    state = run(
        spec, dm={"SUBJ": ["1"], "FIRST": ["2024-01-01"]},
        vs={"SUBJ": ["1"], "INST": ["Unplanmäßig 3"], "DAY": ["2024-01-05"]},
    )  # fmt: skip
    assert state.column("VS", "*", "VISITNUM").tolist() == [1.03]


@pytest.mark.parametrize("pattern", [r"^Extra \d+$", "(?P<number>"])
def test_a_pattern_that_counts_no_visits_is_a_fault_of_the_spec(study, pattern):
    with pytest.raises(SpecError, match="unscheduled"):
        study("{dataset: DM, records: [{from: dm}], variables: {}}", extra=f"design: {{unscheduled: '{pattern}'}}")
