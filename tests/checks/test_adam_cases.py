"""CDISC's own examples for ADaM conformance rules: what breaks a rule is reported by it, what does not is not."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from oncdisc import checks

SHARED = Path(os.environ.get("ONCDISC_SHARED", Path(__file__).resolve().parents[3] / "shared"))
CASES = sorted((SHARED / "data" / "adam_rule_cases").glob("AD*/*-*"))


def reported(case: Path) -> set[str]:
    """The published rules that find something in a case."""
    rule = f"adam.{case.parent.name.removeprefix('AD')}"
    found = checks.run(checks.read_package(case), [rule])
    return {finding.published for finding in found.rows()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_case_is_reported_by_its_rule_if_and_only_if_it_breaks_it(case: Path) -> None:
    number = re.sub("AD", "ADaM ", case.parent.name)
    assert (number in reported(case)) == case.name.startswith("negative")


def test_every_rule_with_examples_is_implemented(shared: Path) -> None:
    published = {name for rule in checks.all_rules().values() for name in rule.published}
    numbers = {path.name.replace("AD", "ADaM ") for path in (shared / "data" / "adam_rule_cases").glob("AD*")}
    assert len(numbers) == 91
    assert numbers <= published
