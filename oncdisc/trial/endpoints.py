"""The endpoints that an extract allows, by the trial's stated rules (docs/es_sclc.md), one subject at a time.

The simulator's answer, against which the package's derivations are held: it uses none of them, only the records
and the rules' words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

STABLE_FROM_DAYS = 42
CONFIRM_FROM_DAYS = 28

PROGRESSION = "Disease progression"
DEATH = "Death"
NO_EVENT = "No progression or death by the last adequate tumor assessment"
NEW_THERAPY = "New anticancer therapy"
CLINICAL = "Clinical progression"
GAP = "Two or more missed tumor assessments"
NO_BASELINE = "No baseline tumor assessment"
NO_POST_BASELINE = "No adequate post-baseline tumor assessment"
LAST_ALIVE = "Last known alive"
CODES = {
    PROGRESSION: 0, DEATH: 0, NO_EVENT: 1, NEW_THERAPY: 2, CLINICAL: 3, GAP: 4, NO_BASELINE: 5, NO_POST_BASELINE: 6,
    LAST_ALIVE: 1,
}  # fmt: skip
"""CNSR of each description."""


@dataclass(frozen=True)
class Assessment:
    """A tumor assessment done, with the reported overall response under RECIST 1.1."""

    day: date
    response: str

    @property
    def adequate(self) -> bool:
        """The response is known."""
        return self.response != "NE"


@dataclass(frozen=True)
class Evidence:
    """What the extract says of a randomized subject, up to the cutoff (the death: whenever it was)."""

    start: date
    cutoff: date
    planned: Sequence[int]
    window: int
    baseline: bool
    assessments: Sequence[Assessment]
    therapy: date | None
    clinical: date | None
    death: date | None
    last_alive: date

    @property
    def progression(self) -> date | None:
        """The first PD."""
        return min((seen.day for seen in self.assessments if seen.response == "PD"), default=None)

    @property
    def death_counted(self) -> date | None:
        """The death, if not after the cutoff."""
        return self.death if self.death is not None and self.death <= self.cutoff else None

    def last_adequate(self, until: date) -> date | None:
        """The last adequate assessment on or before a date."""
        return max((seen.day for seen in self.assessments if seen.adequate and seen.day <= until), default=None)

    @property
    def evaluable(self) -> list[Assessment]:
        """Assessments up to and with the first PD, on or before the first new therapy."""
        ends = [day for day in (self.progression, self.therapy) if day is not None]
        return [seen for seen in self.assessments if not ends or seen.day <= min(ends)]


@dataclass(frozen=True)
class TimeToEvent:
    """The end of a time-to-event endpoint."""

    day: date
    description: str

    @property
    def censored(self) -> int:
        """CNSR: 0 for an event, else the rule that censored."""
        return CODES[self.description]


def impute_death(year: int, month: int | None, last_alive: date) -> date:
    """A partial date of death: in the known month or year, after the last known alive date where that leaves room."""
    first = date(year, month or 1, 1)
    following = date(year + 1, 1, 1) if month in (None, 12) else date(year, month + 1, 1)
    return min(max(first, last_alive + timedelta(days=1)), following - timedelta(days=1))


def overall_survival(evidence: Evidence) -> TimeToEvent:
    """Death, else last known alive."""
    if evidence.death_counted is not None:
        return TimeToEvent(evidence.death_counted, DEATH)
    return TimeToEvent(evidence.last_alive, LAST_ALIVE)


def progression_free_survival(evidence: Evidence) -> TimeToEvent:
    """The primary rule: no baseline or no post-baseline first, then whatever ended it first."""
    start = evidence.start
    if not _died_early(evidence):
        if not evidence.baseline:
            return TimeToEvent(start, NO_BASELINE)
        if evidence.last_adequate(evidence.cutoff) is None:
            return TimeToEvent(start, NO_POST_BASELINE)
    ended = _first_end(evidence)
    if ended is None:
        return TimeToEvent(evidence.last_adequate(evidence.cutoff) or start, NO_EVENT)
    if ended.censored == 0:
        return ended
    until = ended.day
    if ended.description == GAP:
        until = _event_of(evidence, default=ended).day - timedelta(days=1)
    return TimeToEvent(evidence.last_adequate(until) or start, ended.description)


def _died_early(evidence: Evidence) -> bool:
    """Death before the second planned assessment."""
    if evidence.death_counted is None:
        return False
    return (evidence.death_counted - evidence.start).days < evidence.planned[1]


def _event_of(evidence: Evidence, default: TimeToEvent) -> TimeToEvent:
    """Progression or death, the first; progression if on one day."""
    events = [
        TimeToEvent(day, description)
        for day, description in ((evidence.progression, PROGRESSION), (evidence.death_counted, DEATH))
        if day is not None
    ]
    return min(events, key=lambda event: event.day, default=default)


def _first_end(evidence: Evidence) -> TimeToEvent | None:
    """Event, new therapy, clinical progression or gap: the earliest, the first named on one day."""
    nothing = TimeToEvent(date.max, NO_EVENT)
    event = _event_of(evidence, nothing)
    ends = [event]
    if evidence.therapy is not None:
        ends.append(TimeToEvent(evidence.therapy, NEW_THERAPY))
    if evidence.clinical is not None:
        ends.append(TimeToEvent(evidence.clinical, CLINICAL))
    if event is not nothing:
        last = evidence.last_adequate(event.day - timedelta(days=1)) or evidence.start
        allowed = allowed_gap((last - evidence.start).days, evidence.planned, evidence.window)
        if (event.day - last).days > allowed:
            ends.append(TimeToEvent(last + timedelta(days=allowed), GAP))
    first = min(ends, key=lambda end: end.day)
    return None if first is nothing else first


def allowed_gap(day: int, planned: Sequence[int], window: int) -> int:
    """Days that may pass after an assessment on `day`: the two planned intervals after it and two windows."""
    calendar = [0, *planned]
    step = calendar[-1] - calendar[-2]
    calendar += [calendar[-1] + step, calendar[-1] + 2 * step]
    place = max(index for index, due in enumerate(calendar[:-2]) if due <= max(day, 0) + window)
    return calendar[place + 2] - calendar[place] + 2 * window


def first_response(evidence: Evidence) -> date | None:
    """RSP: the first CR or PR."""
    return _first(evidence.evaluable, lambda seen: seen.response in ("CR", "PR"))


def confirmed_responses(evidence: Evidence) -> dict[str, date]:
    """The first confirmed CR and the first confirmed PR, those that exist."""
    seen = evidence.evaluable
    found: dict[str, date] = {}
    for place, assessment in enumerate(seen):
        if assessment.response in ("CR", "PR") and _is_confirmed(seen[place:]):
            found.setdefault(assessment.response, assessment.day)
    return found


def _is_confirmed(stretch: Sequence[Assessment]) -> bool:
    """Whether the first assessment of a stretch is confirmed by a later one."""
    first = stretch[0]
    confirming = ("CR",) if first.response == "CR" else ("CR", "PR")
    for place, later in enumerate(stretch[1:], start=1):
        late_enough = (later.day - first.day).days >= CONFIRM_FROM_DAYS
        if late_enough and later.response in confirming:
            return _may_lie_between([seen.response for seen in stretch[: place + 1]])
    return False


def _may_lie_between(responses: Sequence[str]) -> bool:
    """From the response to its confirmation: allowed responses only, one NE at most, no CR followed by a PR."""
    allowed = {"CR", "NE"} if responses[0] == "CR" else {"CR", "PR", "NE"}
    known = [response for response in responses if response != "NE"]
    falls_back = any(pair == ("CR", "PR") for pair in pairwise(known))
    return set(responses) <= allowed and len(responses) - len(known) <= 1 and not falls_back


def clinical_benefit(evidence: Evidence, response: date | None) -> date | None:
    """CB and CCB: the response, or control of the disease on day 42 or later, whichever came first."""
    control = _first(
        evidence.evaluable,
        lambda seen: seen.response in ("CR", "PR", "SD", "NON-CR/NON-PD") and _late(evidence, seen),
    )
    return min((day for day in (response, control) if day is not None), default=None)


def best_response(evidence: Evidence, confirmed: Mapping[str, date] | None = None) -> str:
    """BOR; CBOR where `confirmed` holds the confirmed responses."""
    seen = evidence.evaluable
    found = {assessment.response for assessment in seen}
    responses = found if confirmed is None else set(confirmed)
    late = {assessment.response for assessment in seen if _late(evidence, assessment)}
    candidates = (
        ("CR", "CR" in responses),
        ("PR", "PR" in responses),
        ("SD", bool(late & {"CR", "PR", "SD"})),
        ("NON-CR/NON-PD", "NON-CR/NON-PD" in late),
        ("PD", "PD" in found),
        ("NE", bool(found)),
    )
    return next((response for response, holds in candidates if holds), "MISSING")


def _late(evidence: Evidence, seen: Assessment) -> bool:
    return (seen.day - evidence.start).days >= STABLE_FROM_DAYS


def _first(assessments: Sequence[Assessment], wanted: Callable[[Assessment], bool]) -> date | None:
    return min((seen.day for seen in assessments if wanted(seen)), default=None)
