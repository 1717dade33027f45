"""`oncdisc check`: what is refused before anything is checked, and what its help says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncdisc import checks
from oncdisc.cli.main import run


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A folder with one small dataset."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "vs.csv").write_text("STUDYID,DOMAIN,USUBJID,VSSEQ,VSTESTCD,VSTEST\nS,VS,S1,1,PULSE,Pulse Rate\n")
    return folder


@pytest.mark.parametrize("option", ["--json", "--html", "--xlsx"])
@pytest.mark.parametrize(("file", "said"), [("no/such/f", "found no folder"), ("data", "found a folder")])
def test_a_report_that_cannot_be_written_is_refused_first(
    option: str,
    file: str,
    said: str,
    dataset: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(checks, "check", lambda *_, **__: pytest.fail("the check ran"))
    assert run(["check", str(dataset), option, str(dataset.parent / file)]) == 2
    assert said in capsys.readouterr().err


def test_a_report_goes_to_stdout_or_into_a_folder_that_is_there(dataset: Path, capsys: pytest.CaptureFixture[str]):
    page = dataset.parent / "f.html"
    assert run(["check", str(dataset), "--rule", "terminology.trimmed", "--json", "-", "--html", str(page)]) == 0
    assert '"findings": []' in capsys.readouterr().out
    assert page.is_file()


def test_an_unknown_rule_is_wrong_usage(dataset: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["check", str(dataset), "--rule", "nosuch"]) == 2
    assert "found no such rule" in capsys.readouterr().err


def test_the_help_names_all_exit_statuses(capsys: pytest.CaptureFixture[str]):
    assert run(["check", "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"{status}: " in shown for status in range(4))
