"""Words for time to event: a table of events, stops and censorings in the spec."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from adam import observation
from adam.derivations import event_findings
from adam.derivations.sources import Dated, dated, through, values_of
from adam.observation import Counted, Schedule
from adam.records import NONE, Ints, first_record
from adam.time_to_event import Outcome, Rules
from adam.time_to_event import time_to_event as derive
from specs.arguments import Arguments, Fault, Source
from specs.columns import NUMBER, TEXT
from specs.conditions import ALWAYS
from specs.registry import describe, records
from specs.resolved import Place
from specs.scope import Records, Scope, Seen
from specs.store import NOWHERE

PRODUCES = ("STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ")


class Event(Dated):
    """Records that are the event."""

    EVNTDESC: str


class Censoring(Dated):
    """Records that a subject without an event is censored at."""

    CNSDTDSC: str = Field(description="what the date is")
    EVNTDESC: str | None = Field(None, description="default: CNSDTDSC")
    CNSR: int = Field(1, ge=1)


class Stopping(Arguments):
    """What ends observation before the event: then the last assessment before it is the date."""

    EVNTDESC: str
    CNSDTDSC: str | None = None
    CNSR: int = Field(1, ge=1)
    at_start: str | None = Field(None, description="CNSDTDSC where there is no assessment and the start stands")


class Stop(Dated, Stopping):
    """Records that end observation."""


class Gap(Stopping):
    """So many planned assessments missed before the event, counted from the last one before it or from the start.

    That one stands for the last planned by its date, the window included. `intervals`: missed are they when more days
    pass than the planned intervals that follow it and a window for each (every 42 days and 7: more than 98). `windows`:
    when the window of the last of them has closed (seen on day 42: after day 133).
    """

    missed: int = Field(2, ge=1)
    counted: Counted = Field("intervals", description="from the last assessment on, or by the schedule's windows")


class Without(Dated):
    """Records that a subject must have: up to and with the start date, after it, or at any time."""

    period: Literal["baseline", "after", "any"] = "any"


class Unassessed(Stopping):
    """No such assessment, unless the subject died before the day of the planned one: the start date stands."""

    without: Without
    unless: Dated = Field(description="deaths")
    planned: int = Field(2, ge=1, description="a death before this planned assessment still counts")


class Planned(Arguments):
    """When assessments are planned: visits of a kind in the study's design, or days after the start."""

    kind: str | None = Field(None, description="`kind` of the visits in study.yaml after day 1: VISITDY - 1 days after")
    days: list[int] = Field(default_factory=list)
    window: int = Field(0, ge=0, description="days early or late that are on time")

    @model_validator(mode="after")
    def _one_of_both(self) -> Planned:
        if (self.kind is None) == (not self.days):
            raise ValueError("give either the kind of the planned visits or their days")
        return self

    def faults(self, place: Place) -> Iterator[Fault]:
        design = place.spec.study.design
        visits = cast(list[dict[str, Any]], design.get("visits", []))
        of_kind = [(number, visit) for number, visit in enumerate(visits) if visit.get("kind") == self.kind]
        without = [(number, visit) for number, visit in of_kind if self.kind and "VISITDY" not in visit]
        for number, visit in without:
            message = f"a visit of kind {self.kind} has no planned day (VISITDY)"
            yield Fault(message, str(visit["VISIT"]), study=("design", "visits", number))
        if self.kind is not None and not of_kind:
            kinds = tuple(dict.fromkeys(str(visit["kind"]) for visit in visits if "kind" in visit))
            yield Fault("no visit of the design is of that kind", self.kind, kinds or ("a kind of visits",), ("kind",))
        elif not without and not self._after_start(design):
            yield Fault("no assessment is planned after the start", at=("days",) if self.days else ("kind",))

    def schedule(self, design: dict[str, Any]) -> Schedule:
        return Schedule(self._after_start(design), self.window)

    def _after_start(self, design: dict[str, Any]) -> tuple[int, ...]:
        visits = cast(list[dict[str, Any]], design.get("visits", []))
        days = self.days or [int(visit["VISITDY"]) - 1 for visit in visits if visit.get("kind") == self.kind]
        return tuple(sorted({day for day in days if day > 0}))


