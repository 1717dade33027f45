"""What the scans show: each assessment that is due is done, late or missed, and its lesions are read with error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from oncdisc.trial.course import Fate
from oncdisc.trial.design import Design, Visit
from oncdisc.trial.disease import Disease, NonTarget, Place, Target
from oncdisc.trial.recist import (
    Assessor,
    NewReading,
    NonTargetReading,
    NonTargetStatus,
    Reading,
    Response,
    TargetReading,
)

_MISSED = ("Subject did not come", "Scanner not available", "Subject too unwell")
_APART = 20
"""Days between two scans at least."""


@dataclass(frozen=True)
class Scan:
    """An assessment that was due. Missed ones have a reason and no day; unscheduled ones a number and no visit."""

    visit: Visit | None
    unscheduled: int = 0
    day: int | None = None
    late: bool = False
    reason: str = ""
    reading: Reading | None = None
    response: Response | None = None


@dataclass
class Imaging:
    """All assessments of a subject, and where the lesions are that they name."""

    baseline: Reading | None
    scans: list[Scan] = field(default_factory=list[Scan])
    places: dict[str, tuple[Place, str | None]] = field(default_factory=dict[str, tuple[Place, str | None]])

    @property
    def progression(self) -> int | None:
        """Day of the first PD reported under RECIST 1.1."""
        days = [scan.response.day for scan in self.scans if scan.response and scan.response.overall == "PD"]
        return min(days, default=None)

    @property
    def last_day(self) -> int:
        """Day of the last scan done, 0 if none was."""
        return max((scan.day for scan in self.scans if scan.day is not None), default=0)


def image(rng: np.random.Generator, design: Design, fate: Fate, disease: Disease) -> Imaging:
    """The baseline scan and every assessment after it."""
    radiology = _Radiology(rng, disease)
    baseline = radiology.baseline() if fate.baseline else None
    imaging = Imaging(baseline)
    stop = min(fate.seen, fate.death - 1, fate.clinical - 1, fate.scans_end - 1)
    if baseline is None:
        radiology.unknown_lesions()
    imaging.scans.extend(_assessments(rng, design, fate, radiology, Assessor(baseline), stop))
    imaging.places = radiology.places
    return imaging


def _assessments(
    rng: np.random.Generator, design: Design, fate: Fate, radiology: _Radiology, assessor: Assessor, stop: int
) -> Iterator[Scan]:
    last, unscheduled, awaiting = 0, 0, False
    for place, visit in enumerate(design.assessments):
        due = visit.day or 0
        if due + design.window > stop and (due > stop or not awaiting):
            return
        if due - last < _APART and last:
            yield Scan(visit, reason="Done as an unscheduled assessment")
            continue
        if not awaiting and _is_missed(rng, fate, place):
            yield Scan(visit, reason=_MISSED[int(rng.integers(len(_MISSED)))])
            continue
        day, late = _scan_day(rng, design, due, last, awaiting)
        if day > stop:
            return
        scan = _look(radiology, assessor, Scan(visit, day=day, late=late))
        yield scan
        last = day
        awaiting = _unconfirmed(scan)
        if _finished(scan, fate):
            return
        if awaiting and not _planned_confirmation(design, place, day):
            day += int(rng.integers(design.confirm[0] + 2, design.confirm[1] - 3))
            if day > stop:
                return
            unscheduled += 1
            scan = _look(radiology, assessor, Scan(None, unscheduled, day))
            yield scan
            last, awaiting = day, False
            if _finished(scan, fate):
                return


def _is_missed(rng: np.random.Generator, fate: Fate, place: int) -> bool:
    first, count = fate.gap
    return first <= place < first + count or rng.random() < 0.05


def _scan_day(rng: np.random.Generator, design: Design, due: int, last: int, awaiting: bool) -> tuple[int, bool]:
    """The day of a planned scan, and whether it is late; one that is to confirm keeps to its own window."""
    if awaiting:
        lowest, highest = last + design.confirm[0], last + design.confirm[1]
        return int(np.clip(due + rng.integers(-2, 3), lowest, highest)), False
    if rng.random() < 0.06:
        return due + design.window + int(rng.integers(1, 19)), True
    jitter = int(np.clip(round(float(rng.normal(0.5, 2.5))), -design.window, design.window))
    return max(due + jitter, last + 1), False


def _planned_confirmation(design: Design, place: int, day: int) -> bool:
    """Whether the next planned assessment falls where a confirmation may."""
    later = design.planned_days[place + 1 : place + 2]
    return any(design.confirm[0] <= due - day <= design.confirm[1] for due in later)


def _look(radiology: _Radiology, assessor: Assessor, scan: Scan) -> Scan:
    reading = radiology.read(scan.day or 0)
    return Scan(scan.visit, scan.unscheduled, scan.day, scan.late, "", reading, assessor.respond(reading))


def _unconfirmed(scan: Scan) -> bool:
    return scan.response is not None and scan.response.ioverall == "iUPD"


def _finished(scan: Scan, fate: Fate) -> bool:
    """No scan after a progression that the subject isn't treated beyond, or that is confirmed."""
    if scan.response is None or scan.response.overall != "PD":
        return False
    return not fate.beyond or scan.response.ioverall == "iCPD"


