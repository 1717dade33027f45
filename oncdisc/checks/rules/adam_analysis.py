"""Analysis values recomputed: baseline, change, flags, dates and days, time to event, treatment."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data, Floats
from oncdisc.checks.kernels import any_in_group, near, repeated, rounding
from oncdisc.checks.registry import ADAM, ADSL, BDS, OCCDS, TREATED, TTE, Applies, Breach, records, rule
from specs.iso8601 import day_number

_ARITHMETIC = {
    "CHG": "AVAL - BASE",
    "PCHG": "100 * (AVAL - BASE) / BASE",
    "R2BASE": "AVAL / BASE",
    "BCHG": "BASE - AVAL",
}
_PARTS = re.compile(r"([A-Z0-9_]*)DTM")
_DAYS_A_UNIT = {"DAYS": 1.0, "WEEKS": 7.0, "MONTHS": 30.4375, "YEARS": 365.25}
_LOOSE = 1e-4


@rule("analysis.change", "error", "change from baseline is what AVAL and BASE make it, rounded as it may be", on=BDS)
def change(data: Data) -> Iterable[Breach]:
    """CHG, PCHG, R2BASE and BCHG recomputed; a parameter's values may be rounded to the decimals that they have."""
    if not data.has("AVAL", "BASE"):
        return
    value, base, parameters = data.number("AVAL"), data.number("BASE"), data.groups("PARAMCD")
    for name, words in _ARITHMETIC.items():
        if data.has(name):
            expected, given = _computed(name, value, base), data.number(name)
            apart = np.abs(given - expected) > np.fmax(rounding(given, parameters), _LOOSE)
            wrong = ~np.isnan(given) & ~np.isnan(expected) & ~near(given, expected, _LOOSE) & apart
            yield from records(data, name, wrong, f"{words} is " + pd.Series(expected).round(4).astype(str))


def _computed(name: str, value: Floats, base: Floats) -> Floats:
    """What AVAL and BASE make of a change; NaN where that is no number."""
    nonzero = np.where(base == 0, np.nan, base)
    made = {
        "CHG": value - base,
        "PCHG": 100 * (value - base) / nonzero,
        "R2BASE": value / nonzero,
        "BCHG": base - value,
    }
    return made[name]


_BASELINES = (("AVAL", "BASE"), ("AVALC", "BASEC"), ("ANRIND", "BNRIND"), ("ATOXGR", "BTOXGR"))


@rule("analysis.base", "error", "BASE is the AVAL of the parameter's baseline record (ABLFL of Y)", on=BDS)
def base(data: Data) -> Iterable[Breach]:
    """BASE, BASEC, BNRIND, BTOXGR against the flagged record of the same subject, parameter and BASETYPE."""
    names = [name for name in ("USUBJID", "PARAMCD", "BASETYPE") if data.has(name)]
    if not data.has("USUBJID", "PARAMCD", "ABLFL"):
        return
    groups, flagged = data.groups(*names), data.equals("ABLFL", "Y")
    for value, copied in _BASELINES:
        if data.has(value, copied):
            first = pd.DataFrame({"group": groups, "value": data.text(value)})[flagged].drop_duplicates("group")
            expected = pd.Series(groups).map(first.set_index("group")["value"])
            differs = (data.text(copied) != expected) & data.text(copied).notna() & expected.notna()
            if value == "AVAL":
                differs &= ~near(data.number(copied), pd.to_numeric(expected).to_numpy(dtype=float), 1e-9)
            yield from records(data, copied, differs, "the baseline record has " + expected.astype(str))


@rule("analysis.base_once", "error", "a subject's parameter has one baseline record", on=BDS)
def base_once(data: Data) -> Iterable[Breach]:
    """Several ABLFL of Y for one subject, parameter and BASETYPE (and analysis time point)."""
    names = [name for name in ("USUBJID", "PARAMCD", "BASETYPE", "ATPT") if data.has(name)]
    if data.has("USUBJID", "PARAMCD", "ABLFL"):
        again = data.equals("ABLFL", "Y") & repeated(data, *names, "ABLFL")
        yield from records(data, "ABLFL", again, "another record of the parameter is flagged")


_SPECIMEN = re.compile(r"[A-Z]{2}(?:SPEC|TPT)")


