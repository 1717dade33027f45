"""Responses by iRECIST (Seymour 2017): progression is unconfirmed until a later assessment confirms it.

One row an assessment after baseline, with what RECIST 1.1 made of it and how it compares with the one before:

    subject, date
    target, sum               target response and sum of diameters (mm)
    non_target, non_target_increase   response, and whether non-target disease increased further
    new                       whether new lesions are present
    new_sum, new_count        sum of measured new lesions (mm), and how many new lesions there are
    new_increase              whether new lesions that are not measured increased
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from adam.overall import overall_response
from adam.recist import ABSOLUTE, DIGITS
from adam.records import DAY, NONE, Bools, Ints, first_of_runs, timeline
from specs.columns import DATE, TEXT

Floats = npt.NDArray[np.float64]
IRECIST_WORDS = {"CR": "iCR", "PR": "iPR", "SD": "iSD", "NON-CR/NON-PD": "NON-iCR/NON-iUPD", "NE": "NE", "NED": "NED"}


@dataclass(frozen=True)
class Window:
    """Days from an unconfirmed progression to the assessment that may confirm it.

    Before `first` nothing confirms it; after `last` it still does, and is marked late. Counted from the
    assessment before, or (`since_start`) from the first of consecutive unconfirmed progressions.
    """

    first: int = 28
    last: int = 56
    since_start: bool = False


@dataclass
class _Block:
    """Where each subject stands: the unconfirmed progressions in a row, and what they are measured against."""

    start: Ints
    since: Ints
    latest: Ints
    target: Bools
    non_target: Bools
    new: Bools
    sum: Floats
    new_sum: Floats
    new_count: Floats
    pending: Bools
    confirmed: Bools

    @classmethod
    def empty(cls, subjects: int) -> _Block:
        return cls(
            start=np.full(subjects, NONE, np.int64),
            since=np.zeros(subjects, np.int64),
            latest=np.zeros(subjects, np.int64),
            target=np.zeros(subjects, np.bool_),
            non_target=np.zeros(subjects, np.bool_),
            new=np.zeros(subjects, np.bool_),
            sum=np.full(subjects, np.nan),
            new_sum=np.full(subjects, np.nan),
            new_count=np.full(subjects, np.nan),
            pending=np.zeros(subjects, np.bool_),
            confirmed=np.zeros(subjects, np.bool_),
        )


@dataclass(frozen=True)
class _Visit:
    """The same-numbered assessment of several subjects; `who` are their places among all subjects."""

    who: Ints
    record: Ints
    seconds: Ints
    target: Bools
    non_target: Bools
    new: Bools
    sum: Floats
    new_sum: Floats
    new_count: Floats
    increase: Bools
    new_increase: Bools


def irecist_response(assessments: pd.DataFrame, window: Window | None = None) -> pd.DataFrame:
    """The iRECIST response of each assessment, in the order of the rows.

    Returns `response` (iCR, iPR, iSD, NON-iCR/NON-iUPD, iUPD, iCPD, NE), `block` (the position of the first
    iUPD of the progression it belongs to, -1 if none) and `late` (confirmed after the window). Once confirmed,
    progression stays.
    """
    window = window or Window()
    order = timeline(assessments)
    starts = np.flatnonzero(first_of_runs(order.subject))
    number = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    who = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(order))))
    calm = _calm(assessments)
    result = pd.DataFrame({"response": calm, "block": NONE, "late": False}, index=pd.RangeIndex(len(assessments)))
    response, block, late = (result[name].to_numpy(object) for name in result.columns)
    state = _Block.empty(len(starts))
    # One pass for each assessment number, all subjects at once: what it means depends on the one before.
    for step in range(number.max(initial=-1) + 1):
        at = number == step
        visit = _visit(assessments, order.record[at], order.seconds[at], who[at])
        unconfirmed, confirmed, overdue = _advance(state, visit, calm, window)
        response[visit.record] = np.select(
            [confirmed, unconfirmed], ["iCPD", "iUPD"], calm.to_numpy(object)[visit.record]
        )
        block[visit.record] = np.where(confirmed | unconfirmed, state.start[visit.who], NONE)
        late[visit.record] = overdue
    return pd.DataFrame(
        {
            "response": pd.Series(response, dtype=TEXT),
            "block": block.astype(np.int64),
            "late": late.astype(np.bool_),
        }
    )


def irecist_progression(assessments: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Each subject's progression: subject, date, record, confirmed.

    Confirmed: dated at the first iUPD of the block. Not confirmed, and no later assessment that could be
    evaluated: the same date still is the event of immune progression-free survival.
    """
    order = timeline(assessments)
    response = responses["response"].to_numpy(object)[order.record]
    confirmed = pd.Series(response == "iCPD").groupby(order.subject).transform("any").to_numpy(np.bool_)
    counted = (response == "iCPD") | (~confirmed & (response != "NE"))
    kept = np.flatnonzero(counted)
    # The last evaluable assessment of a subject: an iCPD, or an iUPD that nothing followed.
    final = kept[np.append(first_of_runs(order.subject[kept])[1:], True)] if len(kept) else kept
    final = final[np.isin(response[final], ["iCPD", "iUPD"])]
    record = responses["block"].to_numpy(np.int64)[order.record[final]]
    return pd.DataFrame(
        {
            "subject": order.subject[final],
            "date": assessments["date"].to_numpy()[record].astype(DATE),
            "record": record,
            "confirmed": response[final] == "iCPD",
        }
    )


