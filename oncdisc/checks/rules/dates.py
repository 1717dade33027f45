"""SDTM dates, times and study days: ISO 8601, in order, and --DY as the dates have it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.registry import SDTM, Breach, domains, records, rule
from oncdisc.checks.rules.subject_dates import untimed
from oncdisc.checks.rules.visit_dates import happened, not_given
from specs import iso8601

_DATE = re.compile(r"[A-Z]{2,6}DTC")
_DURATIONS = ("DUR", "ELTM", "EVLINT", "STINT", "ENINT", "PDUR", "TDSTOFF")
_DAYS = (("DTC", "DY", "CG0006, FB1603"), ("STDTC", "STDY", "CG0220"), ("ENDTC", "ENDY", "CG0222"))
_REFERENCE = "RFSTDTC"


def dates(data: Data) -> list[str]:
    """The date variables of a dataset."""
    return [name for name in map(str, data.frame.columns) if _DATE.fullmatch(name) and data.is_text(name)]


@rule("dates.iso8601", "error", "a date or time is written as ISO 8601, as partial as collected", on=SDTM,
      published="CG0238, FDA SD0003")  # fmt: skip
def iso_8601(data: Data) -> Iterable[Breach]:
    """--DTC values, of SUPP-- too, that are no date, or name a day that the calendar has not."""
    for name in dates(data):
        yield from records(data, name, _no_date(data, name), "not ISO 8601, or no such day")
    if data.has("QNAM", "QVAL"):
        _, names = data.distinct("QNAM")
        dated = data.where("QNAM", names.str.fullmatch(_DATE.pattern))
        yield from records(data, "QVAL", dated & _no_date(data, "QVAL"), "not ISO 8601, or no such day")


def _no_date(data: Data, name: str) -> Booleans:
    _, found = data.distinct(name)
    return data.where(name, ~iso8601.is_valid(found))


@rule("dates.duration", "error", "a duration is written as ISO 8601", on=SDTM, published="CG0238, FDA SD1011")
def durations(data: Data) -> Iterable[Breach]:
    """--DUR, --ELTM and the like."""
    for suffix in _DURATIONS:
        name = f"{data.domain[:2]}{suffix}"
        if data.has(name) and data.is_text(name):
            _, found = data.distinct(name)
            interval = found.str.contains("/", regex=False)
            yield from records(data, name, data.where(name, ~iso8601.is_duration(found) & ~interval), "not a duration")


@rule("dates.negative_duration", "error", "a duration is not negative", on=SDTM, published="FB4005, FDA SD0015")
def negative_durations(data: Data) -> Iterable[Breach]:
    """--DUR below nothing."""
    name = f"{data.domain[:2]}DUR"
    if data.has(name) and data.is_text(name):
        _, found = data.distinct(name)
        yield from records(data, name, data.where(name, found.str.startswith("-")))


def _days(data: Data) -> Iterable[tuple[str, str, np.ndarray]]:
    """Date variable, its day variable and the day that the dates give (NaN where they give none)."""
    reference = data.package.lookup(data, _REFERENCE)
    if reference is None:
        return
    for date_suffix, day_suffix, _ in _DAYS:
        date, day = f"{data.domain[:2]}{date_suffix}", f"{data.domain[:2]}{day_suffix}"
        if data.has(date, day) and data.is_text(date):
            yield date, day, iso8601.study_day(data.text(date), reference).to_numpy()


@rule("dates.study_day", "error", "a study day is the date minus RFSTDTC, plus 1 from RFSTDTC on", on=SDTM,
      published="CG0006, CG0220, CG0222, FB1603, FDA SD1086, FDA SD1090, FDA SD1094")  # fmt: skip
def study_day(data: Data) -> Iterable[Breach]:
    """--DY, --STDY and --ENDY recomputed."""
    for date, day, expected in _days(data):
        given = data.number(day)
        wrong = ~np.isnan(given) & ~np.isnan(expected) & (given != expected)
        shown = pd.Series(expected, dtype="float64").round().astype("Int64").astype("string").fillna("")
        yield from records(data, day, wrong, f"{date} gives " + shown)


@rule(
    "dates.study_day_missing",
    "warning",
    "a complete date has its study day",
    on=SDTM,
    published="FB1602, FDA SD1084, FDA SD1088, FDA SD1092",
)
def study_day_missing(data: Data) -> Iterable[Breach]:
    """Days that are missing though both dates are complete."""
    for date, day, expected in _days(data):
        yield from records(data, day, ~data.present(day) & ~np.isnan(expected), f"{date} and RFSTDTC are complete")


@rule("dates.study_day_unknown", "error", "there is no study day where a date is partial or missing", on=SDTM,
      published="CG0007, CG0221, CG0223, FDA SD1085, FDA SD1089, FDA SD1093")  # fmt: skip
def study_day_unknown(data: Data) -> Iterable[Breach]:
    """Days that no date gives; of treated subjects without RFSTDTC `dm.reference` says it."""
    for date, day, expected in _days(data):
        wrong = data.present(day) & np.isnan(expected) & ~untimed(data.package, data)
        yield from records(data, day, wrong, f"{date} or RFSTDTC is partial, missing or no date")


@rule("dates.order", "error", "an observation does not end before it starts", on=SDTM, published="FB3209, FDA SD0013")
def order(data: Data) -> Iterable[Breach]:
    """--ENDTC certainly before --STDTC; partial dates that may be in order are."""
    start, end = f"{data.domain[:2]}STDTC", f"{data.domain[:2]}ENDTC"
    if data.has(start, end) and data.is_text(start) and data.is_text(end):
        wrong = iso8601.compare(data.text(start), data.text(end)) == 1
        yield from records(data, end, wrong, start + " is " + data.text(start).fillna(""))


@rule(
    "dates.collected_order",
    "warning",
    "a finding is not collected after it ended",
    on=SDTM,
    published="FB3210, FDA SD0025",
)
def collected_order(data: Data) -> Iterable[Breach]:
    """--DTC certainly after --ENDTC, for findings over an interval."""
    start, end = f"{data.domain[:2]}DTC", f"{data.domain[:2]}ENDTC"
    if data.structure.startswith("Findings") and data.has(start, end) and data.is_text(start) and data.is_text(end):
        wrong = iso8601.compare(data.text(start), data.text(end)) == 1
        yield from records(data, end, wrong, start + " is " + data.text(start).fillna(""))


_DM_ORDER = (
    ("RFSTDTC", "RFENDTC", "dates.reference", "SD1002"),
    ("RFXSTDTC", "RFXENDTC", "dates.exposure", "FB3408"),
    ("RFICDTC", "RFSTDTC", "dates.consent", "FB3411"),
    ("RFICDTC", "RFXSTDTC", "dates.consent", "FB3412"),
    ("BRTHDTC", "RFICDTC", "dates.birth", ""),
    ("RFXSTDTC", "DTHDTC", "dates.death", ""),
    ("RFICDTC", "RFPENDTC", "dates.participation", ""),
)


@rule("dates.dm_order", "error", "DM's dates are in order: birth, consent, reference start and end, exposure, death",
      on=domains("DM"), published="FB3408, FB3411, FB3412, FDA SD1002, FDA SD1208, FDA SD1334, FDA SD1335")  # fmt: skip
def dm_order(data: Data) -> Iterable[Breach]:
    """Dates of a subject that cannot be in that order."""
    for first, last, *_ in _DM_ORDER:
        if data.has(first, last) and data.is_text(first) and data.is_text(last):
            wrong = iso8601.compare(data.text(first), data.text(last), by="day") == 1
            yield from records(data, last, wrong, first + " is " + data.text(first).fillna(""))


@rule("dates.after_death", "warning", "nothing is found, starts or ends after a subject's death", on=SDTM)
def after_death(data: Data) -> Iterable[Breach]:
    """Dates after DTHDTC, but of what is said about the death itself (DD, DS, SS).

    Events and interventions may be collected then (--DTC); doses that were not given may have been planned for then.
    """
    death = data.package.lookup(data, "DTHDTC")
    if death is None or data.domain in ("DM", "DS", "DD", "SS", "CO", "SV", "SE"):
        return
    for name in happened(data):
        wrong = (iso8601.compare(data.text(name), death, by="day") == 1) & ~not_given(data)
        yield from records(data, name, wrong, "DTHDTC is " + death.fillna(""))
