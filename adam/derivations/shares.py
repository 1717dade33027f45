"""Words for one number as a share of another: compliance and dose intensity."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from specs.arguments import Arguments, Column
from specs.columns import NUMBER
from specs.registry import variable
from specs.scope import Scope


def percent_of(value: pd.Series, whole: pd.Series, unit: float = 1.0) -> pd.Series:
    """`value` in percent of `whole` units, float64; missing where that is 0 or not known."""
    planned = whole.astype(NUMBER) * unit
    return value.astype(NUMBER) / planned.mask(planned == 0) * 100


class PercentOf(Arguments):
    """Arguments of percent_of."""

    value: Column
    of: Column
    unit: float = Field(1.0, gt=0, description="what one of `of` stands for, such as the protocol's dose")


def _sentence(args: PercentOf) -> str:
    whole = args.of if args.unit == 1 else f"({args.of} times {args.unit:g})"
    return f"{args.value} divided by {whole}, times 100"


@variable("percent_of", sentence=_sentence)
def percent_of_column(scope: Scope, args: PercentOf) -> pd.Series:
    """A number in percent of another; missing where that is 0."""
    return percent_of(scope.column(args.value), scope.column(args.of), args.unit)
