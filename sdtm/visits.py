"""VISITNUM, VISIT and VISITDY from the trial's planned visits; unscheduled ones placed among them by date.

Source: SDTMIG 3.4, 4.4.5 (visits) and 6.2 of the trial design section (TV): planned visits keep the number that TV
gives them; an unscheduled visit gets a number between those of the planned visits round it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.patterns import groups
from specs import iso8601
from specs.arguments import Arguments, Column
from specs.columns import NUMBER, TEXT
from specs.numbers import number_text
from specs.registry import variable
from specs.scope import Scope

UNSCHEDULED = r"(?i)^Unscheduled\b.*?(?P<number>\d+)$"
_STEP = 0.01
"""What the first unscheduled visit after a planned one adds to its number; up to 49 fit before the next half."""


def planned_visits(visits: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The design's visits as a table: VISITNUM and VISITDY (NaN where no day is planned), VISIT, instance."""
    table = {
        "VISITNUM": pd.Series([visit["VISITNUM"] for visit in visits], dtype=NUMBER),
        "VISIT": pd.Series([visit["VISIT"] for visit in visits], dtype=TEXT),
        "VISITDY": pd.Series([visit.get("VISITDY") for visit in visits], dtype=NUMBER),
        "instance": pd.Series([visit.get("instance", visit["VISIT"]) for visit in visits], dtype=TEXT),
    }
    return pd.DataFrame(table)


def unscheduled_name(design: Mapping[str, Any]) -> str:
    """How the extract names unscheduled visits: the design's `unscheduled`, or by default `Unscheduled … 2`."""
    return str(design.get("unscheduled", UNSCHEDULED))


def place_visits(
    instance: pd.Series, day: pd.Series, planned: pd.DataFrame, unscheduled: str = UNSCHEDULED
) -> pd.DataFrame:
    """VISITNUM, VISIT and VISITDY of each record, missing where the instance is no visit.

    `instance`: the visit as the extract names it. `day`: study day of the record, used for unscheduled ones:
    number n of a subject gets n hundredths more than the last planned visit on or before its day, and that
    number in its name, so that a name and a number always belong together. `unscheduled`: the regular expression of
    their names, whose group `number` is that n.
    """
    known = planned.drop_duplicates("instance").set_index("instance")
    found = pd.Index(known.index).get_indexer(pd.Index(instance))
    result = known.reset_index(drop=True).reindex(found).reset_index(drop=True)
    number = pd.to_numeric(groups(instance, unscheduled)["number"]).to_numpy(dtype=float, na_value=np.nan)
    number = np.where(found < 0, number, np.nan)
    if np.isnan(number).all():
        return result
    placed = pd.Series(np.round(_before(day, planned) + number * _STEP, 2))
    is_placed = placed.notna()
    result["VISITNUM"] = result["VISITNUM"].where(~is_placed, placed)
    result["VISIT"] = result["VISIT"].where(~is_placed, "UNSCHEDULED " + number_text(placed)).astype(TEXT)
    return result


def _before(day: pd.Series, planned: pd.DataFrame) -> np.ndarray:
    """The number of the last planned visit on or before each day; missing days and days before all: missing."""
    dated = planned.loc[planned["VISITDY"].notna()].sort_values("VISITNUM", kind="stable")
    days = dated["VISITDY"].cummax().to_numpy()
    numbers = np.append(dated["VISITNUM"].to_numpy(), np.nan)
    wanted = day.to_numpy(dtype=float, na_value=np.nan)
    position = np.searchsorted(days, np.where(np.isnan(wanted), -np.inf, wanted), side="right") - 1
    return numbers[position]


class Visit(Arguments):
    """Arguments of visit."""

    instance: Column = Field(description="the visit as the extract names it")
    date: Column | None = Field(None, description="the record's date, which places unscheduled visits")
    reference: Column = Field("DM.RFSTDTC", description="day 1 of the planned days")
    give: Literal["VISITNUM", "VISIT", "VISITDY"]


def _sentence(args: Visit) -> str:
    text = f"{args.give} of the planned visit (TV) that {args.instance} names"
    if args.date is None or args.give == "VISITDY":
        return text
    number = f"the number of the last planned visit on or before {args.date}, plus a hundredth for each one"
    return f"{text}; unscheduled visits: {number if args.give == 'VISITNUM' else f'UNSCHEDULED and {number}'}"


@variable("visit", sentence=_sentence, origin="Derived")
def visit(scope: Scope, args: Visit) -> pd.Series:
    """VISITNUM, VISIT or VISITDY by the design in study.yaml; a visit that it does not know is reported."""
    design = scope.spec.study.design
    planned = planned_visits(design.get("visits", []))
    instance = scope.column(args.instance)
    day = pd.Series(np.full(len(instance), np.nan), dtype=NUMBER)
    if args.date is not None:
        day = iso8601.study_day(scope.column(args.date), scope.column(args.reference))
    placed = place_visits(instance, day, planned, unscheduled_name(design))
    if args.give == "VISITNUM":
        unknown = (placed["VISITNUM"].isna() & instance.notna()).to_numpy(dtype=bool)
        scope.report("visit.unknown", unknown, "a visit that the trial's design does not know", value=instance)
    return placed[args.give]
