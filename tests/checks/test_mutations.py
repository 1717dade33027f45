"""Mutations of a package: each does what it says to a copy, and one that changes nothing is an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from oncdisc import checks
from tests.checks.builders import package
from tests.checks.cases import case, mutation
from tests.checks.mutations import NEW, Mutant, MutationError

TABLES = {
    "DM": "USUBJID SEX DTHDTC / 1 F 2024-05-01 / 2 M .",
    "AE": "DOMAIN USUBJID AESEQ AETERM AESTDTC / AE 1 1 a 2024-01-31 / AE 1 2 b 2024-02 / AE 2 1 c .",
}


@pytest.fixture
def small() -> checks.Package:
    return package(TABLES)


def mutated(small: checks.Package, **given: object) -> Mutant:
    return mutation(given).made(small, Path)


def column(mutant: Mutant, name: str, dataset: str = "AE") -> list[str]:
    return mutant.package.datasets[dataset].text(name).fillna(".").tolist()


def test_values_are_set_in_the_chosen_records_of_a_copy(small):
    mutant = mutated(small, AE={"where": {"USUBJID": "1"}, "record": 2, "set": {"AETERM": "x", "AESTDTC": None}})
    assert column(mutant, "AETERM") == ["a", "x", "c"]
    assert column(mutant, "AESTDTC") == ["2024-01-31", ".", "."]
    assert small.datasets["AE"].text("AETERM").tolist() == ["a", "b", "c"]
    assert small.datasets["AE"].package is small
    assert mutant.touched == {"AE": {1}}
    assert mutant.subjects == {"1"}


def test_values_come_from_other_variables_and_datasets(small):
    of = {"where": {"AESEQ": 1}, "first": 1}
    later = mutated(small, AE={**of, "set": {"AESTDTC": {"of": "DM.DTHDTC", "days": 1}}})
    assert column(later, "AESTDTC")[0] == "2024-05-02"
    partial = mutated(
        small, AE={**of, "set": {"AESTDTC": {"of": "AESTDTC", "chars": 7}, "AESEQ": {"of": "AESEQ", "plus": 5}}}
    )
    assert (column(partial, "AESTDTC")[0], column(partial, "AESEQ")[0]) == ("2024-01", "6")
    around = mutated(small, AE={**of, "set": {"AETERM": {"of": "AETERM", "before": " ", "after": "!"}}})
    assert column(around, "AETERM")[0] == " a!"


def test_a_subjects_value_in_another_dataset_chooses_records(small):
    mutant = mutated(small, AE={"where": {"DM.SEX": "M"}, "set": {"AETERM": "x"}})
    assert column(mutant, "AETERM") == ["a", "b", "x"]


def test_records_within_the_first_ones_group(small):
    mutant = mutated(small, AE={"within": ["USUBJID"], "set": {"AETERM": "x"}})
    assert column(mutant, "AETERM") == ["x", "x", "c"]


def test_records_repeated_are_new_ones_and_records_deleted_leave_the_others_where_they_were(small):
    mutant = mutated(small, AE={"record": 1, "repeat": True, "set": {"AESEQ": 9}})
    assert column(mutant, "AESEQ") == ["1", "2", "1", "9"]
    assert mutant.origin("AE").tolist() == [0, 1, 2, NEW]
    mutant = mutated(small, AE={"record": 1, "delete": True})
    assert mutant.origin("AE").tolist() == [1, 2]
    assert mutant.subjects == {"1"}


def test_variables_are_added_removed_renamed_described(small):
    mutant = mutated(small, AE={"record": 1, "add": {"AELOC": "LUNG"}})
    assert column(mutant, "AELOC") == ["LUNG", ".", "."]
    assert mutant.package.datasets["AE"].variables["AELOC"].label == "Location of Event"
    ae = mutated(small, AE={"remove": ["AETERM"], "rename": {"AESEQ": "aeno"}, "last": ["DOMAIN"]}).package.datasets[
        "AE"
    ]
    assert list(ae.frame) == ["USUBJID", "AENO", "AESTDTC", "DOMAIN"]
    assert ae.variables["AENO"].name == "aeno"
    ae = mutated(small, AE={"relabel": {"AETERM": "x"}, "resize": {"AETERM": 9}, "retype": {"AESEQ": "text"}}).package
    assert (ae.datasets["AE"].variables["AETERM"].label, ae.datasets["AE"].variables["AETERM"].length) == ("x", 9)
    assert ae.datasets["AE"].is_text("AESEQ")


def test_datasets_are_labelled_renamed_copied_dropped(small):
    found = mutated(small, AE={"label": "x", "copy_as": {"CE": "CE"}}, DM={"name": "XX"}).package
    assert list(found.datasets) == ["AE", "CE", "XX"]
    assert list(found.datasets["CE"].frame) == ["DOMAIN", "USUBJID", "CESEQ", "CETERM", "CESTDTC"]
    assert found.datasets["CE"].distinct("DOMAIN")[1].tolist() == ["CE"]
    assert found.datasets["AE"].label == "x"
    assert found.reference is None
    assert "AE" not in mutated(small, AE={"gone": True}).package.datasets


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"where": {"AETERM": "nowhere"}, "set": {"AETERM": "x"}}, "no record where"),
        ({"where": {"AESEQ": 1}, "first": 3, "set": {"AETERM": "x"}}, "2 records where"),
        ({"where": {"AEXX": 1}, "set": {"AETERM": "x"}}, "AE has no AEXX"),
        ({"set": {"AEXX": "x"}}, "`add` makes variables"),
        ({"add": {"AETERM": "x"}}, "`set` gives it a value"),
        ({"record": 1, "set": {"AETERM": "a"}}, "AETERM stays as it was"),
        ({"set": {"AESEQ": "x"}}, "cannot be set to 'x'"),
        ({"remove": ["AEXX"]}, "AE has no AEXX"),
        ({"record": 1}, "nothing is to happen"),
        ({"set": {"AETERM": {"of": "AETERM", "minus": 1}}}, "found minus"),
    ],
)
def test_a_mutation_that_changes_nothing_is_an_error(small, change, words):
    with pytest.raises(MutationError, match=words):
        mutated(small, AE=change)


def test_a_dataset_that_is_not_there_is_an_error(small):
    with pytest.raises(MutationError, match="the package has no LB"):
        mutated(small, LB={"gone": True})


def test_a_word_that_the_form_does_not_have_is_an_error():
    with pytest.raises(ValidationError, match="dropped"):
        mutation({"AE": {"dropped": True}})
    with pytest.raises(ValueError, match="found brake"):
        case("ae.fatal", {"brake": []})
