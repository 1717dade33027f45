"""`oncdisc results`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oncdisc.cli.main import run
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


def test_a_folder_without_a_build_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["results", str(tmp_path)]) == 2
    assert "holds no build" in capsys.readouterr().err


def test_an_unknown_figure_format_is_wrong_usage(
    declared: tuple[Path, Spec], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["results", str(declared[0]), "--study", str(tmp_path / "study"), "--figures", "gif"]) == 2
    assert "gif" in capsys.readouterr().err
