"""Dates of records against the subject's participation and visits, and planned days of visits against TV.

Source: SDTMIG 3.4, sections 4.4.5 (VISIT, VISITNUM, VISITDY), 5.2 (RFICDTC, RFPENDTC), 6.2.8 (SV).
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import in_pairs, key
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, package_rule, records
from specs import iso8601

_LONG_BEFORE = pd.Timedelta(days=365)
_ASIDE = pd.Timedelta(days=7)
_OLD_MATERIAL = ("MI", "GF", "PF", "CP", "BE", "BS", "RP", "SC", "FA", "OI")
_STARTS = ("AE", "EX", "EC", "DS", "CE")


def _moment(data: Data) -> str:
    """The variable with the date that a record is of; nothing for what may be long ago or is no such record."""
    suffix = "DTC" if data.structure.startswith("Findings") and data.domain not in _OLD_MATERIAL else ""
    suffix = "STDTC" if data.domain in _STARTS else suffix
    name = f"{data.domain[:2]}{suffix}"
    return name if suffix and data.has("USUBJID", name) and data.is_text(name) else ""


@package_rule("dates.long_before", "warning", "what a trial collects is not of years before consent")
def long_before(package: Package) -> Iterable[Breach]:
    """Findings, events and doses dated more than a year before RFICDTC: mostly a wrong year."""
    for data in package.of("sdtm"):
        name, consent = _moment(data), package.lookup(data, "RFICDTC")
        if name and consent is not None:
            early = iso8601.latest(data.text(name)) < iso8601.earliest(consent) - _LONG_BEFORE
            yield from records(data, name, early, "RFICDTC is " + consent.fillna(""))


@package_rule("dates.after_participation", "warning", "nothing is dated after a subject's end of participation")
def after_participation(package: Package) -> Iterable[Breach]:
    """Dates certainly after RFPENDTC, of starts and ends too; survival and death may be learned later."""
    for data in package.of("sdtm"):
        end = package.lookup(data, "RFPENDTC")
        if end is None or data.domain in ("DM", "DS", "DD", "SS", "CO", "SE", "SV"):
            continue
        for name in happened(data):
            late = (iso8601.compare(data.text(name), end, by="day") == 1) & ~not_given(data)
            yield from records(data, name, late, "RFPENDTC is " + end.fillna(""))


def happened(data: Data) -> list[str]:
    """The variables that say when a record's thing was: of findings when collected, else its start and end."""
    suffixes = ("DTC",) if data.structure.startswith("Findings") else ("STDTC", "ENDTC")
    names = (f"{data.domain[:2]}{suffix}" for suffix in suffixes)
    return [name for name in names if data.has(name) and data.is_text(name)]


def not_given(data: Data) -> Booleans:
    """Records of what was only planned or did not take place."""
    prefix = data.domain[:2]
    return data.equals(f"{prefix}OCCUR", "N") | data.equals(f"{prefix}MOOD", "SCHEDULED")


@package_rule("dates.visit", "warning", "a finding is collected in the days of its visit")
def visit_days(package: Package) -> Iterable[Breach]:
    """--DTC of findings more than a week outside of what SV has for the subject's visit."""
    visits = package.get("SV")
    if visits is None or not visits.has("USUBJID", "VISITNUM", "SVSTDTC", "SVENDTC"):
        return
    spans = pd.DataFrame({
        "key": key(visits, "USUBJID", "VISITNUM"),
        "start": iso8601.earliest(visits.text("SVSTDTC")),
        "end": iso8601.latest(visits.text("SVENDTC").fillna(visits.text("SVSTDTC"))),
    }).groupby("key").agg(start=("start", "min"), end=("end", "max"))  # fmt: skip
    for data in package.of("sdtm"):
        name = f"{data.domain[:2]}DTC"
        if data.structure.startswith("Findings") and data.has("USUBJID", "VISITNUM", name) and data.is_text(name):
            span = spans.reindex(key(data, "USUBJID", "VISITNUM")).reset_index(drop=True)
            early = iso8601.latest(data.text(name)) < span["start"] - _ASIDE
            late = iso8601.earliest(data.text(name)) > span["end"] + _ASIDE
            said = "SV has " + span["start"].dt.strftime("%Y-%m-%d") + " to " + span["end"].dt.strftime("%Y-%m-%d")
            yield from records(data, name, (early | late) & data.present("VISITNUM"), said.fillna(""))


@package_rule("trial.visit_day", "warning", "the planned day of a visit is TV's")
def visit_day(package: Package) -> Iterable[Breach]:
    """VISITDY that TV does not have for the VISITNUM, in any arm."""
    planned = package.get("TV")
    if planned is None or not planned.has("VISITNUM", "VISITDY"):
        return
    has_day = planned.present("VISITDY")
    days, known = key(planned, "VISITNUM", "VISITDY"), planned.text("VISITNUM")[has_day]
    first = pd.Series(planned.text("VISITDY").to_numpy(), index=planned.text("VISITNUM"))[has_day]
    first = first[~first.index.duplicated()]
    for data in package.of("sdtm"):
        if data.name != "TV" and data.has("VISITNUM", "VISITDY"):
            listed = in_pairs(data.text("VISITNUM"), known) & data.present("VISITDY")
            wrong = listed & ~in_pairs(key(data, "VISITNUM", "VISITDY"), days)
            said = data.text("VISITNUM").map(first).astype("string").fillna("")
            yield from records(data, "VISITDY", wrong, "TV has " + said)
