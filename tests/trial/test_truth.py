"""The truth is read from the records alone, by nothing that the package derives with."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import oncdisc.trial
from oncdisc.trial.casebook import Row
from oncdisc.trial.design import Design, read_design
from oncdisc.trial.truth import complete_date, gather, reported


def dated(item: str, value: str, **others: str) -> Row:
    """A record with one date, ISO 8601, cut where it is unknown."""
    parts = [*value.split("-"), "", ""][:3]
    return {**{f"{item}_{name}": text for name, text in zip(("YYYY", "MM", "DD"), parts, strict=True)}, **others}


@pytest.fixture(scope="module")
def design(study: dict[str, Any]) -> Design:
    return read_design(study)


def rows_of(**forms: list[Row]) -> dict[str, list[Row]]:
    return {"enrol": [dated("RANDDAT", "2025-01-01")], "tl": [dated("TLDAT", "2024-12-20")], **forms}


def test_simulator_imports_no_derivation() -> None:
    folder = Path(str(oncdisc.trial.__file__)).parent
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.glob("*.py")]
    found = {node.module for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in found if name and name.split(".")[0] in ("adam", "sdtm", "define", "specs")}
    assert ours == {"specs.errors", "specs._yaml", "specs.loader"}


def test_partial_dates_are_not_complete() -> None:
    assert complete_date(dated("DTHDAT", "2024-03-05"), "DTHDAT") == date(2024, 3, 5)
    assert complete_date(dated("DTHDAT", "2024-03"), "DTHDAT") is None


def test_not_randomized_or_randomized_after_the_cutoff_has_no_evidence(design: Design) -> None:
    assert gather(design, {"enrol": [dated("RANDDAT", "")]}) is None
    assert gather(design, {"enrol": [dated("RANDDAT", "2025-07-01")]}) is None


def test_assessments_after_the_cutoff_or_missed_are_left_out(design: Design) -> None:
    responses = [
        dated("RSDAT", "2025-02-12", OVRLRESP_STD="SD"),
        dated("RSDAT", "", OVRLRESP_STD=""),
        dated("RSDAT", "2025-06-30", OVRLRESP_STD="SD"),
        dated("RSDAT", "2025-07-01", OVRLRESP_STD="PD"),
    ]
    evidence = gather(design, rows_of(rs=responses))
    assert evidence is not None
    assert [seen.day for seen in evidence.assessments] == [date(2025, 2, 12), date(2025, 6, 30)]
    assert evidence.last_alive == date(2025, 6, 30)


def test_partial_death_follows_what_was_last_known_even_after_the_cutoff(design: Design) -> None:
    forms = rows_of(dth=[dated("DTHDAT", "2025-07")], sfu=[dated("SFUALDAT", "2025-07-04")])
    evidence = gather(design, forms)
    assert evidence is not None
    assert (evidence.death, evidence.death_counted) == (date(2025, 7, 5), None)
    assert evidence.last_alive == date(2025, 1, 1)


def test_lesions_after_randomization_are_no_baseline(design: Design) -> None:
    evidence = gather(design, rows_of(tl=[dated("TLDAT", "2025-01-02")]))
    assert evidence is not None
    assert reported(evidence)["PFS_CNSR"] == 5


def test_clinical_progression_and_therapy_are_the_first_of_theirs(design: Design) -> None:
    forms = rows_of(
        eot=[dated("EOTCPDAT", ""), dated("EOTCPDAT", "2025-03-03")],
        cm=[dated("CMSTDAT", "2025-05-05"), dated("CMSTDAT", "2025-04-04")],
    )
    evidence = gather(design, forms)
    assert evidence is not None
    assert (evidence.clinical, evidence.therapy) == (date(2025, 3, 3), date(2025, 4, 4))
