"""What ends a subject's observation before an event: missed assessments, and having none at all.

What is missed comes from the assessment schedule (TV), not from a constant. Both functions return records
(subject, date) for a stop of `adam.time_to_event`. Source: FDA 2018, clinical trial endpoints for cancer
drugs, appendix C (two or more missed assessments).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from adam.records import DAY, Ints, first_record, last_record, seconds
from specs.columns import DATE

Counted = Literal["intervals", "windows"]


@dataclass(frozen=True)
class Schedule:
    """When assessments are due: days after the start, ascending, and how many days around them are on time.

    Raises ValueError for one without a day, or with days that are not after the start and ascending.
    """

    days: tuple[int, ...]
    window: int = 0

    def __post_init__(self) -> None:
        ascending = (0, *self.days)
        if not self.days or any(later <= sooner for sooner, later in pairwise(ascending)):
            raise ValueError(f"assessments are due on days after the start, ascending; found {list(self.days)}")

    @classmethod
    def every(cls, phases: Sequence[tuple[int, int]], window: int = 0) -> Schedule:
        """A schedule from phases of (interval, up to day): `[(42, 168), (63, 735)]`."""
        days: list[int] = []
        for interval, until in phases:
            begin = days[-1] if days else 0
            days.extend(range(begin + interval, until + 1, interval))
        return cls(tuple(days), window)

    def prolonged(self, count: int) -> Ints:
        """Day 0 and the days, and `count` more at the last interval."""
        days = np.array([0, *self.days], dtype=np.int64)
        more = days[-1] + (days[-1] - days[-2]) * np.arange(1, count + 1)
        return np.append(days, more)


def allowed_gap(elapsed: Ints, schedule: Schedule, missed: int = 2, counted: Counted = "intervals") -> Ints:
    """Days that may pass after an assessment `elapsed` days from the start before `missed` ones are missed.

    The assessment stands for the last one planned by then, the window included; the start for day 0. `intervals`:
    the planned intervals that follow it and a window for each. `windows`: what is left until the window of the last
    of them closes.
    """
    days = schedule.prolonged(missed)
    stands_for = np.searchsorted(days[: len(days) - missed], elapsed + schedule.window, side="right") - 1
    stands_for = np.maximum(stands_for, 0)
    due = days[stands_for + missed]
    if counted == "windows":
        return due + schedule.window - elapsed
    return due - days[stands_for] + missed * schedule.window


def gaps(
    start: pd.Series,
    assessments: pd.DataFrame,
    ends: pd.DataFrame,
    schedule: Schedule,
    missed: int = 2,
    counted: Counted = "intervals",
) -> pd.DataFrame:
    """Subjects who missed `missed` or more assessments before their first end: subject and date.

    `ends` are the events (subject, date) that would not have been seen in time. Counted from the last of the
    assessments after the start and strictly before the event, or from the start; the date is the last day on
    which fewer were missed.
    """
    begin = start.dropna()
    end = first_record(ends, begin.index)["date"].to_numpy()
    limits = pd.Series(end, index=begin.index)
    before = _between(assessments, begin, limits)
    last = pd.Series(last_record(before, begin.index)["date"].to_numpy(), index=begin.index).fillna(begin)
    elapsed = seconds(last) // DAY - seconds(begin) // DAY
    until = last + pd.to_timedelta(allowed_gap(elapsed, schedule, missed, counted), unit="D")
    return _as_records(until[(limits > until).to_numpy()])


def unassessed(
    start: pd.Series, assessments: pd.DataFrame, deaths: pd.DataFrame, schedule: Schedule, planned: int = 2
) -> pd.DataFrame:
    """Subjects without any of these assessments who did not die before the `planned`-th one was due.

    The date is their start: nothing that happens later can be judged. Give baseline assessments for the rule
    on baseline, later ones for the rule on assessments after it. Due is due: the window does not prolong it.
    """
    begin = start.dropna()
    assessed = begin.index.isin(assessments.loc[assessments["date"].notna(), "subject"])
    due = begin + pd.Timedelta(days=int(schedule.prolonged(planned)[planned]))
    death = pd.Series(first_record(deaths, begin.index)["date"].to_numpy(), index=begin.index)
    return _as_records(begin[~assessed & ~(death < due).to_numpy()])


def _between(records: pd.DataFrame, begin: pd.Series, end: pd.Series) -> pd.DataFrame:
    """The records after each subject's begin and before its end."""
    subject, date = records["subject"], records["date"]
    inside = (date > subject.map(begin)) & (date < subject.map(end))
    return records.loc[inside.to_numpy()].reset_index(drop=True)


def _as_records(dates: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"subject": dates.index.to_numpy(np.int64), "date": dates.to_numpy().astype(DATE)})
