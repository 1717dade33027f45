"""Analysis flags and change from baseline: which record counts, and how it compares.

Groups and subjects are integer codes; every function answers in the row order it was given, and the answer
does not depend on that order. Source: ADaMIG 1.3, 3.3.3 (BASE, CHG, PCHG) and 3.3.8 (flags).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from adam.records import DAY, Bools, Ints, first_of_runs, seconds
from specs.coded import combined, split

Floats = npt.NDArray[np.float64]


def group_codes(by: pd.DataFrame) -> Ints:
    """One integer code for each combination of the columns; missing values are values of their own."""
    return combined((split(by[name]) for name in by.columns), len(by)).astype(np.int64)


def extreme(
    groups: Ints,
    order: pd.DataFrame,
    *,
    last: bool = False,
    among: Bools | None = None,
    descending: Sequence[str] = (),
) -> Bools:
    """The first (or last) record of each group in the order of the columns; a missing value comes last.

    Records outside `among` are never flagged. Records that agree in every column of `order` are told apart
    by their place in the frame: give enough columns.
    """
    rows = np.arange(len(groups)) if among is None else np.flatnonzero(among)
    keys = [_sort_key(order[name], name in descending)[rows] for name in reversed(order.columns)]
    sorted_rows = rows[np.lexsort([*keys, groups[rows]])]
    if last:
        sorted_rows = sorted_rows[::-1]
    flagged = np.zeros(len(groups), dtype=np.bool_)
    flagged[sorted_rows[first_of_runs(groups[sorted_rows])]] = True
    return flagged


def worst_of_date(records: pd.DataFrame, severity: Sequence[str], among: Bools) -> Bools:
    """Each subject's worst record of each date; `severity` lists the values from best to worst.

    A value that is not listed is better than all listed; of two equally bad the higher `sequence` counts.
    """
    among = among & records["date"].notna().to_numpy()
    rank = pd.Index(list(severity)).get_indexer(pd.Index(records["value"]))
    order = pd.DataFrame({"rank": rank})
    if "sequence" in records:
        order["sequence"] = records["sequence"].to_numpy()
    groups = group_codes(records[["subject", "date"]])
    return extreme(groups, order.fillna(-np.inf), last=True, among=among)


def up_to_first(records: pd.DataFrame, event: Bools) -> Bools:
    """Dated records not after the subject's first `event` record; all of them where there is none.

    Judged by date, so a record of the event's own date counts whatever its sequence number.
    """
    events = records.loc[event & records["date"].notna().to_numpy()]
    first = events.groupby("subject")["date"].min()
    limit = records["subject"].map(first)
    return ((records["date"] <= limit) | (limit.isna() & records["date"].notna())).to_numpy(np.bool_)


def baseline(values: pd.Series, groups: Ints, is_baseline: Bools) -> pd.Series:
    """BASE: the value of the group's baseline record for each of its records.

    Missing without a baseline record, and where there are several (see `repeated`).
    """
    rows = np.flatnonzero(is_baseline & ~repeated(groups, is_baseline))
    place = pd.Index(groups[rows]).get_indexer(pd.Index(groups))
    at = np.where(place < 0, -1, rows[place] if len(rows) else -1)
    return pd.Series(values.array.take(at, allow_fill=True), index=values.index)


def repeated(groups: Ints, flagged: Bools) -> Bools:
    """Flagged records of groups that have more than one of them."""
    counts = np.bincount(groups[flagged], minlength=groups.max(initial=-1) + 1)
    return flagged & (counts[groups] > 1)


def change(value: pd.Series, base: pd.Series) -> pd.Series:
    """CHG: the value minus baseline."""
    return value - base


def percent_change(value: pd.Series, base: pd.Series) -> pd.Series:
    """PCHG: change in percent of baseline; missing where baseline is 0."""
    return (value - base) / base.mask(base == 0) * 100


def nadir(value: pd.Series, groups: Ints, when: pd.Series) -> pd.Series:
    """The smallest value of the group on earlier dates than each record's; missing on its first."""
    moment = seconds(when)
    order = np.lexsort([moment, groups])
    ordered = pd.Series(np.where(when.notna(), value, np.nan)[order])
    smallest = ordered.groupby(groups[order]).cummin().groupby(groups[order]).ffill()
    dates = first_of_runs(groups[order], moment[order])
    before = smallest.groupby(groups[order]).shift().where(dates)
    run = pd.Series(np.cumsum(dates))
    result = np.empty(len(value))
    result[order] = before.groupby(run.to_numpy()).transform("first").to_numpy()
    return pd.Series(np.where(when.notna(), result, np.nan), index=value.index)


