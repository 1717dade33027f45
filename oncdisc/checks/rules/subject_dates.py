"""Subjects' own dates and ages against each other over DM, DS, DD, EX and TS.

Source: SDTMIG 3.4, section 5.2 (DM: AGE, RFSTDTC, RFICDTC, ARMNRS), 6.2.3 (DS), 6.3.2 (DD); FDA's technical
conformance guide, trial summary parameters (ACTSUB, SSTDTC).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data, Floats
from oncdisc.checks.kernels import in_pairs
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, domains, package_rule, records, rule
from specs import iso8601

_DM = domains("DM")
_CONSENT = "INFORMED CONSENT OBTAINED"
_NOT_TREATED = ("SCREEN FAILURE", "NOT ASSIGNED", "ASSIGNED, NOT TREATED")


def untimed(package: Package, data: Data) -> np.ndarray:
    """Records of treated subjects whose RFSTDTC DM has not: `dm.reference` says so, once."""
    start, exposed = (package.lookup(data, name) for name in ("RFSTDTC", "RFXSTDTC"))
    if start is None or exposed is None:
        return np.zeros(len(data), dtype=bool)
    return (start.isna() & exposed.notna()).to_numpy(dtype=bool)


@rule("dm.reference", "error", "a treated subject has a reference period", on=_DM)
def reference(data: Data) -> Iterable[Breach]:
    """RFSTDTC, which all study days need, and RFENDTC of subjects with RFXSTDTC and RFXENDTC."""
    for name, exposure in (("RFSTDTC", "RFXSTDTC"), ("RFENDTC", "RFXENDTC")):
        if data.has(name, exposure):
            wrong = data.present(exposure) & ~data.present(name)
            yield from records(data, name, wrong, exposure + " is " + data.text(exposure).fillna(""))


@rule("dm.age_of_birth", "warning", "AGE is the years from birth to consent or to the start of the study", on=_DM)
def age_of_birth(data: Data) -> Iterable[Breach]:
    """AGE in years that no day from RFICDTC to RFSTDTC gives; a partial date may be any of its days."""
    if not data.has("AGE", "BRTHDTC", "AGEU"):
        return
    days = [name for name in ("RFICDTC", "DMDTC", "RFSTDTC") if data.has(name)]
    if not days:
        return
    birth = data.text("BRTHDTC")
    first = np.fmin.reduce([_years(iso8601.latest(birth), iso8601.earliest(data.text(name))) for name in days])
    last = np.fmax.reduce([_years(iso8601.earliest(birth), iso8601.latest(data.text(name))) for name in days])
    age = data.number("AGE")
    wrong = data.equals("AGEU", "YEARS") & ((age < first) | (age >= last + 1))
    said = "BRTHDTC and " + " or ".join(days) + " make " + pd.Series(first).astype("Int64").astype("string").fillna("")
    yield from records(data, "AGE", wrong, said)


def _years(birth: pd.Series, day: pd.Series) -> Floats:
    """Whole years from one day to another, NaN where one is missing."""
    years = day.dt.year - birth.dt.year
    before = (day.dt.month * 100 + day.dt.day) < (birth.dt.month * 100 + birth.dt.day)
    return (years - before).where(birth.notna() & day.notna()).to_numpy(dtype=float, na_value=np.nan)


@package_rule("dm.consent", "warning", "RFICDTC is a day of consent in DS")
def consent(package: Package) -> Iterable[Breach]:
    """RFICDTC that certainly is none of the subject's dates of informed consent in DS."""
    dm, ds = package.get("DM"), package.get("DS")
    if dm is None or ds is None or not dm.has("USUBJID", "RFICDTC") or not ds.has("USUBJID", "DSDECOD", "DSSTDTC"):
        return
    given = ds.equals("DSDECOD", _CONSENT) & ds.present("DSSTDTC")
    told = pd.DataFrame({"USUBJID": ds.text("USUBJID"), "told": ds.text("DSSTDTC")})[given]
    asked = pd.DataFrame({"USUBJID": dm.text("USUBJID"), "asked": dm.text("RFICDTC"), "row": np.arange(len(dm))})
    both = asked.merge(told, on="USUBJID").dropna()
    both["differs"] = np.abs(iso8601.compare(both["asked"], both["told"], by="day")) == 1
    by_row = both.groupby("row").agg(differs=("differs", "all"), told=("told", "min"))
    found = by_row.reindex(np.arange(len(dm)))
    yield from records(dm, "RFICDTC", found["differs"].eq(True), "DS has " + found["told"].astype("string").fillna(""))


