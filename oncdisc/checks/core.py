"""CDISC's rules engine (CORE) as a second opinion, run in an environment of its own.

The engine needs another Python and pandas than we do, so `core_driver.py` runs there, over the SDTM transport
files of the package, and hands back JSON. What it finds becomes findings like ours; what ours say of the same
published rule, dataset and variable already is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oncdisc.checks.checking import CORE
from oncdisc.checks.data import Data
from oncdisc.checks.folding import Folded
from oncdisc.checks.package import Package
from oncdisc.checks.registry import all_rules
from specs.errors import DataError, UsageError
from specs.findings import SHOWN, Finding, Findings

ENGINE = "cdisc-rules-engine==0.17.1"
HOME, CACHE = "ONCDISC_CORE", "ONCDISC_CORE_CACHE"
DRIVER = Path(__file__).with_name("core_driver.py")
SETUP = f"python3.12 -m venv core && core/bin/pip install {ENGINE}"
_SCRIPTS = ("bin/python", "Scripts/python.exe")


@dataclass(frozen=True)
class Environment:
    """Where the engine is: its Python, and the folder of its rules."""

    python: Path
    rules: Path


def environment(home: Path | None, cache: Path | None) -> Environment:
    """The engine's environment. Raises UsageError where it or its cache are not there."""
    python = _python(home or _from_environment(HOME, "--core-home"))
    rules = cache or _from_environment(CACHE, "--core-cache")
    if not rules.is_dir():
        raise UsageError(f"--core-cache {rules}: found no folder; expected the engine's rules and metadata")
    # the engine runs in a folder of its own, where a relative path would lead elsewhere
    return Environment(python, rules.absolute())


def transport_files(package: Package) -> list[Data]:
    """What the engine reads. Raises UsageError where the package has none of it."""
    members = [data for data in package.of("sdtm") if data.path is not None and data.path.suffix.lower() == ".xpt"]
    if not members:
        raise UsageError("--core reads SDTM transport files (.xpt); the package has none")
    return members


def run_core(package: Package, engine: Environment) -> tuple[Findings, str]:
    """What the engine finds in the package's SDTM, and the engine's name.

    Raises UsageError where the package has no SDTM transport files, DataError where the engine fails.
    """
    members = transport_files(package)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        define = _gather(members, place)
        answer = _answer(engine, place, define)
    return _findings(package, answer["issues"]), answer["engine"]


def _from_environment(name: str, option: str) -> Path:
    if not os.environ.get(name):
        raise UsageError(f"--core needs {option} or ${name}. To set the engine up: {SETUP}")
    return Path(os.environ[name])


def _python(home: Path) -> Path:
    for script in _SCRIPTS:
        if (home / script).exists():
            return (home / script).absolute()
    raise UsageError(f"{home}: found no Python environment. To set the engine up: {SETUP}")


def _gather(members: list[Data], place: Path) -> Path | None:
    """The transport files in one folder, and the define.xml beside them."""
    define: Path | None = None
    for data in members:
        if data.path is not None:
            shutil.copyfile(data.path, place / data.path.name)
            beside = data.path.parent / "define.xml"
            if define is None and beside.is_file():
                define = Path(shutil.copyfile(beside, place / "define.xml"))
    return define


def _answer(engine: Environment, place: Path, define: Path | None) -> dict[str, Any]:
    out = place / "answer.json"
    told = [place, engine.rules, out, *([define] if define else [])]
    command = [str(engine.python), str(DRIVER), *map(str, told)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=place, check=False)  # noqa: S603
    if done.returncode or not out.is_file():
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise DataError(f"the rules engine could not finish: {last[0]}")
    return json.loads(out.read_text("utf-8"))


def _findings(package: Package, issues: Iterable[dict[str, Any]]) -> Findings:
    findings = Findings()
    for issue in issues:
        listed = [_finding(package, issue, error) for error in issue["errors"][:SHOWN]]
        findings.add(listed, int(issue["count"]))
    return findings


def _finding(package: Package, issue: dict[str, Any], error: dict[str, Any]) -> Finding:
    """One error of the engine; its rows count the record from 1."""
    values = {str(name): value for name, value in (error.get("value") or {}).items()}
    row = error.get("row")
    dataset = str(issue["dataset"]).upper().removesuffix(".XPT")
    data = package.get(dataset)
    subject = str(error.get("USUBJID") or values.get("USUBJID") or "")
    if not subject and data is not None and isinstance(row, int) and 0 < row <= len(data) and data.has("USUBJID"):
        subject = str(data.text("USUBJID").fillna("").iloc[row - 1])
    return Finding(
        "warning",
        str(issue["rule"]),
        str(issue["message"]),
        dataset,
        _variable(package, dataset, issue),
        subject,
        ", ".join(f"{name}={value}" for name, value in values.items())[:200],
        f"record {row}" if row else "",
        ", ".join(issue["published"]),
    )


def _variable(package: Package, dataset: str, issue: dict[str, Any]) -> str:
    """The first variable of the issue that the dataset has."""
    data = package.get(dataset)
    names = [str(name) for name in issue.get("variables") or ()]
    return next((name for name in names if data is not None and data.has(name)), "")


def fold(ours: Findings, theirs: Findings, left_out: Iterable[Folded] = ()) -> Findings:
    """Our findings with the engine's beside them, without what ours already say of the same rule and dataset."""
    said = {
        (name.strip(), finding.dataset)
        for group in ours.groups.values()
        for finding in group.shown
        for name in finding.published.split(",")
        if name.strip()
    }
    said |= {(name, item.dataset) for item in left_out for name in all_rules()[item.rule].published}
    folded = Findings(dict(ours.groups))
    for place, group in theirs.groups.items():
        first = group.shown[0]
        names = [name.strip() for name in first.published.split(",")]
        if place[1].startswith(CORE) and not any((name, first.dataset) in said for name in names):
            folded.groups[place] = group
    return folded
