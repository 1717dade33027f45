"""A small build with results, and a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import small_study

from oncdisc.engines import load_spec
from oncdisc.pipeline import build
from oncdisc.reporting import write_report, write_results
from specs.resolved import Spec

RESULTS = """
populations:
  ALL: {label: All subjects, arm: ARM}
subgroups:
  - {by: SEX, label: Sex, levels: {F: Female, M: Male}}
results:
  AE:
    title: Adverse events
    number: "1"
    population: ALL
    counts:
      - {label: Any event, where: {AECOUNT: {GE: 1}}, interval: true, subgroups: true}
  DEMO:
    title: Demographics
    population: ALL
    summary:
      - {variable: SEX, label: Sex, levels: {F: Female, M: Male}}
      - {variable: AECOUNT, label: Number of events}
timeline:
  population: ALL
  start: TRTSDT
  end: [TRTEDT]
  milestones: [{from: ADSL, date: TRTSDT, label: "<Start> & begin"}]
  events: [{from: ADSL, start: TRTSDT, end: TRTEDT, label: SEX, detail: AECOUNT}]
  facts: {Sex: SEX}
"""
ADSL = """
dataset: ADSL
label: Subject-Level Analysis Dataset
standard: ADSL
records: [{from: DM}]
keys: [STUDYID, USUBJID]
variables:
  SUBJID: {copy: SUBJID}
  SEX: {copy: SEX}
  ARM: {constant: Only arm, label: Description of Planned Arm, type: text}
  TRTSDT: {impute_date: {date: RFSTDTC, highest: ""}}
  TRTEDT: {latest_date: {sources: [{from: AE, date: AESTDTC}]}}
  AECOUNT: {count: {from: AE}, label: Number of Adverse Events, type: integer}
"""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small study, its results declared, its extract and its build, made once."""
    folder = tmp_path_factory.mktemp("declared")
    small_study.write(folder / "study", small_study.FILES | {"adam/adsl.yaml": ADSL, "results.yaml": RESULTS})
    small_study.write(folder / "raw", small_study.EXTRACT)
    build(folder / "study", raw=folder / "raw", out=folder / "out")
    return folder


@pytest.fixture(scope="session")
def reported(built: Path) -> Path:
    """The results and the report of that build, made once in a copy."""
    out = built / "reported"
    shutil.copytree(built / "out", out)
    spec = load_spec(built / "study")
    return write_report(out, spec, write_results(out, spec))


@pytest.fixture
def declared(built: Path, tmp_path: Path) -> tuple[Path, Spec]:
    """A copy of the build of the small study: its folder and its spec."""
    shutil.copytree(built / "out", tmp_path / "out")
    shutil.copytree(built / "study", tmp_path / "study")
    return tmp_path / "out", load_spec(tmp_path / "study")


@pytest.fixture
def report(reported: Path, tmp_path: Path) -> Path:
    """A copy of the report with what lies beside it."""
    shutil.copytree(reported.parent, tmp_path / "report")
    return tmp_path / "report" / reported.name


@pytest.fixture
def browse(tmp_path: Path) -> Callable[[Path, str, int], str]:
    """Open a page in headless Chromium at a width, run a script, and give what it puts into `answer`."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not at hand")

    def run(page: Path, script: str, width: int) -> str:
        asking = (
            f"<script>addEventListener('load', () => {{ let answer; {script}; document.title = answer; }})</script>"
        )
        copy = page.with_name("asked.html")
        copy.write_text(page.read_text(encoding="utf-8").replace("</body>", asking + "</body>"), encoding="utf-8")
        flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
        flags += " --disable-component-update --disable-sync --virtual-time-budget=3000 --dump-dom"
        command = [str(chromium), *flags.split(), f"--window-size={width},900", f"--user-data-dir={tmp_path}/profile"]
        ended = subprocess.run([*command, copy.as_uri()], capture_output=True, text=True, timeout=60, check=True)
        found = re.search(r"<title>(.*?)</title>", ended.stdout, re.DOTALL)
        assert found is not None
        return found[1]

    return run
