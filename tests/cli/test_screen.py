"""What stands on the screen after a build: the cause before what follows from it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import cast

import small_study
from rich.console import Console

import oncdisc
from oncdisc.cli.screen import show_result
from oncdisc.pipeline import Result
from specs.findings import Finding, Findings
from specs.resolved import Spec


def shown(folder: Path, **files: str) -> str:
    small_study.write(folder / "study", small_study.FILES)
    small_study.write(folder / "raw", {**small_study.EXTRACT, **files})
    result = oncdisc.build(folder / "study", raw=folder / "raw", out=folder / "out")
    screen = Console(file=io.StringIO(), width=200)
    show_result(screen, result)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_a_form_that_cannot_be_read_comes_before_what_follows_from_it(tmp_path: Path) -> None:
    said = shown(tmp_path, **{"ae.csv": "", "dm.csv": small_study.DM_CSV.replace("F\n", "\n")})
    assert "AE not built: form ae could not be read" in said
    assert "\nAE  " not in said, "it is not among the datasets"
    errors = [line for line in said.splitlines() if line.startswith("    ")]
    assert "ae  ae.csv: found an empty file" in errors[0]
    assert "DM.SEX" in errors[1], "though there are more of them"


def test_an_unknown_subject_is_named(tmp_path: Path) -> None:
    said = shown(tmp_path, **{"ae.csv": small_study.AE_CSV + "6,99,Y,Rash,01-Feb-2024,\n"})
    assert "1  ae  subject 99 is not in dm.csv (ae.csv record 6)" in said


def test_a_record_without_a_subject_says_which_column_is_empty(tmp_path: Path) -> None:
    said = shown(tmp_path, **{"ae.csv": small_study.AE_CSV + "6,,Y,Rash,01-Feb-2024,\n"})
    assert "1  ae  no subject: SUBJ is empty (ae.csv record 6)" in said


class NoDatasets:
    def __init__(self) -> None:
        self.datasets: dict[str, object] = {}


def listed(findings: Findings) -> list[str]:
    screen = Console(file=io.StringIO(), width=60)
    show_result(screen, Result(Path("out"), cast(Spec, NoDatasets()), {}, findings, {}))
    return cast(io.StringIO, screen.file).getvalue().splitlines()


def many(places: int) -> Findings:
    findings = Findings()
    for number in range(places):
        effect = Finding("error", "schema.required", "a required value is missing", "DM", f"V{number}")
        findings.add([effect, effect])
    findings.add([Finding("error", "value.term", "not a term", "DM", "SEX", "1", "Femal", "dm.csv record 4")])
    return findings


def test_the_cause_is_listed_before_effects_that_are_more_and_the_rest_is_counted() -> None:
    lines = listed(many(9))
    head = lines.index("Findings: 19 errors, 0 warnings, 0 info")
    assert lines[head + 1] == "       1  DM.SEX  not a term: Femal (dm.csv record 4)"
    assert lines[head + 9] == "          and 2 more places"


def test_one_place_more_is_one_place_and_none_is_not_said() -> None:
    assert "          and 1 more place" in listed(many(8))
    assert not [line for line in listed(many(7)) if "more place" in line]


def test_a_place_shows_its_first_finding_by_subject_not_the_first_that_came() -> None:
    findings = Findings()
    findings.add([Finding("warning", "r", "said", "AE", "", subject, subject) for subject in ("9", "1")])
    assert "       2  AE  said: 1" in listed(findings)
