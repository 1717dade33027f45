"""Study days: what both engines count from a reference date."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from specs import iso8601
from specs.arguments import Arguments, Column
from specs.coded import plain
from specs.registry import variable
from specs.scope import Scope


class StudyDay(Arguments):
    """Arguments of study_day."""

    date: Column = Field(description="ISO 8601 text or a date")
    reference: Column = Field("DM.RFSTDTC", description="the date that is day 1")


@variable(
    "study_day",
    short="date",
    sentence="{date} minus {reference} in days, plus 1 on or after {reference}; missing where either is not complete",
)
def study_day(scope: Scope, args: StudyDay) -> pd.Series:
    """Study day: day 1 is the reference date, the day before it is day -1 (SDTMIG 3.4, 4.4.4)."""
    date, reference = scope.coded(args.date), scope.coded(args.reference)
    if pd.api.types.is_datetime64_any_dtype(date) or pd.api.types.is_datetime64_any_dtype(reference):
        days = (pd.to_datetime(plain(date)) - pd.to_datetime(plain(reference))).dt.days
        return pd.Series(np.where(days >= 0, days + 1, days), dtype="float64")
    return iso8601.study_day(date, reference)
