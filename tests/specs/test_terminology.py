"""Controlled terminology: every term equals the published package, and collected text finds its term."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.terminology import Codelist, NotInStandardError, Term, terminology

PACKAGE = terminology("2025-03-28")
FILES = {
    "SDTM": "ct-sdtm-2025-03-28.csv",
    "ADaM": "ct-adam-2025-03-28-all.csv",
    "DEFINE-XML": "ct-define-xml-2025-03-28-all.csv",
}


def codelist(*terms: Term) -> Codelist:
    return Codelist("C0", "Test", "TEST", True, terms)


def published(shared: Path) -> dict[str, list[dict[str, str]]]:
    """Rows of all three packages by codelist."""
    rows: dict[str, list[dict[str, str]]] = {}
    for package, file in FILES.items():
        with (shared / "reference" / file).open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                rows.setdefault(row["codelist_submission_value"], []).append({**row, "package": package})
    return rows


def test_every_codelist_and_term_is_as_published(shared: Path) -> None:
    rows = published(shared)
    differences: list[str] = []
    for name in PACKAGE.codelists:
        ours = PACKAGE.codelist(name)
        expected = {
            (r["codelist_code"], r["codelist_name"], r["extensible"] == "Yes", r["term_code"],
             r["term_submission_value"], r["term_preferred"], r["synonyms"])
            for r in rows[name]
        }  # fmt: skip
        found = {
            (
                ours.code,
                ours.name,
                ours.extensible,
                term.code,
                term.value,
                term.preferred,
                "; ".join(term.synonyms),
            )
            for term in ours.terms
        }
        differences += [f"{name}: {difference}" for difference in sorted(expected ^ found)]
        differences += [f"{name}: packages"] * (set(ours.packages) != {r["package"] for r in rows[name]})
    assert differences == []


def test_the_adam_and_define_packages_ship_whole(shared: Path) -> None:
    needed = {
        name for name, rows in published(shared).items() if {row["package"] for row in rows} & {"ADaM", "DEFINE-XML"}
    }
    assert needed <= set(PACKAGE.codelists)


def test_a_codelist_is_found_by_code_or_submission_value() -> None:
    assert PACKAGE.codelist("C66731") is PACKAGE.codelist("SEX")
    assert (PACKAGE.codelist("SEX").code, PACKAGE.codelist("SEX").extensible) == ("C66731", False)
    assert "C66731" in PACKAGE
    assert "SEX" in PACKAGE
    assert "C0" not in PACKAGE


@pytest.mark.parametrize("name", ["C0", "sex", "", "codelists"])
def test_an_unknown_codelist_is_refused(name: str) -> None:
    with pytest.raises(NotInStandardError, match=f"no codelist {name}"):
        PACKAGE.codelist(name)


def test_an_unknown_package_is_refused_with_those_that_ship() -> None:
    with pytest.raises(NotInStandardError, match="'1999-01-01'; these ship: 2025-03-28"):
        terminology("1999-01-01")


def test_a_code_decodes_to_the_name_it_is_paired_with() -> None:
    tests = PACKAGE.codelist("LBTESTCD")
    ldh = tests.get("LDH")
    assert tests.names == "LBTEST"
    assert ldh is not None
    assert (ldh.decode, ldh.preferred) == ("Lactate Dehydrogenase", "Lactate Dehydrogenase Measurement")


def test_every_pair_of_codes_and_names_has_the_same_terms() -> None:
    pairs = [PACKAGE.codelist(name) for name in PACKAGE.codelists if PACKAGE.codelist(name).names]
    unlike = [
        pair.submission
        for pair in pairs
        if {t.code for t in pair.terms} != {t.code for t in PACKAGE.codelist(pair.names or "").terms}
    ]
    assert unlike == []
    assert {"LBTESTCD", "VSTESTCD", "TRTESTCD", "TSPARMCD", "ECOG1TC"} <= {pair.submission for pair in pairs}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("SEX", "F", "F"),
        ("SEX", "female", "F"),
        ("SEX", "  Female ", "F"),
        ("RACE", "Black or  African American", "BLACK OR AFRICAN AMERICAN"),
        ("UNIT", "Kilogram", "kg"),
        ("UNIT", "uS", "uSiemens"),
        ("UNIT", "us", "us"),
        ("NY", "unk", "U"),
        ("ONCRSR", "Stable Disease", "SD"),
        ("VSTESTCD", "systolic blood pressure", "SYSBP"),
    ],
)
def test_collected_text_finds_its_term(name: str, text: str, value: str) -> None:
    term = PACKAGE.codelist(name).find(text)
    assert term is not None
    assert term.value == value


@pytest.mark.parametrize("text", ["", "   ", "Femal", "F;M"])
def test_text_that_means_no_term_finds_none(text: str) -> None:
    assert PACKAGE.codelist("SEX").find(text) is None


def test_text_shared_by_two_terms_is_left_unmapped() -> None:
    terms = codelist(Term("C1", "A", "Alpha", ("first",)), Term("C2", "B", "Beta", ("First",)))
    assert terms.find("FIRST") is None
    first, second = terms.find("first"), terms.find("First")
    assert first is not None
    assert second is not None
    assert (first.code, second.code) == ("C1", "C2")


def test_a_value_wins_over_another_terms_synonym() -> None:
    terms = codelist(Term("C1", "CMR", "Metabolic"), Term("C2", "MOLECULAR CR", "Molecular", ("CMR",)))
    found = terms.find("CMR")
    assert found is not None
    assert found.code == "C1"


@given(name=st.sampled_from(["NY", "UNIT", "LOC", "ONCRSR"]), data=st.data())
def test_every_submission_value_finds_itself(name: str, data: st.DataObject) -> None:
    terms = PACKAGE.codelist(name)
    value = data.draw(st.sampled_from(terms.values))
    found = terms.find(f" {value} ")
    assert found is not None
    assert found.value == value
    assert value in terms
