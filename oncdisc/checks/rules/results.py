"""Findings: results, units, reference ranges, flags of baseline, categories."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import numpy as np
import pandas as pd

from oncdisc.checks.data import Codes, Data
from oncdisc.checks.kernels import at_odds, near, repeated
from oncdisc.checks.quantities import kind, kinds
from oncdisc.checks.registry import SDTM, Applies, Breach, domains, records, rule
from specs import iso8601

FINDINGS = Applies("sdtm", ("Findings", "Findings About"))
_OF_BLOOD = "BLOOD|SERUM|PLASMA"
_UNITLESS = ("PH", "SPGRAV", "RATIO", "INR")


def named(data: Data, *suffixes: str) -> list[str]:
    return [f"{data.domain[:2]}{suffix}" for suffix in suffixes]


@rule("results.standard", "error", "a result has its standard result", on=FINDINGS, published="CG0397, FDA SD0036")
def standard_result(data: Data) -> Iterable[Breach]:
    """--ORRES without --STRESC."""
    original, standard = named(data, "ORRES", "STRESC")
    if data.has(original, standard):
        yield from records(data, standard, data.present(original) & ~data.present(standard), f"{original} is there")


@rule(
    "results.missing",
    "warning",
    "a finding has a result or says why it has none",
    on=FINDINGS,
    published="CG0348, FDA SD0047",
)
def missing_result(data: Data) -> Iterable[Breach]:
    """--ORRES missing without --STAT or --DRVFL."""
    original, status, derived = named(data, "ORRES", "STAT", "DRVFL")
    if data.has(original):
        said = data.present(status) | data.equals(derived, "Y")
        yield from records(data, original, ~data.present(original) & ~said, f"{status} does not say NOT DONE")


@rule("results.not_done", "error", "what was not done has no result", on=FINDINGS, published="CG0422, FDA SD1123")
def not_done(data: Data) -> Iterable[Breach]:
    """--STAT beside --ORRES."""
    original, status = named(data, "ORRES", "STAT")
    if data.has(original, status):
        yield from records(data, status, data.present(original) & data.present(status), f"{original} is there")


@rule("results.reason", "warning", "what was not done has a reason", on=SDTM, published="FB4202")
def reason(data: Data) -> Iterable[Breach]:
    """--STAT of NOT DONE without --REASND."""
    status, why = named(data, "STAT", "REASND")
    if data.has(status):
        yield from records(data, why, data.equals(status, "NOT DONE") & ~data.present(why), "no reason")


@rule("results.number", "error", "a standard result that is a number is the same number in --STRESN", on=FINDINGS,
      published="FB3101, FB3102, FB3103, FDA SD1122, FDA SD1212, FDA SD1448")  # fmt: skip
def number(data: Data) -> Iterable[Breach]:
    """--STRESC against --STRESN."""
    text, numeric = named(data, "STRESC", "STRESN")
    if not data.has(text, numeric):
        return
    _, found = data.distinct(text)
    codes, _ = data.distinct(text)
    parsed = np.append(pd.to_numeric(found, errors="coerce").to_numpy(dtype=float, na_value=np.nan), np.nan)[codes]
    given = data.number(numeric)
    same = near(parsed, given, 1e-9) | (np.isnan(parsed) & np.isnan(given))
    yield from records(data, numeric, ~same & data.present(text), text + " is " + data.text(text).fillna(""))


@rule("results.unit", "warning", "a numeric result has a unit", on=FINDINGS, published="CG0425, FDA SD0026, FDA SD0029")
def unit(data: Data) -> Iterable[Breach]:
    """--ORRES and --STRESN without units, for tests that have one on other records."""
    for result, of in (("ORRES", "ORRESU"), ("STRESN", "STRESU")):
        value, measure = named(data, result, of)
        test = f"{data.domain[:2]}TESTCD"
        if not data.has(value, measure, test):
            continue
        measured = data.text(test).isin(pd.unique(data.text(test)[data.present(measure)])).to_numpy()
        numbers = ~np.isnan(data.number(value))
        wrong = numbers & measured & ~data.present(measure) & ~data.equals(test, *_UNITLESS)
        yield from records(data, measure, wrong, "other records of the test have a unit")


@rule(
    "results.one_unit",
    "error",
    "a test has one standard unit",
    on=FINDINGS,
    published="FDA SD0007",
    yields_to="tumor.unit, results.unit_kind",
)
def one_unit(data: Data) -> Iterable[Breach]:
    """--STRESU that is not that of most records of the test, specimen and method."""
    test, measure = named(data, "TESTCD", "STRESU")
    if not data.has(test, measure):
        return
    names = [name for name in named(data, "CAT", "SPEC", "METHOD") if data.has(name)]
    rows, said = at_odds(data, test, measure, data.groups(*names))
    if len(rows):
        yield Breach(data.name, measure, said, rows)


@rule("results.unit_kind", "error", "a unit measures what the test measures: a length for HEIGHT, a mass for WEIGHT",
      on=domains("VS", "LB", "TR", "EG"))  # fmt: skip
def unit_kind(data: Data) -> Iterable[Breach]:
    """--ORRESU and --STRESU of a kind that the test's results are not of; units and tests that nobody knows are right.

    What is counted in other specimens than blood (cells in urine) has units of its own.
    """
    test, specimen = named(data, "TESTCD", "SPEC")
    known = kinds(data.domain)
    tests = [code for code in data.distinct(test)[1].tolist() if code in known]
    others = data.where(specimen, ~data.distinct(specimen)[1].str.contains(_OF_BLOOD, regex=True))
    for measure in named(data, "ORRESU", "STRESU"):
        of = [(unit, kind(unit)) for unit in data.distinct(measure)[1].tolist()]
        for code, (unit, found) in product(tests, of):
            if found and found not in known[code]:
                wrong = data.equals(test, code) & data.equals(measure, unit) & ~others
                said = f"{code} is a {' or '.join(known[code])}, {unit} a unit of {found}"
                yield from records(data, measure, wrong, said)


_RANGES = (("ORNRLO", "ORNRHI"), ("STNRLO", "STNRHI"))


@rule(
    "results.range",
    "error",
    "a reference range's low is not above its high",
    on=FINDINGS,
    published="FB3902, FDA SD0028",
)
def reference_range(data: Data) -> Iterable[Breach]:
    """Ranges that are upside down."""
    for low, high in (named(data, *pair) for pair in _RANGES):
        if data.has(low, high):
            yield from records(data, high, data.number(low) > data.number(high), f"below {low}")


@rule("results.indicator", "error", "the reference range indicator is what result and range say", on=FINDINGS)
def indicator(data: Data) -> Iterable[Breach]:
    """--NRIND of NORMAL, LOW or HIGH against the result and its range, in standard units and in the original ones.

    Conversion rounds results and ranges: an indicator that is right by either is right.
    """
    said = f"{data.domain[:2]}NRIND"
    value, low, high = named(data, "STRESN", "STNRLO", "STNRHI")
    if not data.has(value, low, high, said):
        return
    expected = _within(data, value, low, high)
    original = _within(data, *named(data, "ORRES", "ORNRLO", "ORNRHI"))
    words = (("LOW", 1, "below"), ("HIGH", 2, "above"), ("NORMAL", 3, "within"))
    for word, code, where in words:
        wrong = data.equals(said, word) & (expected != code) & (expected != 0) & (original != code)
        yield from records(data, said, wrong, f"the standard result is not {where} its range")


def _within(data: Data, value: str, low: str, high: str) -> Codes:
    """1 where the value is below its range, 2 above, 3 within, 0 where that is not known."""
    number_, below, above = data.number(value), data.number(low), data.number(high)
    return np.select([number_ < below, number_ > above, (number_ >= below) & (number_ <= above)], [1, 2, 3], 0)


@rule("results.baseline_result", "error", "a baseline record has a result", on=FINDINGS,
      published="CG0553, CG0569, FB2601, FB2602, FDA SD1131, FDA SD1371, FDA SD1372")  # fmt: skip
def baseline_result(data: Data) -> Iterable[Breach]:
    """--BLFL and --LOBXFL on records without --STRESC."""
    standard = f"{data.domain[:2]}STRESC"
    for flag in named(data, "BLFL", "LOBXFL"):
        if data.has(flag, standard):
            yield from records(data, flag, data.equals(flag, "Y") & ~data.present(standard), f"{standard} is missing")


@rule("results.baseline_once", "warning", "a subject has one baseline record of a test", on=FINDINGS,
      published="FB2603, FB2604, FDA SD1439, FDA SD1445")  # fmt: skip
def baseline_once(data: Data) -> Iterable[Breach]:
    """Several --BLFL or --LOBXFL of one test, place, evaluator, position and planned repeat."""
    parts = named(
        data, "TESTCD", "CAT", "SCAT", "SPEC", "LOC", "LAT", "METHOD", "POS", "EVAL", "EVALID", "LNKID", "TPT", "REPNUM"
    )
    names = [name for name in ("USUBJID", *parts) if data.has(name)]
    for flag in named(data, "BLFL", "LOBXFL"):
        if data.has(flag, f"{data.domain[:2]}TESTCD"):
            again = data.equals(flag, "Y") & repeated(data, *names, flag)
            yield from records(data, flag, again, "another record of the test is flagged")


@rule("results.last_before_exposure", "error", "the last observation before exposure is before it", on=FINDINGS)
def last_before(data: Data) -> Iterable[Breach]:
    """--LOBXFL on records that are certainly after the day of RFXSTDTC."""
    flag, date = named(data, "LOBXFL", "DTC")
    start = data.package.lookup(data, "RFXSTDTC")
    if start is not None and data.has(flag, date) and data.is_text(date):
        after = iso8601.compare(data.text(date), start, by="day") == 1
        yield from records(data, flag, data.equals(flag, "Y") & after, "RFXSTDTC is " + start.fillna(""))


@rule("results.category", "error", "a subcategory has a category, and is not the same", on=SDTM,
      published="CG0027, CG0429, CG0430, FDA SD1041, FDA SD1098, FDA SD1099")  # fmt: skip
def category(data: Data) -> Iterable[Breach]:
    """--SCAT without --CAT, or equal to it."""
    upper, lower = named(data, "CAT", "SCAT")
    if data.has(lower):
        yield from records(data, upper, data.present(lower) & ~data.present(upper), f"{lower} is there")
        yield from records(data, lower, data.present(lower) & (data.text(lower) == data.text(upper)), f"equals {upper}")


@rule("results.place", "error", "laterality, direction and portion have a location", on=SDTM,
      published="CG0095, CG0115, CG0116, FDA SD1283, FDA SD1284, FDA SD1285")  # fmt: skip
def place(data: Data) -> Iterable[Breach]:
    """--LAT, --DIR or --PORTOT in a dataset without --LOC, or on records without it."""
    location = f"{data.domain[:2]}LOC"
    for name in named(data, "LAT", "DIR", "PORTOT"):
        if data.has(name):
            yield from records(data, name, data.present(name) & ~data.present(location), f"{location} is missing")


@rule("results.grade", "error", "a toxicity has a grade", on=SDTM, published="CG0428, FDA SD1036")
def grade(data: Data) -> Iterable[Breach]:
    """--TOX without --TOXGR."""
    term, of = named(data, "TOX", "TOXGR")
    if data.has(term):
        yield from records(data, of, data.present(term) & ~data.present(of), f"{term} is there")
