"""Results of findings against the other records and variables that say the same.

Source: SDTMIG 3.4, sections 4.5.1 (original and standard results) and 4.5.9 (--LOBXFL).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data, Floats
from oncdisc.checks.kernels import decimals, in_pairs, key
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, package_rule, records, rule
from oncdisc.checks.rules.results import FINDINGS, named
from specs import iso8601

_OF_A_TEST = (
    "TESTCD",
    "CAT",
    "SCAT",
    "SPEC",
    "LOC",
    "LAT",
    "METHOD",
    "POS",
    "EVAL",
    "EVALID",
    "LNKID",
    "TPT",
    "REPNUM",
)


@rule("results.same_unit", "error", "in one unit the standard result is the original one", on=FINDINGS)
def same_unit(data: Data) -> Iterable[Breach]:
    """--ORRES and --STRESC that are different numbers though their units are the same; rounding may be."""
    original, standard, unit, standard_unit = named(data, "ORRES", "STRESC", "ORRESU", "STRESU")
    if not data.has(original, standard, unit, standard_unit):
        return
    left, right = data.number(original), data.number(standard)
    same = data.present(unit) & (data.text(unit) == data.text(standard_unit)).to_numpy(dtype=bool)
    wrong = same & (np.abs(left - right) > _rounded(left, right))
    said = original + " is " + data.text(original).fillna("") + " " + data.text(unit).fillna("")
    yield from records(data, standard, wrong, said)


def _rounded(left: Floats, right: Floats) -> Floats:
    """How far apart two numbers may be by rounding to the fewer decimals of both."""
    return 0.5 * 10.0 ** -np.minimum(decimals(left), decimals(right)).astype(float) + 1e-9


@package_rule("results.last", "warning", "the record flagged as last before exposure is the last one")
def last(package: Package) -> Iterable[Breach]:
    """--LOBXFL though a later record of the test has a result and is before the first dose too.

    It is where its date certainly is, or where another test of the subject at the same time is flagged.
    """
    first = _first_dose(package)
    for data in package.of("sdtm"):
        flag, date, standard = named(data, "LOBXFL", "DTC", "STRESC")
        ready = data.structure.startswith("Findings") and data.has(flag, date, standard, "USUBJID")
        if not ready or first is None or not data.is_text(date) or not data.equals(flag, "Y").any():
            continue
        latest = _latest_before(data, first, flag, date)
        wrong = data.equals(flag, "Y") & (latest > iso8601.latest(data.text(date))).to_numpy(dtype=bool)
        yield from records(data, flag, wrong, "there is a result of " + latest.dt.strftime("%Y-%m-%dT%H:%M").fillna(""))


def _latest_before(data: Data, first: pd.Series, flag: str, date: str) -> pd.Series:
    """For each record the start of the last one of its subject's test that has a result and is before exposure."""
    (standard,) = named(data, "STRESC")
    when = key(data, "USUBJID", date)
    before = (iso8601.latest(data.text(date)) < data.text("USUBJID").map(first)).to_numpy(dtype=bool)
    before = data.present(standard) & (before | in_pairs(when, when[data.equals(flag, "Y")]))
    test = data.groups("USUBJID", *(name for name in named(data, *_OF_A_TEST) if data.has(name)))
    return iso8601.earliest(data.text(date)).where(before).groupby(test).transform("max")


def _first_dose(package: Package) -> pd.Series | None:
    """The earliest moment that each subject's first dose may be, by USUBJID: EX's, where EX is there, else DM's."""
    for name, date in (("EX", "EXSTDTC"), ("DM", "RFXSTDTC")):
        data = package.get(name)
        if data is not None and data.has("USUBJID", date) and data.is_text(date):
            day = iso8601.earliest(data.text(date))
            return day.groupby(data.text("USUBJID")).min().dropna()
    return None
