"""Records of subjects in time: the order they have, and the one a subject's parameter is taken from.

Every kernel of this room takes a frame of candidate records with the columns

    subject   integer code of the subject
    date      datetime64[s], the analysis date; a record without one is not a candidate
    value     text, the response or result (where the kernel looks at it)
    sequence  number that orders records of one date (optional)

and names a record by its position in that frame, so that lineage can say which ones were met. The frame's
row order never matters: ties are settled by date, sequence and value.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs.columns import DATE, empty_text

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NONE = -1
DAY = 86_400


@dataclass(frozen=True)
class Timeline:
    """Records in order of subject, date, sequence and value; `record` leads back to the frame's rows."""

    record: Ints
    subject: Ints
    seconds: Ints

    def __len__(self) -> int:
        return len(self.record)


def seconds(dates: pd.Series) -> Ints:
    """Dates as seconds since 1970; a missing date is the smallest integer."""
    return dates.to_numpy().astype(DATE).astype(np.int64)


def timeline(records: pd.DataFrame) -> Timeline:
    """The dated records in their order in time."""
    usable = np.flatnonzero(records["date"].notna().to_numpy())
    subject = records["subject"].to_numpy(np.int64)[usable]
    moment = seconds(records["date"])[usable]
    keys = [_value_key(records)[usable], _sequence_key(records)[usable], moment, subject]
    order = np.lexsort(keys)
    return Timeline(usable[order], subject[order], moment[order])


def first_of_runs(*keys: Ints) -> Bools:
    """Whether each place begins a run of equal keys; the keys are sorted."""
    begins = np.zeros(len(keys[0]), dtype=np.bool_)
    for key in keys:
        begins[1:] |= key[1:] != key[:-1]
    begins[:1] = True
    return begins


def chosen(records: pd.DataFrame, subjects: pd.Index, record: Ints) -> pd.DataFrame:
    """One row a subject: subject, value, date and position of the record chosen for it.

    `record` holds at most one position a subject; a subject without one has `record` -1 and missing cells.
    """
    owner = pd.Index(records["subject"].to_numpy(np.int64)[record])
    place = owner.get_indexer(subjects)
    found = np.where(place == NONE, NONE, record[place] if len(record) else NONE).astype(np.int64)
    return pd.DataFrame(
        {
            "subject": subjects.to_numpy(np.int64),
            "value": taken(records["value"], found) if "value" in records else empty_text(len(found)),
            "date": taken(records["date"], found).astype(DATE),
            "record": found,
        }
    )


def first_record(records: pd.DataFrame, subjects: pd.Index, values: Collection[str] | None = None) -> pd.DataFrame:
    """Each subject's first record, among those with one of `values` if given."""
    return _extreme(records, subjects, values, last=False)


def last_record(records: pd.DataFrame, subjects: pd.Index, values: Collection[str] | None = None) -> pd.DataFrame:
    """Each subject's last record, among those with one of `values` if given."""
    return _extreme(records, subjects, values, last=True)


def earlier(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Row by row the earlier of two choices for the same subjects; on a tie the first."""
    takes_other = other["date"].notna() & (one["date"].isna() | (other["date"] < one["date"]))
    return one.where(~takes_other, other).astype(one.dtypes.to_dict())


def _extreme(records: pd.DataFrame, subjects: pd.Index, values: Collection[str] | None, *, last: bool) -> pd.DataFrame:
    order = timeline(records)
    keep = np.ones(len(order), dtype=np.bool_)
    if values is not None:
        keep = records["value"].isin(list(values)).to_numpy(np.bool_)[order.record]
    record, subject = order.record[keep], order.subject[keep]
    if last:
        record, subject = record[::-1], subject[::-1]
    return chosen(records, subjects, record[first_of_runs(subject)])


def _sequence_key(records: pd.DataFrame) -> npt.NDArray[np.float64]:
    if "sequence" not in records:
        return np.zeros(len(records))
    return records["sequence"].to_numpy(np.float64, na_value=-np.inf)


def _value_key(records: pd.DataFrame) -> Ints:
    if "value" not in records:
        return np.zeros(len(records), dtype=np.int64)
    return pd.factorize(records["value"], sort=True)[0].astype(np.int64)


def taken(column: pd.Series, record: Ints) -> pd.Series:
    """The values at these positions, missing at -1."""
    return pd.Series(column.array.take(record, allow_fill=True))
