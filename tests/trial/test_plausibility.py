"""What a clinician would stumble over in the simulated data."""

from __future__ import annotations

from datetime import date

from tests.trial.conftest import Extract, Row


def day(row: Row, item: str) -> date:
    return date(*(int(row[f"{item}_{part}"]) for part in ("YYYY", "MM", "DD")))


def test_nobody_fails_screening_by_age_and_who_fails_by_ecog_has_a_status_above_the_limit(large: Extract) -> None:
    failed = {row["IETESTCD"]: row["Subject"] for row in large.forms["ie"] if row["IEYN_STD"] == "N"}
    assert "INCL01" not in failed
    assert "INCL04" in failed
    by_ecog = {row["Subject"] for row in large.forms["ie"] if row["IETESTCD"] == "INCL04"}
    for row in large.forms["ecog"]:
        if row["InstanceName"] == "Screening":
            assert (int(row["ECOG_STD"]) > 1) == (row["Subject"] in by_ecog)


def test_radiotherapy_takes_weeks_not_months(large: Extract) -> None:
    rows = [row for row in large.forms["cm"] if row["CMTYPE"] == "Radiotherapy" and row["CMENDAT"]]
    assert len(rows) > 20
    assert {(day(row, "CMENDAT") - day(row, "CMSTDAT")).days for row in rows} == {7, 14, 21}


def test_a_tumor_that_grew_under_the_first_line_progressed_soon_after_it(large: Extract) -> None:
    intervals = [float(row["PFI"]) for row in large.forms["sclchx"] if row["PRIORRSP_STD"] == "PD"]
    assert intervals
    assert max(intervals) < 30


def test_bodies_pressures_and_blood_are_those_of_patients_fit_for_the_trial(large: Extract) -> None:
    for row in large.forms["vs"]:
        if row["HEIGHT"]:
            kilograms = float(row["WEIGHT"]) * (0.45359237 if row["WEIGHTU"] == "LB" else 1)
            assert 16.5 < kilograms / (float(row["HEIGHT"]) / 100) ** 2 < 37
        if row["SYSBP"]:
            assert 25 <= float(row["SYSBP"]) - float(row["DIABP"]) <= 90
    results = {code: [float(row["LBORRES"]) for row in large.forms["lb"] if row["LBTEST_STD"] == code]
               for code in ("LDH", "NEUT", "PLAT", "SODIUM")}  # fmt: skip
    assert min(results["LDH"]) >= 60
    assert min(results["NEUT"]) >= 0.9
    assert min(results["PLAT"]) >= 75
    assert 120 < min(results["SODIUM"]) < max(results["SODIUM"]) < 155
    above = [value > 246 for value in results["LDH"]]
    assert 0.15 < sum(above) / len(above) < 0.5


def test_an_infusion_is_never_forgotten_and_a_drug_of_six_cycles_is_completed_with_them(large: Extract) -> None:
    reasons = {form: {row["EXREASND"] for row in large.forms[form]} for form in ("ex_sel", "ex_ade", "ex_nab")}
    assert ["Forgot the dose" in reasons[form] for form in reasons] == [True, False, False]
    last = {row["Subject"] for row in large.forms["ex_nab"] if row["InstanceName"] == "Cycle 6 Day 8"}
    ends = [row for row in large.forms["eot"] if row["EOTDRUG_STD"] == "nab" and row["Subject"] in last]
    assert len(ends) == len(last) > 100
    assert {row["EOTREAS"] for row in ends} == {"Completed"}


def test_the_site_learns_of_a_death_when_it_happened_or_later(large: Extract) -> None:
    known = [row for row in large.forms["dth"] if row["DTHDAT_DD"]]
    assert len(known) > 100
    assert {(day(row, "DTHRDAT") - day(row, "DTHDAT")).days for row in known} <= set(range(6))
