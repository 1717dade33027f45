"""What `results.yaml` of a study declares: populations, subgroups, results, figures and the subjects' timeline."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from specs.arguments import Where
from specs.conditions import ALWAYS
from specs.models import Entry

Reason = Literal["SPECIFIED IN PROTOCOL", "SPECIFIED IN SAP", "DATA DRIVEN", "REQUESTED BY REGULATORY AGENCY"]
Purpose = Literal["PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE", "EXPLORATORY OUTCOME MEASURE"]
Unit = Literal["days", "weeks", "months", "years"]
DAYS: dict[Unit, float] = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
"""Days in each unit of time; a month is a twelfth of 365.25 days."""
SUBJECTS = "ADSL"


class Population(Entry):
    """Subjects of ADSL that an analysis is about, and the variable with their arm."""

    label: str
    where: Where = ALWAYS
    arm: str = "TRT01P"


class Subgroup(Entry):
    """A variable of ADSL that subjects are grouped by; `levels` orders and labels its values."""

    by: str
    label: str
    levels: dict[str, str] = Field(default_factory=dict)


class Records(Entry):
    """Records of a dataset."""

    from_: str = Field(SUBJECTS, alias="from", description="an analysis dataset")
    where: Where = ALWAYS


class Count(Records):
    """Subjects with at least one such record, in all or by the levels of a variable."""

    label: str
    by: str | None = Field(None, description="count each level of this variable apart")
    levels: dict[str, str] = Field(default_factory=dict, description="the levels in order, with their labels")
    minimum: float = Field(0.0, ge=0, le=100, description="leave out levels below this percentage in every arm")
    interval: bool = Field(False, description="exact 95% confidence limits of the percentage")
    subgroups: bool = Field(False, description="also in the subgroups, with a forest plot")
    indent: int = Field(0, ge=0, le=3)


class Item(Records):
    """A variable to describe: numbers by mean and quartiles, text by its levels."""

    variable: str
    label: str
    levels: dict[str, str] = Field(default_factory=dict)
    digits: int = Field(0, ge=0, le=4, description="decimals of the data; the mean has one more")


class TimeToEvent(Records):
    """Kaplan–Meier analysis of AVAL and CNSR (0 is the event), with comparisons where there are arms to compare."""

    unit: Unit = Field("days", description="of AVAL")
    shown: Unit = Field("months", description="of the results")
    landmarks: list[float] = Field(default_factory=list, description="times at which rates are given, in `shown`")
    strata: list[str] = Field(default_factory=list, description="variables of ADSL")
    follow_up: bool = Field(False, description="reverse Kaplan–Meier follow-up")
    subgroups: bool = Field(False, description="also in the subgroups, with a forest plot")
    figure: bool = Field(True, description="draw the curves")


class Source(Records):
    """One side of an agreement."""

    label: str
    value: str = "AVALC"


class Agreement(Entry):
    """Two assessments of the same subjects, one against the other; `by` tells a subject's assessments apart."""

    rows: Source
    columns: Source
    by: list[str] = Field(default_factory=list, description="variables of both, such as ADT")
    levels: list[str] = Field(default_factory=list)


class Changes(Records):
    """Percent change of the sum of diameters, for the waterfall and the spider plot."""

    value: str = "PCHG"
    day: str = Field("ADY", description="analysis day, for the spider plot")
    response: Source | None = Field(None, description="the response that colours a subject")
    lines: list[float] = Field(default_factory=lambda: [-30.0, 20.0])


class Span(Records):
    """Records that last: a start and an end date."""

    start: str
    end: str | None = None
    label: str = Field("", description="variable with the words of the record, or the words themselves")
    detail: str = Field("", description="variable shown after the words, such as a grade or a dose")


class Point(Records):
    """Records of a day."""

    date: str
    label: str = Field("", description="variable with the words of the record, or the words themselves")
    value: str = Field("", description="variable with a number, such as a sum of diameters")


class Timeline(Entry):
    """What subject pages and the swimmer plot show, from a subject's first day on."""

    start: str = Field("RANDDT", description="variable of ADSL: day 1")
    population: str
    end: list[str] = Field(default_factory=list, description="variables of ADSL: the last day is the latest of them")
    doses: list[Span] = Field(default_factory=list[Span])
    events: list[Span] = Field(default_factory=list[Span])
    assessments: list[Point] = Field(default_factory=list[Point])
    sums: list[Point] = Field(default_factory=list[Point])
    milestones: list[Point] = Field(default_factory=list[Point])
    facts: dict[str, str] = Field(default_factory=dict, description="variables of ADSL shown of each subject, by label")


KINDS = ("counts", "summary", "time_to_event", "agreement", "waterfall", "spider", "swimmer")


class Result(Entry):
    """One table or figure; exactly one of the keys of its kind says what it holds."""

    title: str
    number: str = Field("", description="number in the study report, such as 14.2.1")
    population: str
    reason: Reason = "SPECIFIED IN SAP"
    purpose: Purpose = "SECONDARY OUTCOME MEASURE"
    notes: list[str] = Field(default_factory=list)
    total: bool = Field(True, description="a column of all arms together, where there are several")
    counts: list[Count] | None = None
    summary: list[Item] | None = None
    time_to_event: TimeToEvent | None = None
    agreement: Agreement | None = None
    waterfall: Changes | None = None
    spider: Changes | None = None
    swimmer: bool | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Result:
        given = [kind for kind in KINDS if getattr(self, kind)]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"a result has exactly one of {', '.join(KINDS)}; found {found}")
        return self

    @property
    def kind(self) -> str:
        """The key that says what the result holds."""
        return next(kind for kind in KINDS if getattr(self, kind))


class Declaration(Entry):
    """`results.yaml`."""

    populations: dict[str, Population]
    reference: str | None = Field(None, description="the arm that others are compared with; else the first")
    subgroups: list[Subgroup] = Field(default_factory=list[Subgroup])
    results: dict[str, Result]
    timeline: Timeline | None = None
