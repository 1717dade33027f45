"""The word `convert`: results in standard units, as number (--STRESN) or as text (--STRESC)."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from sdtm import units
from specs.arguments import Arguments, Column, ColumnValue
from specs.coded import from_codes, together
from specs.numbers import number_text
from specs.registry import decimals, describe, variable
from specs.scope import Scope


class Linear(Arguments):
    """A conversion: value × factor + offset."""

    factor: float
    offset: float = 0.0


class Convert(Arguments):
    """Arguments of convert."""

    value: Column = Field(description="the collected result")
    unit: str | ColumnValue = Field(description="its unit: a constant, or {column: NAME}")
    to: str = Field(description="the standard unit")
    factors: dict[str, float | Linear] = Field(
        default_factory=dict, description="unit: how to convert from it, where that depends on the substance"
    )
    digits: int | None = Field(None, ge=0, description="decimals to round to, halves away from zero")


def _sentence(args: Convert) -> str:
    rounded = "" if args.digits is None else f", rounded to {decimals(args.digits)}"
    if args.unit == args.to:
        return f"{args.value}, collected in {args.to}{rounded}"
    return f"{args.value} converted from {describe(args.unit)} to {args.to}{rounded}"


@variable("convert", short=None, sentence=_sentence)
def convert(scope: Scope, args: Convert) -> pd.Series:
    """A result in its standard unit, number or text as the variable is.

    A result that is no number stays as collected in a text variable and is missing in a numeric one, with a
    warning; a unit that leads nowhere is an error, its result missing.
    """
    given = [scope.coded(args.value)]
    if isinstance(args.unit, ColumnValue):
        given.append(scope.coded(args.unit.column))
    codes, distinct = together(given)
    numbers = units.to_numbers(distinct[0])
    factors = {
        name: units.Linear(how.factor, how.offset) if isinstance(how, Linear) else how
        for name, how in args.factors.items()
    }
    unit = args.unit if isinstance(args.unit, str) else distinct[1]
    mapped = units.convert(numbers.values, unit, args.to, factors=factors, digits=args.digits)
    message = f"its unit can't be converted to {args.to}"
    scope.report("value.unit", mapped.failed[codes], message, value=given[-1])
    if scope.spec.datasets[scope.dataset].variables[scope.variable].storage == "text":
        return from_codes(codes, number_text(mapped.values).mask(numbers.failed, distinct[0]))
    scope.report("value.number", numbers.failed[codes], "not a number", value=given[0], severity="warning")
    return pd.Series(mapped.values.to_numpy()[codes])
