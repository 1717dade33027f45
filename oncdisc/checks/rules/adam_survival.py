"""Time to event against the deaths, responses and dates behind it: who had an event, and who was censored.

Source: ADaM Basic Data Structure for Time-to-Event Analyses 1.0, CNSR, EVNTDESC and CNSDTDSC. Which parameters count
deaths is told by their names: overall survival, and survival free of something (PFS, DFS, EFS).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import at_odds, count_in_group, in_pairs, key
from oncdisc.checks.registry import TTE, Breach, records, rule

OVERALL = (r"OS(?:[DMWY]|MO?N?)?", r"\bOVERALL SURVIVAL\b")
FREE = (
    r"(?:[PDRE]FS|IDFS|DMFS)(?:[DMWY]|MO?N?)?",
    r"\b(?:PROGRESSION|DISEASE|RELAPSE|RECURRENCE|EVENT)[ -]FREE SURVIVAL\b",
)
_PROGRESSED = ("PD", "iCPD", "iUPD", "PROGRESSIVE DISEASE", "DISEASE PROGRESSION")
_RESPONSES = (("ADRS", "AVALC"), ("RS", "RSSTRESC"), ("DS", "DSDECOD"), ("AE", "AEDECOD"), ("CE", "CEDECOD"))
"""Where a package says of a subject that the disease progressed."""
_NEARLY_ALL = 10
"""How many records a rule that a dataset keeps by itself holds in for one in which it does not."""
_MOSTLY = 3
_NO_DAY = np.datetime64("NaT", "D")
Days = npt.NDArray[np.datetime64]


def named(data: Data, *kinds: tuple[str, str]) -> Booleans:
    """Records of parameters with such a code, or such words in their name."""
    codes, names = data.distinct("PARAMCD")[1], data.distinct("PARAM")[1]
    by_code, by_name = (f"(?:{'|'.join(part)})" for part in zip(*kinds, strict=True))
    said = data.where("PARAMCD", codes.str.fullmatch(by_code))
    return said | data.where("PARAM", names.str.upper().str.contains(by_name, regex=True))


def subjects_day(data: Data, name: str) -> Days | None:
    """A date of ADSL for each record, by the day; None if ADSL has none, NaT where the subject has none."""
    found = data.package.lookup(data, name, engine="adam")
    if found is None:
        return None
    return pd.to_datetime(found.str.slice(0, 10), format="%Y-%m-%d", errors="coerce").to_numpy().astype("datetime64[D]")


def _events(data: Data) -> tuple[Booleans, Booleans]:
    """Records of events, and of times that are censored."""
    return data.number("CNSR") == 0, data.number("CNSR") > 0


def _usable(data: Data) -> bool:
    return data.has("USUBJID", "PARAMCD", "CNSR", "ADT") and data.is_date("ADT")


@rule("tte.death", "error", "an event of overall survival is a death, dated as the subject's death is", on=TTE)
def death(data: Data) -> Iterable[Breach]:
    """CNSR of 0 for subjects of ADSL without DTHDT; ADT other than DTHDT, where no SRCVAR says what date it is."""
    died = subjects_day(data, "DTHDT") if _usable(data) else None
    if died is None:
        return
    event = named(data, OVERALL) & _events(data)[0] & data.package.known_subjects(data, engine="adam")
    yield from records(data, "CNSR", event & np.isnat(died), "CNSR is 0, ADSL has no death of the subject")
    other = event & ~np.isnat(died) & data.present("ADT") & (data.day("ADT") != died) & ~data.present("SRCVAR")
    yield from records(data, "ADT", other, "DTHDT is " + pd.Series(died).astype(str))


@rule("tte.alive", "error", "who is censored for survival was alive at that date", on=TTE)
def alive(data: Data) -> Iterable[Breach]:
    """CNSR over 0 with DTHDT of ADSL on or before ADT, in parameters for which a death is an event."""
    died = subjects_day(data, "DTHDT") if _usable(data) else None
    if died is not None:
        censored = named(data, OVERALL, FREE) & _events(data)[1]
        yield from records(
            data, "CNSR", censored & (died <= data.day("ADT")), "DTHDT is " + pd.Series(died).astype(str)
        )


@rule("tte.death_counted", "warning", "a death is an event of overall survival, where nearly all deaths are", on=TTE)
def death_counted(data: Data) -> Iterable[Breach]:
    """CNSR over 0 with a later DTHDT in ADSL, in parameters whose other subjects with DTHDT have events."""
    died = subjects_day(data, "DTHDT") if _usable(data) else None
    if died is not None:
        event, censored = (named(data, OVERALL) & ~np.isnat(died) & part for part in _events(data))
        parameters = data.groups("PARAMCD")
        counts = [count_in_group(mask, parameters) for mask in (event, censored)]
        wrong = censored & (died > data.day("ADT")) & (counts[0] > _NEARLY_ALL * counts[1])
        yield from records(data, "CNSR", wrong, "DTHDT is " + pd.Series(died).astype(str))


@rule("tte.last_alive", "warning", "overall survival is not censored after the subject was last known alive", on=TTE)
def last_alive(data: Data) -> Iterable[Breach]:
    """ADT after LSTALVDT of ADSL where CNSR is over 0, in parameters that mostly keep to it."""
    last = subjects_day(data, "LSTALVDT") if _usable(data) else None
    if last is not None:
        known = named(data, OVERALL) & _events(data)[1] & ~np.isnat(last)
        late = known & (data.day("ADT") > last)
        counts = [count_in_group(mask, data.groups("PARAMCD")) for mask in (known & ~late, late)]
        wrong = late & (counts[0] > _MOSTLY * counts[1])
        yield from records(data, "ADT", wrong, "LSTALVDT is " + pd.Series(last).astype(str))


@rule("tte.progression", "error", "an event of progression-free survival is a progression or a death of the subject",
      on=TTE)  # fmt: skip
def progression(data: Data) -> Iterable[Breach]:
    """CNSR of 0 for subjects without DTHDT whom no response, disposition or event of the package says to progress."""
    died = subjects_day(data, "DTHDT") if _usable(data) else None
    progressed = _progressed(data)
    if died is not None and progressed is not None:
        event = named(data, FREE) & _events(data)[0] & data.package.known_subjects(data, engine="adam")
        wrong = event & np.isnat(died) & ~data.text("USUBJID").isin(progressed).to_numpy(dtype=bool)
        yield from records(data, "CNSR", wrong, "CNSR is 0, the package has no progression and no death of the subject")


def _progressed(data: Data) -> pd.Index | None:
    """The subjects who progressed by any dataset; None where the package has no responses."""
    package = data.package
    if not any((found := package.get(name)) is not None and found.has(value) for name, value in _RESPONSES[:2]):
        return None
    subjects = pd.Index([], dtype=object)
    for name, value in _RESPONSES:
        source = package.get(name)
        if source is not None and source.has("USUBJID", value):
            said = source.distinct(value)[1].str.casefold().str.contains("progressi", regex=False)
            named = source.distinct("PARAM")[1].str.casefold().str.contains("progressi", regex=False)
            chosen = source.equals(value, *_PROGRESSED) | source.where(value, said)
            chosen |= source.where("PARAM", named) & source.equals(value, "Y")
            subjects = subjects.union(pd.Index(source.text("USUBJID")[chosen].unique()))
    return subjects


@rule(
    "tte.described",
    "warning",
    "within a parameter a description of an event or censoring goes with one CNSR",
    on=TTE,
    yields_to="tte.death, tte.alive, tte.progression, tte.death_counted, tte.event_before",
)
def described(data: Data) -> Iterable[Breach]:
    """EVNTDESC whose other records of the parameter have another CNSR."""
    if data.has("PARAMCD", "CNSR", "EVNTDESC"):
        rows, said = at_odds(data, "EVNTDESC", "CNSR", data.groups("PARAMCD"))
        if len(rows):
            yield Breach(data.name, "CNSR", said, rows)


@rule("tte.event_before", "warning", "what makes an event for others was not there when a time was censored", on=TTE)
def event_before(data: Data) -> Iterable[Breach]:
    """Censored records of subjects who have, on or before ADT, a record as those that other events come from.

    As they are: of the dataset, parameter and AVALC that SRCDOM and SRCSEQ of the parameter's events lead to, where
    these lead to nothing else, and where nearly all such records are events.
    """
    if not _usable(data) or not data.has("SRCDOM", "SRCSEQ"):
        return
    for name in data.distinct("SRCDOM")[1].tolist():
        source = data.package.get(name)
        if source is not None and source.engine == "adam" and source.has("USUBJID", "ASEQ", "PARAMCD", "AVALC", "ADT"):
            wrong, first = _passed_over(data, source)
            yield from records(data, "CNSR", wrong, f"{name} has an event on " + pd.Series(first).astype(str))


def _passed_over(data: Data, source: Data) -> tuple[Booleans, Days]:
    """Censored records with such an event before, and the day of it."""
    event, censored = _events(data)
    kinds = pd.Series(key(source, "PARAMCD", "AVALC").to_numpy(), index=key(source, "USUBJID", "ASEQ"))
    kinds = kinds[~kinds.index.duplicated() & source.present("AVALC")]
    of = key(data, "USUBJID", "SRCSEQ").map(kinds).where(data.equals("SRCDOM", source.name) & event)
    wrong, found = np.zeros(len(data), dtype=bool), np.full(len(data), _NO_DAY)
    for code in data.distinct("PARAMCD")[1].tolist():
        mine = data.equals("PARAMCD", code)
        leading = of[mine].dropna().unique()
        if len(leading) == 1 and source.is_date("ADT"):
            first = _first_day(data, source, in_pairs(key(source, "PARAMCD", "AVALC"), pd.Series(leading)))
            passed = mine & censored & (first <= data.day("ADT"))
            if passed.any() and (of[mine].notna()).sum() > _NEARLY_ALL * passed.sum():
                wrong, found = wrong | passed, np.where(passed, first, found)
    return wrong, found


def _first_day(data: Data, source: Data, chosen: Booleans) -> Days:
    """The day of each subject's first chosen record of the source, for the records of the dataset."""
    days = pd.Series(source.day("ADT").astype("datetime64[s]"))[chosen].groupby(source.text("USUBJID")[chosen]).min()
    return days.reindex(data.text("USUBJID")).to_numpy().astype("datetime64[D]")
