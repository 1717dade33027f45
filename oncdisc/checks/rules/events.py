"""Subjects' fates over datasets: death, exposure against reference dates, arms, disposition, seriousness."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import repeated
from oncdisc.checks.package import Package, take
from oncdisc.checks.registry import Breach, domains, package_rule, records, rule
from specs import iso8601
from specs.columns import TEXT

_DM = domains("DM")
_SERIOUS = ("AESCAN", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESOD", "AESMIE")
_NOT_AN_ARM = ("Screen Failure", "Not Assigned", "Unplanned Treatment", "Not Treated")


@rule("death.flag", "error", "DTHFL is Y or missing, and Y where DTHDTC is there", on=_DM,
      published="CG0131, CG0435, FB0606, FDA SD2004")  # fmt: skip
def death_flag(data: Data) -> Iterable[Breach]:
    """A date of death without the flag, or another flag than Y."""
    flag = data.equals("DTHFL", "Y")
    yield from records(data, "DTHFL", data.present("DTHFL") & ~flag, "expected Y or nothing")
    yield from records(data, "DTHFL", data.present("DTHDTC") & ~flag, "DTHDTC is there, DTHFL is not Y")


@rule("death.date", "warning", "a subject with DTHFL of Y has a date of death", on=_DM, published="FB0610, FDA SD2005")
def death_date(data: Data) -> Iterable[Breach]:
    """Deaths without a date."""
    if data.has("DTHFL"):
        yield from records(data, "DTHDTC", data.equals("DTHFL", "Y") & ~data.present("DTHDTC"), "DTHFL is Y")


_SIGNS = (
    ("AE", "AEOUT", "FATAL", "CG0134, FB0603"),
    ("AE", "AESDTH", "Y", "CG0135, FB0604"),
    ("DS", "DSDECOD", "DEATH", "CG0136, FB0605"),
    ("SS", "SSSTRESC", "DEAD", "CG0132, FB0601"),
    ("DD", "DDTESTCD", "", "CG0133, FB0602"),
    ("CE", "CEDECOD", "DEATH", "FB0607"),
)
"""Dataset, variable, value that says that the subject died (any, where empty), published rules."""


@package_rule("death.agrees", "error", "who died by AE, DS, SS, DD or CE has DTHFL of Y in DM",
              published=", ".join(published for *_, published in _SIGNS))  # fmt: skip
def death_agrees(package: Package) -> Iterable[Breach]:
    """Deaths that DM does not know."""
    for name, variable, value, _ in _SIGNS:
        for data in package.like(name):
            flag = package.lookup(data, "DTHFL")
            if flag is not None and data.has(variable):
                dead = data.equals(variable, value) if value else data.present(variable)
                known = package.known_subjects(data) & data.present("USUBJID")
                yield from records(data, variable, dead & known & (flag != "Y").to_numpy(dtype=bool), "DTHFL is not Y")


@package_rule("death.told", "warning", "a subject with DTHFL of Y has a DS record of DEATH", published="FB0608")
def death_told(package: Package) -> Iterable[Breach]:
    """Deaths of DM that disposition does not tell."""
    dm, ds = package.get("DM"), package.get("DS")
    if dm is None or ds is None or not dm.has("DTHFL", "USUBJID") or not ds.has("DSDECOD", "USUBJID"):
        return
    told = ds.text("USUBJID")[ds.equals("DSDECOD", "DEATH")]
    wrong = dm.equals("DTHFL", "Y") & ~dm.text("USUBJID").isin(told).to_numpy()
    yield from records(dm, "DTHFL", wrong, "no DS record of DEATH")


_DEATH_DATES = (("DS", "DSDECOD", "DEATH", "DSSTDTC"), ("AE", "AEOUT", "FATAL", "AEENDTC"))


@package_rule(
    "death.dates",
    "error",
    "dates of death in DS and AE are DTHDTC",
    published="CG0069, FB0611, FB0612, FDA SD1317, FDA SD1347",
)
def death_dates(package: Package) -> Iterable[Breach]:
    """Dates of death that certainly differ."""
    for name, variable, value, date in _DEATH_DATES:
        for data in package.like(name):
            death = package.lookup(data, "DTHDTC")
            if death is not None and data.has(variable, date):
                differs = np.abs(iso8601.compare(data.text(date), death, by="day")) == 1
                yield from records(data, date, data.equals(variable, value) & differs, "DTHDTC is " + death.fillna(""))


@package_rule("death.alive", "error", "a subject is not alive after death", published="CG0171, FB0613, FDA SD1261")
def alive_after_death(package: Package) -> Iterable[Breach]:
    """Survival status ALIVE after DTHDTC, or DEAD before it."""
    for data in package.like("SS"):
        death = package.lookup(data, "DTHDTC")
        if death is None or not data.has("SSSTRESC", "SSDTC"):
            continue
        when = iso8601.compare(data.text("SSDTC"), death, by="day")
        said = "DTHDTC is " + death.fillna("")
        yield from records(data, "SSSTRESC", data.equals("SSSTRESC", "ALIVE") & (when == 1), said)
        yield from records(data, "SSSTRESC", data.equals("SSSTRESC", "DEAD") & (when == -1), said)


def _extreme(data: Data, names: tuple[str, ...], last: bool) -> pd.Series:
    """Each subject's first or last day over some date variables of its records, by USUBJID."""
    bound = [iso8601.to_dates(data.text(name)) for name in names if data.has(name)]
    frame = pd.concat([pd.DataFrame({"subject": data.text("USUBJID"), "day": dates}) for dates in bound])
    grouped = frame.dropna().groupby("subject")["day"]
    return grouped.max() if last else grouped.min()


