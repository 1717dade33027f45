"""Elements of subjects and epochs of records."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.elements import arm_elements, element_periods, element_starts, epoch_places
from specs.columns import text

ARM = [{"ETCD": "S", "EPOCH": "SCREENING"}, {"ETCD": "T", "EPOCH": "TREATMENT"}]
DESIGN = {
    "arms": [{"ARMCD": "A", "ARM": "Arm A", "elements": ARM}],
    "elements": [{"ETCD": "S", "ELEMENT": "Screening"}, {"ETCD": "T", "ELEMENT": "Drug A"}],
}  # fmt: skip


def subjects(**columns):
    names = ("screening", "treatment", "last_dose", "enrolled", "end")
    frame = pd.DataFrame({name: text(columns.get(name, [None])) for name in names})
    return frame.assign(over=columns.get("over", [False]))


def periods(**columns):
    frame = subjects(**columns)
    found = element_periods(element_starts(frame), frame["end"])
    return [tuple(row) for row in found[["epoch", "start", "end"]].fillna("").to_numpy().tolist()]


def test_the_arms_elements_are_in_their_order_with_their_names():
    got = arm_elements(DESIGN)
    assert got[["ARMCD", "TAETORD", "ETCD", "ELEMENT"]].to_numpy().tolist() == [
        ["A", 1.0, "S", "Screening"],
        ["A", 2.0, "T", "Drug A"],
    ]


def test_a_subject_who_finished_passes_through_all_epochs_without_a_gap():
    assert periods(
        screening=["2024-01-01"], treatment=["2024-01-10T09:00"], last_dose=["2024-03-31"], over=[True],
        enrolled=["2024-01-08"], end=["2024-06-01"],
    ) == [
        ("SCREENING", "2024-01-01", "2024-01-10T09:00"),
        ("TREATMENT", "2024-01-10T09:00", "2024-04-01"),
        ("FOLLOW-UP", "2024-04-01", "2024-06-01"),
    ]  # fmt: skip


def test_treatment_that_goes_on_has_no_end_and_no_follow_up():
    got = periods(screening=["2024-01-01"], treatment=["2024-01-10"], last_dose=["2024-03-31"])
    assert got == [("SCREENING", "2024-01-01", "2024-01-10"), ("TREATMENT", "2024-01-10", "")]


def test_a_screen_failure_has_screening_alone():
    assert periods(screening=["2024-01-01"], end=["2024-01-09"]) == [("SCREENING", "2024-01-01", "2024-01-09")]


def test_the_enrolled_but_never_treated_are_followed_from_the_day_after():
    got = periods(screening=["2024-01-01"], enrolled=["2024-02-28"], end=["2024-08-01"])
    assert got == [("SCREENING", "2024-01-01", "2024-02-29"), ("FOLLOW-UP", "2024-02-29", "2024-08-01")]


def test_a_death_on_the_day_of_the_last_dose_leaves_no_follow_up():
    got = periods(
        screening=["2024-01-01"], treatment=["2024-01-10"], last_dose=["2024-01-20"], over=[True], end=["2024-01-20"]
    )
    assert got[-1] == ("TREATMENT", "2024-01-10", "2024-01-20")


def test_a_record_lies_in_the_last_element_that_began():
    starts = [text(["2024-01-01", None]), text(["2024-01-10T09:00", None])]
    dates = text(["2023-12-31", "2024-01-01", "2024-01-10", "2024-01-10T08:00", "2024-01-10T10:00", None, "2024-01-05"])
    subject = np.array([0, 0, 0, 0, 0, 0, 1])
    assert epoch_places(dates, subject, starts).tolist() == [-1, 0, 1, 0, 1, -1, -1]


def test_a_partial_date_has_an_epoch_only_where_it_is_certain():
    starts = [text(["2024-01-01"]), text(["2024-02-10"])]
    dates = text(["2024-02", "2024-01", "2024-03", "2024"])
    assert epoch_places(dates, np.zeros(4, dtype=int), starts).tolist() == [-1, -1, 1, -1]


SPEC = """
dataset: DM
records: [{from: dm}]
variables: {RFICDTC: {copy: DAT}, RFXSTDTC: {copy: DAT}, RFXENDTC: {copy: DAT}, ARMCD: {copy: ARM}}
"""
ELEMENTS = """
dataset: SE
scope: second stage
records:
  - elements:
      from: DM
      enrolled: {from: ds, date: DAT}
      ended: {from: ds, date: DAT}
      stopped: {from: ds}
variables: {SESEQ: {sequence: [SESTDTC]}, ETCD: {copy: ETCD, origin: Assigned}}
"""
TRIAL = """
design:
  arms: [{ARMCD: A, ARM: Arm A, elements: [{ETCD: S, EPOCH: SCREENING}, {ETCD: T, EPOCH: TREATMENT}]}]
  elements: [{ETCD: S, ELEMENT: Screening}, {ETCD: T, ELEMENT: Drug A}]
"""


def test_an_arm_that_the_design_does_not_know_is_named_with_its_subject(study, run):
    dm = {"SUBJ": ["1", "2", "3"], "DAT": ["2024-01-01"] * 3, "ARM": ["A", "X", None]}
    ds = {"SUBJ": ["1"], "DAT": ["2024-02-01"]}
    state = run(study(SPEC, ELEMENTS, forms=("dm", "ds"), extra=TRIAL), dm=dm, ds=ds)
    found = [(f.usubjid, f.value, f.source) for f in state.findings.rows() if f.rule == "value.design"]
    assert found == [("ABC-2", "X", "dm.csv record 2")]
