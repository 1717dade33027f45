"""docs/extracts.md says what the readers do: its tables and examples are held against them."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from sdtm.dates import TIME_FORMATS, UNKNOWN, read_datetimes
from sdtm.extracts import FORMATS, KEYS
from specs.columns import text
from specs.models import Raw, RawForm
from tests.pipeline import test_raw_shapes as shapes

PAGE = (Path(__file__).parents[3] / "docs/extracts.md").read_text(encoding="utf-8")


def rows(head: str) -> list[list[str]]:
    """The cells of the table with this heading; code marks are taken off those that are code alone."""
    lines = PAGE[PAGE.index(f"\n{head}\n") + 1 :].split("\n\n")[0].split("\n")[2:]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [[re.sub(r"^`([^`]*)`$", r"\1", cell) for cell in line] for line in cells]


def test_the_kinds_of_files_are_those_that_are_read():
    kinds = {ending: kind for kind, endings, *_ in rows("| kind | ends in | one form is | columns |")
             for ending in endings.replace("`", "").split()}  # fmt: skip
    assert kinds == FORMATS


def test_the_keys_of_odm_records_are_named():
    assert ", ".join(f"`{key}`" for key in KEYS) in PAGE.replace("\n  ", " ")


def test_every_key_of_a_form_and_of_the_extract_is_named():
    named = {key for cell, _ in rows("| key of a form | what |") for key in cell.replace("`", "").split(", ")}
    assert named == set(RawForm.model_fields)
    assert all(re.search(rf"^ *{key}:|`raw\.{key}`", PAGE, re.M) for key in set(Raw.model_fields) - {"rescreened"})


def test_the_words_for_unknown_and_the_default_times_are_named():
    assert f"\n{', '.join(UNKNOWN)}. " in PAGE
    assert f"times: [{', '.join(chr(34) + each + chr(34) for each in TIME_FORMATS)}]" in PAGE


@pytest.mark.parametrize(("format_", "written", "iso"), rows("| format | text | ISO 8601 |"))
def test_each_date_reads_as_the_page_says(format_: str, written: str, iso: str):
    got = read_datetimes(text([written]), formats=[format_]).values
    assert ("none" if pd.isna(got[0]) else got[0]) == iso


@pytest.mark.parametrize("name", ["REDCAP", "REDCAP_AE", "VIEDOC", "VIEDOC_AE", "RAVE", "RAVE_AE"])
def test_the_examples_are_those_that_are_built(name: str):
    assert getattr(shapes, name).lstrip("\n") in PAGE
