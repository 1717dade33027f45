"""The standards' metadata: every fact equals the published tables; names match as ADaM means them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from specs.standard import (
    NotInStandardError,
    Standard,
    VariableStandard,
    adam_variable,
    standard,
    terminology,
)

SDTMIG = "SDTMIG 3.4"
ADAMIG = "ADaMIG 1.3"
STRUCTURES = {"ADSL": "ADSL", "BDS": "BDS", "BDS for TTE": "TTE", "OCCDS": "OCCDS", "AE": "ADAE"}

# The table spells these in several ways; the files spell them in one.
SPELLING = {"Not used": "Not Used", "WHO Drug": "WHODrug", "WHODRUG": "WHODrug"}
# A name that OCCDS 1.1 defines twice: the drug dictionary's text stands in OCCDS, MedDRA's in ADAE.
TWICE = {("OCCDS", "PT in Original Dictionary w"), ("ADAE", "Standardized Med Name in Orig Dict w")}
# Named by SDTMIG 3.4 for MSRESCAT, and not in this terminology package.
RETIRED = {"C85495"}

Fact = tuple[str, str, str]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def published(row: dict[str, str], dataset: str) -> set[Fact]:
    """A row of the published table as (dataset.variable, attribute, value)."""
    name = f"{dataset}.{row['variable']}"
    facts = {
        "label": row["label"].rstrip("*"),  # the asterisk is a footnote's
        "type": row["type"],
        "core": SPELLING.get(row["core"], row["core"]),
        "role": row.get("role", ""),
        "codelist": row["codelist"],
        "domain": SPELLING.get(row["described_value_domain"], row["described_value_domain"]),
        "values": "; ".join(value.strip() for value in row["value_list"].split(";")),
    }
    return {(name, attribute, value) for attribute, value in facts.items()}


def held(variable: VariableStandard, dataset: str) -> set[Fact]:
    name = f"{dataset}.{variable.name}"
    facts = {
        "label": variable.label,
        "type": variable.type,
        "core": variable.core,
        "role": variable.role or "",
        "codelist": " ".join(variable.codelists),
        "domain": variable.described_value_domain or "",
        "values": "; ".join(variable.values),
    }
    return {(name, attribute, value) for attribute, value in facts.items()}


def everything_held(source: Standard) -> set[Fact]:
    return {
        fact
        for name in source.datasets
        for variable in source.dataset(name).variables.values()
        for fact in held(variable, name)
    }


def test_every_sdtm_variable_is_as_published(shared: Path) -> None:
    rows = read(shared / "reference" / "sdtmig-3-4-variables.csv")
    expected = {fact for row in rows for fact in published(row, row["dataset"])}
    found = everything_held(standard(SDTMIG))
    assert sorted(found - expected) == []
    assert sorted(expected - found) == []


def test_every_sdtm_dataset_is_as_published(shared: Path) -> None:
    rows = read(shared / "reference" / "sdtmig-3-4-variables.csv")
    expected = {(row["dataset"], row["dataset_label"], row["class"], row["structure"].rstrip(".")) for row in rows}
    ours = [standard(SDTMIG).dataset(name) for name in standard(SDTMIG).datasets]
    assert {(d.name, d.label, d.class_, d.structure) for d in ours} == expected


def test_sdtm_variables_keep_the_published_order(shared: Path) -> None:
    rows = read(shared / "reference" / "sdtmig-3-4-variables.csv")
    expected = [(row["dataset"], row["variable"], int(row["order"])) for row in rows]
    ours = [
        (name, variable.name, variable.order)
        for name in dict.fromkeys(row["dataset"] for row in rows)
        for variable in standard(SDTMIG).dataset(name).variables.values()
    ]
    assert ours == expected


def test_every_adam_variable_is_as_published(shared: Path) -> None:
    rows = read(shared / "reference" / "adam-variables.csv")
    kept = [row for row in rows if (STRUCTURES[row["structure"]], row["label"]) not in TWICE]
    expected = {fact for row in kept for fact in published(row, STRUCTURES[row["structure"]])}
    found = everything_held(standard(ADAMIG))
    assert sorted(found - expected) == []
    assert sorted(expected - found) == []


@pytest.mark.parametrize("name", [SDTMIG, ADAMIG])
def test_every_codelist_that_a_variable_names_ships(name: str) -> None:
    source = standard(name)
    named = {
        code
        for dataset in source.datasets
        for variable in source.dataset(dataset).variables.values()
        for code in variable.codelists
    }
    assert {code for code in named if code not in terminology("2025-03-28")} <= RETIRED
    assert named


def test_keys_are_variables_of_their_dataset() -> None:
    strays = {
        (name, key)
        for name in standard(SDTMIG).datasets
        for key in standard(SDTMIG).dataset(name).keys
        if key not in standard(SDTMIG).dataset(name).variables
    }
    assert strays == set()


def test_keys_of_a_subjects_dataset_begin_with_the_subject() -> None:
    assert standard(SDTMIG).dataset("DM").keys == ("STUDYID", "USUBJID")
    assert standard(SDTMIG).dataset("RS").keys[:2] == ("STUDYID", "USUBJID")
    assert standard(SDTMIG).dataset("TS").keys == ("STUDYID", "TSPARMCD", "TSSEQ")


def test_supplemental_qualifiers_take_the_name_of_their_parent() -> None:
    suppae = standard(SDTMIG).dataset("SUPPAE")
    assert (suppae.name, suppae.label) == ("SUPPAE", "Supplemental Qualifiers for AE")
    assert suppae.variables["QNAM"].label == "Qualifier Variable Name"
    assert "SUPPAE" in standard(SDTMIG)
    assert "SUPPAE" not in standard(ADAMIG)


@pytest.mark.parametrize("name", ["XX", "dm", "../adamig-1.3/adsl", ""])
def test_an_unknown_dataset_is_refused_with_the_names_there_are(name: str) -> None:
    with pytest.raises(NotInStandardError, match=r"has no dataset .*; it has AE, AG"):
        standard(SDTMIG).dataset(name)


def test_an_unknown_standard_is_refused_with_those_that_ship() -> None:
    with pytest.raises(NotInStandardError, match=r"'SDTMIG 3\.3'.*SDTMIG 3\.4, ADaMIG 1\.3"):
        standard("SDTMIG 3.3")


def test_time_to_event_is_a_basic_data_structure() -> None:
    tte = standard(ADAMIG).dataset("TTE")
    assert (tte.class_, tte.subclass, tte.standard) == (
        "BASIC DATA STRUCTURE", "TIME-TO-EVENT", "ADaM TTE 1.0",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("structure", "name", "label", "kind"),
    [
        ("ADSL", "TRTSDT", "Date of First Exposure to Treatment", "Num"),
        ("ADSL", "TRT01P", "Planned Treatment for Period 01", "Char"),
        ("ADSL", "TRT12AN", "Actual Treatment for Period 12 (N)", "Num"),
        ("ADSL", "AGEGR1", "Pooled Age Group 1", "Char"),
        ("ADSL", "TR01PG2N", "Planned Pooled Trt 2 for Period 01 (N)", "Num"),
        ("ADSL", "P01S3SDT", "Period 01 Subperiod 3 Start Date", "Num"),
        ("ADSL", "STRAT1R", "Strat Factor 1 Value Used for Rand", "Char"),
        ("BDS", "ANL01FL", "Analysis Flag 01", "Char"),
        ("BDS", "A1LO", "Analysis Range 1 Lower Limit", "Num"),
        ("BDS", "R2A12HI", "Ratio to Analysis Range 12 Upper Limit", "Num"),
        ("BDS", "CRIT1FL", "Criterion 1 Evaluation Result Flag", "Char"),
        ("OCCDS", "AOCC02FL", "", "Char"),
        ("OCCDS", "SMQ01SC", "SMQ 01 Scope", "Char"),
    ],
)
def test_an_indexed_name_takes_its_patterns_attributes(structure: str, name: str, label: str, kind: str) -> None:
    variable = adam_variable(structure, name)
    assert variable is not None
    assert (variable.name, variable.label, variable.type) == (name, label, kind)


@pytest.mark.parametrize("name", ["TRT00P", "TRT1P", "TRTxxP", "AGEGR0", "AGEGR01", "P01S0", "trt01p"])
def test_an_index_out_of_range_matches_no_pattern(name: str) -> None:
    assert adam_variable("ADSL", name) is None
    assert adam_variable("BDS", name) is None


def test_a_copied_sdtm_variable_keeps_its_sdtm_label_and_type() -> None:
    duration = adam_variable("ADAE", "AEDUR")
    assert duration is not None
    assert (duration.label, duration.core, duration.role) == ("Duration of Adverse Event", "Cond", None)
    dose = adam_variable("OCCDS", "CMDOSE")
    assert dose is not None
    assert (dose.label, dose.type) == ("Dose per Administration", "Num")


def test_a_copied_variable_of_a_domain_outside_the_model_keeps_occds_attributes() -> None:
    coded = adam_variable("OCCDS", "ZZDECOD")
    assert coded is not None
    assert (coded.label, coded.described_value_domain) == ("Dictionary-Derived Term", "MedDRA")
    unnamed = adam_variable("OCCDS", "ZZDUR")
    assert unnamed is not None
    assert unnamed.label == ""


def test_time_to_event_comes_before_what_it_extends() -> None:
    value, category = adam_variable("TTE", "AVAL"), adam_variable("TTE", "AVALCAT1")
    assert value is not None
    assert category is not None
    assert (value.core, category.label) == ("Req", "Analysis Value Category 1")
    in_bds = adam_variable("BDS", "AVAL")
    assert in_bds is not None
    assert in_bds.core == "Cond"


def test_a_subject_level_variable_may_stand_in_any_structure_and_is_permissible_there() -> None:
    age = adam_variable("BDS", "AGE")
    assert age is not None
    assert (age.label, age.core) == ("Age", "Perm")
    required = adam_variable("ADSL", "AGE")
    assert required is not None
    assert required.core == "Req"


@pytest.mark.parametrize(
    ("name", "kind", "codelists"),
    [
        ("PDDT", "Num", ()),
        ("LSTSDTM", "Num", ()),
        ("PDDTF", "Char", ("C81223",)),
        ("PDTMF", "Char", ("C81226",)),
    ],
)
def test_the_suffix_of_a_sponsors_date_gives_its_type_and_no_label(
    name: str, kind: str, codelists: tuple[str, ...]
) -> None:
    variable = adam_variable("BDS", name)
    assert variable is not None
    assert (variable.name, variable.type, variable.label, variable.codelists) == (name, kind, "", codelists)


def test_a_name_that_adam_does_not_know_is_none() -> None:
    assert adam_variable("ADSL", "PLATFI") is None
    assert adam_variable("BDS", "DT") is None
