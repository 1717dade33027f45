"""Variables with terms of several codelists, and results that mean another thing in each test."""

from __future__ import annotations

from collections.abc import Callable

from define import Lookup, from_spec
from define.model import Document
from specs.columns import empty_text, text
from specs.loader import Spec
from specs.profile import Profile

RESPONSES = """
dataset: RS
records:
  - {id: OVR, from: rs, RSTESTCD: OVRLRESP, variables: {RSTEST: {decode: RSTESTCD}}}
  - {id: ECOG, from: ecog, RSTESTCD: ECOG101, variables: {RSTEST: {decode: {from: RSTESTCD, codelist: ECOG1TC}}}}
variables:
  RSSTRESC: {copy: RES}
"""
LABORATORY = """
dataset: LB
records: [{from: lb}]
variables:
  LBTESTCD: {copy: CODE}
  LBTEST: {decode: LBTESTCD}
  LBORRES: {copy: RES}
"""


def made(spec: Spec, name: str, profile: Profile) -> Document:
    return from_spec(spec, "sdtm", [name], profile, {})


def responses(study: Callable[..., Spec]) -> Lookup:
    spec = study(RESPONSES, forms=("dm", "rs", "ecog"))
    profile = Profile()
    names = {"OVR": ("OVRLRESP", "Overall Response"), "ECOG": ("ECOG101", "ECOG1-Performance Status")}
    for part, (code, name) in names.items():
        profile.rows["RS", part] = 1
        profile.add("RS", part, "RSTESTCD", text([code]))
        profile.add("RS", part, "RSTEST", text([name]))
    return Lookup(made(spec, "RS", profile))


def test_terms_of_two_standard_codelists_stand_together_each_with_its_code(study: Callable[..., Spec]) -> None:
    lookup = responses(study)
    codelist = lookup.codelists[lookup.items["IT.RS.RSTESTCD"].codelist or ""]
    assert {term.value: [alias.name for alias in term.aliases] for term in codelist.terms} == {
        "OVRLRESP": ["C96613"],
        "ECOG101": ["C102408"],
    }
    assert not any(term.extended for term in codelist.terms)
    assert codelist.is_non_standard


def test_names_are_of_the_lists_that_their_codes_are_paired_with(study: Callable[..., Spec]) -> None:
    lookup = responses(study)
    codelist = lookup.codelists[lookup.items["IT.RS.RSTEST"].codelist or ""]
    assert [term.value for term in codelist.terms if not term.extended] == [term.value for term in codelist.terms]


def test_results_of_rows_that_no_slice_tells_apart_are_said_test_by_test(study: Callable[..., Spec]) -> None:
    profile = Profile()
    profile.rows["LB", "lb"] = 3
    tests, results = text(["ALT", "ALT", "COLOR"]), text(["7", "12", "YELLOW"])
    profile.add("LB", "lb", "LBTESTCD", tests)
    profile.add("LB", "lb", "LBORRES", results)
    profile.add_by_test("LB", "LBORRES", results, tests)
    document = made(study(LABORATORY, forms=("dm", "lb")), "LB", profile)
    lookup = Lookup(document)
    values = lookup.values(lookup.items["IT.LB.LBORRES"])
    found = [(ref.where, lookup.items[ref.item].length, lookup.items[ref.item].label) for ref in values]
    assert found == [
        (("WC.LB.ALT",), 2, "Alanine Aminotransferase"),
        (("WC.LB.COLOR",), 6, "Color"),
    ]
    assert lookup.where_clauses["WC.LB.ALT"].checks[0].item == "IT.LB.LBTESTCD"


def test_one_test_alone_needs_no_value_level(study: Callable[..., Spec]) -> None:
    profile = Profile()
    profile.rows["LB", "lb"] = 1
    profile.add_by_test("LB", "LBORRES", text(["7"]), text(["ALT"]))
    assert made(study(LABORATORY, forms=("dm", "lb")), "LB", profile).value_lists == ()


def test_of_a_list_that_may_be_extended_no_term_is_named_where_no_value_is(study: Callable[..., Spec]) -> None:
    lesions = "dataset: TU\nrecords: [{from: tl}]\nvariables: {TULAT: {copy: SIDE}, TUACPTFL: {copy: ACCEPTED}}"
    profile = Profile()
    profile.rows["TU", "tl"] = 1
    for name in ("TULAT", "TUACPTFL"):
        profile.add("TU", "tl", name, empty_text(1))
    items = Lookup(made(study(lesions, forms=("dm", "tl")), "TU", profile)).items
    assert items["IT.TU.TULAT"].codelist is None
    assert items["IT.TU.TUACPTFL"].codelist is not None
