"""Doses in protocol units: what was given, in terms of the planned level rather than the amount.

Source: SDTMIG 3.4, 6.1.3: EC holds doses as collected (mg), EX in the units of the protocol (mg/kg, mg/m2).
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


def protocol_dose(given: pd.Series, planned: pd.Series, level: pd.Series, digits: int) -> pd.Series:
    """The level that the amount given stands for: level × given / planned, missing where any is or planned is 0."""
    amount, intended, per = (part.to_numpy(dtype=float, na_value=np.nan) for part in (given, planned, level))
    share = np.divide(amount, intended, out=np.full(len(amount), np.nan), where=intended > 0)
    return pd.Series(round_half_up(per * share, digits), dtype=NUMBER)


class ProtocolDose(Arguments):
    """Arguments of protocol_dose."""

    given: Column = Field(description="amount given")
    planned: Column = Field(description="planned amount")
    level: Column = Field(description="planned level, in protocol units")
    digits: int = Field(1, ge=0, description="decimals to round to")


def _sentence(args: ProtocolDose) -> str:
    return f"{args.level} times {args.given} divided by {args.planned}, rounded to {decimals(args.digits)}"


@variable("protocol_dose", sentence=_sentence)
def dose(scope: Scope, args: ProtocolDose) -> pd.Series:
    """The amount given as a dose in the units of the protocol."""
    given, planned, level = (pd.to_numeric(scope.column(name)) for name in (args.given, args.planned, args.level))
    return protocol_dose(given, planned, level, args.digits)
