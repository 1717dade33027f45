"""What TSVAL holds for each parameter: the table is CDISC's own names, and says where it comes from."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from specs.iso3166 import ALPHA_3
from specs.trial_summary import NULL_FLAVORS, summary_parameters


def published(shared: Path) -> dict[str, set[str]]:
    """The terms of each codelist of CDISC's terminology."""
    with (shared / "reference/ct-sdtm-2025-03-28.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    lists: dict[str, set[str]] = {}
    for row in rows:
        lists.setdefault(row["codelist_submission_value"], set()).add(row["term_submission_value"])
    return lists


def test_every_parameter_and_codelist_is_one_of_cdiscs(shared: Path) -> None:
    lists = published(shared)
    for code, parameter in summary_parameters().items():
        assert code in lists["TSPARMCD"]
        assert not parameter.codelist or parameter.codelist in lists
        assert set(parameter.terms) <= lists.get(parameter.codelist, set())


def test_a_parameter_has_one_kind_of_value_and_a_basis() -> None:
    for parameter in summary_parameters().values():
        assert parameter.basis, parameter.code
        assert not (parameter.codelist and (parameter.form or parameter.dictionary)), parameter.code
        if isinstance(parameter.asked, tuple):
            other, values = parameter.asked
            assert other in summary_parameters()
            assert values


@pytest.mark.parametrize(
    ("code", "codelist", "form"),
    [("STYPE", "STYPE", None), ("RDIND", "NY", None), ("AGEMAX", "", "duration"), ("SSTDTC", "", "full_date")],
)
def test_what_a_parameter_holds(code: str, codelist: str, form: str | None) -> None:
    assert (summary_parameters()[code].codelist, summary_parameters()[code].form) == (codelist, form)


def test_null_flavors_and_countries_are_as_many_as_iso_has() -> None:
    assert (len(NULL_FLAVORS), len(ALPHA_3)) == (15, 249)
    assert {"USA", "CHN", "ESP"} < ALPHA_3
    assert all(len(code) == 3 and code.isupper() for code in ALPHA_3)