@rule("analysis.base_missing", "warning", "BASE is there where the parameter has a baseline record", on=BDS)
def base_missing(data: Data) -> Iterable[Breach]:
    """BASE missing on records of a subject's parameter of which one is flagged, where the study has any there."""
    names = [name for name in ("USUBJID", "PARAMCD", "BASETYPE") if data.has(name)]
    if data.has("USUBJID", "PARAMCD", "ABLFL", "BASE", "AVAL"):
        groups = data.groups(*names)
        has = np.isin(groups, groups[data.equals("ABLFL", "Y") & data.present("AVAL")]) & ~_without_base(data)
        yield from records(
            data, "BASE", has & ~data.present("BASE") & data.present("AVAL"), "a baseline record is there"
        )


def _without_base(data: Data) -> Booleans:
    """Records of a time point or specimen for which a parameter has no baseline at all, but for others it has.

    Such are urine beside plasma, and what is measured after a dose alone.
    """
    named = [str(name) for name in data.frame.columns if name in ("ATPT", "PARCAT1") or _SPECIMEN.fullmatch(str(name))]
    parameters, kinds = data.groups("PARAMCD"), data.groups("PARAMCD", *named)
    based = data.present("BASE")
    return ~any_in_group(based, kinds) & any_in_group(based, parameters)


@rule("analysis.datetime", "error", "a date and its datetime are the same day", on=ADAM)
def datetime_(data: Data) -> Iterable[Breach]:
    """*DT against *DTM."""
    for name in map(str, data.frame.columns):
        match = _PARTS.fullmatch(name)
        date = f"{match[1]}DT" if match else ""
        if date and data.has(date) and data.is_date(name) and data.is_date(date):
            both = data.present(name) & data.present(date)
            yield from records(
                data, date, both & (data.day(name) != data.day(date)), name + " is " + data.text(name).fillna("")
            )


_IMPUTED = re.compile(r"([A-Z0-9_]*(?:DT|TM))F")


@rule("analysis.imputed", "error", "an imputation flag stands beside a date or time that is there", on=ADAM)
def imputed(data: Data) -> Iterable[Breach]:
    """DTF and TMF on records without the date or time."""
    for name in map(str, data.frame.columns):
        match = _IMPUTED.fullmatch(name)
        if not match:
            continue
        stem = match[1][:-2]
        holders = [other for other in (f"{stem}DT", f"{stem}DTM", f"{stem}TM") if data.has(other)]
        if holders:
            there = np.logical_or.reduce([data.present(other) for other in holders])
            yield from records(data, name, data.present(name) & ~there, f"{' and '.join(holders)} missing")


_RELATIVE = re.compile(r"([A-Z0-9_]+)DY")
_ORIGINS = ("TRTSDT", "RANDDT", "RFSTDT", "ENRLDT")


@rule(
    "analysis.relative_day",
    "warning",
    "an analysis day counts from one and the same date of ADSL",
    on=ADAM,
    yields_to="adam.46",
)
def relative_day(data: Data) -> Iterable[Breach]:
    """ADY, ASTDY, AENDY (any *DY beside its *DT) against the date of ADSL that explains most of them."""
    stems = [match[1] for match in map(_RELATIVE.fullmatch, map(str, data.frame.columns)) if match]
    for date, day in ((f"{stem}DT", f"{stem}DY") for stem in stems):
        if data.has(date, day) and data.is_date(date):
            found = [(data.number(day), _expected(data, date, origin), origin) for origin in _ORIGINS]
            given, expected, origin = min(found, key=lambda item: _unexplained(item[0], item[1]))
            words = f"{origin} gives " + pd.Series(expected).round().astype("Int64").astype(str)
            yield from records(data, day, _differs(given, expected), words)


def _unexplained(given: Floats, expected: Floats) -> int:
    """How many days a date does not explain; an origin that says nothing explains none."""
    return int((~np.isnan(given) & (given != expected)).sum())


def _differs(given: Floats, expected: Floats) -> Booleans:
    return ~np.isnan(given) & ~np.isnan(expected) & (given != expected)


