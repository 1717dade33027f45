"""Follow-up, safety and enrolment forms of the large trial: each agrees with the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from oncdisc.trial.casebook import Casebook
from oncdisc.trial.course import Fate, draw_person
from oncdisc.trial.design import read_design
from oncdisc.trial.followup import record_contacts, record_death, record_end_of_study
from oncdisc.trial.forms import forms_of
from oncdisc.trial.treatment import Treatment
from oncdisc.trial.truth import complete_date
from tests.trial.conftest import Extract


def test_every_known_death_has_one_form_and_ends_the_study(large: Extract) -> None:
    deaths = [row["Subject"] for row in large.forms["dth"]]
    assert len(set(deaths)) == len(deaths)
    ended = {row["Subject"]: row for row in large.forms["eos"] if row["EOSREAS"] == "Death"}
    dates = {row["Subject"]: row["DTHDAT"] for row in large.forms["dth"]}
    assert set(ended) <= set(deaths)
    assert all(row["EOSDAT"] == dates[subject] for subject, row in ended.items())


@pytest.mark.parametrize("also", ["lost", "withdrawal"])
def test_a_death_on_the_day_of_a_loss_or_withdrawal_is_a_death_on_every_form(study: dict[str, Any], also: str) -> None:
    design = read_design(study)
    person = replace(draw_person(np.random.default_rng(1), design, 0), randomized=date(2024, 1, 1), arm=design.arms[0])
    fate = replace(Fate(first_dose=1, death=100, seen=100), **{also: 100})
    book = Casebook(design, person, 0, forms_of({}, {}), np.random.default_rng(1))
    for record in (record_death, record_end_of_study):
        record(book, fate)
    record_contacts(book, fate, Treatment(end=20))
    assert len(book.rows["dth"]) == 1
    assert [row["EOSREAS"] for row in book.rows["eos"]] == ["Death"]
    assert book.rows["sfu"][-1]["SFUSTAT_STD"] == "DEAD"


def test_dates_of_death_are_partial_now_and_then(large: Extract) -> None:
    typed = [row["DTHDAT"] for row in large.forms["dth"]]
    assert 0.05 < sum(text.startswith("UN ") for text in typed) / len(typed) < 0.2
    assert any(text.startswith("UNK UNK ") for text in typed)


def test_fatal_events_end_on_the_day_of_death(large: Extract) -> None:
    dates = {row["Subject"]: row["DTHDAT"] for row in large.forms["dth"]}
    fatal = [row for row in large.forms["ae"] if row["AESDTH_STD"] == "Y"]
    assert fatal
    for row in fatal:
        assert (row["AETOXGR_STD"], row["AEOUT"]) == ("5", "Fatal")
        assert row["AEENDAT"] == dates[row["Subject"]]


def test_contacts_are_alive_until_the_last(large: Extract) -> None:
    for forms in large.by_subject().values():
        statuses = [row["SFUSTAT_STD"] for row in forms.get("sfu", [])]
        assert set(statuses[:-1]) <= {"ALIVE"}
    assert {row["SFUSTAT_STD"] for row in large.forms["sfu"]} == {"ALIVE", "DEAD", "UNKNOWN"}


def test_clinical_progression_is_dated_where_it_is_the_reason(large: Extract) -> None:
    for row in large.forms["eot"]:
        assert bool(row["EOTCPDAT"]) == (row["EOTREAS"] == "Clinical progression")


def test_therapies_are_dated_completely_and_typed(large: Extract) -> None:
    known = [row for row in large.forms["cm"] if row["CMYN_STD"] == "Y"]
    assert all(complete_date(row, "CMSTDAT") for row in known)
    assert {row["CMTYPE_STD"] for row in known} == {"1", "2", "3"}


def test_screen_failures_have_a_criterion_and_no_treatment(large: Extract) -> None:
    failed = {row["Subject"] for row in large.forms["enrol"] if row["ENRYN_STD"] == "N"}
    assert failed == {row["Subject"] for row in large.forms["ie"] if row["IETESTCD"]}
    assert failed == {row["Subject"] for row in large.forms["eos"] if row["EOSREAS"] == "Screen failure"}
    assert not failed & {row["Subject"] for row in large.forms["ex_sel"]}


def test_age_agrees_with_the_date_of_birth(large: Extract) -> None:
    consents = {row["Subject"]: complete_date(row, "ICDAT") for row in large.forms["ic"]}
    checked = 0
    for row in large.forms["dm"]:
        born, consent = complete_date(row, "BRTHDAT"), consents[row["Subject"]]
        if born is not None and consent is not None:
            birthday = (consent.month, consent.day) >= (born.month, born.day)
            assert consent.year - born.year - (not birthday) == int(row["AGE"])
            checked += 1
    assert checked > 200


def test_platinum_free_interval_is_that_of_its_dates_and_stratum(large: Extract) -> None:
    strata = {row["Subject"]: row["STRATPFI_STD"] for row in large.forms["enrol"]}
    for row in large.forms["sclchx"]:
        platinum, progressed = complete_date(row, "PLATDAT"), complete_date(row, "PDDAT")
        assert platinum is not None
        assert progressed is not None
        assert (progressed - platinum).days == int(row["PFI"])
        assert strata[row["Subject"]] == ("LT90" if int(row["PFI"]) < 90 else "GE90")


def test_measurements_come_in_the_units_of_the_country(large: Extract) -> None:
    country = {row["Subject"]: row["COUNTRY_STD"] for row in large.forms["dm"]}
    for row in large.forms["lb"]:
        if row["LBTEST_STD"] == "HGB":
            assert row["LBORRESU"] == ("g/L" if country[row["Subject"]] == "CHN" else "g/dL")
            assert (float(row["LBORRES"]) > 30) == (row["LBORRESU"] == "g/L")
    weights = [row for row in large.forms["vs"] if row["WEIGHT"]]
    assert {(country[row["Subject"]] == "USA", row["WEIGHTU"]) for row in weights} == {(True, "LB"), (False, "kg")}


def test_screening_is_before_randomization(large: Extract) -> None:
    start = {row["SUBJID"]: row["RANDDT"] for row in large.truth}
    for form, item in (("tl", "TLDAT"), ("ntl", "NTLDAT"), ("vs", "VSDAT")):
        for row in large.forms[form]:
            when = complete_date(row, item)
            if row["InstanceName"] == "Screening" and start[row["Subject"]] and when is not None:
                assert when < date.fromisoformat(start[row["Subject"]])
