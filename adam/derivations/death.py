"""The date of death: collected, imputed after the subject was last known alive, and no later than the cutoff."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from adam import imputation
from adam.derivations.dates import DateSource, ExtremeDate, latest_date
from adam.derivations.sources import as_dates
from adam.imputation import Bounds, DateRule
from specs.arguments import Arguments, Column
from specs.columns import DATE
from specs.registry import variable
from specs.scope import Scope


def death_date(collected: pd.Series, last_alive: pd.Series, until: pd.Series | None = None) -> pd.Series:
    """Dates of death from ISO 8601 text; datetime64[s], missing where the year is not known.

    A partial date becomes the first day of what is known or the day after the last known alive date, whichever
    is later, but stays within what is known. Deaths after `until` are left out.
    """
    bounds = Bounds(lower=[last_alive + pd.Timedelta(days=1)])
    dates = imputation.impute_date(collected, DateRule("M", "first"), bounds)
    if until is None:
        return dates
    return dates.mask((dates > until).to_numpy(np.bool_)).astype(DATE)


class DeathDate(Arguments):
    """Arguments of death_date."""

    date: Column = Field(description="the collected date of death, ISO 8601")
    alive: list[DateSource] = Field(min_length=1, description="records that show the subject alive, whenever they are")
    until: Column | None = Field(None, description="deaths after this date are left out")


def _sentence(args: DeathDate) -> str:
    alive = "; ".join(f"{source.from_}.{source.date}" for source in args.alive)
    until = f"; left out if after {args.until}" if args.until else ""
    return (
        f"{args.date}; where its day or month is not known, the later of the first day of what is known and the day"
        f" after the subject was last known alive ({alive}), but not beyond what is known{until}"
    )


@variable("death_date", sentence=_sentence)
def death_date_of(scope: Scope, args: DeathDate) -> pd.Series:
    """The date of death, imputed after the last known alive date of all records, up to the cutoff."""
    alive = latest_date(scope, ExtremeDate(sources=args.alive))
    until = as_dates(scope.column(args.until)) if args.until else None
    return death_date(scope.column(args.date), as_dates(alive), until)
