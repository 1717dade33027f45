"""No rule without proof: each has seeded errors that break it and near misses that do not."""

from __future__ import annotations

from pathlib import Path

from oncdisc import checks
from tests.checks.cases import cases


def test_every_rule_has_seeded_errors_and_near_misses() -> None:
    seeded = cases()
    assert sorted(set(checks.all_rules()) - set(seeded)) == []
    assert sorted(set(seeded) - set(checks.all_rules())) == [], "cases of rules that are no more"
    assert [rule for rule, case in seeded.items() if not (case.breaks and case.near)] == []


def test_every_drafted_rule_for_our_structures_is_implemented(shared: Path) -> None:
    import csv

    with (shared / "reference/adam-conformance-rules.csv").open(encoding="utf-8-sig", newline="") as lines:
        drafted = {f"ADaM {row['rule'].removeprefix('AD')}" for row in csv.DictReader(lines)}
    published = {name for rule in checks.all_rules().values() for name in rule.published}
    renumbered = {"ADaM 252b", "ADaM 522b", "ADaM 523b"}
    assert sorted(drafted - published - renumbered) == []