def _calm(assessments: pd.DataFrame) -> pd.Series:
    """The response where nothing progresses: the RECIST combination without new lesions."""
    no_new = pd.Series("NO", index=assessments.index, dtype=TEXT)
    overall = overall_response(assessments["target"], assessments["non_target"], no_new)
    return overall.map(IRECIST_WORDS).astype(TEXT).reset_index(drop=True)


def _visit(assessments: pd.DataFrame, record: Ints, seconds: Ints, who: Ints) -> _Visit:
    rows = assessments.iloc[record]
    return _Visit(
        who,
        record,
        seconds,
        target=_is(rows["target"], "PD"),
        non_target=_is(rows["non_target"], "PD"),
        new=_is(rows["new"], True),
        sum=_numbers(rows["sum"]),
        new_sum=_numbers(rows["new_sum"]),
        new_count=_numbers(rows["new_count"]),
        increase=_is(rows["non_target_increase"], True),
        new_increase=_is(rows["new_increase"], True),
    )


def _is(column: pd.Series, value: str | bool) -> Bools:
    return column.eq(value).to_numpy(np.bool_)


def _numbers(column: pd.Series) -> Floats:
    return column.to_numpy(np.float64, na_value=np.nan)


def _advance(state: _Block, visit: _Visit, calm: pd.Series, window: Window) -> tuple[Bools, Bools, Bools]:
    """Move the subjects on by one assessment: which are unconfirmed, confirmed, and confirmed late."""
    who = visit.who
    before = state.confirmed[who]
    progressing = (visit.target | visit.non_target | visit.new) & ~before
    inside = state.start[who] != NONE
    since = state.since if window.since_start else state.latest
    enough = visit.seconds - since[who] >= window.first * DAY
    further = _further(state, visit)
    confirms = progressing & inside & enough & further
    late = confirms & (visit.seconds - state.latest[who] > window.last * DAY)
    unconfirmed = progressing & ~confirms
    responds = calm.isin(["iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "NED"]).to_numpy(np.bool_)[visit.record]
    _leave(state, who[~progressing & ~before & responds])
    _enter(state, visit, unconfirmed & ~inside)
    _stay(state, visit, unconfirmed & inside)
    state.latest[who[unconfirmed]] = visit.seconds[unconfirmed]
    state.confirmed[who[confirms]] = True
    return unconfirmed, before | confirms, late


def _further(state: _Block, visit: _Visit) -> Bools:
    """Whether progression went on since the block began, or took hold of another category."""
    who = visit.who
    target = visit.target & (~state.target[who] | (_growth(visit.sum, state.sum[who]) >= ABSOLUTE))
    non_target = visit.non_target & (~state.non_target[who] | visit.increase)
    more = (
        (_growth(visit.new_sum, state.new_sum[who]) >= ABSOLUTE)
        | visit.new_increase
        | (visit.new_count > state.new_count[who])
    )
    return target | non_target | (visit.new & (~state.new[who] | more)) | state.pending[who]


def _growth(value: Floats, reference: Floats) -> Floats:
    return np.round(value - reference, DIGITS)


def _leave(state: _Block, who: Ints) -> None:
    """A response or stable disease resets the progression."""
    state.start[who] = NONE
    state.pending[who] = False


def _enter(state: _Block, visit: _Visit, at: Bools) -> None:
    who = visit.who[at]
    state.start[who], state.since[who] = visit.record[at], visit.seconds[at]
    state.target[who], state.non_target[who] = visit.target[at], visit.non_target[at]
    state.new[who], state.pending[who] = visit.new[at], False
    state.sum[who], state.new_sum[who] = visit.sum[at], np.nan_to_num(visit.new_sum[at])
    state.new_count[who] = np.nan_to_num(visit.new_count[at])


def _stay(state: _Block, visit: _Visit, at: Bools) -> None:
    """Further increases add up: they are measured against the smallest of the block.

    A further increase that came too early to confirm waits for the next assessment that progresses.
    """
    who = visit.who[at]
    state.sum[who] = np.fmin(state.sum[who], visit.sum[at])
    state.new_sum[who] = np.fmin(state.new_sum[who], visit.new_sum[at])
    waiting = (visit.non_target & state.non_target[visit.who] & visit.increase) | (visit.new & visit.new_increase)
    state.pending[who] |= waiting[at]
