"""Confirmation of complete and partial responses by a later assessment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.records import DAY, NONE, Bools, Ints, Timeline, timeline
from adam.terms import RECIST, ResponseTerms


@dataclass(frozen=True)
class Confirmation:
    """What confirms a response (RECIST 1.1, section 4.6; the limits are the protocol's).

    after_days   the confirming assessment is the first that responds at least so many days later
    ne_between   how many assessments before it may be not evaluable; None: any number
    sd_between   how many may be stable disease, for a partial response; None: any number
    pr_after_cr  whether a partial response may follow a complete one there
    """

    after_days: int = 28
    ne_between: int | None = 1
    sd_between: int | None = 0
    pr_after_cr: bool = False


def confirming_record(assessments: pd.DataFrame, rule: Confirmation, terms: ResponseTerms = RECIST) -> Ints:
    """For each assessment the position of the one that confirms it, or -1.

    A complete response is confirmed by the first complete response, a partial one by the first complete or
    partial response, at least `after_days` later; nothing but responses and what the rule allows lies
    between. The confirming assessment itself counts among what lies there.
    """
    order = timeline(assessments)
    value = assessments["value"].iloc[order.record].reset_index(drop=True)
    complete, partial = _among(value, [terms.complete]), _among(value, [terms.partial])
    by_complete = _first_after(order, complete, rule.after_days)
    by_either = _first_after(order, complete | partial, rule.after_days)
    holds_complete = complete & _only(value, by_complete, [terms.complete, terms.not_evaluable])
    allowed = [terms.complete, terms.partial, terms.not_evaluable, terms.stable]
    holds_partial = partial & _only(value, by_either, allowed)
    holds_partial &= _at_most(_among(value, [terms.stable]), by_either, rule.sd_between)
    if not rule.pr_after_cr:
        holds_partial &= ~_followed(complete, partial, by_either)
    by = np.where(holds_complete, by_complete, np.where(holds_partial, by_either, NONE))
    by = np.where(_at_most(_among(value, [terms.not_evaluable]), by, rule.ne_between), by, NONE)
    result = np.full(len(assessments), NONE, dtype=np.int64)
    result[order.record] = np.where(by == NONE, NONE, order.record[by] if len(order) else NONE)
    return result


def partial_after_complete(assessments: pd.DataFrame, terms: ResponseTerms = RECIST) -> Ints:
    """Positions of partial responses after a complete one of the same subject, in order of time.

    Disease that is back after a complete response is progression (RECIST 1.1, table 3), so one of the two is wrong.
    """
    order = timeline(assessments)
    value = assessments["value"].iloc[order.record].reset_index(drop=True)
    complete = pd.Series(_among(value, [terms.complete]))
    since = complete.groupby(order.subject).cummax().to_numpy(np.bool_)
    return order.record[since & _among(value, [terms.partial])]


def _among(value: pd.Series, values: Collection[str]) -> Bools:
    return value.isin(list(values)).to_numpy(np.bool_)


def _first_after(order: Timeline, wanted: Bools, days: int) -> Ints:
    """For each place the first wanted one of its subject at least `days` later, or -1."""
    length = len(order)
    place = np.arange(length)
    key = _line(order, days)
    reached = np.maximum(np.searchsorted(key, key + days * DAY, side="left"), place + 1)
    upcoming = _next(wanted)[np.minimum(reached, length)]
    inside = upcoming < length
    same = np.zeros(length, dtype=np.bool_)
    same[inside] = order.subject[upcoming[inside]] == order.subject[inside]
    return np.where(same, upcoming, NONE).astype(np.int64)


def _line(order: Timeline, days: int) -> Ints:
    """Subjects' times laid end to end on one line, more than `days` apart."""
    if not len(order):
        return order.seconds
    begin, end = order.seconds.min(), order.seconds.max()
    return order.subject * (end - begin + days * DAY + 1) + order.seconds - begin


def _next(wanted: Bools) -> Ints:
    """The first wanted place at or after each place, and after the last; the length if there is none."""
    length = len(wanted)
    place = np.where(wanted, np.arange(length), length)
    return np.append(np.minimum.accumulate(place[::-1])[::-1], length).astype(np.int64)


def _count(what: Bools, until: Ints) -> Ints:
    """How many of what lies after each place up to and with `until`; 0 where that is -1."""
    total = np.append(0, np.cumsum(what)).astype(np.int64)
    place = np.arange(len(what))
    return np.where(until == NONE, 0, total[until + 1] - total[place + 1])


def _at_most(what: Bools, until: Ints, limit: int | None) -> Bools:
    return np.ones(len(what), dtype=np.bool_) if limit is None else _count(what, until) <= limit


def _only(value: pd.Series, until: Ints, allowed: Collection[str]) -> Bools:
    """Whether there is an `until` and nothing but allowed values up to it."""
    return (until != NONE) & (_count(~_among(value, allowed), until) == 0)


def _followed(earlier: Bools, later: Bools, until: Ints) -> Bools:
    """Whether after each place, up to `until`, one of `earlier` comes before one of `later`."""
    length = len(earlier)
    first = _next(earlier)[np.arange(length) + 1]
    last = np.maximum.accumulate(np.where(later, np.arange(length), NONE)) if length else until
    return (until != NONE) & (first < np.where(until == NONE, NONE, last[until]))
