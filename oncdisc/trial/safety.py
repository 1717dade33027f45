"""Visits' measurements: ECOG, vital signs, laboratory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from oncdisc.trial.casebook import NO, YES, Casebook, Value
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


def record_visit(book: Casebook, instance: str, day: int, disease: Disease | None, ecog_above: int = -1) -> None:
    """What is measured at one encounter; the ECOG status is above `ecog_above`."""
    burden = _burden(disease, day)
    if instance != "Safety Follow-up":
        _record_ecog(book, instance, day, burden, ecog_above)
        _record_laboratory(book, instance, day, burden)
    _record_vital_signs(book, instance, day)


def _burden(disease: Disease | None, day: int) -> float:
    """Tumor burden relative to baseline, 1 where nothing is known."""
    if disease is None or not disease.targets:
        return 1.0
    return float(disease.sum[min(max(day, 0), HORIZON - 1)] / disease.sum[0])


def _record_ecog(book: Casebook, instance: str, day: int, burden: float, above: int) -> None:
    if instance != "Screening" and book.rng.random() < 0.03:
        book.add("ecog", instance, day, {"ECOGPERF": NO})
        return
    status = 0 if book.rng.random() < 0.3 else 1
    if burden > 1.5:
        status += int(book.rng.integers(0, 3))
    status = max(status, above + 1)
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
        "DIABP": float(round(0.62 * systolic - 0.4 * (int(rng.integers(35, 60)) - 47))),
        "PULSE": float(int(rng.normal(78, 9))),
    })  # fmt: skip


@dataclass(frozen=True)
class _Analyte:
    """A laboratory test: unit, normal range, where its values lie, how many digits, and what the tumor does.

    `spread` is a share of the mean where the values are `skewed` (log-normal). `tumor` is the change, in units or as a
    share, with each doubling of what was there at the start.
    """

    name: str
    code: str
    unit: str
    low: float
    high: float
    mean: float
    spread: float
    digits: int
    tumor: float = 0.0
    skewed: bool = False

    def value(self, drawn: float, burden: float) -> float:
        """The result that a standard normal number and the tumor burden relative to baseline make."""
        if self.skewed:
            return self.mean * float(np.exp(self.spread * drawn)) * max(1 + self.tumor * (burden - 1), 0.5)
        return self.mean + self.spread * drawn + self.tumor * (burden - 1)


_ANALYTES = (
    _Analyte("Lactate dehydrogenase", "LDH", "U/L", 120, 246, 225, 0.3, 0, 0.35, skewed=True),
    _Analyte("Sodium", "SODIUM", "mmol/L", 136, 145, 139, 3, 0, -1.5),
    _Analyte("Hemoglobin", "HGB", "g/L", 120, 160, 118, 12, 0),
    _Analyte("Neutrophils", "NEUT", "10^9/L", 1.8, 7.5, 3.4, 0.32, 1, skewed=True),
    _Analyte("Platelets", "PLAT", "10^9/L", 150, 400, 190, 0.26, 0, skewed=True),
)


def _record_laboratory(book: Casebook, instance: str, day: int, burden: float) -> None:
    rng = book.rng
    if instance != "Screening" and rng.random() < 0.02:
        book.add("lb", instance, day, {"LBPERF": NO})
        return
    time = f"{int(rng.integers(7, 10)):02d}:{int(rng.integers(60)):02d}"
    for position, analyte in enumerate(_ANALYTES, start=1):
        factor = 0.1 if analyte.code == "HGB" and book.person.site.country_code != "CHN" else 1.0
        value = analyte.value(float(rng.standard_normal()), burden)
        digits = 1 if factor < 1 else analyte.digits
        book.add("lb", instance, day, {
            "LBPERF": YES,
            "LBDAT": book.date(day),
            "LBTIM": time,
            "LBTEST": (analyte.name, analyte.code),
            "LBORRES": round(max(value, analyte.low / 2) * factor, digits),
            "LBORRESU": "g/dL" if factor < 1 else analyte.unit,
            "LBORNRLO": round(analyte.low * factor, 1),
            "LBORNRHI": round(analyte.high * factor, 1),
        }, position)  # fmt: skip
