"""The example trial under `check`: what is found is explained in study.yaml, and the page of its ADaM is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import oncdisc
from oncdisc import checks
from oncdisc.checks.checking import UNMATCHED
from oncdisc.engines import load_spec
from oncdisc.trial import simulate

PAGE = Path(__file__).parents[2] / "docs" / "es_sclc_adam.md"


def checked(folder: Path, subjects: int, seed: int = 1) -> checks.Report:
    simulate("es_sclc", folder / "raw", subjects=subjects, seed=seed)
    oncdisc.build("es_sclc", raw=folder / "raw", out=folder / "out")
    return checks.check(folder / "out")


def open_places(report: checks.Report) -> list[tuple[str, str, str]]:
    return [(str(place["rule"]), str(place["dataset"]), str(place["variable"])) for place in report.findings.counts()]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> checks.Report:
    return checked(tmp_path_factory.mktemp("small"), 20)


def test_a_clean_extract_leaves_no_finding_that_is_not_explained(small: checks.Report) -> None:
    # in few subjects not everything happens that the study explains
    assert [place for place in open_places(small) if place[0] != UNMATCHED] == []
    assert small.exit_status == 0


def test_what_is_accepted_is_listed_apart_with_its_reason(small: checks.Report) -> None:
    listed = {(item.acceptance.rule, item.acceptance.dataset): item for item in small.accepted}
    assert listed["adam.same_as_dm", "ADSL"].count > 0
    assert "after the data cutoff" in listed["adam.same_as_dm", "ADSL"].acceptance.reason
    assert all(item.acceptance.reason for item in small.accepted)


@pytest.mark.slow
def test_the_demo_has_no_open_finding_and_no_acceptance_without_one_but_of_what_comes_and_goes(tmp_path: Path) -> None:
    report = checked(tmp_path, 60)
    assert {(place["severity"], place["rule"]) for place in report.findings.counts()} <= {("info", UNMATCHED)}


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "subjects"), [(3, 40), (7, 60), (11, 200)])
def test_no_other_extract_has_an_open_error_or_warning(tmp_path: Path, seed: int, subjects: int) -> None:
    report = checked(tmp_path, subjects, seed)
    assert [place for place in report.findings.counts() if place["severity"] != "info"] == []


def test_the_page_of_adam_names_every_parameter_and_no_other() -> None:
    spec = load_spec("es_sclc")
    parts = [part for name in spec.datasets for part in spec.datasets[name].slices.values()]
    parameters = {part.constants["PARAMCD"] for part in parts if "PARAMCD" in part.constants}
    rows = re.findall(r"^\| (`[^|]+`) \|", PAGE.read_text(encoding="utf-8"), flags=re.M)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == parameters
