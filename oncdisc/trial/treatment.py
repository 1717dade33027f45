"""Study treatment: which doses were planned and given, when and why it ended, and what therapy came after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from oncdisc.trial.casebook import Coded
from oncdisc.trial.course import Fate, Person
from oncdisc.trial.design import Design, Drug
from oncdisc.trial.disease import NEVER, Disease
from oncdisc.trial.scans import Imaging

COMPLETED: Coded = ("Completed", "1")
PROGRESSION: Coded = ("Progressive disease (RECIST 1.1)", "2")
CLINICAL: Coded = ("Clinical progression", "3")
TOXICITY: Coded = ("Adverse event", "4")
DEATH: Coded = ("Death", "5")
LOST: Coded = ("Lost to follow-up", "6")
WITHDRAWAL: Coded = ("Withdrawal by subject", "7")
PHYSICIAN: Coded = ("Physician decision", "8")

_FORGOTTEN: Coded = ("Forgot the dose", "4")
_LOGISTICS: Coded = ("Logistical problem", "5")
_SKIPPED: tuple[Coded, ...] = (
    ("Adverse event", "1"), ("Low blood counts", "2"), ("Subject's request", "3"), _FORGOTTEN, _LOGISTICS,
)  # fmt: skip
UNCHANGED: Coded = ("Dose not changed", "1")
_REDUCED: Coded = ("Dose reduced", "2")
_INTERRUPTED: Coded = ("Infusion interrupted", "3")
_DELAYED: Coded = ("Dose delayed", "4")


@dataclass(frozen=True)
class Dose:
    """One planned dose; `amount` is blank if it was not given, which `skipped` explains."""

    instance: str
    day: int
    level: float
    planned: float
    amount: float | None
    skipped: Coded | None = None
    adjusted: Coded = UNCHANGED
    adjusted_for: Coded | None = None
    interruption: int | None = None


@dataclass
class Treatment:
    """All doses by drug, when each drug was stopped and why, and the day the last one was (none: ongoing)."""

    end: int | None = None
    reason: Coded | None = None
    doses: dict[str, list[Dose]] = field(default_factory=dict[str, list[Dose]])
    stopped: dict[str, tuple[int, Coded]] = field(default_factory=dict[str, tuple[int, Coded]])

    def last_dose(self, drug: str | None = None) -> int | None:
        """Day of the last dose given, of one drug or of all."""
        chosen = self.doses.items() if drug is None else [(drug, self.doses.get(drug, []))]
        given = [dose.day for _, doses in chosen for dose in doses if dose.amount is not None]
        return max(given, default=None)


def treat(
    rng: np.random.Generator, design: Design, person: Person, fate: Fate, disease: Disease, imaging: Imaging
) -> Treatment:
    """The treatment of a randomized subject; empty if it never began."""
    if fate.first_dose == NEVER or fate.first_dose > fate.seen or person.arm is None:
        return Treatment()
    end, reason = _end(rng, design, fate, disease, imaging)
    ended = end <= fate.seen
    treatment = Treatment(end if ended else None, reason if ended else None)
    last = min(end - 1, fate.seen)
    starts = list(_cycle_starts(rng, design, fate.first_dose, max(last, fate.first_dose)))
    for code in person.arm.drugs:
        _give(rng, person, design.drugs[code], starts, max(last, fate.first_dose), treatment)
    if ended:
        for code in person.arm.drugs:
            treatment.stopped.setdefault(code, (end, reason))
    return treatment


def _end(rng: np.random.Generator, design: Design, fate: Fate, disease: Disease, imaging: Imaging) -> tuple[int, Coded]:
    """The first reason to stop all drugs."""
    systemic = [day for day, kind in fate.therapies if kind == "Systemic anticancer therapy"]
    reasons = [
        (fate.death, DEATH),
        (fate.lost, LOST),
        (fate.withdrawal, WITHDRAWAL),
        (fate.clinical, CLINICAL),
        (fate.stop_for_toxicity, TOXICITY),
        (_stop_for_progression(rng, fate, disease, imaging), PROGRESSION),
        (min(systemic, default=NEVER) - 2, PHYSICIAN),
        (design.follow_up_days, COMPLETED),
    ]
    day, reason = min(reasons, key=lambda candidate: candidate[0])
    return max(day, fate.first_dose + 1), reason


def _stop_for_progression(rng: np.random.Generator, fate: Fate, disease: Disease, imaging: Imaging) -> int:
    progression = imaging.progression
    if progression is None:
        return NEVER
    decision = int(rng.integers(1, 7))
    if not fate.beyond:
        return progression + decision
    confirmed = [s.response.day for s in imaging.scans if s.response and s.response.ioverall == "iCPD"]
    return min(confirmed, default=max(progression, disease.progression) + 100) + decision


def _cycle_starts(rng: np.random.Generator, design: Design, first: int, last: int) -> Iterator[tuple[int, bool]]:
    """Day of each cycle's day 1, and whether it was delayed."""
    day, delayed = first, False
    for cycle in range(1, 200):
        if day > last or design.visit(f"Cycle {cycle} Day 1") is None:
            return
        yield day, delayed
        delayed = bool(rng.random() < 0.06)
        day += design.cycle_days + (7 if delayed else int(rng.choice([0, 0, 0, 1, 2])))


