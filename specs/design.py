"""The trial's design and the parameters of its summary, as `design` and `parameters` of study.yaml have them.

The names in upper case are those of the trial design datasets. Source: SDTMIG 3.4, 7.2 (arms, elements), 7.3 (visits),
7.4 (criteria, summary).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence

from pydantic import Field, field_validator, model_validator

from specs.arguments import Fault
from specs.entry import Entry


class ArmElement(Entry):
    """An element that an arm passes through."""

    ETCD: str = Field(description="an element of `elements`")
    EPOCH: str = Field(description="the epoch that it stands for in this arm")
    ELEMENT: str | None = Field(None, description="where it differs from that of `elements`")
    TABRANCH: str | None = None
    TATRANS: str | None = None


class Arm(Entry):
    """A planned arm."""

    ARMCD: str = Field(max_length=20)
    ARM: str
    ratio: float = Field(1, gt=0, description="its weight in the simulator's allocation")
    drugs: list[str] = Field(default_factory=list, description="codes of `drugs`")
    elements: list[ArmElement] = Field(default_factory=list[ArmElement], description="in order: TAETORD 1, 2 …")


class Element(Entry):
    """A planned element (TE)."""

    ETCD: str = Field(max_length=8)
    ELEMENT: str
    TESTRL: str | None = None
    TEENRL: str | None = None
    TEDUR: str | None = None


class Visit(Entry):
    """A planned visit (TV)."""

    VISITNUM: int | float
    VISIT: str
    VISITDY: int | None = Field(None, description="planned study day; there is no day 0")
    ARMCD: str | None = None
    TVSTRL: str | None = None
    TVENRL: str | None = None
    instance: str | None = Field(None, description="the visit as the extract names it; default VISIT")
    folder: str | None = Field(None, description="the simulator's folder")
    kind: str | None = Field(None, description="what is planned there, such as assessment: `planned` of time_to_event")

    @field_validator("VISITDY")
    @classmethod
    def _no_day_0(cls, day: int | None) -> int | None:
        if day == 0:
            raise ValueError("there is no study day 0 (SDTMIG 3.4, 4.4.4)")
        return day


class Criterion(Entry):
    """An eligibility criterion (TI)."""

    IETESTCD: str = Field(max_length=8)
    IETEST: str
    IECAT: str | None = Field(None, description="INCLUSION or EXCLUSION")
    IESCAT: str | None = None
    TIRL: str | None = None
    TIVERS: str | None = None
    known_at_consent: bool | None = Field(None, description="nobody of the simulator's subjects fails it")
    ecog_limit: int | None = Field(None, description="the ECOG status above which the simulator's subjects fail it")


class Drug(Entry):
    """A study drug: for the trial summary and the simulator."""

    code: str
    name: str
    form: str | None = Field(None, description="the raw form of its doses")
    EXTRT: str
    EXDOSFRM: str
    EXROUTE: str
    EXDOSFRQ: str | None = None
    days: list[int] = Field(min_length=1, description="of a cycle, from 1")
    basis: str = Field(description="unit of the levels: mg, mg/kg, mg/m2")
    levels: list[int | float] = Field(min_length=1, description="doses: the planned one first, then its reductions")
    infusion_minutes: int | None = None
    cycles: int | None = Field(None, description="how many; none: until it is stopped")


class Site(Entry):
    """A site of the simulator."""

    SITEID: str
    name: str
    COUNTRY: str
    country: str
    investigator: str


class Enrolment(Entry):
    """First and last day on which the simulator's subjects consent."""

    first: str
    last: str


class Confirm(Entry):
    """Days after a progression in which iRECIST wants it confirmed."""

    from_days: int
    to_days: int


class Assessments(Entry):
    """The simulator's calendar of tumor assessments, in days."""

    every_days: int
    until_day: int
    then_every_days: int
    window_days: int
    confirm: Confirm