_EXPOSURE = (("RFXSTDTC", ("EXSTDTC",), False), ("RFXENDTC", ("EXSTDTC", "EXENDTC"), True))


@package_rule("exposure.dates", "error", "RFXSTDTC and RFXENDTC are EX's first and last days",
              published="CG0147, CG0148")  # fmt: skip
def exposure_dates(package: Package) -> Iterable[Breach]:
    """DM's dates of exposure against the records of exposure; a partial date proves nothing."""
    dm, ex = package.get("DM"), package.get("EX")
    if dm is None or ex is None or not dm.has("USUBJID") or not ex.has("USUBJID", "EXSTDTC"):
        return
    for name, dates, last in _EXPOSURE:
        if not dm.has(name) or not dm.is_text(name):
            continue
        found = _extreme(ex, dates, last).reindex(dm.text("USUBJID").fillna("")).reset_index(drop=True)
        given = iso8601.to_dates(dm.text(name))
        partial = _has_partial(ex, dates)
        differs = found.notna() & given.notna() & (found != given)
        unsure = dm.text("USUBJID").isin(partial)
        said = "EX has " + found.dt.strftime("%Y-%m-%d").fillna("")
        yield from records(dm, name, differs & ~unsure, said)


def _has_partial(data: Data, names: tuple[str, ...]) -> pd.Series:
    """The subjects of whom some date is there but incomplete."""
    parts = [data.present(name) & iso8601.to_dates(data.text(name)).isna() for name in names if data.has(name)]
    return data.text("USUBJID")[np.logical_or.reduce(parts)]


@package_rule("exposure.missing", "warning", "who was treated by DM has exposure, and who has exposure was treated",
              published="FB2302, FB2304, FDA SD0070, FDA SD0079")  # fmt: skip
def exposure_missing(package: Package) -> Iterable[Breach]:
    """RFXSTDTC without EX, EX without RFXSTDTC."""
    dm, ex = package.get("DM"), package.get("EX")
    if dm is None or ex is None or not dm.has("USUBJID", "RFXSTDTC") or not ex.has("USUBJID"):
        return
    exposed = dm.text("USUBJID").isin(ex.text("USUBJID")).to_numpy()
    treated = dm.present("RFXSTDTC")
    yield from records(dm, "RFXSTDTC", treated & ~exposed, "RFXSTDTC is there, EX has no record")
    yield from records(dm, "RFXSTDTC", ~treated & exposed, "EX has records, RFXSTDTC is missing")


