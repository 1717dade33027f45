"""What happens to a subject, and when: fate first, then scan after scan what is seen of the disease.

All days count from randomization; NEVER is a day that doesn't come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np

from oncdisc.trial.design import Arm, Design, Site
from oncdisc.trial.disease import NEVER, Disease, draw_biology, draw_disease

_BODY_MASS = (17.5, 36.0)
"""The least and the greatest body mass index of a subject, kg/m2."""


@dataclass(frozen=True)
class Person:
    """Who a subject is, before anything is known of the disease."""

    number: str
    site: Site
    consent: date
    randomized: date | None
    age: int
    sex: str
    height: float
    weight: float
    arm: Arm | None

    @property
    def start(self) -> date:
        """Day 0: randomization, or consent of those who were not."""
        return self.randomized or self.consent

    def day(self, offset: int) -> date:
        """The date of a day."""
        return self.start + timedelta(days=offset)


@dataclass(frozen=True)
class Fate:
    """What will happen to a subject unless something else comes first."""

    first_dose: int = NEVER
    death: int = NEVER
    death_precision: Literal["day", "month", "year"] = "day"
    public_record: bool = False
    withdrawal: int = NEVER
    lost: int = NEVER
    clinical: int = NEVER
    stop_for_toxicity: int = NEVER
    therapies: tuple[tuple[int, str], ...] = ()
    later_therapy: int | None = None
    scans_end: int = NEVER
    baseline: bool = True
    gap: tuple[int, int] = (0, 0)
    beyond: bool = False
    pseudo: bool = False
    """`public_record`: a death after withdrawal is found there. `scans_end`: no scan from this day on. `gap`: first
    planned assessment missed (from 0) and how many. `beyond`: goes on after progression while stable."""
    seen: int = 0
    """Last day of which the extract can know: contact lost, dead, follow-up over, or extracted."""


def draw_person(rng: np.random.Generator, design: Design, k: int) -> Person:
    """Subject k (from 0); number and site depend on k alone, so that more subjects change nobody."""
    site = design.sites[k % len(design.sites)]
    span = (design.last_consent - design.first_consent).days
    consent = design.first_consent + timedelta(days=int(rng.integers(span + 1)))
    screened_out = rng.random() < 0.12
    wait = timedelta(days=int(rng.integers(5, 27)))
    sex = "M" if rng.random() < 0.66 else "F"
    weights = np.array([arm.ratio for arm in design.arms])
    arm = design.arms[int(rng.choice(len(weights), p=weights / weights.sum()))]
    age = int(np.clip(rng.normal(63, 8), 36, 85))
    height = round(float(rng.normal(171 if sex == "M" else 159, 6)), 1)
    weight = float(np.clip(rng.normal(68 if sex == "M" else 58, 10), 40, 115))
    lightest, heaviest = (index * (height / 100) ** 2 for index in _BODY_MASS)
    return Person(
        number=f"{site.number}-{k // len(design.sites) + 1:03d}",
        site=site,
        consent=consent,
        randomized=None if screened_out else consent + wait,
        age=age,
        sex=sex,
        height=height,
        weight=round(float(np.clip(weight, lightest, heaviest)), 1),
        arm=None if screened_out else arm,
    )


def draw_course(rng: np.random.Generator, design: Design, person: Person) -> tuple[Fate, Disease]:
    """Fate and disease of a randomized subject."""
    treated = rng.random() >= 0.03
    pseudo = treated and rng.random() < 0.06
    drugs = len(person.arm.drugs) if person.arm else 0
    biology = draw_biology(rng, drugs + 2 * pseudo, treated)
    disease = draw_disease(rng, biology, pseudo, measurable=rng.random() >= 0.05)
    fate = _draw_fate(rng, disease.progression, treated, pseudo)
    return _bounded(fate, design, person), disease


def _draw_fate(rng: np.random.Generator, progression: int, treated: bool, pseudo: bool) -> Fate:
    end = min(progression, 700)
    death = min(int(rng.exponential(1500)) + 8, progression + int(rng.exponential(200)) + 25)
    clinical = int(rng.integers(20, max(21, end))) if rng.random() < 0.07 and not pseudo else NEVER
    if clinical != NEVER:  # those who go downhill without a scan die soon
        death = min(death, clinical + int(rng.exponential(110)) + 5)
    withdrawal = int(rng.exponential(250)) + 3 if rng.random() < 0.07 else NEVER
    lost = int(rng.exponential(350)) + 30 if rng.random() < 0.06 else NEVER
    therapies = _early_therapies(rng, end)
    gap = (int(rng.integers(0, 5)), int(rng.integers(2, 5))) if rng.random() < 0.07 else (0, 0)
    no_scans = rng.random() < 0.03
    first_dose = int(rng.choice([0, 1, 2, 3, 4], p=[0.4, 0.3, 0.15, 0.1, 0.05])) if treated else NEVER
    systemic = [day for day, kind in therapies if kind == "Systemic anticancer therapy"]
    return Fate(
        first_dose=first_dose,
        death=death,
        death_precision=_precision(rng.random()),
        public_record=rng.random() < 0.3,
        withdrawal=withdrawal,
        lost=lost,
        clinical=clinical,
        stop_for_toxicity=int(rng.integers(20, 400)) if rng.random() < 0.12 else NEVER,
        therapies=therapies,
        later_therapy=int(rng.integers(9, 45)) if rng.random() < 0.5 else None,
        scans_end=0 if no_scans else min([NEVER, *systemic]) if rng.random() < 0.5 else NEVER,
        baseline=rng.random() >= 0.02,
        gap=gap,
        beyond=pseudo or rng.random() < 0.35,
        pseudo=pseudo,
    )


def _precision(draw: float) -> Literal["day", "month", "year"]:
    """How well the date of death is known."""
    if draw < 0.1:
        return "month"
    return "year" if draw < 0.13 else "day"


def _early_therapies(rng: np.random.Generator, end: int) -> tuple[tuple[int, str], ...]:
    """Therapies that may start before progression, by day."""
    chances = (("Systemic anticancer therapy", 0.06), ("Radiotherapy", 0.06), ("Surgery", 0.02))
    drawn = [(int(rng.integers(25, max(26, end))), kind) for kind, chance in chances if rng.random() < chance]
    return tuple(sorted(drawn))


def _bounded(fate: Fate, design: Design, person: Person) -> Fate:
    """Fate with the last day of which the extract can know, and without a first dose that comes too late."""
    extracted = (design.extracted - person.start).days
    left = min(fate.death, fate.withdrawal, fate.lost)
    seen = min(left, design.follow_up_days, extracted)
    return replace(fate, seen=seen, first_dose=NEVER if fate.first_dose >= left else fate.first_dose)
