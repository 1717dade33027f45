"""What ends a subject's observation before an event: gaps in the assessments, and having none at all.

The window of a gap comes from the assessment schedule (TV), not from a constant. Both functions return
records (subject, date) for a stop of `adam.time_to_event`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from adam.records import DAY, Bools, Ints, seconds
from specs.columns import DATE


@dataclass(frozen=True)
class Schedule:
    """When assessments are due: days after the start, and how many days early or late they may be.

    days    ascending; day 42 is 42 days after the start date
    window  an assessment up to so many days around its day is on time
    """

    days: tuple[int, ...]
    window: int = 0

    @classmethod
    def every(cls, phases: Sequence[tuple[int, int]], window: int = 0) -> Schedule:
        """A schedule from phases of (interval, up to day): `[(42, 168), (63, 731)]`."""
        days: list[int] = []
        for interval, until in phases:
            begin = days[-1] if days else 0
            days.extend(range(begin + interval, until + 1, interval))
        return cls(tuple(days), window)


def deadline(last: pd.Series, start: pd.Series, schedule: Schedule, missed: int = 2) -> pd.Series:
    """The last day on which fewer than `missed` assessments have been missed since the assessment of `last`.

    An assessment stands for the latest one due by then (early within the window). Missing where the schedule
    ends before, and where a date is missing. Aligned with `last`.
    """
    days = np.array(schedule.days, dtype=np.int64)
    known = (last.notna() & start.notna()).to_numpy()
    elapsed = np.where(known, (seconds(last) // DAY) - (seconds(start) // DAY), 0)
    due = np.searchsorted(days, elapsed + schedule.window, side="right") - 1 + missed
    reaches = known & (due < len(days))
    limit = np.append(days, 0)[np.where(reaches, due, len(days))] + schedule.window
    moment = (np.where(known, seconds(start), 0) // DAY + limit) * DAY
    return pd.Series(np.where(reaches, moment.astype(DATE), np.datetime64("NaT", "s")), index=last.index)


def gaps(
    start: pd.Series,
    assessments: pd.DataFrame,
    ends: pd.DataFrame,
    schedule: Schedule,
    missed: int = 2,
) -> pd.DataFrame:
    """Where `missed` or more assessments were missed before the next assessment or end: subject and date.

    `ends` are the events (subject, date) that a gap may lie before; after the last assessment and event
    there is no gap, only the end of observation. The date is the last one by which fewer were missed.
    """
    seen = _points(start, assessments)
    all_points = pd.concat([seen, _points(start, ends)], ignore_index=True)
    all_points = all_points.sort_values(["subject", "date"], kind="stable", ignore_index=True)
    seen = seen.drop_duplicates().sort_values(["subject", "date"], ignore_index=True)
    begin = seen["subject"].map(start)
    seen["deadline"] = deadline(seen["date"], begin, schedule, missed)
    following = _next_date(seen, all_points)
    broken = (following > seen["deadline"]).to_numpy()
    result = seen.loc[broken, ["subject", "deadline"]].rename(columns={"deadline": "date"})
    return result.drop_duplicates("subject").reset_index(drop=True)


def unassessed(
    start: pd.Series, assessments: pd.DataFrame, deaths: pd.DataFrame, schedule: Schedule, scheduled: int = 2
) -> pd.DataFrame:
    """Subjects without any of these assessments who did not die by the `scheduled`-th one due.

    The date is their start: nothing that happens later can be judged. Give baseline assessments for the rule
    on baseline, later ones for the rule on assessments after it.
    """
    begin = start.dropna()
    assessed = begin.index.isin(assessments.loc[assessments["date"].notna(), "subject"])
    limit = deadline(begin, begin, schedule, scheduled)
    death = deaths.dropna(subset=["date"]).groupby("subject")["date"].min().reindex(begin.index)
    died = (death <= limit).to_numpy() | (death.notna() & limit.isna()).to_numpy()
    left = begin[~assessed & ~died]
    return pd.DataFrame({"subject": left.index.to_numpy(np.int64), "date": left.to_numpy()})


def _points(start: pd.Series, records: pd.DataFrame) -> pd.DataFrame:
    """The start and the dated records after it, subjects with a start only."""
    begin = start.dropna()
    origin = pd.DataFrame({"subject": begin.index.to_numpy(np.int64), "date": begin.to_numpy()})
    later = records.loc[(records["date"] > records["subject"].map(begin)).to_numpy(), ["subject", "date"]]
    return pd.concat([origin, later], ignore_index=True).astype({"date": DATE})


def _next_date(seen: pd.DataFrame, points: pd.DataFrame) -> pd.Series:
    """The subject's next point after each assessment, missing after the last."""
    subject, moment = _sorted_keys(seen), _sorted_keys(points)
    place = np.searchsorted(moment, subject, side="right")
    inside = place < len(points)
    owner = points["subject"].to_numpy(np.int64)
    same: Bools = np.zeros(len(seen), dtype=np.bool_)
    same[inside] = owner[place[inside]] == seen["subject"].to_numpy(np.int64)[inside]
    dates = np.append(points["date"].to_numpy(), np.datetime64("NaT", "s"))
    return pd.Series(dates[np.where(same, place, len(points))], index=seen.index)


def _sorted_keys(points: pd.DataFrame) -> npt.NDArray[np.int64]:
    """One ascending number for subject and day."""
    day: Ints = seconds(points["date"]) // DAY
    return points["subject"].to_numpy(np.int64) * 2_000_000 + day + 1_000_000
