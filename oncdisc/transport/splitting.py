"""Files over five gigabytes, which the FDA's technical conformance guide wants whole and in parts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .breaches import Breaches
from .model import Dataset

FDA_LIMIT = 5_000_000_000
"""Bytes; the guide says 5 gigabytes, of which this is the smaller reading."""


@dataclass(frozen=True, slots=True)
class Split:
    """How a dataset is parted.

    With `by`, a part holds the records of one value of that variable (LBCAT, QSCAT), and `names` gives
    each value's dataset name (CHEMISTRY: LBCH). Without it a part holds as many whole subjects as fit, in
    the order of the records, and parts are called LB1, LB2 and so on.
    """

    by: str | None = None
    names: Mapping[str, str] | None = None


def split_dataset(dataset: Dataset, split: Split, room: int) -> list[Dataset]:
    """The parts, each of at most `room` records; InvalidDatasetError where the rule cannot give them."""
    breaches = Breaches(dataset.name, dataset.frame)
    if split.by is None:
        rows = _subject_ranges(dataset.frame, room, breaches)
        parts = {f"{dataset.name}{number}": place for number, place in enumerate(rows, 1)}
    else:
        parts = _by_value(dataset.frame, split, room, breaches)
    breaches.refuse()
    return [
        dataclasses.replace(dataset, name=name, frame=dataset.frame.iloc[rows].reset_index(drop=True))
        for name, rows in parts.items()
    ]


def _by_value(frame: pd.DataFrame, split: Split, room: int, breaches: Breaches) -> dict[str, NDArray[np.intp]]:
    names, by = split.names or {}, split.by or ""
    if by not in frame.columns:
        breaches.add("split", f"no variable {by}", "the variable that the dataset is split by")
        return {}
    codes, found = pd.factorize(frame[by], sort=True)
    breaches.add_records(
        "split",
        by,
        np.flatnonzero(codes < 0),
        lambda rows: ["missing"] * len(rows),
        "a value, which says the record's part",
    )
    parts: dict[str, NDArray[np.intp]] = {}
    for code, value in enumerate(found):
        rows = np.flatnonzero(codes == code)
        name = names.get(str(value))
        if name is None or name in parts:
            breaches.add("split", f"{value!r}: {name or 'no name'}", "a dataset name of its own", by)
        elif len(rows) > room:
            breaches.add("split", f"{len(rows)} records of {value!r}", f"at most {room} in a part", by)
        else:
            parts[name] = rows
    return parts


def _subject_ranges(frame: pd.DataFrame, room: int, breaches: Breaches) -> list[NDArray[np.intp]]:
    """Consecutive rows, parted only where one subject's records end."""
    records = len(frame)
    ends = np.arange(1, records + 1)
    if "USUBJID" in frame.columns:
        codes = pd.factorize(frame["USUBJID"])[0]
        ends = np.append(np.flatnonzero(codes[1:] != codes[:-1]) + 1, records)
    ranges: list[NDArray[np.intp]] = []
    start = 0
    while start < records:
        last = int(np.searchsorted(ends, start + room, side="right")) - 1
        if last < 0 or ends[last] <= start:
            breaches.add("split", f"a subject of more than {room} records", "subjects that fit a part", "USUBJID")
            return []
        ranges.append(np.arange(start, ends[last]))
        start = int(ends[last])
    return ranges