@rule("arms.reason", "error", "ARMNRS is there where an arm is missing, and only there", on=_DM,
      published="CG0513, CG0515, CG0517, CG0519, CG0520, FDA SD1358, FDA SD1359, FDA SD1360")  # fmt: skip
def arm_reason(data: Data) -> Iterable[Breach]:
    """Arms that are missing without a reason, and reasons beside arms."""
    if data.has("ARMCD", "ACTARMCD", "ARMNRS"):
        missing = ~data.present("ARMCD") | ~data.present("ACTARMCD")
        yield from records(data, "ARMNRS", missing & ~data.present("ARMNRS"), "an arm is missing, ARMNRS is too")
        yield from records(data, "ARMNRS", ~missing & data.present("ARMNRS"), "both arms are there")


@rule(
    "arms.together",
    "error",
    "an arm's code and its name are there together",
    on=_DM,
    published="CG0521, CG0522, FDA SD1361, FDA SD1362",
)
def arm_together(data: Data) -> Iterable[Breach]:
    """ARM without ARMCD and the like."""
    for code, name in (("ARMCD", "ARM"), ("ACTARMCD", "ACTARM")):
        if data.has(code, name):
            yield from records(data, name, data.present(name) != data.present(code), f"one of {code} and {name}")


@rule("arms.name", "error", "an arm is not a reason such as Screen Failure", on=domains("DM", "TA", "TV"),
      published="CG0570, FDA SD1363")  # fmt: skip
def arm_name(data: Data) -> Iterable[Breach]:
    """Reasons that earlier versions of the standard wrote into ARM."""
    for name in ("ARM", "ACTARM"):
        _, found = data.distinct(name)
        wrong = data.where(name, found.str.lower().isin([words.lower() for words in _NOT_AN_ARM]))
        yield from records(data, name, wrong, "belongs in ARMNRS")


@rule("dm.age", "error", "AGE and AGEU are there together", on=_DM, published="CG0665, CG0666, FDA SD2021, FDA SD2022")
def age(data: Data) -> Iterable[Breach]:
    """An age without a unit, a unit without an age."""
    if data.has("AGE", "AGEU"):
        yield from records(data, "AGEU", data.present("AGE") & ~data.present("AGEU"), "AGE is there, AGEU is not")
        alone = data.present("AGEU") & ~data.present("AGE") & ~data.present("AGETXT")
        yield from records(data, "AGE", alone, "AGEU is there, AGE is not")


@rule("ae.serious", "error", "a reason for seriousness makes an event serious, and a serious event has one",
      on=domains("AE"), published="CG0041, CG0042, FDA SD0009, FDA SD1132")  # fmt: skip
def serious(data: Data) -> Iterable[Breach]:
    """AESER against the criteria of seriousness."""
    criteria = [name for name in _SERIOUS if data.has(name)]
    if not criteria or not data.has("AESER"):
        return
    reason: Booleans = np.logical_or.reduce([data.equals(name, "Y") for name in criteria])
    yield from records(data, "AESER", reason & ~data.equals("AESER", "Y"), "a criterion of seriousness is Y")
    yield from records(data, "AESER", ~reason & data.equals("AESER", "Y"), "no criterion of seriousness is Y")


@rule(
    "ae.fatal",
    "warning",
    "an outcome of FATAL and death as a criterion go together",
    on=domains("AE"),
    published="FDA SD0090, FDA SD0091",
)
def fatal(data: Data) -> Iterable[Breach]:
    """AEOUT of FATAL without AESDTH, and the other way."""
    if data.has("AEOUT", "AESDTH"):
        differs = data.equals("AEOUT", "FATAL") != data.equals("AESDTH", "Y")
        yield from records(data, "AESDTH", differs, "AEOUT is " + data.text("AEOUT").fillna("missing"))