def _expected(data: Data, date: str, origin: str) -> Floats:
    """Days from an origin that the dataset or ADSL has; NaN where there is none."""
    if data.has(origin) and data.is_date(origin):
        reference = data.frame[origin]
    else:
        theirs = data.package.lookup(data, origin, engine="adam")
        if theirs is None:
            return np.full(len(data), np.nan)
        reference = pd.to_datetime(theirs, errors="coerce", format="ISO8601").astype("datetime64[s]")
    return day_number(data.frame[date], reference).to_numpy()


@rule("analysis.order", "error", "an occurrence does not end before it starts", on=OCCDS)
def order(data: Data) -> Iterable[Breach]:
    """AENDT before ASTDT."""
    if data.has("ASTDT", "AENDT") and data.is_date("ASTDT") and data.is_date("AENDT"):
        yield from records(
            data, "AENDT", data.day("AENDT") < data.day("ASTDT"), "ASTDT is " + data.text("ASTDT").fillna("")
        )


_PERIODS = (
    ("TRTSDT", "TRTEDT"),
    ("TRTSDT", "DTHDT"),
    ("RANDDT", "DTHDT"),
    ("RFICDT", "TRTSDT"),
    ("RANDDT", "LSTALVDT"),
    ("LSTALVDT", "DTHDT"),
)
_PERIOD = re.compile(r"((?:TR|AP|P)\d\d(?:S\d)?)SDT")


@rule("analysis.adsl_dates", "error", "ADSL's dates are in order", on=ADSL)
def adsl_dates(data: Data) -> Iterable[Breach]:
    """End of treatment (or of a period, TRxxSDT to TRxxEDT, APxxSDT to APxxEDT) before its start, death before it."""
    periods = [(f"{match[1]}SDT", f"{match[1]}EDT") for match in map(_PERIOD.fullmatch, data.frame.columns) if match]
    for first, last in (*_PERIODS, *periods):
        if data.has(first, last) and data.is_date(first) and data.is_date(last):
            yield from records(
                data, last, data.day(last) < data.day(first), f"{first} is " + data.text(first).fillna("")
            )


@rule("tte.start", "error", "a time to event starts on or before it ends: STARTDT is not after ADT", on=TTE)
def start(data: Data) -> Iterable[Breach]:
    """STARTDT after ADT."""
    if data.has("STARTDT", "ADT") and data.is_date("STARTDT") and data.is_date("ADT"):
        yield from records(
            data, "ADT", data.day("ADT") < data.day("STARTDT"), "STARTDT is " + data.text("STARTDT").fillna("")
        )


@rule("tte.value", "error", "a time to event is the days from STARTDT to ADT, in the parameter's unit", on=TTE)
def value(data: Data) -> Iterable[Breach]:
    """AVAL recomputed; the unit is in PARAM or AVALU, and each parameter counts its first day as 0 or as 1."""
    if not (data.has("STARTDT", "ADT", "AVAL", "PARAMCD") and data.is_date("STARTDT") and data.is_date("ADT")):
        return
    days = _elapsed(data)
    per = _unit(data)
    given, groups = data.number("AVAL"), data.groups("PARAMCD")
    loose = np.fmax(np.where(per > 1, 0.1, 0.5), rounding(given, groups))
    counts = [_off(given, (days + first) / per, loose) for first in (0.0, 1.0)]
    totals = np.vstack([np.bincount(groups, weights=off, minlength=1) for off in counts])
    chosen = totals.argmin(axis=0)[groups] if len(groups) else np.zeros(0, dtype=int)
    wrong = np.where(chosen == 0, counts[0], counts[1])
    expected = pd.Series((days + chosen) / per).round(4).astype(str)
    yield from records(data, "AVAL", wrong, "the dates make " + expected)


def _elapsed(data: Data) -> Floats:
    gap = data.day("ADT") - data.day("STARTDT")
    return np.where(np.isnat(gap), np.nan, gap.astype("timedelta64[D]").astype(float))


def _unit(data: Data) -> Floats:
    """Days in the unit of each record's parameter; NaN where none is named."""
    words = data.text("AVALU").fillna(data.text("PARAM") if data.has("PARAM") else "").str.upper().fillna("")
    known = [words.str.contains(rf"\b{unit[:-1]}S?\b", regex=True).to_numpy(dtype=bool) for unit in _DAYS_A_UNIT]
    return np.select(known, list(_DAYS_A_UNIT.values()), np.nan)


