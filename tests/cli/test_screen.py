"""What stands on the screen after a build: the cause before what follows from it."""

from __future__ import annotations

import io
from pathlib import Path

import small_study
from rich.console import Console

import oncdisc
from oncdisc.cli.screen import show_result


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
