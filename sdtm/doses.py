"""Doses in protocol units: what was given, in terms of the planned level rather than the amount.

Source: SDTMIG 3.4, 6.1.3: EC holds doses as collected (mg), EX in the units of the protocol (mg/kg, mg/m2), one record
an interval of constant dosing. What was not given is ECOCCUR N in EC and no record in EX; a dose of 0 is not its sign.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from specs.arguments import Arguments, Column
from specs.columns import NUMBER
from specs.numbers import round_half_up
from specs.registry import decimals, variable
from specs.scope import Scope


def protocol_dose(
    given: pd.Series, planned: pd.Series, level: pd.Series, digits: int, before: pd.Series | None = None
) -> pd.Series:
    """The level that the amount given stands for: level × given / planned, missing where any is or planned is 0.

    With `before`, what of the same dose had been given already, the parts add up to the rounded whole: each is the
    rounded level of all given by its end less that of all given by its start.
    """
    amount, intended, per = (part.to_numpy(dtype=float, na_value=np.nan) for part in (given, planned, level))
    start = np.zeros(len(amount)) if before is None else np.nan_to_num(before.to_numpy(dtype=float, na_value=np.nan))
    step = np.divide(per, intended, out=np.full(len(amount), np.nan), where=intended > 0)
    by_end, by_start = (round_half_up(step * total, digits) for total in (start + amount, start))
    return pd.Series(round_half_up(by_end - by_start, digits), dtype=NUMBER)


class ProtocolDose(Arguments):
    """Arguments of protocol_dose."""

    given: Column = Field(description="amount given")
    planned: Column = Field(description="planned amount")
    level: Column = Field(description="planned level, in protocol units")
    before: Column | None = Field(None, description="amount given of the same dose before, so that parts add up")
    digits: int = Field(1, ge=0, description="decimals to round to")


def _sentence(args: ProtocolDose) -> str:
    said = f"{args.level} times {args.given} divided by {args.planned}, rounded to {decimals(args.digits)}"
    if args.before is None:
        return said
    return f"{said}; after {args.before}: so that both parts add up to the rounded level of all that was given"


@variable("protocol_dose", sentence=_sentence)
def dose(scope: Scope, args: ProtocolDose) -> pd.Series:
    """The amount given as a dose in the units of the protocol."""
    given, planned, level = (pd.to_numeric(scope.column(name)) for name in (args.given, args.planned, args.level))
    before = pd.to_numeric(scope.column(args.before)) if args.before else None
    return protocol_dose(given, planned, level, args.digits, before)


class RestOfDose(Arguments):
    """Arguments of rest_of_dose."""

    given: Column = Field(description="amount given in all")
    before: Column = Field(description="amount given before the interruption")


@variable("rest_of_dose", sentence="{given} minus {before}")
def rest_of_dose(scope: Scope, args: RestOfDose) -> pd.Series:
    """What was given after an interruption; more before it than in all is reported and leaves none."""
    given, before = (pd.to_numeric(scope.column(name), errors="coerce") for name in (args.given, args.before))
    rest = (given - before).astype(NUMBER)
    impossible = (rest < 0).to_numpy(dtype=bool)
    message = f"{args.before} is more than {args.given}, the amount given in all"
    scope.report("value.dose", impossible, message, value=scope.column(args.before))
    return rest.mask(impossible).astype(NUMBER)
