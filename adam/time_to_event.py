"""Time to event: from a table of events and censorings to one analysis date a subject.

What may happen to a subject is a list of outcomes in the order of the spec: events, stops and censorings.
The date is that of the earliest event, unless a stop (new therapy, a gap in the assessments …) comes before
it: then observation ends at the last assessment on or before the stop. Without either it is the latest
censoring. On a tie the event named first and the censoring named last counts. Sensitivity analyses are the
same table with outcomes moved or left out.

Source: ADaM for time-to-event analyses 1.0; FDA 2018, clinical trial endpoints for cancer drugs, appendix C.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from adam.records import DAY, NONE, Bools, Ints, first_of_runs, seconds, taken, timeline
from specs.columns import DATE, TEXT

NO_DATE = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Outcome:
    """Records that end a subject's time, and what to call it.

    records      subject, date and maybe sequence, a row a record; its position is its name in lineage
    description  EVNTDESC
    censor       CNSR: 0 for an event
    date_description  CNSDTDSC: what the censoring date is
    at_start     CNSDTDSC where a stop finds no assessment and the start date stands
    """

    records: pd.DataFrame
    description: str
    censor: int = 0
    date_description: str | None = None
    at_start: str | None = None


@dataclass(frozen=True)
class Rules:
    """What a protocol decides.

    before_start  an outcome dated before the start: the start becomes its date, or it is left out
    stop_wins     whether a stop on an event's own date comes first
    same_day      whether an assessment on the stop's own date still counts
    """

    before_start: Literal["move", "ignore"] = "move"
    stop_wins: bool = False
    same_day: bool = True


@dataclass(frozen=True)
class _Stack:
    """Records of several outcomes in one table of integers; `outcome` counts in the order given."""

    outcome: Ints
    record: Ints
    subject: Ints
    moment: Ints

    def take(self, keep: Bools | Ints) -> _Stack:
        return _Stack(self.outcome[keep], self.record[keep], self.subject[keep], self.moment[keep])


def time_to_event(
    start: pd.Series,
    events: Sequence[Outcome],
    censorings: Sequence[Outcome],
    stops: Sequence[Outcome] = (),
    assessments: pd.DataFrame | None = None,
    rules: Rules = Rules(),
) -> pd.DataFrame:
    """One row for each subject with a start date and an outcome.

    `start` is indexed by subject. `assessments` (subject, date) are those after which a stop censors. Returns

        subject, start, date    ADT; datetime64[s]
        days                    AVAL: date − start + 1
        censor                  CNSR
        description, date_description   EVNTDESC, CNSDTDSC
        outcome, record         place in events + stops + censorings, and of the record there
        assessment              position of the assessment that a stop censors at, -1 if none
        moved                   whether the date was before the start and was moved there
    """
    named = [*events, *stops, *censorings]
    begin = start.dropna()
    event = _extreme(_stack(events, 0, begin, rules), last=False)
    stop = _extreme(_stack(stops, len(events), begin, rules), last=False)
    censoring = _extreme(_stack(censorings, len(events) + len(stops), begin, rules), last=True)
    picked, stopped = _picked(begin, event, stop, censoring, rules)
    at = _last_assessment(picked, stopped, assessments, begin, rules)
    found = picked.outcome != NONE
    return _result(begin, named, picked, stopped, at).loc[found].reset_index(drop=True)


def _stack(outcomes: Sequence[Outcome], offset: int, begin: pd.Series, rules: Rules) -> _Stack:
    lines = [timeline(outcome.records) for outcome in outcomes]
    nothing = np.empty(0, dtype=np.int64)
    stack = _Stack(
        np.concatenate([nothing, *(np.full(len(line), offset + place) for place, line in enumerate(lines))]),
        np.concatenate([nothing, *(line.record for line in lines)]),
        np.concatenate([nothing, *(line.subject for line in lines)]),
        np.concatenate([nothing, *(line.seconds for line in lines)]),
    )
    first = _by_subject(begin, stack.subject)
    keep = first != NO_DATE
    if rules.before_start == "ignore":
        keep &= stack.moment >= first
    return stack.take(keep)


def _by_subject(dates: pd.Series, subject: Ints) -> Ints:
    """Each subject's date in seconds, NO_DATE for those without."""
    place = dates.index.get_indexer(pd.Index(subject))
    if not len(dates):
        return np.full(len(subject), NO_DATE)
    return np.where(place == NONE, NO_DATE, seconds(dates)[place])


