"""Study days and ages: what both engines count between two dates."""

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


class Age(Arguments):
    """Arguments of age."""

    birth: Column = Field(description="ISO 8601 text, as partial as collected")
    at: Column = Field(description="ISO 8601 text of the date at which: RFICDTC, DM.RFSTDTC")


@variable(
    "age",
    sentence="Completed years from {birth} to {at}; missing where a partial date leaves more than one age possible",
)
def age(scope: Scope, args: Age) -> pd.Series:
    """Age in completed years. Of a birth date without its day or month the age is given where it is certain."""
    birth, at = scope.column(args.birth), scope.column(args.at)
    years = iso8601.completed_years(birth, at)
    uncertain = (birth.notna() & at.notna() & years.isna()).to_numpy(bool)
    message = f"the age at {args.at} is not certain by this date: left missing"
    scope.report("value.age", uncertain, message, value=birth, severity="warning")
    return years
