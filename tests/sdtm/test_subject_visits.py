"""SV from encounters worked out by hand."""

from __future__ import annotations

import pandas as pd

from sdtm.subject_visits import visits_of
from sdtm.visits import planned_visits
from specs.columns import text

PLANNED = planned_visits(
    [
        {"VISITNUM": 1, "VISIT": "DAY 1", "VISITDY": 1, "instance": "Day 1"},
        {"VISITNUM": 8, "VISIT": "DAY 8", "VISITDY": 8, "instance": "Day 8"},
    ]
)


def visits(rows, reference):
    subject, instance, date, reason = zip(*rows, strict=True)
    frame = pd.DataFrame(
        {"_subject": subject, "instance": text(list(instance)), "date": text(list(date)), "reason": text(list(reason))}
    )
    got = visits_of(frame, text(reference), PLANNED)
    names = ["_subject", "VISITNUM", "SVSTDTC", "SVENDTC", "SVPRESP", "SVOCCUR", "SVREASOC"]
    return got[names].fillna("").to_numpy().tolist()


def test_a_visit_lasts_from_its_first_to_its_last_date():
    rows = [(0, "Day 1", "2024-01-02", None), (0, "Day 1", "2024-01-01", None), (0, "Day 1", None, None)]
    assert visits(rows, ["2024-01-01"]) == [[0, 1.0, "2024-01-01", "2024-01-02", "Y", "Y", ""]]


def test_a_planned_visit_without_any_date_did_not_occur():
    rows = [(0, "Day 8", None, "Subject ill")]
    assert visits(rows, ["2024-01-01"]) == [[0, 8.0, "", "", "Y", "N", "Subject ill"]]


def test_unscheduled_visits_are_not_prespecified_and_log_forms_are_no_visit():
    rows = [(0, "Unscheduled Scan 1", "2024-01-03", None), (0, "Adverse Events", "2024-01-03", None)]
    assert visits(rows, ["2024-01-01"]) == [[0, 1.01, "2024-01-03", "2024-01-03", "", "", ""]]


def test_rows_are_by_subject_and_visit():
    rows = [(1, "Day 1", "2024-02-01", None), (0, "Day 8", "2024-01-08", None), (0, "Day 1", "2024-01-01", None)]
    assert [row[:2] for row in visits(rows, ["2024-01-01", "2024-02-01"])] == [[0, 1.0], [0, 8.0], [1, 1.0]]
