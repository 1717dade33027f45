"""Values against codelists, whole variables and TSVAL by its parameter."""

from __future__ import annotations

import pytest

from oncdisc import checks
from oncdisc.checks.matching import additions, places, suggestion, unlisted
from specs.terminology import terminology
from tests.checks.builders import package

TERMS = ("terminology.closed", "terminology.variant", "terminology.extension")


def judged(*rows: str) -> dict[str, str]:
    """Each TSVAL that a rule on terminology reports, with the rule's last word."""
    data = package({"TS": "TSPARMCD TSVAL / " + " / ".join(rows)})
    found = [finding for rule in TERMS for finding in checks.run(data, [rule]).rows() if finding.variable == "TSVAL"]
    return {finding.value: finding.rule.partition(".")[2] for finding in found}


def test_a_value_is_held_to_the_codelist_of_its_parameter():
    rows = ("STYPE INTERVENTIONAL", "TBLIND INTERVENTIONAL", "STYPE TRIAL", "TITLE TRIAL")
    assert judged(*rows) == {"INTERVENTIONAL": "extension", "TRIAL": "closed"}


@pytest.mark.parametrize("code", ["ADDON", "RANDOM", "ADAPT"])
def test_some_parameters_take_two_of_the_codelists_terms_alone(code: str):
    assert judged(f"{code} Y", f"{code} NA") == {"NA": "closed"}
    assert judged("HLTSUBJI NA", "HLTSUBJI MAYBE") == {"MAYBE": "closed"}


def test_a_term_in_other_words_is_told_from_an_addition():
    assert judged("TPHASE Phase~II~Trial", "TPHASE PHASE~IX", "TPHASE PHASE~II~TRIAL") == {
        "Phase II Trial": "variant",
        "PHASE IX": "extension",
    }


def test_what_is_reported_names_parameter_codelist_and_nearest_terms():
    data = package({"TS": "TSPARMCD TSVAL / TTYPE SAFTY / INTTYPE DRUGS"})
    extension = checks.run(data, ["terminology.extension"]).rows()
    closed = checks.run(data, ["terminology.closed"]).rows()
    assert [(finding.value, finding.message) for finding in (*extension, *closed)] == [
        ("SAFTY", "an addition to TTYPE (2025-03-28), the codelist of TTYPE; nearest: SAFETY"),
        ("DRUGS", "not a term of INTTYPE (2025-03-28), the codelist of INTTYPE; nearest: DRUG"),
    ]


def test_a_parameter_whose_codelist_the_terminology_lacks_takes_anything():
    assert judged("CONROLE ANYBODY", "TITLE ANYTHING", "NOSUCH X") == {}


def test_places_are_variables_with_codelists_and_parameters_that_are_there():
    data = package({"TS": "TSPARMCD TSPARM TSVAL / STYPE x y / TITLE x y / SEXPOP x y"}).datasets["TS"]
    assert [(place.variable, place.parameter) for place in places(data)] == [
        ("TSPARMCD", ""),
        ("TSPARM", ""),
        ("TSVAL", "STYPE"),
        ("TSVAL", "SEXPOP"),
    ]


def test_values_of_other_records_do_not_count_for_a_parameter():
    data = package({"TS": "TSPARMCD TSVAL / STYPE INTERVENTIONAL / TITLE Nothing"}).datasets["TS"]
    place = next(place for place in places(data) if place.parameter == "STYPE")
    assert unlisted(data, place).tolist() == [False, False]
    assert [part.tolist() for part in additions(data, place)] == [[False, False], [False, False]]


@pytest.mark.parametrize(("value", "nearest"), [("female", "F"), ("SITING", "SITTING"), ("qwertz", "")])
def test_the_nearest_terms_are_suggested(value: str, nearest: str) -> None:
    lists = [terminology("2025-03-28").codelist(name) for name in ("SEX", "POSITION")]
    assert nearest in suggestion(value, lists)
    assert bool(suggestion(value, lists)) == bool(nearest)