@package_rule("death.details", "warning", "a detail of a death is not collected before it")
def details(package: Package) -> Iterable[Breach]:
    """DDDTC certainly before DTHDTC."""
    for data in package.like("DD"):
        death = package.lookup(data, "DTHDTC")
        if death is not None and data.has("DDDTC"):
            early = iso8601.compare(data.text("DDDTC"), death, by="day") == -1
            yield from records(data, "DDDTC", early, "DTHDTC is " + death.fillna(""))


@package_rule("exposure.not_treated", "error", "who was not treated by ARMNRS has no exposure")
def not_treated(package: Package) -> Iterable[Breach]:
    """Exposure of screen failures and of subjects not assigned or not treated."""
    dm, ex = package.get("DM"), package.get("EX")
    if dm is None or not dm.has("USUBJID", "ARMNRS"):
        return
    exposed = dm.present("RFXSTDTC")
    if ex is not None and ex.has("USUBJID"):
        exposed = exposed | in_pairs(dm.text("USUBJID"), ex.text("USUBJID"))
    wrong = dm.equals("ARMNRS", *_NOT_TREATED) & exposed
    yield from records(dm, "ARMNRS", wrong, "EX has records or RFXSTDTC is there")


@rule("exposure.start", "warning", "a dose has a start", on=domains("EX"))
def start(data: Data) -> Iterable[Breach]:
    """EX with a dose and without EXSTDTC, which RFXSTDTC is made of."""
    if data.has("EXSTDTC"):
        given = data.present("EXDOSE") | data.present("EXDOSTXT")
        yield from records(data, "EXSTDTC", given & ~data.present("EXSTDTC"), "a dose without a start")


def _summary(package: Package, code: str) -> tuple[Data, np.ndarray] | None:
    """TS and its records of a parameter."""
    ts = package.get("TS")
    return (ts, ts.equals("TSPARMCD", code)) if ts is not None and ts.has("TSPARMCD", "TSVAL") else None


@package_rule("trial.study_start", "warning", "the study does not start after the first consent")
def study_start(package: Package) -> Iterable[Breach]:
    """SSTDTC certainly after the earliest RFICDTC."""
    found, dm = _summary(package, "SSTDTC"), package.get("DM")
    if found is None or dm is None or not dm.has("RFICDTC"):
        return
    ts, rows = found
    first = iso8601.latest(dm.text("RFICDTC")).min()
    if not pd.isna(first):
        late = rows & (iso8601.earliest(ts.text("TSVAL")).dt.normalize() > first).to_numpy(dtype=bool)
        yield from records(ts, "TSVAL", late, f"the first consent is of {first:%Y-%m-%d}")


@package_rule("trial.subjects", "warning", "the actual number of subjects is one that DM has")
def subjects(package: Package) -> Iterable[Breach]:
    """ACTSUB that is neither the number of subjects nor of those enrolled, assigned or treated."""
    found, dm = _summary(package, "ACTSUB"), package.get("DM")
    if found is None or dm is None or not dm.has("USUBJID"):
        return
    ts, rows = found
    failed = dm.equals("ARMNRS", "SCREEN FAILURE") | dm.equals("ARMCD", "SCRNFAIL")
    parts = {
        "subjects": dm.present("USUBJID"),
        "enrolled": ~failed,
        "assigned": dm.present("ARMCD") & ~failed & ~dm.equals("ARMCD", "NOTASSGN"),
        "treated": dm.present("RFXSTDTC"),
    }
    counts = {name: len(pd.unique(dm.text("USUBJID")[chosen])) for name, chosen in parts.items()}
    value = ts.number("TSVAL")
    wrong = rows & ~np.isnan(value) & ~np.isin(value, list(counts.values()))
    yield from records(ts, "TSVAL", wrong, "DM has " + ", ".join(f"{count} {name}" for name, count in counts.items()))
