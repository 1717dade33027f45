"""The command line's contract: exit statuses, what goes where, how fast help answers."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from small_study import AE_CSV, files_of

import oncdisc
from oncdisc.cli.main import run

HEAVY = {"pandas", "numpy", "pyarrow", "pandera", "lifelines", "pyreadstat", "jinja2", "openpyxl", "matplotlib"}


def build(small, *more):
    return run(["build", str(small / "study"), "--raw", str(small / "raw"), "--out", str(small / "out"), *more])


def test_help_and_version_import_nothing_heavy():
    code = (
        "import sys; from oncdisc.cli.main import run; run(['--help']); run(['--version']); print(sorted(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = {name.split(".")[0] for name in json.loads(shown.splitlines()[-1].replace("'", '"'))}
    assert not loaded & HEAVY
    assert oncdisc.__version__ in shown


@pytest.mark.parametrize("command", ["demo", "simulate", "build", "convert", "compare", "define", "spec"])
def test_every_command_has_help_with_an_example(command, capsys):
    assert run([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"oncdisc {command}" in shown
    if command not in ("define", "spec"):
        assert "Example" in shown


def test_a_clean_build_is_0_and_says_what_to_open(small, capsys):
    assert build(small) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "AE" in shown.err
    assert "define.html" in shown.err


def test_json_where_there_is_no_folder_is_2_before_anything_is_built(small, capsys):
    assert build(small, "--json", str(small / "nowhere/build.json")) == 2
    assert "no folder" in capsys.readouterr().err
    assert not (small / "out").exists()


def test_error_findings_are_1_and_named(small, capsys):
    (small / "raw/ae.csv").write_text(AE_CSV.replace("04-Jan-2024", "31-Feb-2024"))
    assert build(small) == 1
    assert "31-Feb-2024 (ae.csv record 4)" in capsys.readouterr().err


def test_places_beyond_those_listed_are_counted(small, capsys, monkeypatch):
    monkeypatch.setattr("oncdisc.cli.screen._LISTED", 1)
    (small / "raw/ae.csv").write_text(AE_CSV.replace("04-Jan-2024", "31-Feb-2024").replace("Headache", ""))
    assert build(small) == 1
    assert re.search(r"^ +and 1 more place$", capsys.readouterr().err, re.MULTILINE)


def test_a_wrong_spec_is_2_and_nothing_is_written(small, capsys):
    path = small / "study/sdtm/dm.yaml"
    path.write_text(path.read_text().replace("from: dm", "from: dn"))
    assert build(small) == 2
    assert "sdtm/dm.yaml:3" in capsys.readouterr().err
    assert not (small / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "nowhere", "--raw", "x", "--out", "y"], "no study nowhere"),
        (["build", "cdiscpilot", "--out", "y"], "give one of them"),
        (["build", "cdiscpilot", "--raw", "a", "--sdtm", "b", "--out", "y"], "give one of them"),
        (["build"], "Missing argument 'STUDY'"),
        (["unknown"], "No such command 'unknown'"),
        (["build", "x", "--raw", "x", "--out", "y", "--formats", "docx"], "no format docx"),
        (["build", "x", "--raw", "x", "--out", "y", "--option", "a"], "expected NAME=VALUE"),
    ],
)
def test_wrong_usage_is_2(arguments, message, capsys):
    assert run(arguments) == 2
    assert message in capsys.readouterr().err


def test_inputs_that_cannot_be_built_from_are_3(small, capsys):
    assert build(small) == 0
    before = files_of(small / "out")
    (small / "raw/dm.csv").write_text("")
    assert build(small) == 3
    assert "previous output is untouched" in capsys.readouterr().err
    assert files_of(small / "out") == before


def test_an_interruption_is_130(small, monkeypatch, capsys):
    def interrupt(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("oncdisc.pipeline.build", interrupt)
    assert build(small) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_fault_of_the_program_is_3_not_1(small, monkeypatch, capsys):
    def fail(*_args, **_kwargs):
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("oncdisc.pipeline.build", fail)
    assert build(small) == 3
    assert "ZeroDivisionError: a fault" in capsys.readouterr().err


def test_json_on_stdout_is_build_json(small, capsys):
    assert build(small, "--json", "-") == 0
    assert json.loads(capsys.readouterr().out) == json.loads((small / "out/build.json").read_text())


def test_spec_check_and_schema(small, capsys):
    assert run(["spec", "check", str(small / "study")]) == 0
    assert "4 datasets" in capsys.readouterr().err
    assert run(["spec", "schema"]) == 0
    assert "$defs" in json.loads(capsys.readouterr().out)
