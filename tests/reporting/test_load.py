"""results.yaml held to the study's spec: every problem with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from oncdisc.engines import load_spec
from oncdisc.reporting import load_declaration
from specs.errors import SpecError
from specs.loader import STUDIES
from specs.resolved import Spec

ADSL = """
dataset: ADSL
label: Subjects
records: [{from: dm}]
keys: [STUDYID, USUBJID]
variables:
  ARM: {copy: ARM, label: Arm, type: text}
  TRT01P: {copy: ARM}
  SEX: {copy: SEX, label: Sex, type: text}
"""
HEAD = "populations: {ITT: {label: All}}\nresults:\n  A:\n    title: A\n    population: %s\n"


@pytest.fixture
def problems(study: Callable[..., Spec], tmp_path: Path) -> Callable[[str], list[str]]:
    """The problems of a results.yaml."""

    def read(declared: str) -> list[str]:
        spec = study(adam=(ADSL,))
        (tmp_path / "results.yaml").write_text(declared)
        try:
            load_declaration(spec)
        except SpecError as error:
            return [str(problem) for problem in error.problems]
        return []

    return read


def test_a_study_without_results_declares_none(study: Callable[..., Spec]) -> None:
    assert load_declaration(study(adam=(ADSL,))) is None


def test_a_right_declaration_has_no_problems(problems: Callable[[str], list[str]]) -> None:
    assert problems(HEAD % "ITT" + "    counts: [{label: Women, where: {SEX: F}}]\n") == []


def test_an_unknown_population_is_named_with_those_there_are(problems: Callable[[str], list[str]]) -> None:
    (found,) = problems(HEAD % "PP" + "    counts: [{label: Women, where: {SEX: F}}]\n")
    assert found.startswith("results.yaml:5: results.A.population: no such population; found PP; expected ITT")


def test_unknown_datasets_and_variables_are_all_found_at_their_line(problems: Callable[[str], list[str]]) -> None:
    found = problems(
        HEAD % "ITT"
        + "    counts:\n      - {label: Any, from: ADAE}\n      - {label: Old, where: {AGE: {GT: 65}}, by: RACE}\n"
    )
    assert len(found) == 3
    assert found[0].startswith("results.yaml:7: results.A.counts.0.from: no such analysis dataset; found ADAE")
    assert "results.yaml:8: results.A.counts.1.by: ADSL has no such variable; found RACE" in found[1]
    assert "results.A.counts.1.where" in found[2]


def test_a_result_is_of_one_kind(problems: Callable[[str], list[str]]) -> None:
    (found,) = problems(HEAD % "ITT" + "    counts: [{label: X}]\n    swimmer: true\n")
    assert "exactly one of" in found
    assert "counts and swimmer" in found


def test_a_swimmer_plot_needs_the_timeline(problems: Callable[[str], list[str]]) -> None:
    (found,) = problems(HEAD % "ITT" + "    swimmer: true\n")
    assert "needs the timeline" in found


def test_an_unknown_key_is_an_error(problems: Callable[[str], list[str]]) -> None:
    (found,) = problems(HEAD % "ITT" + "    counts: [{label: X, wher: {SEX: F}}]\n")
    assert "wher" in found


@pytest.mark.parametrize("name", sorted(path.parent.name for path in STUDIES.glob("*/results.yaml")))
def test_the_studies_that_ship_declare_what_their_spec_has(name: str) -> None:
    declared = load_declaration(load_spec(name))
    assert declared is not None
    assert declared.results
