"""SV: the visits of each subject, from the forms that were filled in at them.

Source: SDTMIG 3.4, 5.5 (SV): a record a visit that took place, with its first and last day, and a record a planned
visit that the data say did not take place (SVOCCUR N).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.dates import read_datetimes
from sdtm.derivations.dates import format_faults
from sdtm.visits import UNSCHEDULED, place_visits, planned_visits, unscheduled_name
from specs import iso8601
from specs.arguments import Arguments, Fault, Of, Source
from specs.columns import TEXT, constant_text
from specs.registry import records
from specs.resolved import Place
from specs.scope import Records, Scope, Seen
from specs.store import take


def visits_of(
    encounters: pd.DataFrame, reference: pd.Series, planned: pd.DataFrame, unscheduled: str = UNSCHEDULED
) -> pd.DataFrame:
    """One row a subject and visit, by subject and VISITNUM, as SV has it; `visit` numbers it for `encounters`.

    `encounters`: `_subject` (code), `instance`, `date` (ISO 8601, missing where nothing took place), `reason`.
    `reference`: day 1 by subject code. Instances that are no visit have no row. `unscheduled`: the regular
    expression of unscheduled visits' names.
    """
    known = encounters.sort_values(["_subject", "date"], kind="stable", na_position="last")
    grouped = known.groupby(["_subject", "instance"], sort=True)
    visits = grouped.agg(SVSTDTC=("date", "first"), SVENDTC=("date", "last"), reason=("reason", "first")).reset_index()
    visits = visits.astype({"instance": TEXT, "SVSTDTC": TEXT, "SVENDTC": TEXT, "reason": TEXT})
    day = iso8601.study_day(visits["SVSTDTC"], take(reference, visits["_subject"].to_numpy(dtype=np.int64)))
    visits = pd.concat([visits, place_visits(visits["instance"], day, planned, unscheduled)], axis=1)
    happened = visits["SVSTDTC"].notna()
    scheduled = visits["instance"].isin(planned["instance"])
    yes, no = constant_text("Y", len(visits)), constant_text("N", len(visits))
    visits["SVPRESP"] = yes.where(scheduled)
    visits["SVOCCUR"] = yes.where(happened, no).where(scheduled)
    visits["SVREASOC"] = visits["reason"].mask(happened)
    visits = visits.loc[visits["VISITNUM"].notna()]
    return visits.sort_values(["_subject", "VISITNUM"], kind="stable", ignore_index=True)


class Encounter(Source):
    """Records of a form that is filled in at visits."""

    instance: Of = Field(description="the visit as the extract names it")
    date: Of = Field(description="date as collected")
    reason: Of | None = Field(None, description="why the visit did not take place")


class Reference(Source):
    """Day 1 of each subject."""

    date: Of


class SubjectVisits(Arguments):
    """Arguments of subject_visits."""

    of: list[Encounter] = Field(min_length=1)
    reference: Reference

    def faults(self, place: Place) -> Iterator[Fault]:
        return format_faults(place.spec)


def _sentence(args: SubjectVisits) -> str:
    forms = ", ".join(part.from_ for part in args.of)
    return f"Each visit of which there are records in {forms}: from the first to the last of their dates"


@records(
    "subject_visits",
    sentence=_sentence,
    produces=("VISITNUM", "VISIT", "VISITDY", "SVPRESP", "SVOCCUR", "SVREASOC", "SVSTDTC", "SVENDTC"),
)
def subject_visits(scope: Scope, args: SubjectVisits) -> Records:
    """The records of SV; each names the records of the forms that it comes from."""
    encounters = pd.concat([_encounters(scope, part) for part in args.of], ignore_index=True)
    days = scope.rows(args.reference, [args.reference.date]).drop_duplicates("_subject").set_index("_subject")
    reference = days[args.reference.date].reindex(range(len(scope.subjects))).reset_index(drop=True)
    design = scope.spec.study.design
    visits = visits_of(encounters, reference, planned_visits(design.get("visits", [])), unscheduled_name(design))
    names = ("VISITNUM", "VISIT", "VISITDY", "SVPRESP", "SVOCCUR", "SVREASOC", "SVSTDTC", "SVENDTC")
    columns = {name: visits[name] for name in names}
    return Records(visits["_subject"].to_numpy(dtype=np.int64), columns, seen=_seen(visits, encounters, args.of))


def _encounters(scope: Scope, part: Encounter) -> pd.DataFrame:
    """The visits and dates of one form; a date that can't be read is reported where the form's own dataset reads it."""
    names = [part.instance, part.date, *([part.reason] if part.reason else [])]
    rows = scope.rows(part, names)
    raw = scope.spec.study.raw
    form = raw.forms.get(part.from_) if raw else None
    formats = (form.dates if form else None) or (raw.dates if raw else [])
    blank = pd.Series([None] * len(rows), dtype=TEXT)
    return pd.DataFrame(
        {
            "_subject": rows["_subject"],
            "_row": rows["_row"],
            "form": part.from_,
            "instance": rows[part.instance],
            "date": read_datetimes(rows[part.date], formats=formats).values,
            "reason": rows[part.reason] if part.reason else blank,
        }
    )


def _seen(visits: pd.DataFrame, encounters: pd.DataFrame, forms: Sequence[Encounter]) -> list[Seen]:
    numbered = visits[["_subject", "instance"]].assign(position=np.arange(len(visits)))
    linked = encounters.merge(numbered, on=["_subject", "instance"], how="inner")
    result: list[Seen] = []
    for part in forms:
        mine = linked.loc[linked["form"] == part.from_]
        result.append(Seen(mine["position"].to_numpy(dtype=np.int64), part.from_, mine["_row"].to_numpy()))
    return result
