"""ADaM's rules that are declared by the row: one breaking dataset and one near miss made for each."""

from __future__ import annotations

import pytest

from oncdisc import checks
from oncdisc.checks.rules import adam_pairs, adam_presence, adam_values
from tests.checks.builders import found, package

PK = "ADPPK"
NCA = "ADNCA"
NAMES = {"ADSL": "ADSL", "BDS": "ADLB", "TTE": "ADTTE", "OCCDS": "ADCM", "ADAE": "ADAE"}
BASIC = {"ADLB": "PARAMCD AVAL", "ADTTE": "PARAMCD STARTDT", "ADCM": "CMTRT", "ADAE": "AEACN", PK: "AVAL"}


def home(applies: object) -> str:
    """A dataset that a rule is for."""
    if getattr(applies, "subclass", ""):
        return PK if "POPULATION" in getattr(applies, "subclass", "") else NCA
    structures = getattr(applies, "structures", ())
    return NAMES[structures[-1]] if structures else "ADLB"


@pytest.mark.parametrize(("number", "name", "applies"), adam_presence.REQUIRED, ids=lambda part: str(part))
def test_a_variable_that_must_be_there(number: int, name: str, applies: object) -> None:
    dataset = home(applies)
    others = [part for part in ("XVAR", *BASIC.get(dataset, "").split()) if part != name]
    values = " ".join(["1"] * len(others))
    assert found(f"adam.{number}", {dataset: f"{' '.join(others)} / {values}"})
    assert not found(f"adam.{number}", {dataset: f"{' '.join(others)} {name} / {values} 1"})


@pytest.mark.parametrize(("number", "name"), adam_presence.REQUIRED_PK)
def test_a_variable_that_population_pharmacokinetics_needs(number: int, name: str) -> None:
    assert found(f"adam.{number}", {PK: "AVAL / 1"})
    assert not found(f"adam.{number}", {PK: f"AVAL {name} / 1 1"})
    assert not found(f"adam.{number}", {"ADLB": "AVAL / 1"})


@pytest.mark.parametrize(("number", "name", "others", "applies"), adam_presence.COMPANIONS)
def test_a_variable_that_needs_another(number: int, name: str, others: tuple[str, ...], applies: object) -> None:
    dataset = home(applies)
    basic = BASIC.get(dataset, "XVAR")
    values = " ".join(["1"] * len(basic.split()))
    assert found(f"adam.{number}", {dataset: f"{basic} {name} / {values} 1"})
    assert not found(f"adam.{number}", {dataset: f"{basic} {name} {others[0]} / {values} 1 1"})


@pytest.mark.parametrize(("population", "numbers"), adam_values.POPULATIONS.items())
def test_population_flags_are_never_missing(population: str, numbers: tuple[int, int]) -> None:
    flag, numeric = numbers
    assert found(f"adam.{flag}", {"ADSL": f"USUBJID {population}FL / 1 Y / 2 ."}) == [f"ADSL.{population}FL record 2"]
    assert found(f"adam.{numeric}", {"ADSL": f"USUBJID {population}FN / 1 1 / 2 0 / 3 2"}) == [
        f"ADSL.{population}FN record 3"
    ]
    assert not found(f"adam.{flag}", {"ADSL": f"USUBJID {population}FL / 1 Y / 2 N"})


@pytest.mark.parametrize(("number", "name", "applies"), adam_values.YES_OR_MISSING)
def test_flags_that_are_y_or_missing(number: int, name: str, applies: object) -> None:
    dataset = home(applies)
    basic = BASIC.get(dataset, "XVAR").split()[0]
    assert found(f"adam.{number}", {dataset: f"{basic} {name} / 1 Y / 1 N / 1 ."}) == [f"{dataset}.{name} record 2"]


@pytest.mark.parametrize("family", adam_pairs.FAMILIES, ids=lambda family: f"{family[0]}-{family[1]}")
def test_pairs_of_population_pharmacokinetics(family: tuple[str, str, int, int, int, int]) -> None:
    first, second, there, back, one, other = family
    head = f"AVAL {first} {second}"
    assert found(f"adam.{there}", {PK: f"{head} / 1 A 1 / 1 A ."}) == [f"{PK}.{second} record 2"]
    assert found(f"adam.{back}", {PK: f"{head} / 1 A 1 / 1 . 1"}) == [f"{PK}.{first} record 2"]
    assert len(found(f"adam.{one}", {PK: f"{head} / 1 A 1 / 1 A 2 / 1 B 3"})) == 2
    assert len(found(f"adam.{other}", {PK: f"{head} / 1 A 1 / 1 B 1 / 1 C 3"})) == 2
    fine = {PK: f"{head} / 1 A 1 / 1 A 1 / 1 B 2"}
    assert not any(found(f"adam.{number}", fine) for number in family[2:])


@pytest.mark.parametrize(("number", "given", "other"), [(892, "COHORTN", "COHORT"), (894, "ACYCLEC", "ACYCLE")])
def test_pairs_of_noncompartmental_analysis(number: int, given: str, other: str) -> None:
    assert len(found(f"adam.{number}", {NCA: f"AVAL {given} {other} / 1 1 8 / 1 1 9"})) == 2
    assert not found(f"adam.{number}", {NCA: f"AVAL {given} {other} / 1 1 8 / 1 2 9"})


@pytest.mark.parametrize("number", [278, 279])
def test_severities_are_one_to_three(number: int) -> None:
    name = {278: "ASEVN", 279: "AESEVN"}[number]
    assert found(f"adam.{number}", {"ADAE": f"AETERM {name} / x 3 / x 0 / x ."}) == [f"ADAE.{name} record 2"]


def test_a_label_and_a_name_and_a_value_can_be_too_long() -> None:
    labels = {"ADLB": {"PARAMCD": "x" * 41, "AVAL": "x" * 40}}
    assert found("adam.16", {"ADLB": "PARAMCD AVAL / 1 1"}, labels) == ["ADLB.PARAMCD"]
    assert found("adam.13", {"ADLB": "PARAMCD ABCDEFGHI ABCDEFGH / 1 1 1"}) == ["ADLB.ABCDEFGHI"]
    assert found("adam.17", {"ADLB": f"PARAMCD AVALC / 1 {'x' * 201} / 1 {'x' * 200}"}) == ["ADLB.AVALC record 1"]
    assert found("structure.value_length", {"AE": f"AETERM / {'x' * 201} / {'x' * 200}"}) == ["AE.AETERM record 1"]
    assert found("structure.label_length", {"AE": "AETERM AESEQ / x 1"}, {"AE": {"AETERM": "x" * 41}}) == ["AE.AETERM"]


def test_labels_are_the_standards() -> None:
    right = {"AE": {"AETERM": "Reported Term for the Adverse Event", "AESEQ": "Sequence Number"}}
    wrong = {"AE": {"AETERM": "Reported Term", "AESEQ": "Sequence Number"}}
    assert found("structure.label", {"AE": "AETERM AESEQ / x 1"}, right) == []
    assert found("structure.label", {"AE": "AETERM AESEQ / x 1"}, wrong) == ["AE.AETERM"]
    assert found("structure.label", {"AE": "AETERM AESEQ / x 1"}) == [], "a file without labels says nothing"


def test_dataset_labels_are_the_standards() -> None:
    found_labels = []
    for label in ("Adverse Events", "Events, Adverse"):
        whole = package({"AE": "AETERM / x"}, {"AE": {}})
        whole.datasets["AE"].label = label
        found_labels.append(len(checks.run(whole, ["structure.dataset_label"]).rows()))
    assert found_labels == [0, 1]
