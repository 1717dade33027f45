"""Doses and the end of treatment, for fates written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from oncdisc.trial.course import Fate, Person, draw_person
from oncdisc.trial.design import Design, read_design
from oncdisc.trial.disease import NEVER, Disease
from oncdisc.trial.scans import Imaging
from oncdisc.trial.treatment import CLINICAL, COMPLETED, DEATH, PHYSICIAN, TOXICITY, Treatment, therapies_of, treat

NOTHING = Disease((), ())
FATE = Fate(first_dose=1, seen=730)
SYSTEMIC = "Systemic anticancer therapy"


@pytest.fixture(scope="module")
def design(study: dict[str, Any]) -> Design:
    return read_design(study)


def treated(design: Design, fate: Fate, seed: int = 1) -> Treatment:
    drawn = draw_person(np.random.default_rng(1), design, 0)
    person: Person = replace(drawn, randomized=date(2024, 1, 1), arm=design.arms[0], weight=70.0, height=175.0)
    return treat(np.random.default_rng(seed), design, person, fate, NOTHING, Imaging(None))


@pytest.mark.parametrize(
    ("fate", "end", "reason"),
    [
        (replace(FATE, death=90, seen=90), 90, DEATH),
        (replace(FATE, clinical=80, death=90, seen=90), 80, CLINICAL),
        (replace(FATE, stop_for_toxicity=50), 50, TOXICITY),
        (replace(FATE, therapies=((60, SYSTEMIC),)), 58, PHYSICIAN),
        (FATE, 730, COMPLETED),
        (replace(FATE, therapies=((60, "Radiotherapy"),)), 730, COMPLETED),
    ],
)
def test_the_first_reason_ends_treatment(design: Design, fate: Fate, end: int, reason: tuple[str, str]) -> None:
    treatment = treated(design, fate)
    assert (treatment.end, treatment.reason) == (end, reason)
    assert set(treatment.stopped) == {"sel", "ade", "nab"}
    last = treatment.last_dose()
    assert last is not None
    assert last < end


def test_treatment_that_goes_on_has_no_end(design: Design) -> None:
    treatment = treated(design, replace(FATE, seen=100))
    assert (treatment.end, treatment.reason) == (None, None)


def test_never_treated_has_no_doses(design: Design) -> None:
    assert treated(design, replace(FATE, first_dose=NEVER)).doses == {}


def test_amounts_follow_weight_and_body_surface(design: Design) -> None:
    doses = treated(design, FATE).doses
    assert doses["sel"][0].planned == 60
    assert doses["ade"][0].planned == round(20 * 70 * 0.998)
    assert doses["nab"][0].planned == round(100 * (175 * 70 * 0.998 / 3600) ** 0.5)


def test_the_first_dose_is_always_given_and_cycles_end_where_the_design_says(design: Design) -> None:
    for seed in range(10):
        doses = treated(design, FATE, seed).doses
        assert all(given[0].amount is not None for given in doses.values())
        assert {dose.instance.split()[1] for dose in doses["nab"]} <= {str(cycle) for cycle in range(1, 7)}


def test_doses_only_go_down(design: Design) -> None:
    for seed in range(30):
        levels = [dose.level for dose in treated(design, FATE, seed).doses["sel"]]
        assert levels == sorted(levels, reverse=True)


def test_therapies_after_the_last_known_day_are_unknown(design: Design) -> None:
    fate = replace(FATE, seen=100, therapies=((90, "Surgery"), (101, SYSTEMIC)))
    known = therapies_of(np.random.default_rng(1), fate, Treatment())
    assert [(therapy.day, therapy.kind) for therapy in known] == [(90, "Surgery")]