def _off(given: Floats, expected: Floats, loose: Floats) -> Booleans:
    """Values that differ by more than a rounding: a tenth of the unit, more where they are delivered so."""
    return ~np.isnan(given) & ~np.isnan(expected) & (np.abs(given - expected) > loose)


@rule("tte.once", "warning", "a subject has one record of a time to event", on=TTE)
def once(data: Data) -> Iterable[Breach]:
    """Several records of one parameter."""
    if data.has("USUBJID", "PARAMCD", "CNSR"):
        yield from records(
            data, "PARAMCD", repeated(data, "USUBJID", "PARAMCD") & data.present("CNSR"), "several records"
        )


@rule("tte.event", "warning", "an event or censoring says what it is", on=TTE)
def event(data: Data) -> Iterable[Breach]:
    """CNSR without EVNTDESC."""
    if data.has("CNSR", "EVNTDESC"):
        yield from records(data, "EVNTDESC", data.present("CNSR") & ~data.present("EVNTDESC"), "CNSR is there")


@rule("tte.censored_at", "warning", "a censored time says at what date, where the parameter's others do", on=TTE)
def censored_at(data: Data) -> Iterable[Breach]:
    """CNSR over 0 without CNSDTDSC, where other censored records of the parameter have one."""
    if data.has("CNSR", "CNSDTDSC", "PARAMCD"):
        censored = data.number("CNSR") > 0
        others = any_in_group(censored & data.present("CNSDTDSC"), data.groups("PARAMCD"))
        yield from records(data, "CNSDTDSC", censored & others & ~data.present("CNSDTDSC"), "CNSR is over 0")


@rule("ae.grade", "error", "an adverse event's grade by CTCAE is 1 to 5", on=Applies(datasets=("AE", "ADAE")))
def grade(data: Data) -> Iterable[Breach]:
    """AETOXGR other than 1 to 5, of ADAE as of SDTM."""
    if data.has("AETOXGR"):
        wrong = data.present("AETOXGR") & ~np.isin(data.number("AETOXGR"), (1, 2, 3, 4, 5))
        yield from records(data, "AETOXGR", wrong, "expected 1, 2, 3, 4 or 5")


@rule(
    "analysis.treatment",
    "warning",
    "TRTP and TRTA are treatments of ADSL",
    on=TREATED,
    yields_to="analysis.treatment_period",
)
def treatment(data: Data) -> Iterable[Breach]:
    """Treatments that no TRTxxP or TRTxxA of the subject's ADSL record is."""
    adsl = data.package.get("ADSL")
    if adsl is None or not data.has("USUBJID"):
        return
    for name, pattern in (("TRTP", r"TRT\d\dP"), ("TRTA", r"TRT\d\dA")):
        theirs = [str(column) for column in adsl.frame.columns if re.fullmatch(pattern, str(column))]
        values = [data.package.lookup(data, column, engine="adam") for column in theirs]
        if data.has(name) and theirs:
            same = np.logical_or.reduce([(data.text(name) == column).to_numpy(dtype=bool) for column in values])
            known = data.package.known_subjects(data, engine="adam")
            yield from records(data, name, data.present(name) & known & ~same, f"not a TRTxx{name[-1]} of ADSL")


@rule("analysis.treatment_period", "error", "TRTP and TRTA in a period are ADSL's treatment of that period", on=BDS)
def treatment_period(data: Data) -> Iterable[Breach]:
    """TRTP and TRTA of records with APERIOD xx against TRTxxP and TRTxxA."""
    for name in ("TRTP", "TRTA"):
        if not data.has(name, "APERIOD", "USUBJID"):
            continue
        for period in data.distinct("APERIOD")[1].tolist():
            column = f"TRT{period.zfill(2)}{name[-1]}"
            theirs = data.package.lookup(data, column, engine="adam")
            if theirs is not None:
                differs = (data.text(name) != theirs).to_numpy(dtype=bool) & theirs.notna().to_numpy(dtype=bool)
                wrong = differs & data.present(name) & data.equals("APERIOD", period)
                yield from records(data, name, wrong, f"{column} is " + theirs.fillna(""))