def treatment_emergent(
    start: pd.Series,
    end: pd.Series,
    first_dose: pd.Series,
    last_dose: pd.Series | None = None,
    *,
    window_days: int | None = None,
    whole_days: bool = True,
    worsened: Bools | None = None,
) -> Bools:
    """Events that began from the first dose on, up to `window_days` after the day of the last dose.

    Without `whole_days` the window is so many times 24 hours from the moment of the last dose.

    An event without a start is emergent unless it ended before the first dose; one that began before is so
    if it `worsened` and had not ended by then. A subject still on treatment (no last dose) has no limit;
    one who was never treated has no emergent events.
    """
    treated = first_dose.notna()
    not_ended = end.isna() | (end >= first_dose)
    inside = start >= first_dose
    if window_days is not None and last_dose is not None:
        inside &= _within(start, last_dose, window_days, whole_days=whole_days)
    emergent = inside | (start.isna() & not_ended)
    if worsened is not None:
        emergent |= (start < first_dose) & not_ended & worsened
    return (treated & emergent).to_numpy(np.bool_)


def got_worse(episodes: Ints, start: pd.Series, intensity: pd.Series, first_dose: pd.Series) -> Bools:
    """Records of episodes that began under treatment, or that had got worse under it by then.

    An episode is recorded in lines, one code for each. Of one that began before the first dose the lines count
    from the first one under treatment that is worse than the line before. Lines without a start count.
    """
    dated = np.flatnonzero(start.notna())
    order = dated[np.lexsort([start.to_numpy().astype(np.int64)[dated], episodes[dated]])]
    lines = pd.DataFrame({"episode": episodes, "start": start, "first": first_dose, "intensity": intensity})
    lines = lines.iloc[order]
    by_episode = lines.groupby("episode")
    began = by_episode["start"].transform("min") < lines["first"]
    worse = (lines["intensity"] > by_episode["intensity"].shift()) & (lines["start"] >= lines["first"])
    since = worse.groupby(lines["episode"]).cummax()
    result = np.ones(len(start), dtype=np.bool_)
    result[order] = (since | ~began).to_numpy(np.bool_)
    return result


def on_treatment(
    start: pd.Series,
    first: pd.Series,
    last: pd.Series | None = None,
    end: pd.Series | None = None,
    *,
    window_days: int = 0,
    whole_days: bool = True,
    span: bool = False,
    before_dose: Bools | None = None,
) -> Bools:
    """Records from the first dose on, up to `window_days` after the last; without a last dose there is no limit.

    `span`: those that began before but had not ended by the first dose too. A record without a start counts
    unless it ended before the first dose; `before_dose` records on the moment of the first dose don't.
    """
    inside = start >= first
    if before_dose is not None:
        inside &= ~((start == first) & before_dose)
    if last is not None:
        inside &= _within(start, last, window_days, whole_days=whole_days)
    not_ended = pd.Series(data=True, index=start.index) if end is None else end.isna() | (end >= first)
    counts = inside | (start.isna() & not_ended)
    if span:
        counts |= (start < first) & not_ended
    return (first.notna() & counts).to_numpy(np.bool_)


def _within(moment: pd.Series, last: pd.Series, days: int, *, whole_days: bool) -> pd.Series:
    window = pd.Timedelta(seconds=days * DAY)
    if whole_days:
        moment, last = moment.dt.normalize(), last.dt.normalize()
    return last.isna() | (moment <= last + window)


def _sort_key(column: pd.Series, descending: bool) -> Ints:
    """Ranks of the values; a missing one ranks after all, up or down."""
    codes, distinct = pd.factorize(column, sort=True)
    ranks = len(distinct) - 1 - codes if descending else codes
    return np.where(codes < 0, len(distinct), ranks).astype(np.int64)
