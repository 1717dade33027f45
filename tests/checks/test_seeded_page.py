"""The page of seeded errors is what the corpus and the rules engine's answers say."""

from __future__ import annotations

from pathlib import Path

from tests.checks.cases import cases
from tests.checks.seeded_page import about_sdtm, engine_rows, markdown

PAGE = Path(__file__).resolve().parents[2] / "docs" / "seeded_errors.md"


def test_the_engine_was_asked_about_every_error_in_tabulations() -> None:
    missing = [
        (rule, number)
        for rule, case in cases().items()
        for number, mutation in enumerate(case.breaks, start=1)
        if about_sdtm(mutation) and mutation.key not in engine_rows()
    ]
    assert missing == [], "ask it: python benchmarks/seeded.py BUILD ENVIRONMENT CACHE --rule RULE"


def test_the_page_is_current() -> None:
    words = "write it again: python -m tests.checks.seeded_page > docs/seeded_errors.md"
    assert PAGE.read_text("utf-8") == markdown(), words
