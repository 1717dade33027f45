"""The order of records by several columns, as one integer a record: what sequences, flags and keys are sorted by."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs.coded import is_text, split

Ints = npt.NDArray[np.int64]
_ROOM = 1 << 62


def ranks(values: pd.Series, *, descending: bool = False) -> Ints:
    """The place of each value among the distinct ones, from 1; 0, so first either way, where it is missing.

    Text is in the order of its characters' code points, which is the byte order of UTF-8.
    """
    codes, distinct = split(values)
    listed = distinct.to_numpy(dtype=object) if is_text(distinct) else distinct.to_numpy()
    rank = np.zeros(len(listed) + 1, dtype=np.int64)
    rank[np.argsort(listed, kind="stable")] = np.arange(1, len(listed) + 1)
    if descending:
        rank[:-1] = len(listed) + 1 - rank[:-1]
    return rank[codes]


def joint(columns: Iterable[Ints], length: int) -> Ints:
    """Columns of integers from 0 as one, which is in their order, the first column first, and equal where all are."""
    result, size = np.zeros(length, dtype=np.int64), 1
    for column in columns:
        width = int(column.max(initial=0)) + 1
        if size > _ROOM // width:
            distinct, result = np.unique(result, return_inverse=True)
            size = len(distinct)
        result = result * width + column
        size *= width
    return result


def positions(columns: Iterable[Ints], length: int) -> Ints:
    """The positions of the records in the order of columns of integers from 0; ties keep their order."""
    return np.argsort(joint(columns, length), kind="stable").astype(np.int64, copy=False)
