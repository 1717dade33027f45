"""Analysis dates against what they were made from: the SDTM date, its parts that were imputed, time of day."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data
from oncdisc.checks.registry import ADAM, TTE, Breach, records, rule

_COLLECTED = re.compile(r"(?!RF)([A-Z]{2})(ST|EN)DTC")
_NAMED = re.compile(r"[A-Z][A-Z0-9_]{2,4}DTC")
_ANALYSED = {"ST": "ASTDT", "EN": "AENDT"}
_IMPUTED = {4: "M", 7: "D", 10: ""}
"""Characters of an ISO 8601 date to the flag of what was imputed; ADaMIG 3.1.2 (the highest part: M stands for month
and day)."""


def _sources(data: Data) -> Iterable[tuple[str, str, pd.Series]]:
    """Analysis dates, what was collected of them, and its values: ASTDT and the one --STDTC, DTHDT and DTHDTC.

    They stand beside each other; the date of death of ADSL is DM's where ADSL has no DTHDTC.
    """
    theirs = data.package.lookup(data, "DTHDTC") if data.structure == "ADSL" and not data.has("DTHDTC") else None
    if theirs is not None and data.has("DTHDT") and data.is_date("DTHDT"):
        yield "DTHDT", "DTHDTC of DM", theirs
    for name in map(str, data.frame.columns):
        date = name.removesuffix("C")
        if _NAMED.fullmatch(name) and data.has(date) and data.is_date(date) and data.is_text(name):
            yield date, name, data.text(name)
    found = [match for match in map(_COLLECTED.fullmatch, map(str, data.frame.columns)) if match]
    for part, name in _ANALYSED.items():
        collected = [match[0] for match in found if match[2] == part]
        if len(collected) == 1 and data.has(name) and data.is_date(name):
            yield name, collected[0], data.text(collected[0])


@rule("analysis.collected", "error", "an analysis date has the parts that were collected", on=ADAM)
def collected(data: Data) -> Iterable[Breach]:
    """ASTDT and AENDT against --STDTC and --ENDTC, *DT against *DTC: year, month, day as far as they were collected.

    DTHDT of ADSL is held against DM's DTHDTC.
    """
    for name, source, values in _sources(data):
        ours, theirs = data.text(name).str.slice(0, 10), values.str.slice(0, 10)
        known = _length(theirs)
        wrong = np.zeros(len(data), dtype=bool)
        for length in _IMPUTED:
            wrong |= (known == length) & (ours.str.slice(0, length) != theirs).to_numpy(dtype=bool)
        yield from records(data, name, wrong & data.present(name), source + " is " + theirs.fillna(""))


@rule(
    "analysis.imputed_part",
    "error",
    "a date's imputation flag says what of the date was not collected",
    on=ADAM,
    yields_to="adam.39",
)
def imputed_part(data: Data) -> Iterable[Breach]:
    """ASTDTF and AENDTF (*DTF) against the parts that --STDTC and --ENDTC (*DTC) lack."""
    for name, source, values in _sources(data):
        flag = f"{name}F"
        if not data.has(flag):
            continue
        theirs = values.str.slice(0, 10)
        expected = pd.Series(_length(theirs)).map(_IMPUTED)
        wrong = expected.notna() & (data.text(flag).fillna("") != expected)
        words = source + " is " + theirs.fillna("") + ": expected " + expected.replace("", "nothing").fillna("")
        yield from records(data, flag, wrong.to_numpy(dtype=bool) & data.present(name), words)


def _length(dates: pd.Series) -> np.ndarray:
    """How much of an ISO 8601 date is there: 4, 7 or 10 characters; 0 for anything else."""
    whole = dates.str.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?").fillna(False).to_numpy(dtype=bool)
    return np.where(whole, dates.str.len().fillna(0).to_numpy(dtype=int), 0)


_TIMED = re.compile(r"([A-Z0-9_]*)DTM")
_DAY = 86400


@rule("analysis.time", "error", "a time is its datetime's time of day", on=ADAM)
def time(data: Data) -> Iterable[Breach]:
    """*TM (seconds since midnight) against *DTM."""
    for name in map(str, data.frame.columns):
        match = _TIMED.fullmatch(name)
        timed = f"{match[1]}TM" if match else ""
        if timed and data.has(timed) and data.is_date(name):
            seconds = _seconds(data, name)
            wrong = ~np.isnan(seconds) & (np.abs(_seconds(data, timed) - seconds) > 1)
            yield from records(data, timed, wrong, name + " is " + data.text(name).fillna(""))


def _seconds(data: Data, name: str) -> np.ndarray:
    """Seconds since midnight; NaN where the variable has none."""
    if not data.is_date(name):
        return data.number(name)
    moments = data.frame[name].to_numpy().astype("datetime64[s]")
    return np.where(np.isnat(moments), np.nan, moments.astype(np.int64) % _DAY)


_LASTED = re.compile(r"([A-Z]{2,3})DURD")


def _durations(data: Data) -> Iterable[tuple[str, str, str]]:
    """Durations in days with the dates between which they last: ADURN, and TRTDURD and the like."""
    if data.has("ADURN", "ADURU"):
        yield "ADURN", "ASTDT", "AENDT"
    for match in filter(None, map(_LASTED.fullmatch, map(str, data.frame.columns))):
        yield match[0], f"{match[1]}SDT", f"{match[1]}EDT"


@rule("analysis.duration", "error", "a duration in days is counted from its start to its end", on=ADAM)
def duration(data: Data) -> Iterable[Breach]:
    """ADURN (where ADURU is days) and *DURD, whose first day counts as 0 or as 1 as most of them have it."""
    for name, start, end in _durations(data):
        if not data.has(start, end) or not (data.is_date(start) and data.is_date(end)):
            continue
        gap = data.day(end) - data.day(start)
        days = np.where(np.isnat(gap), np.nan, gap.astype("timedelta64[D]").astype(float))
        given = np.where(_in_days(data) | (name != "ADURN"), data.number(name), np.nan)
        wrong = [~np.isnan(given - days) & (given != days + first) for first in (1, 0)]
        first = 1 if wrong[0].sum() <= wrong[1].sum() else 0
        words = f"{start} and {end} make " + pd.Series(days + first).astype("Int64").astype(str)
        yield from records(data, name, wrong[1 - first], words)


def _in_days(data: Data) -> np.ndarray:
    return data.text("ADURU").str.upper().isin(["DAY", "DAYS"]).to_numpy(dtype=bool)


@rule("tte.reason", "error", "the date of censoring is described for what is censored alone", on=TTE)
def reason(data: Data) -> Iterable[Breach]:
    """CNSDTDSC on events."""
    if data.has("CNSR", "CNSDTDSC"):
        yield from records(
            data, "CNSDTDSC", data.present("CNSDTDSC") & (data.number("CNSR") == 0), "CNSR is 0: an event"
        )


@rule("tte.censor", "error", "a time to event says whether it is censored", on=TTE)
def censored(data: Data) -> Iterable[Breach]:
    """AVAL without CNSR."""
    if data.has("AVAL", "CNSR"):
        yield from records(data, "CNSR", data.present("AVAL") & ~data.present("CNSR"), "AVAL has a value")
