"""Adverse events agree with each other, with CTCAE, and with what was done with each drug."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import combinations

import pytest

from tests.trial.conftest import Extract, Row

DRUGS = {"sel": "ex_sel", "ade": "ex_ade", "nab": "ex_nab"}
WITHDRAWN, REDUCED, NOT_APPLICABLE = "4", "2", "5"
GRADES = {
    "hair loss": (1, 2), "nausea": (1, 3), "tired": (1, 3), "weight loss": (1, 3), "skin rash": (1, 3),
    "pneumonia": (2, 5), "low neutrophils": (1, 4), "low platelets": (1, 4),
}  # fmt: skip


def events(forms: dict[str, list[dict[str, str]]]) -> list[Row]:
    return [row for row in forms.get("ae", []) if row["AEYN_STD"] == "Y"]


def day(row: Row, item: str) -> date | None:
    parts = [row[f"{item}_{part}"] for part in ("YYYY", "MM", "DD")]
    return date(*map(int, parts)) if all(parts) else None


def given(forms: dict[str, list[dict[str, str]]], code: str) -> list[date]:
    return [when for row in forms.get(DRUGS[code], []) if (when := day(row, "EXSTDAT"))]


def test_a_drug_stopped_for_toxicity_has_an_event_for_which_it_was_and_no_other_has_one(large: Extract) -> None:
    seen: Counter[str] = Counter()
    for forms in large.by_subject().values():
        for code in DRUGS:
            ends = [row for row in forms.get("eot", []) if row["EOTDRUG_STD"] == code]
            stopped = any(row["EOTREAS"] == "Adverse event" for row in ends)
            causes = [row for row in events(forms) if row.get(f"AEACN_{code.upper()}_STD") == WITHDRAWN]
            assert len(causes) == stopped
            for row in causes:
                assert row[f"AEREL_{code.upper()}"] == "Related"
                assert int(row["AETOXGR_STD"]) >= 2
                started = day(row, "AESTDAT")
                assert started is None or min(given(forms, code)) <= started <= (day(ends[0], "EOTDAT") or started)
            seen[code] += stopped
    assert all(seen[code] > 10 for code in DRUGS)


def test_a_dose_reduced_because_of_an_event_was_reduced(large: Extract) -> None:
    found = 0
    for forms in large.by_subject().values():
        for code, form in DRUGS.items():
            reduced = [row for row in forms.get(form, []) if row["EXADJ"] == "Dose reduced"]
            named = [row for row in events(forms) if row.get(f"AEACN_{code.upper()}_STD") == REDUCED]
            assert len(named) <= len(reduced)
            found += len(named)
    assert found > 50
    assert not [row for row in large.forms["ae"] if row["AEACN_ADE_STD"] == REDUCED], "it has one dose level"


def test_nothing_is_done_with_a_drug_before_its_first_dose_or_after_it_was_stopped(large: Extract) -> None:
    outside = 0
    for forms in large.by_subject().values():
        ends = {row["EOTDRUG_STD"]: day(row, "EOTDAT") for row in forms.get("eot", [])}
        for code in DRUGS:
            for row in events(forms) if given(forms, code) else []:
                started, stopped = day(row, "AESTDAT"), ends.get(code)
                if started and (started < min(given(forms, code)) or (stopped and started > stopped)):
                    outside += 1
                    assert row[f"AEACN_{code.upper()}_STD"] == NOT_APPLICABLE
    assert outside > 100


def test_grades_are_those_of_ctcae_and_what_is_serious_is_at_least_severe(large: Extract) -> None:
    rows = [row for row in large.forms["ae"] if row["AEYN_STD"] == "Y"]
    for term, (least, most) in GRADES.items():
        grades = {int(row["AETOXGR_STD"]) for row in rows if row["AETERM"] == term}
        assert (min(grades), max(grades)) == (least, most), term
    criteria = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
    for row in rows:
        met = [item for item in criteria if row[f"{item}_STD"] == "Y"]
        assert len(met) == (row["AESER_STD"] == "Y")
        assert not met or int(row["AETOXGR_STD"]) >= 3
        assert ("AESLIFE" in met) == (row["AETOXGR_STD"] == "4")


def test_no_subject_has_one_term_twice_at_a_time(large: Extract) -> None:
    pairs = 0
    for forms in large.by_subject().values():
        for one, other in combinations(events(forms), 2):
            spans = [(day(row, "AESTDAT"), day(row, "AEENDAT") or date.max) for row in (one, other)]
            if one["AETERM"] == other["AETERM"] and all(start for start, _ in spans):
                pairs += 1
                first, second = sorted((start or date.max, end) for start, end in spans)
                assert first[1] < second[0], (one["Subject"], one["AETERM"])
    assert pairs > 20


def test_an_outcome_that_is_unknown_is_neither_ended_nor_ongoing(large: Extract) -> None:
    unknown = [row for row in large.forms["ae"] if row["AEOUT"] == "Unknown"]
    assert len(unknown) > 20
    assert {(row["AEONGO_STD"], row["AEENDAT"]) for row in unknown} == {("N", "")}


@pytest.mark.parametrize("form", ["ae", "dv"])
def test_records_have_numbers_of_their_own(large: Extract, form: str) -> None:
    mine = {row["RecordId"] for row in large.forms[form]}
    assert len(mine) == len(large.forms[form])
    others = {row["RecordId"] for name, rows in large.forms.items() if name != form for row in rows}
    assert not mine & others
