"""How an entered value becomes columns."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from oncdisc.trial.casebook import NO, Casebook, Partial, entered
from oncdisc.trial.course import draw_person
from oncdisc.trial.design import read_design
from oncdisc.trial.forms import forms_of


@pytest.fixture
def book(study: dict[str, Any]) -> Casebook:
    design = read_design(study)
    rng = np.random.default_rng(1)
    return Casebook(design, draw_person(rng, design, 7), 7, forms_of({}, {}), rng)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2024, 3, 5), "05 MAR 2024"),
        (Partial(2024, 3), "UN MAR 2024"),
        (Partial(2024), "UNK UNK 2024"),
    ],
)
def test_dates_as_typed(value: date | Partial, text: str) -> None:
    assert entered(value) == text


def test_a_partial_date_has_only_its_known_parts(book: Casebook) -> None:
    book.add("dth", "Death", 5, {"DTHDAT": Partial(2024, 3)})
    row = book.rows["dth"][0]
    assert [row[f"DTHDAT{part}"] for part in ("", "_RAW", "_YYYY", "_MM", "_DD")] == [
        "UN MAR 2024", "UN MAR 2024", "2024", "3", "",
    ]  # fmt: skip
    assert row["DTHCAUSE"] == row["DTHCAUSE_STD"] == ""


def test_system_columns_name_the_place_of_a_record(book: Casebook) -> None:
    book.add("ecog", "Cycle 2 Day 1", 21, {"ECOGPERF": NO})
    book.add("ecog", "Unscheduled 1", 30, {"ECOGPERF": NO}, folder="UNS")
    planned, unplanned = book.rows["ecog"]
    assert (planned["Subject"], planned["SiteNumber"], planned["Folder"]) == ("102-002", "102", "C2D1")
    assert (planned["RecordId"], unplanned["RecordId"]) == ("10070001", "10070002")
    assert unplanned["Folder"] == "UNS"
    assert int(unplanned["FolderSeq"]) > int(planned["FolderSeq"])


def test_an_unknown_item_is_refused(book: Casebook) -> None:
    with pytest.raises(KeyError, match="dth has no item DTHDATE"):
        book.add("dth", "Death", 5, {"DTHDATE": date(2024, 3, 5)})


def test_a_value_of_another_kind_is_refused(book: Casebook) -> None:
    with pytest.raises(TypeError, match="DTHDAT is a date"):
        book.add("dth", "Death", 5, {"DTHDAT": "soon"})
    with pytest.raises(TypeError, match="DTHAUTO is coded"):
        book.add("dth", "Death", 5, {"DTHAUTO": "No"})