def _give(
    rng: np.random.Generator, person: Person, drug: Drug, starts: list[tuple[int, bool]], last: int, into: Treatment
) -> None:
    """All planned doses of one drug; it may be stopped for toxicity before the others, or after its last cycle.

    A drug is completed on the day on which its next cycle would have begun, or where no cycle followed with its last
    planned dose.
    """
    stop_cycle = int(rng.integers(3, 12)) if rng.random() < 0.12 else NEVER
    doses = into.doses.setdefault(drug.code, [])
    level = 0
    for cycle, (start, delayed) in enumerate(starts, start=1):
        completed = drug.cycles is not None and cycle > drug.cycles
        if completed or cycle >= stop_cycle:
            into.stopped[drug.code] = (start, COMPLETED if completed else TOXICITY)
            return
        reduced = cycle > 1 and level + 1 < len(drug.levels) and rng.random() < 0.05
        level += reduced
        weight = person.weight * (1 - 0.002 * cycle)
        for day in drug.days:
            if start + day - 1 <= last:
                first = day == drug.days[0]
                change = _REDUCED if reduced and first else _DELAYED if delayed and first else UNCHANGED
                instance = f"Cycle {cycle} Day {day}"
                doses.append(_dose(rng, drug, instance, start + day - 1, _amounts(drug, level, person, weight), change))
    if len(starts) == drug.cycles and starts[-1][0] + drug.days[-1] - 1 <= last:
        into.stopped[drug.code] = (starts[-1][0] + drug.days[-1] - 1, COMPLETED)


def _amounts(drug: Drug, level: int, person: Person, weight: float) -> tuple[float, float]:
    """Dose level and the amount in mg that it makes for this body."""
    chosen = drug.levels[level]
    surface = float(np.sqrt(person.height * weight / 3600))
    factor = {"mg/kg": weight, "mg/m2": surface}.get(drug.basis, 1.0)
    return chosen, float(round(chosen * factor))


def _dose(
    rng: np.random.Generator, drug: Drug, instance: str, day: int, amounts: tuple[float, float], change: Coded
) -> Dose:
    level, planned = amounts
    first_ever = instance == "Cycle 1 Day 1"
    if not first_ever and rng.random() < 0.045:
        skipped = _SKIPPED[int(rng.integers(len(_SKIPPED)))]
        # a tablet can be forgotten at home, an infusion can't
        skipped = _LOGISTICS if skipped is _FORGOTTEN and drug.infusion_minutes else skipped
        return Dose(instance, day, level, planned, None, skipped=skipped)
    reason = _SKIPPED[int(rng.integers(2))] if change is not UNCHANGED else None
    if drug.infusion_minutes and rng.random() < 0.02:
        part = float(round(planned * float(rng.uniform(0.4, 1.0))))
        minutes = int(rng.integers(5, 60))
        return Dose(instance, day, level, planned, part, None, _INTERRUPTED, ("Adverse event", "1"), minutes)
    return Dose(instance, day, level, planned, planned, None, change, reason)


@dataclass(frozen=True)
class Therapy:
    """An anticancer therapy after randomization that is not study treatment."""

    day: int
    kind: str
    name: str
    place: str | None


_THERAPIES = {
    "Systemic anticancer therapy": (("Topotecan", None), ("Lurbinectedin", None), ("Irinotecan", None)),
    "Radiotherapy": (("Whole brain radiotherapy", "BRAIN"), ("Palliative radiotherapy", "BONE")),
    "Surgery": (("Resection of a brain metastasis", "BRAIN"), ("Stabilization of the spine", "BONE")),
}


def therapies_of(rng: np.random.Generator, fate: Fate, treatment: Treatment) -> list[Therapy]:
    """Therapies that the extract knows, in order."""
    planned = list(fate.therapies)
    after = 0 if fate.first_dose == NEVER else treatment.end
    if fate.later_therapy is not None and after is not None:
        planned.append((after + fate.later_therapy, "Systemic anticancer therapy"))
        if rng.random() < 0.15:
            planned.append((after + fate.later_therapy + 10, "Radiotherapy"))
    known = sorted(therapy for therapy in planned if therapy[0] <= fate.seen)
    return [Therapy(day, kind, *_named(rng, kind)) for day, kind in known]


def _named(rng: np.random.Generator, kind: str) -> tuple[str, str | None]:
    choices = _THERAPIES[kind]
    return choices[int(rng.integers(len(choices)))]