class Design(Entry):
    """The trial's design."""

    randomized: bool | None = None
    arms: list[Arm] = Field(default_factory=list[Arm], description="in the order of tables")
    epochs: list[str] = Field(default_factory=list, description="in order; those of the arms' elements are among them")
    elements: list[Element] = Field(default_factory=list[Element])
    visits: list[Visit] = Field(default_factory=list[Visit])
    criteria: list[Criterion] = Field(default_factory=list[Criterion])
    unscheduled: str | None = Field(
        default=None, description="how the extract names visits not planned: a regular expression, its group `number`"
    )
    drugs: list[Drug] = Field(default_factory=list[Drug])
    cycle_days: int | None = Field(default=None, ge=1, description="length of a treatment cycle; drugs need it")
    follow_up_days: int | None = Field(default=None, description="of the simulator")
    ctcae: str | None = Field(default=None, description="version of the grades of adverse events")
    enrolment: Enrolment | None = None
    sites: list[Site] = Field(default_factory=list[Site])
    assessments: Assessments | None = None

    @field_validator("unscheduled")
    @classmethod
    def _counts_them(cls, pattern: str | None) -> str | None:
        if pattern is not None and "number" not in _groups(pattern):
            raise ValueError("unscheduled is a regular expression with a group (?P<number>...), which counts them")
        return pattern

    def faults(self) -> Iterator[Fault]:
        """What its tables say of each other that is not so: keys given twice, names that lead nowhere."""
        if self.drugs and self.cycle_days is None:
            yield _fault("drugs are given on days of a cycle: cycle_days is missing", "drugs")
        yield from _twice("arms", "ARMCD", [arm.ARMCD for arm in self.arms])
        yield from _twice("elements", "ETCD", [element.ETCD for element in self.elements])
        yield from _twice("visits", "VISITNUM", [(visit.VISITNUM, visit.ARMCD) for visit in self.visits])
        yield from _twice("criteria", "IETESTCD", [(rule.IETESTCD, rule.TIVERS) for rule in self.criteria])
        for number, arm in enumerate(self.arms):
            place = ("arms", number)
            for order, part in enumerate(arm.elements):
                named = (*place, "elements", order)
                yield from _unknown((*named, "ETCD"), part.ETCD, [element.ETCD for element in self.elements])
                yield from _unknown((*named, "EPOCH"), part.EPOCH, self.epochs)
            for order, code in enumerate(arm.drugs):
                yield from _unknown((*place, "drugs", order), code, [drug.code for drug in self.drugs])


def _groups(pattern: str) -> dict[str, int]:
    try:
        return dict(re.compile(pattern).groupindex)
    except re.error as error:
        raise ValueError(f"unscheduled can't be read as a regular expression: {error}") from error


def _fault(message: str, *at: str | int, found: str = "", known: Sequence[str] = ()) -> Fault:
    return Fault(message, found, tuple(known), study=("design", *at))


def _twice(table: str, key: str, values: Sequence[Hashable]) -> Iterator[Fault]:
    for number, value in enumerate(values):
        if value in values[:number]:
            first = value[0] if isinstance(value, tuple) else value
            yield _fault(f"{key} is there twice", table, number, key, found=str(first))


def _unknown(at: tuple[str | int, ...], value: str, known: Sequence[str]) -> Iterator[Fault]:
    """What is named must be listed, where anything is listed at all."""
    if known and value not in known:
        yield _fault("not in the design", *at, found=value, known=known)


class SummaryParameter(Entry):
    """A record of the trial summary (TS): a value, or why there is none."""

    TSPARMCD: str = Field(max_length=8)
    TSVAL: str | int | float | None = None
    TSVALNF: str | None = Field(default=None, description="why there is no value: NA, NAV, UNK, PINF …")
    TSGRPID: str | None = None
    TSVALCD: str | None = None
    TSVCDREF: str | None = None
    TSVCDVER: str | None = None

    @model_validator(mode="after")
    def _said(self) -> SummaryParameter:
        if (self.TSVAL is None) == (self.TSVALNF is None):
            raise ValueError(f"{self.TSPARMCD}: a value (TSVAL), or why there is none (TSVALNF)")
        return self
