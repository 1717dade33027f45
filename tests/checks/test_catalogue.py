"""The page of rules is what the rules say."""

from __future__ import annotations

from pathlib import Path

from oncdisc.checks import all_rules
from oncdisc.checks.catalogue import FAMILIES, WRONG_DRAFTS, markdown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "checks.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "write it again: python -m oncdisc.checks.catalogue > docs/checks.md"


def test_every_rule_has_a_family_a_sentence_and_a_docstring_or_a_declaration() -> None:
    for rule in all_rules().values():
        assert rule.family in FAMILIES, rule.id
        assert rule.sentence, rule.id
        assert not rule.sentence.endswith("."), rule.id


def test_wrong_drafts_say_what_is_checked_instead() -> None:
    assert all(numbers and wrong and instead for numbers, wrong, instead in WRONG_DRAFTS)
