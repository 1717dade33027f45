"""CDISC's rules engine beside our rules, with a stand-in for it: what it is given, and what becomes of its answer."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from oncdisc import checks
from oncdisc.transport import write_xpt
from specs.errors import DataError

ISSUE = {
    "rule": "CORE-000001", "published": ["CG0001"], "dataset": "dm.xpt", "variables": ["SEX"], "message": "a sentence",
    "count": 1, "errors": [{"row": 2, "value": {"SEX": "Q"}}],
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with a package, an engine's environment and its rules."""
    frame = pd.DataFrame({"STUDYID": "S", "DOMAIN": "DM", "USUBJID": ["S-1", "S-2"], "SEX": ["F", "Q"]})
    for folder in ("package", "engine/bin", "cache"):
        (tmp_path / folder).mkdir(parents=True)
    write_xpt(frame, tmp_path / "package/dm.xpt", name="DM", label="Demographics")
    (tmp_path / "cache/rules").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def engine(place: Path, commands: str) -> None:
    """The engine's Python is this shell script: it is called with the driver, the package, the rules and the answer."""
    python = place / "engine/bin/python"
    python.write_text(f"#!/bin/sh\n{commands}\n", encoding="utf-8")
    python.chmod(0o755)


def checked() -> checks.Report:
    """The package checked, every path given as it is from here."""
    return checks.check(Path("package"), core=True, core_home=Path("engine"), core_cache=Path("cache"))


def test_the_engine_finds_its_rules_though_it_runs_elsewhere_and_its_answer_is_ours(place: Path) -> None:
    answer = json.dumps({"engine": "stand-in 1", "issues": [ISSUE]})
    engine(place, f'test -f "$3/rules" && test -f "$2/dm.xpt" && echo \'{answer}\' > "$4"')
    report = checked()
    (found,) = [finding for finding in report.findings.rows() if finding.rule == "CORE-000001"]
    assert (found.dataset, found.variable, found.usubjid, found.value) == ("DM", "SEX", "S-2", "SEX=Q")
    assert (found.source, found.published, found.message) == ("record 2", "CG0001", "a sentence")


def test_what_the_engine_said_last_is_told_where_it_fails(place: Path) -> None:
    engine(place, "echo first >&2; echo 'the cache is of another standard' >&2; exit 1")
    with pytest.raises(DataError, match="could not finish: the cache is of another standard"):
        checked()
