"""What a mapping gives back: the new values, and which rows held something it could not map."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd


class Mapped(NamedTuple):
    """`values` has one entry per row; `failed` is true where something was collected and no value came of it.

    A row in which nothing was collected is missing and has not failed.
    """

    values: pd.Series
    failed: npt.NDArray[np.bool_]


def spread(distinct: Mapped, codes: npt.NDArray[np.intp], index: pd.Index) -> Mapped:
    """What was found for distinct values, laid out over the rows; code -1 is a missing value."""
    values = distinct.values.reset_index(drop=True).reindex(codes)
    return Mapped(values.set_axis(index), np.append(distinct.failed, False)[codes])
