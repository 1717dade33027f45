"""The baseline of analysis parameters by the dates."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from oncdisc.checks.data import Data
from oncdisc.checks.kernels import count_in_group
from oncdisc.checks.registry import BDS, Breach, records, rule
from oncdisc.checks.rules.adam_survival import subjects_day

_NEARLY_ALL = 10
"""How many baselines are before treatment for one that is not; of periods, or of doses, each has its own."""


@rule("analysis.baseline_before", "warning", "a baseline is not after the start of treatment, where nearly all are "
      "not", on=BDS)  # fmt: skip
def baseline_before(data: Data) -> Iterable[Breach]:
    """ABLFL of Y with ADT after ADSL's TRTSDT, among the baselines of the same BASETYPE."""
    started = subjects_day(data, "TRTSDT") if data.has("USUBJID") else None
    if started is None or not data.has("ABLFL", "ADT") or not data.is_date("ADT"):
        return
    flagged, day = data.equals("ABLFL", "Y"), data.day("ADT")
    late, before = flagged & (day > started), flagged & (day <= started)
    types = data.groups("BASETYPE")
    counts = [count_in_group(mask, types) for mask in (before, late)]
    words = "TRTSDT is " + pd.Series(started).astype(str)
    yield from records(data, "ABLFL", late & (counts[0] > _NEARLY_ALL * counts[1]), words)
