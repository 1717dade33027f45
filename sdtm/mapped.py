"""What a mapping gives back: the new values, and which rows held something it could not map."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs.coded import from_codes, is_coded, is_text, plain


class Mapped(NamedTuple):
    """`values` has one entry per row; `failed` is true where something was collected and no value came of it.

    A row in which nothing was collected is missing and has not failed.
    """

    values: pd.Series
    failed: npt.NDArray[np.bool_]


def spread(distinct: Mapped, codes: npt.NDArray[np.intp], like: pd.Series) -> Mapped:
    """What was found for distinct values, laid out over the rows; code -1 is a missing value.

    Text is coded where `like`, the column that was mapped, is.
    """
    failed = np.append(distinct.failed, False)[codes]
    if is_text(distinct.values):
        values = from_codes(codes, distinct.values, like.index)
        return Mapped(values if is_coded(like) else plain(values), failed)
    return Mapped(distinct.values.reset_index(drop=True).reindex(codes).set_axis(like.index), failed)