class _Radiology:
    """Reads the lesions of one subject; remembers which it has seen progress and numbers new ones as they come."""

    def __init__(self, rng: np.random.Generator, disease: Disease) -> None:
        self._rng = rng
        self._disease = disease
        self._worse: set[str] = set()
        self._new: dict[int, str] = {}
        self._targets = {f"T{n:02d}": lesion for n, lesion in enumerate(disease.targets, start=1)}
        self._non_targets = {f"NT{n:02d}": lesion for n, lesion in enumerate(disease.non_targets, start=1)}
        known = {**self._targets, **self._non_targets}
        self.places: dict[str, tuple[Place, str | None]] = {n: (x.place, x.side) for n, x in known.items()}

    def baseline(self) -> Reading:
        """The scan before randomization: everything is measured, everything is present."""
        targets = tuple(
            TargetReading(number, lesion.node, "MEASURED", round(float(lesion.size[0])))
            for number, lesion in self._targets.items()
        )
        return Reading(0, targets, tuple(NonTargetReading(number, "PRESENT") for number in self._non_targets))

    def unknown_lesions(self) -> None:
        """Without a baseline scan nobody has chosen lesions to follow."""
        self._targets, self._non_targets, self.places = {}, {}, {}
        self._disease = Disease((), ())

    def read(self, day: int) -> Reading:
        """One scan; now and then a lesion can't be evaluated."""
        unclear = self._rng.random() < 0.045
        lost = int(self._rng.integers(max(1, len(self._targets))))
        targets = tuple(
            TargetReading(number, lesion.node, "NE") if unclear and n == lost else self._target(number, lesion, day)
            for n, (number, lesion) in enumerate(self._targets.items())
        )
        non_targets = tuple(self._non_target(n, lesion, day) for n, lesion in self._non_targets.items())
        return Reading(day, targets, non_targets, tuple(self._new_lesions(day)))

    def _target(self, number: str, lesion: Target, day: int) -> TargetReading:
        size = float(lesion.size[day])
        swelling = self._disease.swelling
        if swelling and swelling[0] <= day < swelling[1]:
            size = float(lesion.size[0]) * swelling[2] * 0.85
        seen = round(size * (1 + float(self._rng.normal(0, 0.025))) + float(self._rng.normal(0, 0.6)))
        if lesion.node:
            return TargetReading(number, True, "MEASURED", max(3, seen))
        if size < 1.5:
            return TargetReading(number, False, "ABSENT", 0)
        if seen < 5:
            return TargetReading(number, False, "TOO SMALL TO MEASURE")
        return TargetReading(number, False, "MEASURED", seen)

    def _non_target(self, number: str, lesion: NonTarget, day: int) -> NonTargetReading:
        status: NonTargetStatus = "PRESENT"
        if self._rng.random() < 0.02:
            status = "NE"
        elif day >= lesion.worse:
            status = "UNEQUIVOCAL PROGRESSION"
        elif day >= lesion.gone:
            status = "ABSENT"
        worse = status == "UNEQUIVOCAL PROGRESSION"
        further = worse and number in self._worse and bool(self._rng.random() < 0.6)
        if worse:
            self._worse.add(number)
        return NonTargetReading(number, status, further)

    def _new_lesions(self, day: int) -> Iterator[NewReading]:
        for index, lesion in enumerate(self._disease.new):
            if not lesion.since <= day < lesion.until:
                continue
            number = self._new.setdefault(index, f"NEW{len(self._new) + 1:02d}")
            self.places[number] = (lesion.place, lesion.side)
            size = round(lesion.size * float(np.exp(lesion.growth * (day - lesion.since))))
            yield NewReading(number, lesion.certain, size if lesion.measurable else None)