class TimeToEvent(Arguments):
    """Arguments of time_to_event."""

    start: Dated = Field(description="the date that is day 1; a subject without it has no record")
    events: list[Event] = Field(min_length=1, description="on a tie the first named counts")
    censor: list[Censoring] = Field(default_factory=list, description="the latest counts, on a tie the last named")
    unassessed: list[Unassessed] = Field(default_factory=list)
    stops: list[Stop] = Field(default_factory=list, description="on a tie the first named counts")
    gap: Gap | None = None
    assessments: Dated | None = Field(None, description="adequate assessments; a stop censors at the last before it")
    planned: Planned | None = Field(None, description="the assessment schedule that gaps are judged by")
    before_start: Literal["move", "ignore"] = Field("move", description="dates before the start: moved or left out")
    inadequate: Dated | None = Field(None, description="not evaluable assessments: being censored at one is a finding")
    stop_wins: bool = Field(False, description="whether a stop on an event's own date comes first")
    same_day: bool = Field(True, description="whether an assessment on the date of a stop counts")

    @model_validator(mode="after")
    def _complete(self) -> TimeToEvent:
        if (self.stops or self.gap) and self.assessments is None:
            raise ValueError("stops and gap need `assessments`")
        if (self.unassessed or self.gap) and self.planned is None:
            raise ValueError("unassessed and gap need `planned`")
        return self

    def faults(self, place: Place) -> Iterator[Fault]:
        if self.planned is None or any(True for _ in self.planned.faults(place)):
            return
        planned = len(self.planned.schedule(place.spec.study.design).days)
        for number, rule in enumerate(self.unassessed):
            if rule.planned > planned:
                message = f"a death before planned assessment {rule.planned}: {planned} planned"
                yield Fault(message, str(rule.planned), (f"at most {planned}",), ("unassessed", number, "planned"))


def _sentence(args: TimeToEvent) -> str:
    parts = [f"From {_dated(args.start)} to the earliest of: {'; '.join(map(_ending, args.events))}"]
    stops = [f"{_without(rule)} (CNSR {rule.CNSR})" for rule in args.unassessed]
    stops += [f"{_dated(stop)} ({stop.EVNTDESC}, CNSR {stop.CNSR})" for stop in args.stops]
    if args.gap:
        stops.append(f"{args.gap.missed} or more planned assessments missed before the event (CNSR {args.gap.CNSR})")
    if stops:
        last = f"the last of {_dated(args.assessments)}" if args.assessments else "the start"
        parts.append(f"Unless ended before by: {'; '.join(stops)}; then censored at {last} before it, else the start")
    if args.censor:
        parts.append(f"Else censored at the latest of: {'; '.join(map(_ending, args.censor))}")
    move = (
        "A date before the start becomes the start" if args.before_start == "move" else "Dates before it are left out"
    )
    return ". ".join([*parts, move, "AVAL is the date minus the start, plus 1"])


@records("time_to_event", sentence=_sentence, produces=PRODUCES)
def time_to_event(scope: Scope, args: TimeToEvent) -> Records:
    """Time to event in days, from a table of events, stops and censorings."""
    table = _Table(scope, args)
    result = derive(
        table.start,
        [table.outcome(event, event.EVNTDESC) for event in args.events],
        [table.outcome(end, end.EVNTDESC or end.CNSDTDSC, end.CNSR, end.CNSDTDSC) for end in args.censor],
        table.stops(),
        table.assessments,
        Rules(args.before_start, args.stop_wins, args.same_day),
    )
    table.report(result)
    return table.records(result)


class SameEnd(Arguments):
    """Arguments of time_to_same_end."""

    start: Dated
    end: Dated = Field(description="records whose date ends the time, one a subject")


@records(
    "time_to_same_end",
    sentence="From {start} to the date of {end}; AVAL is the date minus the start, plus 1",
    produces=("STARTDT", "ADT", "AVAL"),
)
def time_to_same_end(scope: Scope, args: SameEnd) -> Records:
    """Time from another start to the end of another parameter, whose other columns can be copied."""
    frame, everyone = dated(scope, args.end), pd.RangeIndex(len(scope.subjects))
    begins = dated(scope, args.start)
    start = first_record(begins, everyone)
    end = first_record(frame, everyone)
    both = (start["date"].notna() & end["date"].notna()).to_numpy()
    end, start = end.loc[both].reset_index(drop=True), start.loc[both].reset_index(drop=True)
    record = end["record"].to_numpy(np.int64)
    days = (end["date"] - start["date"]).dt.days.astype(NUMBER) + 1
    rows = frame["row"].to_numpy(np.int64)[record]
    columns = {"STARTDT": start["date"], "ADT": end["date"], "AVAL": days}
    began = begins["row"].to_numpy(np.int64)[start["record"].to_numpy(np.int64)]
    seen = Seen(np.arange(len(record), dtype=np.int64), args.start.from_, began, "start")
    subject = end["subject"].to_numpy(np.int64)
    return Records(subject, columns, (args.end.from_,), np.zeros(len(record), np.int16), rows, [seen])


