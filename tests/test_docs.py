"""The documents say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import oncdisc.engines
from oncdisc.cli.main import run
from specs.models import Attributes, DatasetFile, Raw, RawForm, StudyFile
from specs.reference import design_keys, reference
from tests.documented import followed

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def test_the_words_are_the_registry(tmp_path):
    assert oncdisc.engines.ENGINES
    written = (ROOT / "docs/words.md").read_text(encoding="utf-8")
    assert written == reference(), "refresh it: oncdisc spec words > docs/words.md"


def test_the_spec_page_names_every_key():
    page = (ROOT / "docs/spec.md").read_text(encoding="utf-8")
    models = (StudyFile, DatasetFile, Raw, Attributes, RawForm)
    keys = [info.alias or name for model in models for name, info in model.model_fields.items()]
    unnamed = {key for key in keys if f"`{key}`" not in page and f"`{key}:" not in page}
    assert unnamed <= {"description", "dataset", "variables"}


def test_the_spec_page_has_the_keys_of_the_design():
    assert design_keys() in (ROOT / "docs/spec.md").read_text(encoding="utf-8"), "specs.reference.design_keys()"


def test_the_first_study_prints_what_its_page_says():
    written = (ROOT / "docs/first_study.md").read_text(encoding="utf-8")
    assert followed(written) == written, "refresh it: python -m tests.documented docs/first_study.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_to_files(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_commands_in_code_blocks_exist(page, capsys):
    text = page.read_text(encoding="utf-8")
    for command in sorted(set(re.findall(r"^\s*(?:\$ )?oncdisc ([a-z]+)", text, flags=re.M))):
        assert run([command, "--help"]) == 0, f"{page.name}: oncdisc {command}"
    capsys.readouterr()
