"""Interrupted infusions: the items agree with what the form had before them, and change none of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oncdisc.trial import interruptions, simulation
from oncdisc.trial.interruptions import LATER
from tests.trial.conftest import Extract, Row, read

INFUSED = ("ex_ade", "ex_nab")


def interrupted(forms: Any) -> list[Row]:
    return [row for form in INFUSED for row in forms[form] if row["EXINTSTM"]]


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return 60 * int(hours) + int(rest)


def test_every_interrupted_infusion_says_when_how_much_and_why(large: Extract) -> None:
    rows = [row for form in INFUSED for row in large.forms[form]]
    assert [bool(row["EXINTSTM"]) for row in rows] == [row["EXADJ"] == "Infusion interrupted" for row in rows]
    found = interrupted(large.forms)
    assert len(found) > 50
    assert all(row[column] for row in found for column in LATER)
    assert {row["EXINTREA_STD"] for row in found} == {"1", "2", "3"}


def test_stop_and_restart_lie_within_the_infusion_as_far_apart_as_the_form_said(large: Extract) -> None:
    for row in interrupted(large.forms):
        start, stop, again, end = (minutes(row[item]) for item in ("EXSTTIM", "EXINTSTM", "EXINTRTM", "EXENTIM"))
        assert start < stop < again < end
        assert again - stop == int(row["EXINTDUR"])


def test_the_amount_before_is_the_share_of_the_minutes_that_had_passed(large: Extract) -> None:
    for form, length in (("ex_ade", 60), ("ex_nab", 30)):
        for row in (row for row in large.forms[form] if row["EXINTSTM"]):
            share = (minutes(row["EXINTSTM"]) - minutes(row["EXSTTIM"])) / length
            assert float(row["EXINTDOS"]) == pytest.approx(float(row["EXDOSE"]) * share, abs=0.51)
            assert 0 < float(row["EXINTDOS"]) < float(row["EXDOSE"])


def test_everything_else_is_as_it_is_without_them(study: dict[str, Any], tmp_path: Path, monkeypatch: Any) -> None:
    def nothing(book: simulation.Casebook, rng: np.random.Generator) -> None:
        rng.random(100)

    for messy in (False, True):
        simulation.simulate(study, tmp_path / "with", subjects=12, messy=messy)
        with monkeypatch.context() as patch:
            patch.setattr(simulation, "record_interruptions", nothing)
            simulation.simulate(study, tmp_path / "without", subjects=12, messy=messy)
        for path in sorted((tmp_path / "with").iterdir()):
            with_, without = read(path), read(tmp_path / "without" / path.name)
            for row in (row for row in with_ if row.get("EXINTSTM") and row["EXINTRTM"]):
                row.update(dict.fromkeys(LATER, ""))
            ended = {row["RecordId"] for row in with_ if row.get("EXINTSTM")}
            kept = [[row for row in rows if row.get("RecordId") not in ended] for rows in (with_, without)]
            assert kept[0] == kept[1], path.name


def test_what_did_not_go_on_ends_where_it_was_stopped_in_every_copy_of_the_record(monkeypatch: Any) -> None:
    monkeypatch.setattr(interruptions, "NOT_RESUMED", 1.0)
    row = {"RecordId": "7", "EXINTSTM": "10:20", "EXINTRTM": "10:50", "EXINTDOS": "40", "EXINTDOS_RAW": "40",
           "EXDOSE": "90", "EXDOSE_RAW": "90", "EXENTIM": "11:20", "EXINTDUR": "30", "EXINTDUR_RAW": "30"}  # fmt: skip
    whole = {**row, "RecordId": "8", "EXINTSTM": ""}
    forms = interruptions.cut_short(
        np.random.default_rng(1), {"ex_nab": [row, whole, dict(row)], "dm": [{"RecordId": "9"}]}
    )
    assert list(forms) == ["ex_nab"]
    first, second, third = forms["ex_nab"]
    assert first == third
    assert (first["EXENTIM"], first["EXDOSE"], first["EXINTRTM"], first["EXINTDUR"]) == ("10:20", "40", "", "")
    assert second == whole


def test_some_of_the_messy_extract_did_not_go_on_and_some_did(study: dict[str, Any], tmp_path: Path) -> None:
    simulation.simulate(study, tmp_path / "raw", subjects=150, seed=3, messy=True)
    found = interrupted(Extract.of(tmp_path / "raw").forms)
    ended = [row for row in found if not row["EXINTRTM"]]
    assert 0 < len(ended) < len(found)
    assert all(row["EXDOSE"].strip() == row["EXINTDOS"] for row in ended)
