"""Paths through a dictionary that is not at hand: the package agrees with itself."""

from __future__ import annotations

import pytest

from tests.checks.builders import found

PATH = "terminology.path"


def test_a_preferred_term_has_one_path_over_all_datasets() -> None:
    tables = {
        "AE": "USUBJID AEDECOD AESOC / 1 Nausea Gastro / 1 Rash Skin",
        "MH": "USUBJID MHDECOD MHSOC / 1 Nausea General / 2 Rash Skin",
    }
    assert found(PATH, tables) == ["AE.AESOC record 1", "MH.MHSOC record 1"]


def test_a_lowest_level_term_has_one_preferred_term() -> None:
    assert found(PATH, {"AE": "USUBJID AELLT AEDECOD / 1 Sick Nausea / 2 Sick Vomiting / 3 Queasy Nausea"}) == [
        "AE.AEDECOD record 1",
        "AE.AEDECOD record 2",
    ]


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ("1 a Heart h g / 2 b Heart h i", ["AE.AEHLGT record 1", "AE.AEHLGT record 2"]),
        ("1 a Heart h g / 2 b Vessels h i", []),
        ("1 a Heart h g / 2 b Heart h .", []),
        ("1 a Heart h g / 2 b Heart i g", []),
    ],
    ids=["one class", "two classes", "missing", "two terms of a group"],
)
def test_a_high_level_term_has_one_group_within_a_class(rows: str, places: list[str]) -> None:
    assert found(PATH, {"AE": f"USUBJID AEDECOD AESOC AEHLT AEHLGT / {rows}"}) == places


def test_what_is_decoded_by_no_such_dictionary_has_no_path() -> None:
    assert found(PATH, {"DS": "USUBJID DSDECOD DSBODSYS / 1 DEATH x / 2 DEATH y"}) == []


def test_a_class_that_is_not_the_primary_one_is_told() -> None:
    rows = "1 Nausea Gastro / 1 Investigations Gastro / 2 . Gastro / 2 GASTRO Gastro"
    assert found("terminology.class", {"AE": f"USUBJID AEBODSYS AESOC / {rows}"}) == ["AE.AEBODSYS record 1",
        "AE.AEBODSYS record 2"]  # fmt: skip


def test_a_class_has_its_code_one_to_one() -> None:
    rows = "1 A01 Stomatological / 1 A01 Digestives / 2 B01 Blood"
    assert found("terminology.one_to_one", {"CM": f"USUBJID CMCLASCD CMCLAS / {rows}"}) == ["CM.CMCLAS record 1",
        "CM.CMCLAS record 2"]  # fmt: skip


def test_time_points_are_numbered_within_visit_and_reference() -> None:
    table = "USUBJID VISITNUM EGTPT EGTPTNUM EGTPTREF / 1 1 PRE 1 A / 1 2 PRE 5 A / 1 1 PRE 2 B"
    assert found("terminology.one_to_one", {"EG": table}) == []
    assert len(found("terminology.one_to_one", {"EG": f"{table} / 2 1 PRE 3 A"})) == 2
