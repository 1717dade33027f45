"""Baseline flags: the last record with a result before the first dose (--LOBXFL), or any other moment.

Source: SDTMIG 3.4, 4.5.9: --LOBXFL marks the last observation before the first exposure, within each test.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from specs import iso8601
from specs.arguments import Arguments, Column, Where
from specs.coded import flags
from specs.conditions import ALWAYS
from specs.derivations.groups import group_codes, sorted_positions
from specs.registry import among, in_order, per_subject, variable
from specs.scope import Scope

Mask = npt.NDArray[np.bool_]


def on_or_before(dates: pd.Series, reference: pd.Series) -> Mask:
    """Where the date is certainly not after the reference, both ISO 8601 text.

    Two times of the same day are compared; on the same day without both times the record counts as before,
    since what a protocol plans for the day of a first dose it plans ahead of it.
    """
    day = iso8601.compare(dates, reference, by="day")
    moment = iso8601.compare(dates, reference)
    same_day = (day == 0) & ~(moment > 0)
    return (day < 0) | same_day


class BaselineFlag(Arguments):
    """Arguments of baseline_flag."""

    date: Column = Field(description="date of the record, ISO 8601")
    reference: Column = Field("DM.RFXSTDTC", description="the moment that baseline comes before")
    by: list[Column] = Field(default_factory=list, description="what has a baseline of its own, beside the subject")
    order: list[Column] = Field(default_factory=list, description="which is last on one date")
    where: Where = Field(default=ALWAYS, description="records that can be flagged")


def _sentence(args: BaselineFlag) -> str:
    last = in_order([args.date, *args.order])
    group = f"{per_subject(args.by)}{among(args.where)}"
    return f"Y for the last record by {last} on or before {args.reference} of each {group}"


@variable(
    "baseline_flag",
    over="dataset",
    sentence=_sentence,
)
def baseline_flag(scope: Scope, args: BaselineFlag) -> pd.Series:
    """Y on the last record of each group on or before the reference, among those that meet a condition."""
    eligible = scope.mask(args.where) & on_or_before(scope.coded(args.date), scope.coded(args.reference))
    positions = sorted_positions(scope, [args.date, *args.order])
    positions = positions[eligible[positions]]
    groups = pd.Series(group_codes(scope, args.by)[positions])
    flagged = np.zeros(len(scope), dtype=bool)
    flagged[positions[~groups.duplicated(keep="last").to_numpy()]] = True
    return flags(flagged)
