"""Visits' measurements (ECOG, vital signs, laboratory) and adverse events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from oncdisc.trial.casebook import NO, YES, Casebook, Coded, Partial, Value, death_date, yes_no
from oncdisc.trial.course import Fate
from oncdisc.trial.disease import HORIZON, Disease
from oncdisc.trial.treatment import Treatment

_ECOG = (
    "Fully active",
    "Restricted in strenuous activity, able to do light work",
    "Up and about more than half of the day, unable to work",
    "In bed or chair more than half of the day",
    "Completely disabled",
)
_KG_IN_LB = 2.20462


def encounters(book: Casebook, fate: Fate, treatment: Treatment) -> Iterator[tuple[str, int]]:
    """The visits at which things are measured: screening, day 1 of each cycle, end of treatment, safety follow-up."""
    consent = (book.person.consent - book.person.start).days
    yield "Screening", max(consent + 1, -7) if consent < -1 else 1
    starts = {dose.instance: dose.day for doses in treatment.doses.values() for dose in doses}
    yield from ((name, day) for name, day in starts.items() if name.endswith("Day 1"))
    left = min(fate.death, fate.withdrawal, fate.lost, fate.seen)
    if treatment.end is not None and treatment.end < left:
        yield "End of Treatment", treatment.end
        last = treatment.last_dose()
        if last is not None and treatment.end < last + 30 <= left:
            yield "Safety Follow-up", last + 30


def record_visit(book: Casebook, instance: str, day: int, disease: Disease | None) -> None:
    """What is measured at one encounter."""
    burden = _burden(disease, day)
    if instance != "Safety Follow-up":
        _record_ecog(book, instance, day, burden)
        _record_laboratory(book, instance, day, burden)
    _record_vital_signs(book, instance, day)


def _burden(disease: Disease | None, day: int) -> float:
    """Tumor burden relative to baseline, 1 where nothing is known."""
    if disease is None or not disease.targets:
        return 1.0
    return float(disease.sum[min(max(day, 0), HORIZON - 1)] / disease.sum[0])


def _record_ecog(book: Casebook, instance: str, day: int, burden: float) -> None:
    if instance != "Screening" and book.rng.random() < 0.03:
        book.add("ecog", instance, day, {"ECOGPERF": NO})
        return
    status = 0 if book.rng.random() < 0.3 else 1
    if burden > 1.5:
        status += int(book.rng.integers(0, 3))
    values: dict[str, Value] = {"ECOGPERF": YES, "ECOGDAT": book.date(day), "ECOG": (_ECOG[status], str(status))}
    book.add("ecog", instance, day, values)


def _record_vital_signs(book: Casebook, instance: str, day: int) -> None:
    rng, person = book.rng, book.person
    if instance != "Screening" and rng.random() < 0.02:
        book.add("vs", instance, day, {"VSPERF": NO})
        return
    pounds = person.site.country_code == "USA"
    weight = person.weight * (1 - 0.0001 * max(day, 0)) + float(rng.normal(0, 0.5))
    systolic = int(rng.normal(126, 12))
    book.add("vs", instance, day, {
        "VSPERF": YES,
        "VSDAT": book.date(day),
        "HEIGHT": person.height if instance == "Screening" else None,
        "WEIGHT": round(weight * (_KG_IN_LB if pounds else 1), 1),
        "WEIGHTU": "LB" if pounds else "kg",
        "TEMP": round(float(rng.normal(36.6, 0.3)), 1),
        "SYSBP": float(systolic),
        "DIABP": float(systolic - int(rng.integers(35, 60))),
        "PULSE": float(int(rng.normal(78, 9))),
    })  # fmt: skip


@dataclass(frozen=True)
class _Analyte:
    """A laboratory test: unit, normal range, where its values lie, how many digits, and what the tumor does."""

    name: str
    code: str
    unit: str
    low: float
    high: float
    mean: float
    spread: float
    digits: int
    tumor: float = 0.0


_ANALYTES = (
    _Analyte("Lactate dehydrogenase", "LDH", "U/L", 120, 246, 200, 60, 0, 90.0),
    _Analyte("Sodium", "SODIUM", "mmol/L", 136, 145, 139, 3, 0, -1.5),
    _Analyte("Hemoglobin", "HGB", "g/L", 120, 160, 118, 12, 0),
    _Analyte("Neutrophils", "NEUT", "10^9/L", 1.8, 7.5, 3.6, 1.4, 1),
    _Analyte("Platelets", "PLAT", "10^9/L", 150, 400, 190, 60, 0),
)


def _record_laboratory(book: Casebook, instance: str, day: int, burden: float) -> None:
    rng = book.rng
    if instance != "Screening" and rng.random() < 0.02:
        book.add("lb", instance, day, {"LBPERF": NO})
        return
    time = f"{int(rng.integers(7, 10)):02d}:{int(rng.integers(60)):02d}"
    for position, analyte in enumerate(_ANALYTES, start=1):
        factor = 0.1 if analyte.code == "HGB" and book.person.site.country_code != "CHN" else 1.0
        value = float(rng.normal(analyte.mean, analyte.spread)) + analyte.tumor * (burden - 1)
        digits = 1 if factor < 1 else analyte.digits
        book.add("lb", instance, day, {
            "LBPERF": YES,
            "LBDAT": book.date(day),
            "LBTIM": time,
            "LBTEST": (analyte.name, analyte.code),
            "LBORRES": round(max(value, analyte.low / 8) * factor, digits),
            "LBORRESU": "g/dL" if factor < 1 else analyte.unit,
            "LBORNRLO": round(analyte.low * factor, 1),
            "LBORNRHI": round(analyte.high * factor, 1),
        }, position)  # fmt: skip


@dataclass(frozen=True)
class _Term:
    """An adverse event as sites type it, its fictional coding, and whether it is immune-related."""

    reported: str
    preferred: str
    organ: str
    immune: bool = False


_TERMS = (
    _Term("nausea", "Nausea", "Digestive disorders"),
    _Term("throwing up", "Vomiting", "Digestive disorders"),
    _Term("loose stools", "Diarrhea", "Digestive disorders"),
    _Term("poor appetite", "Appetite loss", "Nutrition disorders"),
    _Term("weight loss", "Weight loss", "Nutrition disorders"),
    _Term("tired", "Fatigue", "General disorders"),
    _Term("fever", "Fever", "General disorders"),
    _Term("low platelets", "Low platelets", "Blood disorders"),
    _Term("low neutrophils", "Low neutrophils", "Blood disorders"),
    _Term("anaemia", "Anemia", "Blood disorders"),
    _Term("low sodium", "Low sodium", "Metabolism disorders"),
    _Term("tingling in both hands", "Peripheral neuropathy", "Nervous system disorders"),
    _Term("hair loss", "Hair loss", "Skin disorders"),
    _Term("skin rash", "Rash", "Skin disorders", immune=True),
    _Term("underactive thyroid", "Hypothyroidism", "Endocrine disorders", immune=True),
    _Term("lung inflammation", "Pneumonitis", "Lung disorders", immune=True),
    _Term("pneumonia", "Lung infection", "Infections"),
    _Term("short of breath", "Dyspnea", "Lung disorders"),
)
_RECOVERED: Coded = ("Recovered/Resolved", "1")
_OUTCOMES: tuple[Coded, ...] = (
    ("Recovering/Resolving", "3"), ("Not recovered/Not resolved", "4"), ("Unknown", "6"),
)  # fmt: skip
_FATAL: Coded = ("Fatal", "5")
_ACTIONS: tuple[Coded, ...] = (
    ("Dose not changed", "1"), ("Dose reduced", "2"), ("Drug interrupted", "3"),
    ("Drug permanently discontinued", "4"), ("Not applicable", "5"),
)  # fmt: skip
_FLAGS = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")


def record_adverse_events(book: Casebook, fate: Fate, treatment: Treatment) -> None:
    """The adverse event log: from consent to 30 days after the last dose, and the event that killed, if one did."""
    rng = book.rng
    consent = (book.person.consent - book.person.start).days
    last = treatment.last_dose()
    until = min(fate.seen, (treatment.end if treatment.end is not None else fate.seen) + 30) if last is not None else 0
    count = int(rng.poisson(1 if last is None else 5 + max(until, 0) / 60))
    fatal = last is not None and fate.death <= min(fate.seen, until) and rng.random() < 0.5
    if not count and not fatal:
        book.add("ae", "Adverse Events", 0, {"AEYN": NO})
    for position in range(1, count + 1):
        start = int(rng.integers(consent, max(until, consent + 1) + 1))
        _record_event(book, fate, start, position)
    if fatal:
        start = max(consent, fate.death - int(rng.integers(1, 12)))
        _record_event(book, fate, start, count + 1, killed=True)


def _record_event(book: Casebook, fate: Fate, start: int, position: int, killed: bool = False) -> None:
    rng = book.rng
    number = 16 if killed else int(rng.integers(len(_TERMS)))
    term = _TERMS[number]
    grade = 5 if killed else int(rng.choice([1, 2, 3, 4], p=[0.42, 0.36, 0.17, 0.05]))
    end = fate.death if killed else start + int(rng.exponential(25))
    ended = end <= fate.seen and (killed or rng.random() < 0.85)
    serious = grade >= 4 or (grade == 3 and rng.random() < 0.3)
    values: dict[str, Value] = {
        "AEYN": YES,
        "AETERM": term.reported,
        "AESTDAT": _started(book, start),
        "AEENDAT": _ended(book, fate, end, killed) if ended else None,
        "AEONGO": yes_no(not ended),
        "AETOXGR": (f"Grade {grade}", str(grade)),
        "AESER": yes_no(serious),
        "AEIMMUNE": yes_no(term.immune and start > 0),
        "AEOUT": _FATAL if killed else _RECOVERED if ended else _OUTCOMES[int(rng.integers(len(_OUTCOMES)))],
    }
    flags = _seriousness(rng, grade, serious)
    drugs = _per_drug(book, term, treated=start >= fate.first_dose, killed=killed)
    book.add("ae", "Adverse Events", start, {**values, **flags, **drugs, **_coding(term, number)}, position)


def _ended(book: Casebook, fate: Fate, end: int, killed: bool) -> Value:
    return death_date(book.person, fate) if killed else book.date(end)


def _started(book: Casebook, start: int) -> Value:
    """Now and then the site knows only month or year."""
    when, draw = book.date(start), book.rng.random()
    if draw < 0.08:
        return Partial(when.year, when.month)
    return Partial(when.year) if draw < 0.095 else when


def _seriousness(rng: np.random.Generator, grade: int, serious: bool) -> dict[str, Value]:
    chosen = "AESDTH" if grade == 5 else "AESLIFE" if grade == 4 else "AESHOSP" if rng.random() < 0.8 else "AESMIE"
    return {flag: yes_no(serious and flag == chosen) for flag in _FLAGS}


def _per_drug(book: Casebook, term: _Term, treated: bool, killed: bool) -> dict[str, Value]:
    arm, rng = book.person.arm, book.rng
    values: dict[str, Value] = {}
    for code in arm.drugs if arm else ():
        related = treated and rng.random() < (0.7 if term.immune and code == "ade" else 0.35)
        values[f"AEREL_{code.upper()}"] = ("Related", "1") if related else ("Not related", "2")
        action = 4 if killed or not treated else int(rng.choice(4, p=[0.8, 0.08, 0.1, 0.02])) if related else 0
        values[f"AEACN_{code.upper()}"] = _ACTIONS[action]
    return values


def _coding(term: _Term, number: int) -> dict[str, Value]:
    """The coder's columns: every text is marked, for the real dictionary is licensed and the user's."""
    organ = 1 + sorted({entry.organ for entry in _TERMS}).index(term.organ)
    levels = {
        "LLT": (term.reported.capitalize(), 90_100_000 + number),
        "PT": (term.preferred, 90_200_000 + number),
        "HLT": (f"{term.preferred} and related", 90_300_000 + number),
        "HLGT": (f"{term.organ}, group", 90_400_000 + organ),
        "SOC": (term.organ, 90_500_000 + organ),
    }
    values: dict[str, Value] = {"AETERM_DICT": "FICTIONAL AE DICTIONARY 1.0"}
    for level, (text, code) in levels.items():
        values[f"AETERM_{level}"] = f"{text} [fictional]"
        values[f"AETERM_{level}_CODE"] = str(code)
    return values