class _Table:
    """The outcomes of one parameter in the kernel's order, and which source each comes from."""

    def __init__(self, scope: Scope, args: TimeToEvent) -> None:
        self._scope = scope
        self._args = args
        self._frames: dict[Dated, pd.DataFrame] = {}
        first = self.frame(args.start)
        everyone = pd.RangeIndex(len(scope.subjects))
        self._first = first_record(first, everyone)
        self.start = pd.Series(self._first["date"].to_numpy(), index=everyone)
        self.assessments = self.frame(args.assessments) if args.assessments else None

    def frame(self, source: Dated) -> pd.DataFrame:
        """The records of a source, read once."""
        if source not in self._frames:
            self._frames[source] = dated(self._scope, source)
        return self._frames[source]

    def outcome(
        self, source: Dated, description: str, censor: int = 0, date: str | None = None, at_start: str | None = None
    ) -> Outcome:
        return Outcome(self.frame(source), description, censor, date, at_start)

    def stops(self) -> list[Outcome]:
        """No assessments first, then the named stops, then the gap: the order that settles ties."""
        args = self._args
        found = [self._computed(rule, self._unassessed(rule)) for rule in args.unassessed]
        for stop in args.stops:
            found.append(self.outcome(stop, stop.EVNTDESC, stop.CNSR, stop.CNSDTDSC, stop.at_start))
        if (gap := args.gap) and self.assessments is not None:
            ends = pd.concat([self.frame(event)[["subject", "date"]] for event in args.events], ignore_index=True)
            if args.before_start == "ignore":
                ends = ends.loc[(ends["date"] >= ends["subject"].map(self.start)).to_numpy()]
            ends = ends.reset_index(drop=True)
            missed = observation.gaps(self.start, self.assessments, ends, self._schedule(), gap.missed, gap.counted)
            found.append(self._computed(gap, missed))
        return found

    def report(self, result: pd.DataFrame) -> None:
        """What is moved, left out or censored where it should not be."""
        args = self._args
        events = [(event, self.frame(event)) for event in args.events]
        # a start with a condition, such as a response, is one that not everyone has
        of_everyone = args.start.where == ALWAYS
        event_findings.report_starts(self._scope, self.start, events, args.before_start, of_everyone=of_everyone)
        event_findings.report_moved(self._scope, result)
        event_findings.report_partial(self._scope, self._frames.items())
        if args.inadequate is not None:
            found = (args.inadequate, self.frame(args.inadequate))
            event_findings.report_inadequate(self._scope, result, found, self.assessments)

    def records(self, result: pd.DataFrame) -> Records:
        """The records with SRCDOM, SRCVAR and SRCSEQ of what their date comes from."""
        sources, record = self._origins(result)
        tables = tuple(dict.fromkeys(source.from_ for source in sources))
        place = result["_origin"].to_numpy(np.int64)
        frames = [self.frame(source) for source in sources]
        table = np.array([*(tables.index(source.from_) for source in sources), NOWHERE], np.int16)[place]
        rows = _spread(place, [through(f["row"].to_numpy(np.int64), _inside(record, len(f))) for f in frames])
        numbers = [values_of(_sequence(f), _inside(record, len(f))).to_numpy() for f in frames]
        columns = {
            "STARTDT": result["start"],
            "ADT": result["date"],
            "AVAL": result["days"],
            "CNSR": result["censor"],
            "EVNTDESC": result["description"],
            "CNSDTDSC": result["date_description"],
            "SRCDOM": _word([source.from_ for source in sources], place),
            "SRCVAR": _word([source.date for source in sources], place),
            "SRCSEQ": pd.Series(np.choose(place, numbers)) if len(place) else pd.Series(dtype=NUMBER),
        }
        subject = result["subject"].to_numpy(np.int64)
        return Records(subject, columns, tables, table, rows, [*self._deciding(result), *self._considered(subject)])

    def _origins(self, result: pd.DataFrame) -> tuple[list[Dated], Ints]:
        """The sources a date can come from; adds each row's to the result and returns its record there."""
        args = self._args
        computed = len(args.unassessed) + len(args.stops) + (args.gap is not None)
        ends: list[Dated] = [*args.events, *args.censor]
        sources: list[Dated] = [*ends, args.start, *([args.assessments] if args.assessments else [])]
        outcome = result["outcome"].to_numpy(np.int64)
        stopped = (outcome >= len(args.events)) & (outcome < len(args.events) + computed)
        at = result["assessment"].to_numpy(np.int64)
        named = np.where(outcome < len(args.events), outcome, outcome - computed)
        fallback = np.where(at == NONE, len(ends), len(ends) + 1)
        result["_origin"] = np.where(stopped, fallback, named)
        begin = self._first["record"].to_numpy(np.int64)[result["subject"].to_numpy(np.int64)]
        return sources, np.where(stopped, np.where(at == NONE, begin, at), result["record"].to_numpy(np.int64))

    def _deciding(self, result: pd.DataFrame) -> Sequence[Seen]:
        """The records of named stops: they decide, though the date is that of an assessment."""
        args = self._args
        outcome, record = result["outcome"].to_numpy(np.int64), result["record"].to_numpy(np.int64)
        before = len(args.events) + len(args.unassessed)
        seen: list[Seen] = []
        for number, stop in enumerate(args.stops):
            at = np.flatnonzero(outcome == before + number).astype(np.int64)
            rows = self.frame(stop)["row"].to_numpy(np.int64)[record[at]]
            seen.append(Seen(at, stop.from_, rows, f"decided: {stop.EVNTDESC}"))
        return seen

    def _considered(self, subject: Ints) -> list[Seen]:
        """Every record that could have ended a subject's time: the argument that names it, and what it would be."""
        found: list[Seen] = []
        for name, source in self._roles():
            frame = self.frame(source)
            place = pd.Index(subject).get_indexer(pd.Index(frame["subject"])).astype(np.int64)
            known = np.flatnonzero(place != NONE)
            found.append(Seen(place[known], source.from_, frame["row"].to_numpy(np.int64)[known], name))
        return found

    def _roles(self) -> Sequence[tuple[str, Dated]]:
        args = self._args
        return [
            ("start", args.start),
            *((f"events: {event.EVNTDESC}", event) for event in args.events),
            *((f"stops: {stop.EVNTDESC}", stop) for stop in args.stops),
            *((f"censor: {end.CNSDTDSC}", end) for end in args.censor),
            *([("assessments", args.assessments)] if args.assessments else []),
        ]

    def _computed(self, rule: Stopping, found: pd.DataFrame) -> Outcome:
        return Outcome(found, rule.EVNTDESC, rule.CNSR, rule.CNSDTDSC, rule.at_start)

    def _unassessed(self, rule: Unassessed) -> pd.DataFrame:
        frame = self.frame(rule.without)
        start = frame["subject"].map(self.start)
        inside = {"baseline": frame["date"] <= start, "after": frame["date"] > start, "any": frame["date"].notna()}
        deaths = self.frame(rule.unless)
        kept = frame.loc[inside[rule.without.period].to_numpy()]
        return observation.unassessed(self.start, kept, deaths, self._schedule(), rule.planned)

    def _schedule(self) -> Schedule:
        planned = self._args.planned
        if planned is None:
            raise ValueError("no planned assessments")
        return planned.schedule(self._scope.spec.study.design)


