"""SE and EPOCH: which elements of the arm a subject passed through, and in which epoch a record lies.

Source: SDTMIG 3.4, 5.3 (SE): an element ends where the next one begins; 4.4.4 and 5.3: EPOCH of a record is that
of the element in which it starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from specs import iso8601
from specs.arguments import Column, Of, Source
from specs.columns import TEXT
from specs.registry import describe, records, variable
from specs.scope import Records, Scope
from specs.store import NOWHERE, Ints, take

SCREENING, TREATMENT, FOLLOW_UP = "SCREENING", "TREATMENT", "FOLLOW-UP"


def arm_elements(design: Mapping[str, Any]) -> pd.DataFrame:
    """The elements of each arm in order: ARMCD, ARM, TAETORD, ETCD, ELEMENT, EPOCH, TABRANCH, TATRANS."""
    names = {element["ETCD"]: element.get("ELEMENT") for element in design.get("elements", [])}
    rows = [
        {"ARMCD": arm["ARMCD"], "ARM": arm["ARM"], "TAETORD": float(order), "ELEMENT": names.get(part["ETCD"]), **part}
        for arm in design.get("arms", [])
        for order, part in enumerate(arm["elements"], start=1)
    ]
    columns = ("ARMCD", "ARM", "TAETORD", "ETCD", "ELEMENT", "EPOCH", "TABRANCH", "TATRANS")
    table = {name: [row.get(name) for row in rows] for name in columns}
    return pd.DataFrame(
        {name: pd.Series(values, dtype="float64" if name == "TAETORD" else TEXT) for name, values in table.items()}
    )


def element_starts(subjects: pd.DataFrame) -> pd.DataFrame:
    """The start of each epoch's element, one column an epoch, ISO 8601, missing where the subject didn't reach it.

    `subjects`, one row a subject: `screening`, `treatment` (first dose), `last_dose`, `enrolled`, `end` (of
    participation), all ISO 8601 text, and `over` (boolean): every drug was stopped. Follow-up begins the day
    after the last dose, for the never treated the day after enrolment; nothing begins after the end.
    """
    never = subjects["treatment"].isna()
    after_dose = _next_day(subjects["last_dose"]).where(subjects["over"])
    follow_up = after_dose.where(~never, _next_day(subjects["enrolled"]))
    late = pd.Series(iso8601.compare(follow_up, subjects["end"], by="day") > 0, index=subjects.index)
    return pd.DataFrame(
        {SCREENING: subjects["screening"], TREATMENT: subjects["treatment"], FOLLOW_UP: follow_up.mask(late)}
    )


def element_periods(starts: pd.DataFrame, end: pd.Series) -> pd.DataFrame:
    """One row an element: `subject` (position), `epoch`, `start`, `end`, by subject and time.

    An element ends where the subject's next one starts, the last one at the end of participation.
    """
    stacked = pd.DataFrame(
        {
            "subject": np.repeat(np.arange(len(starts)), starts.shape[1]),
            "epoch": pd.Series(list(starts.columns) * len(starts), dtype=TEXT),
            "start": pd.Series(starts.to_numpy(dtype=object).ravel(), dtype=TEXT),
        }
    )
    stacked = stacked.loc[stacked["start"].notna()].reset_index(drop=True)
    following = stacked["start"].shift(-1)
    last = ~stacked["subject"].duplicated(keep="last")
    own_end = take(end, stacked["subject"].to_numpy(dtype=np.int64))
    return stacked.assign(end=following.where(~last, own_end).astype(TEXT))


def epoch_places(dates: pd.Series, subject: Ints, starts: Sequence[pd.Series]) -> Ints:
    """For each record the position of the element that it lies in, NOWHERE if none or not certain.

    `starts`: for each element in order its start by subject code. A record of an element's first day lies in
    it, unless both times are known and the record's is earlier. A partial date that may lie on either side of
    a start has no epoch.
    """
    place = np.full(len(dates), NOWHERE, dtype=np.int64)
    unsure = dates.isna().to_numpy(dtype=bool)
    for position, by_subject in enumerate(starts):
        start = take(by_subject, subject)
        day = iso8601.compare(dates, start, by="day")
        before = (day < 0) | ((day == 0) & (iso8601.compare(dates, start) < 0))
        reached = start.notna().to_numpy(dtype=bool)
        unsure |= reached & np.isnan(day)
        place = np.where(reached & ~before, position, place)
    return np.where(unsure, NOWHERE, place)


def _next_day(values: pd.Series) -> pd.Series:
    """The day after each complete date, as ISO 8601 text."""
    return (iso8601.to_dates(values) + pd.Timedelta(days=1)).dt.strftime("%Y-%m-%d").astype(TEXT)


class Dated(Source):
    """Records with a date."""

    date: Of


class Elements(Source):
    """Arguments of elements: the subjects (DM) with their dates, and what says that they went on or stopped."""

    screening: Of = "RFICDTC"
    treatment: Of = "RFXSTDTC"
    last_dose: Of = "RFXENDTC"
    arm: Of = "ARMCD"
    enrolled: Dated = Field(description="the record of a subject's enrolment")
    ended: Dated = Field(description="the record of the end of a subject's participation")
    stopped: Source = Field(description="records, one a drug of the arm, that say that the drug was stopped")


def _sentence(args: Elements) -> str:
    return (
        f"An element for each epoch that the subject reached: screening from {args.screening}, treatment from "
        f"{args.treatment}, follow-up from the day after {args.last_dose} where every drug was stopped "
        f"({describe(args.stopped)}), for the never treated from the day after enrolment; each ends where the next "
        "begins, the last at the end of participation"
    )


@records("elements", sentence=_sentence, produces=("ETCD", "ELEMENT", "TAETORD", "EPOCH", "SESTDTC", "SEENDTC"))
def elements(scope: Scope, args: Elements) -> Records:
    """The elements that each subject passed through, by the arms of the design in study.yaml."""
    names = [args.screening, args.treatment, args.last_dose, args.arm]
    rows = scope.rows(args, names)
    code = rows["_subject"].to_numpy()
    facts = rows.set_axis(["_subject", "_row", "screening", "treatment", "last_dose", "arm"], axis=1)
    facts = facts.assign(enrolled=_date_of(scope, args.enrolled, code), end=_date_of(scope, args.ended, code))
    facts["over"] = _all_stopped(scope, args.stopped, code, facts["arm"])
    periods = element_periods(element_starts(facts), facts["end"])
    position = periods["subject"].to_numpy(dtype=np.int64)
    planned = arm_elements(scope.spec.study.design)
    unknown = np.flatnonzero((facts["arm"].notna() & ~facts["arm"].isin(planned["ARMCD"])).to_numpy(dtype=bool))
    scope.report_subjects(
        "value.design", code[unknown], "not among the arms of the trial's design: its elements are left missing",
        seen=(args.from_, facts["_row"].to_numpy()[unknown]), value=take(facts["arm"], unknown),
    )  # fmt: skip
    arms = take(facts["arm"], position)
    # who was assigned to no arm passed through what every arm begins with
    arms = arms.fillna(planned["ARMCD"].iloc[0]) if len(planned) else arms
    keyed = pd.DataFrame({"ARMCD": arms, "EPOCH": periods["epoch"]})
    found = keyed.merge(planned, on=["ARMCD", "EPOCH"], how="left", sort=False)
    columns = {name: found[name] for name in ("ETCD", "ELEMENT", "TAETORD", "EPOCH")}
    columns |= {"SESTDTC": periods["start"], "SEENDTC": periods["end"]}
    ids = facts["_row"].to_numpy()[position]
    return Records(code[position], columns, (args.from_,), np.zeros(len(position), np.int16), ids)


def _date_of(scope: Scope, source: Dated, code: Ints) -> pd.Series:
    rows = scope.rows(source, [source.date]).drop_duplicates("_subject", keep="last")
    return rows.set_index("_subject")[source.date].reindex(code).reset_index(drop=True)


def _all_stopped(scope: Scope, source: Source, code: Ints, arm: pd.Series) -> pd.Series:
    drugs = {item["ARMCD"]: len(item.get("drugs", ())) for item in scope.spec.study.design.get("arms", [])}
    stopped = np.bincount(scope.rows(source)["_subject"].to_numpy(), minlength=len(scope.subjects))[code]
    wanted = arm.map(drugs).to_numpy(dtype=float, na_value=np.nan)
    return pd.Series(stopped >= wanted)


class Epoch(Source):
    """Arguments of epoch."""

    from_: str = Field("SE", alias="from", description="the subjects' elements")
    date: Column = Field(description="when the record starts, ISO 8601")
    start: Of = "SESTDTC"
    epoch: Of = "EPOCH"
    order: Of = "TAETORD"


@variable("epoch", short="date", sentence="EPOCH of the subject's element (SE) in which {date} lies")
def epoch(scope: Scope, args: Epoch) -> pd.Series:
    """The epoch of each record; missing before the first element and where the date can't decide."""
    rows = scope.rows(args, [args.start, args.epoch, args.order]).sort_values(args.order, kind="stable")
    starts: list[pd.Series] = []
    names: list[str] = []
    for name, part in rows.groupby(args.epoch, sort=False):
        first = part.drop_duplicates("_subject").set_index("_subject")[args.start]
        starts.append(first.reindex(range(len(scope.subjects))).reset_index(drop=True))
        names.append(str(name))
    place = epoch_places(scope.column(args.date), scope.subject, starts)
    return take(pd.Series(names, dtype=TEXT), place)
