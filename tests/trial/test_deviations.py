"""Protocol deviations: noted from what the other forms show, without changing them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from oncdisc.trial import simulation
from tests.trial.conftest import Extract

FIRST_BESIDE = 9_000


def test_deviations_are_what_the_other_forms_show(large: Extract) -> None:
    kinds = Counter(row["DVCAT_STD"] for row in large.forms["dv"])
    assert set(kinds) == {"CONSENT", "TREATMENT", "ASSESSMENT"}
    by_subject = large.by_subject()
    for row in large.forms["dv"]:
        forms = by_subject[row["Subject"]]
        instance = row["DVTERM"].partition(": ")[2]
        if row["DVCAT_STD"] == "TREATMENT":
            doses = [dose for form in ("ex_ade", "ex_nab", "ex_sel") for dose in forms.get(form, [])]
            forgotten = [dose for dose in doses if dose["EXREASND"] == "Forgot the dose"]
            assert (instance, row["DVSTDAT"]) in {(dose["InstanceName"], dose["EXPDAT"]) for dose in forgotten}
        if row["DVCAT_STD"] == "ASSESSMENT":
            assert instance in {scan["InstanceName"] for scan in forms["rs"] if scan["RSPERF_STD"] == "N"}


def test_some_missed_assessments_are_not_noticed(large: Extract) -> None:
    missed = sum(row["RSPERF_STD"] == "N" for row in large.forms["rs"])
    noted = sum(row["DVCAT_STD"] == "ASSESSMENT" for row in large.forms["dv"])
    assert 0.4 * missed < noted < 0.8 * missed


def test_deviations_are_not_after_the_extract_and_have_numbers_of_their_own(large: Extract) -> None:
    for row in large.forms["dv"]:
        assert date(int(row["DVSTDAT_YYYY"]), int(row["DVSTDAT_MM"]), int(row["DVSTDAT_DD"])) <= date(2025, 8, 31)
        assert int(row["RecordId"]) % 10_000 > FIRST_BESIDE


def test_the_other_forms_are_as_they_are_without_deviations(
    study: dict[str, Any], tmp_path: Path, monkeypatch: Any
) -> None:
    def nothing(book: simulation.Casebook, rng: np.random.Generator) -> None:
        rng.random(100)

    for messy in (False, True):
        simulation.simulate(study, tmp_path / "with", subjects=12, messy=messy)
        with monkeypatch.context() as patch:
            patch.setattr(simulation, "record_deviations", nothing)
            simulation.simulate(study, tmp_path / "without", subjects=12, messy=messy)
        files = {path.name: path.read_bytes() for path in (tmp_path / "with").iterdir()}
        files.pop("dv.csv")
        assert {name: (tmp_path / "without" / name).read_bytes() for name in files} == files