def _extreme(stack: _Stack, *, last: bool) -> _Stack:
    """The earliest (latest) record of each subject; of one date, that of the outcome named first (last).

    The records of an outcome come in the order of their timeline, which settles what is left.
    """
    order = np.lexsort([stack.outcome, stack.moment])
    if last:
        order = order[::-1]
    order = order[np.argsort(stack.subject[order], kind="stable")]
    return stack.take(order[first_of_runs(stack.subject[order])])


def _picked(begin: pd.Series, event: _Stack, stop: _Stack, censoring: _Stack, rules: Rules) -> tuple[_Stack, Bools]:
    """What decides for each subject, and whether that is a stop."""
    subjects = begin.index.to_numpy(np.int64)
    happened, halted, censored = (_aligned(stack, subjects) for stack in (event, stop, censoring))
    before = halted.moment <= happened.moment if rules.stop_wins else halted.moment < happened.moment
    stopped = (halted.outcome != NONE) & ((happened.outcome == NONE) | before)
    kinds = [stopped, happened.outcome != NONE]
    parts = ("outcome", "record", "subject", "moment")
    columns = (np.select(kinds, [getattr(halted, p), getattr(happened, p)], getattr(censored, p)) for p in parts)
    return _Stack(*columns), stopped


def _aligned(stack: _Stack, subjects: Ints) -> _Stack:
    """One place a subject; outcome and record -1 where there is none."""
    place = pd.Index(stack.subject).get_indexer(pd.Index(subjects))
    end = _Stack(
        *(
            np.append(values, fill)
            for values, fill in (
                (stack.outcome, NONE),
                (stack.record, NONE),
                (stack.subject, NONE),
                (stack.moment, NO_DATE),
            )
        )
    )
    return end.take(place.astype(np.int64))


def _last_assessment(
    picked: _Stack, stopped: Bools, assessments: pd.DataFrame | None, begin: pd.Series, rules: Rules
) -> _Stack:
    """For stopped subjects the last assessment not after the stop, from the start on."""
    frame = assessments if assessments is not None else pd.DataFrame({"subject": [], "date": []}, dtype=DATE)
    stack = _stack([Outcome(frame, "")], 0, begin, Rules(before_start="ignore"))
    ends = pd.Series(picked.moment, index=begin.index)[stopped]
    place = ends.index.get_indexer(pd.Index(stack.subject))
    limit = ends.to_numpy()[place] if len(ends) else stack.moment
    inside = stack.moment <= limit if rules.same_day else stack.moment < limit
    return _aligned(_extreme(stack.take((place != NONE) & inside), last=True), begin.index.to_numpy(np.int64))


def _result(begin: pd.Series, named: Sequence[Outcome], picked: _Stack, stopped: Bools, at: _Stack) -> pd.DataFrame:
    first = seconds(begin)
    unassessed = stopped & (at.record == NONE)
    moment = np.where(stopped, np.where(unassessed, first, at.moment), picked.moment)
    moved = (moment < first) & (picked.outcome != NONE)
    date = np.where(moved, first, moment)
    reasons = [outcome.date_description for outcome in named]
    at_start = [outcome.at_start or outcome.date_description for outcome in named]
    reason = _named(reasons, picked.outcome)
    return pd.DataFrame(
        {
            "subject": begin.index.to_numpy(np.int64),
            "start": begin.to_numpy(),
            "date": date.astype(DATE),
            "days": (date // DAY - first // DAY + 1).astype(np.float64),
            "censor": np.append([float(outcome.censor) for outcome in named], np.nan)[picked.outcome],
            "description": _named([outcome.description for outcome in named], picked.outcome),
            "date_description": reason.where(~unassessed, _named(at_start, picked.outcome)),
            "outcome": picked.outcome,
            "record": picked.record,
            "assessment": np.where(stopped, at.record, NONE),
            "moved": moved,
        }
    )


def _named(words: Sequence[str | None], outcome: Ints) -> pd.Series:
    return taken(pd.Series(list(words), dtype=TEXT), outcome)
