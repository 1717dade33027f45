"""`oncdisc results`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oncdisc.cli.main import run
from oncdisc.pipeline import build
from specs.resolved import Spec


def test_results_are_written_and_given_as_json(
    declared: tuple[Path, Spec], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = declared
    assert run(["results", str(folder), "--study", str(tmp_path / "study"), "--json", "-"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)["results"]
    assert {row["result"] for row in found} == {"AE", "DEMO"}
    assert "report.html" in captured.err
    assert (folder / "report.html").is_file()


def test_the_study_need_not_be_named_and_one_result_is_one(
    declared: tuple[Path, Spec], capsys: pytest.CaptureFixture[str]
) -> None:
    kept = declared[0] / "lineage" / "study" / "results.yaml"
    text = kept.read_text()
    kept.write_text(text[: text.index("  AE:")] + text[text.index("  DEMO:") :])
    assert run(["results", str(declared[0])]) == 0
    assert " statistics of 1 result\n" in capsys.readouterr().err


def test_a_study_without_results_says_so_in_one_sentence(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(small / "study", raw=small / "raw", out=small / "out")
    assert run(["results", str(small / "out")]) == 0
    said = capsys.readouterr().err
    assert "ABC declares no results (its study has no results.yaml): only the report was made\n" in said
    assert "statistics" not in said


def test_a_folder_without_a_build_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["results", str(tmp_path)]) == 2
    assert "holds no build" in capsys.readouterr().err


def test_an_unknown_figure_format_is_wrong_usage(
    declared: tuple[Path, Spec], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["results", str(declared[0]), "--study", str(tmp_path / "study"), "--figures", "gif"]) == 2
    assert "gif" in capsys.readouterr().err
