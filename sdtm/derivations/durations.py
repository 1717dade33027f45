"""The word `iso_duration`: a collected number and unit, or the time between two dates, in ISO 8601."""

from __future__ import annotations

from typing import Self

import pandas as pd
from pydantic import Field, model_validator

from specs import iso8601
from specs.arguments import Arguments, Column, ColumnValue
from specs.columns import constant_text
from specs.registry import describe, variable
from specs.scope import Scope


class IsoDuration(Arguments):
    """Arguments of iso_duration: `number` and `unit`, or `start` and `end`."""

    number: Column | None = Field(None, description="how many")
    unit: str | ColumnValue | None = Field(None, description="of what: DAYS, or {column: NAME}")
    start: Column | None = Field(None, description="ISO 8601 date or date and time")
    end: Column | None = Field(None, description="ISO 8601 date or date and time")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        collected, between = (self.number, self.unit), (self.start, self.end)
        if (all(collected) and not any(between)) or (all(between) and not any(collected)):
            return self
        raise ValueError("number and unit, or start and end, are needed")


def _sentence(args: IsoDuration) -> str:
    if args.number:
        return f"{args.number} in {describe(args.unit)} as an ISO 8601 duration"
    return f"Time from {args.start} to {args.end} as an ISO 8601 duration"


@variable("iso_duration", sentence=_sentence)
def iso_duration(scope: Scope, args: IsoDuration) -> pd.Series:
    """A duration in ISO 8601; a number or unit that makes none is reported."""
    if args.start and args.end:
        return iso8601.duration_between(scope.column(args.start), scope.column(args.end))
    number = scope.column(args.number or "")
    unit = (
        scope.column(args.unit.column)
        if isinstance(args.unit, ColumnValue)
        else constant_text(str(args.unit), len(scope))
    )
    values = iso8601.duration(number, unit)
    unread = (number.notna() & values.isna()).to_numpy(bool)
    scope.report("value.duration", unread, "the number or its unit makes no duration", value=number)
    return values
