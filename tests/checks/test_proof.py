"""No rule without proof: each has CDISC's example, a seeded error, or a test of its own."""

from __future__ import annotations

import re
from pathlib import Path

from oncdisc import checks
from oncdisc.checks.rules import adam_pairs, adam_presence, adam_values
from tests.checks.builders import corpus

HERE = Path(__file__).parent


def test_every_rule_is_proved(shared: Path) -> None:
    examples = {f"adam.{path.name.removeprefix('AD')}" for path in (shared / "data/adam_rule_cases").glob("AD*")}
    rows = (*adam_presence.REQUIRED, *adam_presence.REQUIRED_PK, *adam_presence.COMPANIONS, *adam_values.YES_OR_MISSING)
    numbers = {number for number, *_ in rows} | {892, 894, 278, 279}
    numbers |= {number for pair in adam_values.POPULATIONS.values() for number in pair}
    numbers |= {number for family in adam_pairs.FAMILIES for number in family[2:]}
    own = {name for path in HERE.glob("test_*.py") for name in re.findall(r'"([a-z]+\.[a-z0-9_]+)"', path.read_text())}
    proved = examples | {f"adam.{number}" for number in numbers} | own | set(corpus())
    assert sorted(set(checks.all_rules()) - proved) == []


def test_every_drafted_rule_for_our_structures_is_implemented(shared: Path) -> None:
    import csv

    with (shared / "reference/adam-conformance-rules.csv").open(encoding="utf-8-sig", newline="") as lines:
        drafted = {f"ADaM {row['rule'].removeprefix('AD')}" for row in csv.DictReader(lines)}
    published = {name for rule in checks.all_rules().values() for name in rule.published}
    renumbered = {"ADaM 252b", "ADaM 522b", "ADaM 523b"}
    assert sorted(drafted - published - renumbered) == []
