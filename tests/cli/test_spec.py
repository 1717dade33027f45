"""`oncdisc spec import` and `export`: their exit statuses, and what they leave behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncdisc.cli.main import run

ANALYSIS = "data/submissions/rconsortium-pilot3/analysis/adam/datasets/define.xml"
OLD = "data/submissions/rconsortium-pilot3/tabulations/sdtm/define.xml"


def test_a_define_to_a_study_to_excel_and_to_define_again(shared: Path, tmp_path: Path) -> None:
    study, book, again, made = (tmp_path / name for name in ("study", "spec.xlsx", "again", "define.xml"))
    assert run(["spec", "import", str(shared / ANALYSIS), "--out", str(study)]) == 0
    assert run(["spec", "check", str(study)]) == 0
    assert run(["spec", "export", str(study), str(book)]) == 0
    assert run(["spec", "import", str(book), "--out", str(again)]) == 0
    assert run(["spec", "export", str(again), str(made)]) == 0
    assert run(["define", "diff", str(shared / ANALYSIS), str(made)]) == 0


def test_define_xml_1_0_gets_a_clear_answer_and_leaves_nothing(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["spec", "import", str(shared / OLD), "--out", str(tmp_path / "study")]) == 3
    assert "Define-XML 1.0 (2005)" in capsys.readouterr().err
    assert not (tmp_path / "study").exists()


def test_a_folder_that_holds_something_is_wrong_usage(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    assert run(["spec", "import", str(shared / ANALYSIS), "--out", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_define_of_two_engines_needs_a_choice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "define.xml"
    assert run(["spec", "export", "cdiscpilot", str(made)]) == 2
    assert "--of sdtm or --of adam" in capsys.readouterr().err
    assert run(["spec", "export", "cdiscpilot", str(made), "--of", "adam"]) == 0
    assert made.is_file()


def test_a_file_of_another_kind_is_wrong_usage(tmp_path: Path) -> None:
    assert run(["spec", "export", "cdiscpilot", str(tmp_path / "spec.docx")]) == 2