@rule("ae.fatal_grade", "error", "an event of grade 5 is fatal", on=domains("AE"))
def fatal_grade(data: Data) -> Iterable[Breach]:
    """AETOXGR of 5, which is death by CTCAE, with another outcome than FATAL."""
    if data.has("AETOXGR", "AEOUT"):
        wrong = (data.number("AETOXGR") == 5) & data.present("AEOUT") & ~data.equals("AEOUT", "FATAL")
        yield from records(data, "AEOUT", wrong, "AETOXGR is 5")


@rule(
    "ae.ongoing",
    "warning",
    "an event that has ended has an end date or says that it has not",
    on=domains("AE"),
    published="FDA SD1332, FDA SD1333",
)
def ongoing(data: Data) -> Iterable[Breach]:
    """Outcomes of recovery without an end, and ends of what is not recovered."""
    if data.has("AEOUT", "AEENDTC"):
        open_ = data.equals("AEOUT", "NOT RECOVERED/NOT RESOLVED", "RECOVERING/RESOLVING")
        resolved = data.equals("AEOUT", "RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE")
        yield from records(data, "AEOUT", open_ & data.present("AEENDTC"), "not resolved, but AEENDTC is there")
        yield from records(data, "AEENDTC", resolved & ~data.present("AEENDTC"), "resolved, but AEENDTC is missing")


@rule("ex.dose", "error", "a dose has its unit, and is not both number and text", on=domains("EX", "EC"),
      published="CG0110, CG0111, CG0114, FDA SD0035, FDA SD1047")  # fmt: skip
def dose(data: Data) -> Iterable[Breach]:
    """--DOSE, --DOSTXT and --DOSU."""
    number, words, unit = (f"{data.domain[:2]}{suffix}" for suffix in ("DOSE", "DOSTXT", "DOSU"))
    given = data.present(number) | data.present(words)
    yield from records(data, unit, given & ~data.present(unit), "a dose without a unit")
    yield from records(data, number, data.present(number) & data.present(words), f"{words} is there too")
    yield from records(data, number, data.number(number) < 0, "a dose below 0")


@rule(
    "ex.occurred", "error", "a dose that did not occur is not above 0", on=domains("EC"), published="CG0101, FDA SD1248"
)
def occurred(data: Data) -> Iterable[Breach]:
    """Doses beside ECOCCUR of N."""
    wrong = data.equals("ECOCCUR", "N") & (data.number("ECDOSE") > 0)
    yield from records(data, "ECDOSE", wrong, "ECOCCUR is N")


@rule("ds.once", "warning", "a subject has one disposition event of a kind in an epoch", on=domains("DS"),
      published="CG0536, CG0538, CG0539, FDA SD1367")  # fmt: skip
def disposition_once(data: Data) -> Iterable[Breach]:
    """Two ends of one thing."""
    if data.has("DSCAT", "USUBJID"):
        names = [name for name in ("USUBJID", "DSSCAT", "EPOCH", "DSCAT") if data.has(name)]
        again = repeated(data, *names) & data.equals("DSCAT", "DISPOSITION EVENT")
        yield from records(data, "DSDECOD", again, "another disposition event of the same kind and epoch")


@package_rule("dm.race", "error", "who has several races has them in SUPPDM", published="CG0531")
def race(package: Package) -> Iterable[Breach]:
    """RACE of MULTIPLE without the races."""
    dm, supp = package.get("DM"), package.get("SUPPDM")
    if dm is None or not dm.has("RACE", "USUBJID"):
        return
    told = pd.Series([], dtype=TEXT)
    if supp is not None and supp.has("QNAM", "USUBJID"):
        codes, names = supp.distinct("QNAM")
        told = supp.text("USUBJID")[take(names.str.startswith("RACE").astype(object), codes).eq(True).to_numpy()]
    wrong = dm.equals("RACE", "MULTIPLE") & ~dm.text("USUBJID").isin(told).to_numpy()
    yield from records(dm, "RACE", wrong, "SUPPDM has no races")
