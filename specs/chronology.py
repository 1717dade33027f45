"""Dates of one record that contradict each other: an observation does not end before it starts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from specs import iso8601
from specs.resolved import Dataset
from specs.schema import Failure

_START, _END = "STDTC", "ENDTC"


def disordered(frame: pd.DataFrame, dataset: Dataset) -> Iterator[Failure]:
    """--ENDTC certainly before --STDTC in SDTM; partial dates that may be in order are. RF and AP dates count too."""
    if dataset.engine != "sdtm":
        return
    for end in [str(name) for name in frame.columns if str(name).endswith(_END)]:
        start = f"{end.removesuffix(_END)}{_START}"
        if start in frame:
            wrong = np.flatnonzero(iso8601.compare(frame[start], frame[end]) == 1)
            if len(wrong):
                yield "dates.order", end, f"the record ends before it starts ({start})", wrong
