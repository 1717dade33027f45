"""Timing variables of the model in domains that SDTMIG lists none of them for."""

from __future__ import annotations

import pytest

from specs.standard import standard
from specs.timing import with_timing

SDTMIG = standard("SDTMIG 3.4")
CLASSES = ("Interventions", "Events", "Findings", "Findings About")


def test_a_variable_that_the_guide_lacks_stands_where_the_model_has_it():
    names = [*with_timing(SDTMIG.dataset("AE")).variables]
    assert names.index("EPOCH") < names.index("AEDTC") < names.index("AESTDTC")
    assert names.index("AEENDTC") < names.index("AEDY") < names.index("AESTDY")
    ds = [*with_timing(SDTMIG.dataset("DS")).variables]
    assert ds.index("DSDECOD") < ds.index("VISITNUM") < ds.index("VISIT") < ds.index("EPOCH") < ds.index("DSDTC")


def test_it_has_the_models_label_and_type():
    day = with_timing(SDTMIG.dataset("AE")).variables["AEDY"]
    assert (day.label, day.type, day.core, day.role) == ("Study Day of Visit/Collection/Exam", "Num", "Perm", "Timing")
    assert with_timing(SDTMIG.dataset("EX")).variables["VISIT"].type == "Char"


@pytest.mark.parametrize("name", [n for n in SDTMIG.datasets if SDTMIG.dataset(n).class_ in CLASSES])
def test_what_the_guide_says_stays_as_it_is(name):
    known, more = SDTMIG.dataset(name), with_timing(SDTMIG.dataset(name))
    assert [variable for variable in more.variables if variable in known.variables] == [*known.variables]
    assert all(more.variables[variable].label == facts.label for variable, facts in known.variables.items())
    assert [facts.order for facts in more.variables.values()] == [*range(1, len(more.variables) + 1)]


@pytest.mark.parametrize("name", ["DM", "SE", "TV", "RELREC"])
def test_other_datasets_take_none(name):
    assert with_timing(SDTMIG.dataset(name)) is SDTMIG.dataset(name)


def test_a_study_needs_no_label_for_them(study):
    spec = study(
        """
        dataset: DM
        records: [{from: dm}]
        variables: {SUBJID: {copy: SUBJ}}
        """,
        """
        dataset: AE
        records: [{from: dm}]
        variables: {AETERM: {copy: SUBJ}, AEDY: {constant: 1}, AESTDTC: {copy: SUBJ}}
        """,
    )
    assert [*spec.datasets["AE"].variables] == ["STUDYID", "DOMAIN", "USUBJID", "AETERM", "AESTDTC", "AEDY"]
    assert spec.datasets["AE"].variables["AEDY"].storage == "number"
