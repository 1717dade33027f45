"""A define.xml out of a small study's spec and the profile of its data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from define.assembly import Analyses, from_spec
from define.lookup import Lookup
from define.model import (
    AnalysisDataset,
    AnalysisResult,
    Document,
    DocumentRef,
    ItemDef,
    ItemRef,
    Leaf,
    Origin,
    RangeCheck,
    ResultDisplay,
    Standard,
    WhereClause,
)
from define.references import broken_references, unused
from define.writer import to_xml
from specs.arguments import Source
from specs.loader import load_spec
from specs.profile import Column, Profile
from specs.registry import records
from specs.resolved import Engine, Spec
from specs.scope import Records, Scope


class Made(Source):
    """Arguments of made_for_define."""


@records("made_for_define", sentence="The first record of {from_}", produces=("AVAL", "ADT"))
def made_for_define(scope: Scope, args: Made) -> Records:
    """Records whose derivation gives a value and its date; never run here."""
    raise NotImplementedError


STUDY = Path(__file__).parent / "study"
NUMBERS: dict[tuple[str, str, str], list[float]] = {
    ("DM", "dm", "AGE"): [61, 9],
    ("AE", "ae", "AESTDY"): [-12, 101],
    ("VS", "SYSBP", "VSSTRESN"): [120, 121],
    ("VS", "TEMP", "VSSTRESN"): [36.6, 37.25],
    ("VS", "SYSBP", "VSDY"): [1],
    ("VS", "TEMP", "VSDY"): [1.5],
    ("ADX", "AGE", "AVAL"): [61, 9],
    ("ADX", "SYS", "AVAL"): [120.5],
}
TEXTS: dict[tuple[str, str, str], list[str]] = {
    ("DM", "dm", "DOMAIN"): ["DM", "DM"],
    ("DM", "dm", "SUBJID"): ["1", "2"],
    ("DM", "dm", "SEX"): ["F", "M"],
    ("DM", "dm", "RFSTDTC"): ["2024-01-01", "2024-01-02"],
    ("AE", "ae", "AESER"): ["N", "Y"],
    ("AE", "ae", "AEACN"): ["DOSE REDUCED"],
    ("AE", "ae", "AESTDTC"): ["2024-01", "2024-01-02T10:30"],
    ("AE", "ae", "AEDECOD"): ["Headache"],
    ("VS", "SYSBP", "VSORRES"): ["120"],
    ("VS", "TEMP", "VSORRES"): ["36.6", "37.25"],
    ("VS", "SYSBP", "VSSTRESC"): ["2024-01-02"],
    ("VS", "TEMP", "VSSTRESC"): ["Y", "NOT KNOWN"],
    ("VS", "SYSBP", "VSTESTCD"): ["SYSBP"],
    ("VS", "TEMP", "VSTESTCD"): ["TEMP"],
    ("SUPPAE", "AETRTEM", "QVAL"): ["Y"],
}


@pytest.fixture(scope="module")
def spec() -> Spec:
    return load_spec(STUDY)


@pytest.fixture(scope="module")
def profile() -> Profile:
    made = Profile()
    for (dataset, part, variable), values in NUMBERS.items():
        made.add(dataset, part, variable, pd.Series(values, dtype="float64"))
        made.rows[(dataset, part)] = len(values)
    for (dataset, part, variable), values in TEXTS.items():
        made.add(dataset, part, variable, pd.Series(values, dtype="string"))
        made.rows[(dataset, part)] = max(made.rows[(dataset, part)], len(values))
    return made


def made(spec: Spec, profile: Profile, engine: Engine) -> Document:
    names = [dataset.name for dataset in spec.of(engine)]
    return from_spec(spec, engine, names, profile, {(engine, "SUBJID"): 4, (engine, "SUPPAE.QVAL"): 1})


@pytest.fixture(scope="module")
def sdtm(spec: Spec, profile: Profile) -> Document:
    return made(spec, profile, "sdtm")


@pytest.fixture(scope="module")
def adam(spec: Spec, profile: Profile) -> Document:
    return made(spec, profile, "adam")


def item(document: Document, name: str) -> ItemDef:
    return Lookup(document).items[f"IT.{name}"]


def ref(document: Document, name: str) -> ItemRef:
    refs = [*(ref for group in document.datasets for ref in group.items)]
    refs += [ref for values in document.value_lists for ref in values.items]
    return next(ref for ref in refs if ref.item == f"IT.{name}")


def method(document: Document, name: str) -> str | None:
    found = Lookup(document).methods.get(ref(document, name).method or "")
    return found.description if found else None


def test_every_reference_leads_somewhere_and_nothing_is_unused(sdtm: Document, adam: Document) -> None:
    for document in (sdtm, adam):
        assert broken_references(document) == ()
        assert unused(document) == ()


def test_both_are_valid_by_the_schema(sdtm: Document, adam: Document, tmp_path: Path) -> None:
    import xmlschema
    from odmlib.schema_manager import get_schema_path

    schema = xmlschema.XMLSchema10(get_schema_path("define", "2.1"))
    for document in (sdtm, adam):
        file = tmp_path / f"{document.oid}.xml"
        file.write_bytes(to_xml(document))
        assert [str(error.reason) for error in schema.iter_errors(str(file))] == []


def test_datasets_stand_in_the_agency_s_order(sdtm: Document, adam: Document) -> None:
    assert [(group.name, group.class_name) for group in sdtm.datasets] == [
        ("DM", "SPECIAL PURPOSE"),
        ("AE", "EVENTS"),
        ("VS", "FINDINGS"),
        ("SUPPAE", "RELATIONSHIP"),
    ]
    assert [(group.name, group.class_name) for group in adam.datasets] == [
        ("ADSL", "SUBJECT LEVEL ANALYSIS DATASET"),
        ("ADX", "BASIC DATA STRUCTURE"),
        ("ADY", "BASIC DATA STRUCTURE"),
    ]


def test_standards_are_the_guides_and_the_packages_that_codelists_are_of(sdtm: Document, adam: Document) -> None:
    ct = Standard("STD.CT.SDTM", "CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM")
    assert sdtm.standards == (Standard("STD.SDTMIG", "SDTMIG", "IG", "3.4"), ct)
    assert adam.standards == (Standard("STD.ADaMIG", "ADaMIG", "IG", "1.3"), ct)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DM.SUBJID", ("text", 4, None)),
        ("DM.AGE", ("integer", 2, None)),
        ("DM.RFSTDTC", ("date", None, None)),
        ("AE.AESTDTC", ("partialDatetime", None, None)),
        ("AE.AESTDY", ("integer", 3, None)),
        ("VS.VSSTRESN", ("float", 5, 2)),
        ("VS.VSSTRESN.SYSBP", ("integer", 3, None)),
        ("VS.VSORRES.TEMP", ("text", 5, None)),
    ],
)
def test_types_and_lengths_are_as_the_data_has_them(
    sdtm: Document, name: str, expected: tuple[str, int | None, int | None]
) -> None:
    found = item(sdtm, name)
    assert (found.data_type, found.length, found.significant_digits) == expected


def test_a_date_held_as_a_number_has_its_format(adam: Document) -> None:
    found = item(adam, "ADSL.TRTSDT")
    assert (found.data_type, found.length, found.display_format) == ("integer", 8, "DATE9.")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DM.STUDYID", ("Protocol", "Sponsor", None)),
        ("DM.DOMAIN", ("Assigned", "Sponsor", None)),
        ("DM.SEX", ("Collected", "Investigator", None)),
        ("VS.VSORRES.TEMP", ("Collected", "Investigator", None)),
        ("DM.DTHDTC", ("Not Available", None, None)),
        ("AE.AEDECOD", ("Assigned", "Sponsor", None)),
        ("AE.AESTDY", ("Derived", "Sponsor", None)),
        ("SUPPAE.QVAL.AETRTEM", ("Collected", "Investigator", None)),
        ("ADSL.USUBJID", ("Predecessor", None, "DM.USUBJID")),
        ("ADSL.AGE", ("Predecessor", None, "DM.AGE")),
        ("ADSL.TRT01P", ("Predecessor", None, "DM.ARM")),
        ("ADSL.TRT01A", ("Predecessor", None, "DM.ARM")),
        ("ADY.AVISIT", ("Predecessor", None, "VS.VSTEST")),
        ("ADSL.SEX", ("Predecessor", None, "DM.SEX")),
        ("ADX.STUDYID", ("Predecessor", None, "ADSL.STUDYID")),
        ("ADX.AVAL.AGE", ("Predecessor", None, "ADSL.AGE")),
        ("ADX.AVAL.SYS", ("Derived", "Sponsor", None)),
    ],
)
def test_origins(sdtm: Document, adam: Document, name: str, expected: tuple[str, str | None, str | None]) -> None:
    found = item(adam if name.startswith("AD") else sdtm, name).origins
    assert [(origin.type, origin.source, origin.description) for origin in found] == [expected]


def test_collected_values_name_the_pages_of_the_annotated_crf(sdtm: Document) -> None:
    origin: Origin = item(sdtm, "DM.SUBJID").origins[0]
    assert (origin.documents[0].leaf, origin.documents[0].pages[0].pages) == ("LF.acrf", ("3", "4"))


def test_methods_are_the_derivations_sentences_with_the_spec_s_notation(sdtm: Document, adam: Document) -> None:
    text = method(sdtm, "AE.AESTDY")
    assert text is not None
    assert text.startswith("AESTDTC minus DM.RFSTDTC in days")
    found = Lookup(sdtm).methods["MT.AE.AESTDY"]
    assert [(one.context, one.code) for one in found.expressions] == [("oncdisc", "study_day: {date: AESTDTC}")]
    assert method(sdtm, "AE.AETERM") is None
    assert method(adam, "ADSL.TRTSDT") == "The day of the first dose"


def test_the_same_derivation_of_the_same_variable_is_one_method(sdtm: Document) -> None:
    methods = {ref(sdtm, f"{name}.USUBJID").method for name in ("DM", "AE", "VS", "SUPPAE")}
    assert methods == {"MT.DM.USUBJID"}


def test_results_are_said_by_value_with_the_spec_s_conditions(sdtm: Document, adam: Document) -> None:
    found = {values.oid: [ref.item for ref in values.items] for values in sdtm.value_lists}
    assert found == {
        "VL.VS.VSORRES": ["IT.VS.VSORRES.SYSBP", "IT.VS.VSORRES.TEMP"],
        "VL.VS.VSSTRESC": ["IT.VS.VSSTRESC.SYSBP", "IT.VS.VSSTRESC.TEMP"],
        "VL.VS.VSSTRESN": ["IT.VS.VSSTRESN.SYSBP", "IT.VS.VSSTRESN.TEMP"],
        "VL.SUPPAE.QVAL": ["IT.SUPPAE.QVAL.AETRTEM"],
    }
    clause = Lookup(adam).where_clauses[ref(adam, "ADX.AVAL.SYS").where[0]]
    assert clause.checks == (RangeCheck("IT.ADX.PARAMCD", "EQ", ("SYS",)),)
    assert item(adam, "ADX.AVAL.SYS").label == "Systolic Blood Pressure (mmHg)"
    assert ref(adam, "ADX.AVAL").method is None
    assert method(adam, "ADX.AVAL.SYS") == "VSORRES as a number."


def test_what_comes_with_a_result_refers_to_the_result_s_methods(adam: Document) -> None:
    assert [method(adam, f"ADY.AVAL.{level}") for level in "PQR"] == [
        "The first record of ADSL.",
        "The first record of VS.",
        "The first record of VS.",
    ]
    assert item(adam, "ADY.ADT").value_list is None
    assert method(adam, "ADY.ADT") == "Made with the record: see the methods of AVAL by PARAMCD."


def test_a_slice_that_leaves_a_variable_blank_makes_no_value_level(adam: Document) -> None:
    assert item(adam, "ADY.AVISIT").value_list is None


def test_a_level_without_a_name_in_the_spec_has_the_terminology_s(sdtm: Document) -> None:
    assert item(sdtm, "VS.VSORRES.SYSBP").label == "Systolic Blood Pressure"
    assert item(sdtm, "VS.VSORRES.TEMP").label == "Temperature"


def test_values_that_happen_to_be_whole_numbers_in_one_level_make_no_value_level(sdtm: Document) -> None:
    assert item(sdtm, "VS.VSDY").value_list is None
    assert item(sdtm, "VS.VSDY").data_type == "float"


def terms(document: Document, name: str) -> list[tuple[str, str | None, bool]]:
    codelist = Lookup(document).codelists[item(document, name).codelist or ""]
    return [(term.value, term.decode, term.extended) for term in codelist.terms]


def test_codelists_hold_the_terms_that_the_data_use(sdtm: Document) -> None:
    assert terms(sdtm, "DM.SEX") == [("F", "Female", False), ("M", "Male", False)]
    assert terms(sdtm, "AE.AESER") == [("N", "No", False), ("Y", "Yes", False)]
    assert terms(sdtm, "VS.VSTESTCD") == [
        ("SYSBP", "Systolic Blood Pressure", False),
        ("TEMP", "Temperature", False),
    ]


def test_another_subset_of_a_codelist_is_a_codelist_of_its_own(sdtm: Document) -> None:
    assert terms(sdtm, "SUPPAE.QVAL.AETRTEM") == [("Y", "Yes", False)]
    assert item(sdtm, "SUPPAE.QVAL.AETRTEM").codelist != item(sdtm, "AE.AESER").codelist


@pytest.mark.parametrize(
    ("value", "expected"),
    [("120", False), ("<0.5", False), ("2024-01", False), ("Y", True), ("1 TO 2", True)],
)
def test_numbers_and_dates_are_no_terms_of_a_codelist(spec: Spec, profile: Profile, value: str, expected: bool) -> None:
    changed = Profile(columns={**profile.columns}, rows=profile.rows)
    changed.columns[("VS", "TEMP", "VSSTRESC")] = Column(1, 1, len(value), terms=Counter({value: 1}))
    found = item(made(spec, changed, "sdtm"), "VS.VSSTRESC.TEMP")
    assert (found.codelist is not None) is expected


def test_a_codelist_with_measurements_among_its_values_is_left_out(sdtm: Document) -> None:
    assert item(sdtm, "VS.VSSTRESC").codelist is None
    assert item(sdtm, "VS.VSSTRESC.SYSBP").codelist is None
    assert terms(sdtm, "VS.VSSTRESC.TEMP") == [("Y", "Yes", False), ("NOT KNOWN", "NOT KNOWN", True)]


def test_published_terms_have_their_codes(sdtm: Document) -> None:
    found = Lookup(sdtm).codelists["CL.SEX"]
    assert [(alias.context, alias.name) for alias in found.aliases] == [("nci:ExtCodeID", "C66731")]
    assert [alias.name for alias in found.terms[0].aliases] == ["C16576"]
    assert found.standard == "STD.CT.SDTM"


def test_a_codelist_of_the_study_marks_what_it_adds_to_the_terminology(sdtm: Document) -> None:
    assert terms(sdtm, "AE.AEACN") == [
        ("DOSE REDUCED", "Dose Reduced", False),
        ("DOSE DOUBLED", "Dose Doubled", True),
    ]
    assert Lookup(sdtm).codelists["CL.SITEGR"].is_non_standard


def test_a_dictionary_is_external(sdtm: Document) -> None:
    found = Lookup(sdtm).codelists["CL.MEDDRA"].external
    assert found is not None
    assert (found.name, found.version) == ("MedDRA", "27.1")


def test_parameters_are_a_codelist_of_the_spec_s_own(adam: Document) -> None:
    assert terms(adam, "ADX.PARAMCD") == [
        ("AGE", "Age (years)", False),
        ("SYS", "Systolic Blood Pressure (mmHg)", False),
    ]


def test_keys_roles_and_what_the_standard_does_not_know(sdtm: Document, adam: Document) -> None:
    assert [ref(adam, f"ADX.{name}").key_sequence for name in ("USUBJID", "PARAMCD", "AVAL")] == [1, 2, None]
    assert (ref(sdtm, "AE.AETERM").role, ref(sdtm, "AE.AETERM").mandatory) == ("Topic", True)
    assert ref(sdtm, "AE.AESITE").is_non_standard
    assert not ref(sdtm, "AE.AETERM").is_non_standard
    assert ref(adam, "ADX.AVAL").role is None


def test_a_variable_without_values_says_so_and_why(sdtm: Document) -> None:
    assert ref(sdtm, "DM.DTHDTC").has_no_data
    assert Lookup(sdtm).comments["COM.DM.DTHDTC"].description == "Deaths were not collected"
    assert ref(sdtm, "AE.AETERM").has_no_data
    assert item(sdtm, "AE.AETERM").comment == "COM.NO_VALUES"


def test_a_dataset_without_records_says_so_and_its_variables_need_not(spec: Spec) -> None:
    document = from_spec(spec, "sdtm", ["DM"], Profile(), {})
    assert document.datasets[0].has_no_data
    assert Lookup(document).comments["COM.DM"].description == "The dataset has no records."
    assert not any(ref.has_no_data for ref in document.datasets[0].items)


def test_documents_go_to_the_engine_they_belong_to(sdtm: Document, adam: Document) -> None:
    assert [leaf.oid for leaf in sdtm.leaves] == ["LF.acrf", "LF.csdrg"]
    assert [leaf.oid for leaf in adam.leaves] == ["LF.adrg"]
    assert [one.leaf for one in sdtm.annotated_crf] == ["LF.acrf"]


def test_the_creation_time_is_the_study_s_or_the_environment_s(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    assert from_spec(spec, "adam", [], Profile(), {}).file.created == "2026-01-31T12:00:00"
    without = replace(spec, study=spec.study.model_copy(update={"created": None}))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert from_spec(without, "adam", [], Profile(), {}).file.created == "1970-01-02T00:00:00"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert from_spec(without, "adam", [], Profile(), {}).file.created == "1960-01-01T00:00:00"


def test_analysis_results_join_the_document(spec: Spec, profile: Profile, tmp_path: Path) -> None:
    clause = WhereClause("WC.AR.1", (RangeCheck("IT.ADX.PARAMCD", "IN", ("AGE", "SYS")),))
    used = AnalysisDataset("IG.ADX", "WC.AR.1", ("IT.ADX.AVAL",))
    result = AnalysisResult("AR.1", "Mean", "DATA DRIVEN", "EXPLORATORY OUTCOME MEASURE", (used,))
    display = ResultDisplay("RD.1", "Table 1", "Means", (DocumentRef("LF.csr"),), (result,))
    analyses = Analyses((display,), (clause,), (Leaf("LF.csr", "csr.pdf", "Study report"),))
    names = [dataset.name for dataset in spec.of("adam")]
    document = from_spec(spec, "adam", names, profile, {}, analyses)
    assert broken_references(document) == ()
    assert unused(document) == ()
    assert document.displays == (display,)


def test_the_same_spec_and_data_give_the_same_bytes(spec: Spec, profile: Profile, sdtm: Document) -> None:
    assert to_xml(made(spec, profile, "sdtm")) == to_xml(sdtm)