def _inside(record: Ints, length: int) -> Ints:
    """Positions that a shorter frame does not have count as none: they belong to another source."""
    return np.where(record < length, record, NONE)


def _spread(place: Ints, choices: Sequence[Ints]) -> Ints:
    return np.choose(place, choices).astype(np.int64) if len(place) else np.empty(0, np.int64)


def _sequence(frame: pd.DataFrame) -> pd.Series:
    return frame["sequence"] if "sequence" in frame else pd.Series(np.full(len(frame), np.nan))


def _word(words: Sequence[str], place: Ints) -> pd.Series:
    return pd.Series(np.array(words, dtype=object)[place], dtype=TEXT)


def _dated(source: Dated) -> str:
    return f"{source.date} of {describe(Source.model_validate({'from': source.from_, 'where': source.where}))}"


def _ending(source: Event | Censoring) -> str:
    if isinstance(source, Event):
        return f"{_dated(source)} ({source.EVNTDESC})"
    return f"{_dated(source)} ({source.CNSDTDSC}, CNSR {source.CNSR})"


def _without(rule: Unassessed) -> str:
    period = {"baseline": " up to the start", "after": " after the start", "any": ""}[rule.without.period]
    return f"no record of {_dated(rule.without)}{period} and no death before planned assessment {rule.planned}"
