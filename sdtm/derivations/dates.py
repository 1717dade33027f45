"""The word `datetime`: a collected date, a time, or both, to ISO 8601."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import AfterValidator, Field, model_validator

from sdtm.dates import TIME_FORMATS, DateFormatError, pattern_of, read_datetimes, read_parts
from sdtm.text import concatenate
from specs import iso8601
from specs.arguments import Arguments, Column, Fault, KeyPath, sources
from specs.coded import plain, split
from specs.columns import constant_text
from specs.models import RawForm
from specs.registry import describe, variable
from specs.resolved import Place, Spec
from specs.scope import Scope


def _readable(format_: str) -> str:
    pattern_of(format_)
    return format_


DateFormat = Annotated[str, AfterValidator(_readable)]
PARTS = ("year", "month", "day")


class DateTime(Arguments):
    """Arguments of datetime: `date`, `time` or both; or the date in parts, with or without `time`."""

    date: Column | None = Field(None, description="the collected date, or date and time in one")
    time: Column | None = Field(None, description="the collected time")
    year: Column | None = Field(None, description="the year, where a date is collected in parts")
    month: Column | None = Field(None, description="the month, as number or name")
    day: Column | None = Field(None, description="the day of the month")
    formats: list[DateFormat] | None = Field(None, description="in place of the formats that study.yaml declares")
    time_formats: list[DateFormat] | None = Field(None, description="in place of the time formats of study.yaml")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.date and self.year:
            raise ValueError("a date comes whole (date) or in parts (year, month, day), not both")
        if not (self.date or self.time or self.year):
            raise ValueError("date, time or year is needed")
        if (self.month or self.day) and not self.year:
            raise ValueError("month and day need a year")
        return self

    def faults(self, place: Place) -> Iterator[Fault]:
        return format_faults(place.spec)

    @property
    def columns(self) -> list[str]:
        """The columns that are read, the date first."""
        named = (self.date, self.year, self.month, self.day, self.time)
        return [name for name in named if name]


def format_faults(spec: Spec) -> Iterator[Fault]:
    """Formats of study.yaml, of the study and of its forms, that can't be read."""
    raw = spec.study.raw
    if raw is None:
        return
    listed: list[tuple[KeyPath, list[str]]] = [(("raw", "dates"), raw.dates), (("raw", "times"), raw.times)]
    for name, form in raw.forms.items():
        place = ("raw", "forms", name)
        listed += [((*place, "dates"), form.dates), ((*place, "times"), form.times)]
    for place, formats in listed:
        for number, format_ in enumerate(formats):
            try:
                pattern_of(format_)
            except DateFormatError as error:
                yield Fault(str(error), study=(*place, number))


def _sentence(args: DateTime) -> str:
    return f"{describe(args.columns)} in ISO 8601, as complete as collected"


@variable("datetime", short="date", sentence=_sentence, origin="Collected")
def datetime(scope: Scope, args: DateTime) -> pd.Series:
    """A collected date and time in ISO 8601, as partial as collected; text that is no date is reported."""
    columns = {name: scope.coded(name) for name in args.columns}
    formats, time_formats = _formats(scope, args)
    time = columns[args.time] if args.time else None
    if args.year:
        named = ((part, getattr(args, part)) for part in PARTS)
        mapped = read_parts({part: columns[name] for part, name in named if name}, time, time_formats=time_formats)
        expected = "a year, month and day of the calendar"
    else:
        date = columns[args.date] if args.date else None
        mapped = read_datetimes(date, time, formats=formats, time_formats=time_formats)
        expected = ", ".join([*(formats if args.date else ()), *(time_formats if args.time else ())])
    collected = _collected(list(columns.values()), mapped.failed)
    message = f"not a date or time; expected {expected or 'a format that study.yaml declares'}"
    scope.report("value.date", mapped.failed, message, value=collected)
    _report_future(scope, mapped.values, list(columns.values()))
    return mapped.values


def _collected(columns: list[pd.Series], shown: npt.NDArray[np.bool_]) -> pd.Series:
    """What was collected, date and time beside each other; nobody looks at it where it is not `shown`."""
    if len(columns) == 1 or not shown.any():
        return columns[0]
    return concatenate([plain(column) for column in columns], " ")


def _formats(scope: Scope, args: DateTime) -> tuple[list[str], list[str]]:
    """Date and time formats: the derivation's own, else those of the column's form, else the study's."""
    raw = scope.spec.study.raw
    form = _form(scope, args.columns[0])
    dates = args.formats or (form.dates if form else None) or (raw.dates if raw else [])
    times = args.time_formats or (form.times if form else None) or (raw.times if raw else list(TIME_FORMATS))
    return list(dates), list(times)


def _form(scope: Scope, column: str) -> RawForm | None:
    """The form that a column comes from: the one it names, else the one the records are made of."""
    raw = scope.spec.study.raw
    if raw is None:
        return None
    looked_up = scope.spec.lookup(column)
    if looked_up:
        return raw.forms.get(looked_up[0])
    made = scope.spec.datasets[scope.dataset].slices.get(scope.slice)
    named = (source.from_ for source in sources(made.bound.arguments)) if made else ()
    return next((raw.forms[name] for name in named if name in raw.forms), None)


def _report_future(scope: Scope, values: pd.Series, columns: list[pd.Series]) -> None:
    extracted = scope.spec.study.raw.extracted if scope.spec.study.raw else None
    if extracted:
        codes, texts = split(values)
        later = iso8601.compare(texts, constant_text(extracted, len(texts)), by="day") > 0
        after = np.append(later, False)[codes]
        message = f"a date after {extracted}, the date of the extract"
        scope.report("value.future", after, message, value=_collected(columns, after), severity="warning")
