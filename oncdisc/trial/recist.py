"""What the investigator reports: RECIST 1.1 and iRECIST from the recorded lesions, without error.

The simulator's own reading of the guidelines (Eisenhauer 2009, Seymour 2017), one assessment after the other. It
shares nothing with the package's derivations, so that it can be held against them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

TOO_SMALL_MM = 5
CONFIRM_FROM_DAYS = 28

TargetStatus = Literal["MEASURED", "ABSENT", "TOO SMALL TO MEASURE", "NE"]
NonTargetStatus = Literal["PRESENT", "ABSENT", "UNEQUIVOCAL PROGRESSION", "NE"]


@dataclass(frozen=True)
class TargetReading:
    """What was recorded of one target lesion; `diameter` in mm, of measured ones."""

    number: str
    node: bool
    status: TargetStatus
    diameter: int | None = None

    @property
    def counted(self) -> int | None:
        """The diameter that enters the sum; none if not evaluable."""
        return {"ABSENT": 0, "TOO SMALL TO MEASURE": TOO_SMALL_MM, "NE": None}.get(self.status, self.diameter)


@dataclass(frozen=True)
class NonTargetReading:
    """What was recorded of one non-target lesion."""

    number: str
    status: NonTargetStatus
    further: bool = False


@dataclass(frozen=True)
class NewReading:
    """What was recorded of one new lesion."""

    number: str
    certain: bool
    diameter: int | None = None


@dataclass(frozen=True)
class Reading:
    """All lesions of one assessment; `day` counts from randomization."""

    day: int
    targets: tuple[TargetReading, ...]
    non_targets: tuple[NonTargetReading, ...]
    new: tuple[NewReading, ...] = ()

    @property
    def certain(self) -> tuple[NewReading, ...]:
        """New lesions that count."""
        return tuple(lesion for lesion in self.new if lesion.certain)

    @property
    def total(self) -> int | None:
        """Sum of diameters, mm; none if a target is not evaluable or there is none."""
        counted = [lesion.counted for lesion in self.targets]
        known = [size for size in counted if size is not None]
        return sum(known) if counted and len(known) == len(counted) else None


@dataclass(frozen=True)
class Response:
    """The responses reported at one assessment; none where the subject has no such lesions."""

    day: int
    total: int | None
    target: str | None
    non_target: str | None
    new: bool
    overall: str
    itarget: str | None
    inon_target: str | None
    ioverall: str


@dataclass(frozen=True)
class _Block:
    """An unconfirmed progression that stands: what it was when it began, and when it was last seen."""

    last_day: int
    categories: frozenset[str]
    total: int | None
    new_count: int
    new_total: int


class Assessor:
    """Reads the assessments of one subject in their order."""

    def __init__(self, baseline: Reading | None) -> None:
        self._no_baseline = baseline is None
        self._baseline = None if baseline is None else baseline.total
        self._nadir = self._baseline
        self._block: _Block | None = None

    def respond(self, reading: Reading) -> Response:
        """The responses at this assessment; remembers nadir and unconfirmed progression for the next."""
        if self._no_baseline:
            return Response(reading.day, None, "NE", None, False, "NE", "NE", None, "NE")
        target = _target(reading, self._baseline, self._nadir)
        non_target = _non_target(reading.non_targets)
        new = bool(reading.certain)
        overall = _overall(target, non_target, new)
        progressing = _categories(target, non_target, new)
        ioverall = self._immune(reading, progressing, overall)
        itarget = _component(target, "T" in progressing, ioverall)
        inon_target = _component(non_target, "NT" in progressing, ioverall)
        if reading.total is not None and self._nadir is not None:
            self._nadir = min(self._nadir, reading.total)
        return Response(
            reading.day, reading.total, target, non_target, new, overall, itarget, inon_target, ioverall
        )  # fmt: skip

    def _immune(self, reading: Reading, progressing: frozenset[str], overall: str) -> str:
        block = self._block
        if not progressing:
            if overall != "NE":
                self._block = None
            return _IMMUNE[overall]
        if block is None:
            self._block = _begin(reading, progressing)
            return "iUPD"
        if reading.day - block.last_day >= CONFIRM_FROM_DAYS and _confirms(reading, progressing, block):
            return "iCPD"
        self._block = replace(block, last_day=reading.day, categories=block.categories | progressing)
        return "iUPD"


_IMMUNE = {"CR": "iCR", "PR": "iPR", "SD": "iSD", "NON-CR/NON-PD": "NON-iCR/NON-iUPD", "NE": "NE"}


def _target(reading: Reading, baseline: int | None, nadir: int | None) -> str | None:
    if not reading.targets:
        return None
    if baseline is None or nadir is None:
        return "NE"
    measured = sum(lesion.counted or 0 for lesion in reading.targets)
    complete = reading.total is not None
    if complete and _complete_response(reading.targets):
        return "CR"
    # Whole millimetres and whole numbers: 20 % over the nadir is 5 sums against 6, without a rounding error.
    if (measured - nadir >= 5 and 5 * measured >= 6 * nadir) or nadir == 0 < measured:
        return "PD"
    if not complete:
        return "NE"
    return "PR" if 10 * measured <= 7 * baseline else "SD"


def _complete_response(targets: Sequence[TargetReading]) -> bool:
    """Every non-nodal lesion gone and every node under 10 mm in its short axis."""
    sizes = [(lesion.node, lesion.counted) for lesion in targets]
    return all(size is not None and (size < 10 if node else size == 0) for node, size in sizes)


def _non_target(lesions: Sequence[NonTargetReading]) -> str | None:
    statuses = {lesion.status for lesion in lesions}
    if not statuses:
        return None
    if "UNEQUIVOCAL PROGRESSION" in statuses:
        return "PD"
    if "NE" in statuses:
        return "NE"
    return "CR" if statuses == {"ABSENT"} else "NON-CR/NON-PD"


def _overall(target: str | None, non_target: str | None, new: bool) -> str:
    """The guideline's tables 1 (target disease) and 2 (non-target disease only)."""
    if new or "PD" in (target, non_target):
        return "PD"
    if target is None:
        return non_target or "NE"
    if target == "CR":
        return "CR" if non_target in (None, "CR") else "PR"
    return target


def _categories(target: str | None, non_target: str | None, new: bool) -> frozenset[str]:
    found = {"T": target == "PD", "NT": non_target == "PD", "NL": new}
    return frozenset(name for name, progressing in found.items() if progressing)


def _begin(reading: Reading, progressing: frozenset[str]) -> _Block:
    sizes = sum(lesion.diameter or 0 for lesion in reading.certain)
    return _Block(reading.day, progressing, reading.total, len(reading.certain), sizes)


def _confirms(reading: Reading, progressing: frozenset[str], block: _Block) -> bool:
    """A further increase where it progressed, or progression where it didn't; increases add up over the block."""
    if progressing - block.categories:
        return True
    grown = (
        "T" in progressing
        and reading.total is not None
        and block.total is not None
        and reading.total - block.total >= 5
    )
    further = "NT" in progressing and any(lesion.further for lesion in reading.non_targets)
    sizes = sum(lesion.diameter or 0 for lesion in reading.certain)
    more = len(reading.certain) > block.new_count or sizes - block.new_total >= 5
    return grown or further or ("NL" in progressing and more)


def _component(response: str | None, progressing: bool, ioverall: str) -> str | None:
    if response is None:
        return None
    if progressing:
        return ioverall
    return "NE" if response == "PD" else _IMMUNE[response]
