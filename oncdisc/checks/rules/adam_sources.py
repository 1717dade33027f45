"""Traceability of analysis records: sources that exist, and copied values that are the source's."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data
from oncdisc.checks.kernels import count_in_group, in_pairs, key, near, rounding
from oncdisc.checks.package import take
from oncdisc.checks.registry import ADAE, ADAM, BDS, TTE, Breach, records, rule
from specs.columns import TEXT, empty_text


def _sequence(source: Data) -> str:
    return "ASEQ" if source.engine == "adam" else f"{source.domain[:2]}SEQ"


@rule("sources.dataset", "error", "SRCDOM names a dataset of the package", on=ADAM, among_others=True)
def dataset(data: Data) -> Iterable[Breach]:
    """Sources that are not there, where the package has SDTM."""
    if not data.has("SRCDOM") or not data.package.of("sdtm"):
        return
    _, found = data.distinct("SRCDOM")
    absent = [not _holders(data, name) for name in found.tolist()]
    yield from records(data, "SRCDOM", data.where("SRCDOM", absent), "no such dataset")


def _holders(data: Data, name: str) -> list[Data]:
    exact = data.package.get(name)
    return [exact] if exact is not None else data.package.like(name)


@rule("sources.variable", "error", "SRCVAR names a variable of its dataset", on=ADAM)
def variable(data: Data) -> Iterable[Breach]:
    """Source variables that the source does not have."""
    if not data.has("SRCDOM", "SRCVAR"):
        return
    pairs = pd.DataFrame({"source": data.text("SRCDOM"), "variable": data.text("SRCVAR")}).dropna().drop_duplicates()
    wrong = np.zeros(len(data), dtype=bool)
    for source, name in zip(pairs["source"].tolist(), pairs["variable"].tolist(), strict=True):
        holders = _holders(data, source)
        if holders and not any(holder.has(name) for holder in holders):
            wrong |= data.equals("SRCDOM", source) & data.equals("SRCVAR", name)
    yield from records(data, "SRCVAR", wrong, "its dataset has no such variable")


@rule("sources.record", "error", "SRCSEQ points at a record of the subject", on=ADAM)
def record(data: Data) -> Iterable[Breach]:
    """Source records that do not exist."""
    if not data.has("SRCDOM", "SRCSEQ", "USUBJID"):
        return
    wrong = np.zeros(len(data), dtype=bool)
    for source in data.distinct("SRCDOM")[1].tolist():
        holders = [holder for holder in _holders(data, source) if holder.has("USUBJID", _sequence(holder))]
        if holders:
            chosen = data.equals("SRCDOM", source) & data.present("SRCSEQ")
            known = pd.concat([_places(holder, _sequence(holder)) for holder in holders])
            wrong |= chosen & ~in_pairs(_places(data, "SRCSEQ"), known)
    yield from records(data, "SRCSEQ", wrong, "the source has no such record of the subject")


def _places(data: Data, sequence: str) -> pd.Series:
    return key(data, "USUBJID", sequence)


def _copied_from(data: Data) -> Iterable[tuple[str, list[Data]]]:
    """Each --SEQ that the dataset has, with the SDTM datasets (parts, where the domain is split) that number by it."""
    for domain in dict.fromkeys(source.domain[:2] for source in data.package.of("sdtm")):
        name = f"{domain}SEQ"
        holders = [source for source in data.package.of("sdtm") if source.domain[:2] == domain]
        holders = [source for source in holders if source.has(name, "USUBJID")]
        if holders and data.has(name, "USUBJID"):
            yield name, holders


@rule("sources.sequence", "error", "a copied --SEQ points at a record of the subject", on=ADAM)
def sequence(data: Data) -> Iterable[Breach]:
    """AESEQ in ADAE, LBSEQ in ADLB and the like."""
    for name, holders in _copied_from(data):
        known = pd.concat([_places(source, name) for source in holders])
        wrong = data.present(name) & ~in_pairs(_places(data, name), known)
        yield from records(data, name, wrong, f"{name[:2]} has no such record of the subject")


@rule("sources.copied", "error", "a variable copied from SDTM has the record's value there", on=ADAM)
def copied(data: Data) -> Iterable[Breach]:
    """Values of variables that keep SDTM's name, against the record that --SEQ points at, where it is one."""
    for seq, holders in _copied_from(data):
        at = _rows(pd.concat([_places(source, seq) for source in holders]), _places(data, seq))
        for name in map(str, data.frame.columns):
            if name.startswith(seq[:2]) and all(source.has(name) for source in holders):
                theirs = take(pd.concat([source.text(name) for source in holders]), at)
                differs = (data.text(name).fillna("") != theirs.fillna("")).to_numpy(dtype=bool)
                yield from records(data, name, (at >= 0) & differs, f"{seq[:2]} has another value")


def _rows(known: pd.Series, keys: pd.Series) -> np.ndarray:
    """The place of each key among those known; -1 where there is none, or several."""
    at = pd.Series(np.arange(len(known)), index=known)
    return keys.map(at[~at.index.duplicated(keep=False)]).fillna(-1).to_numpy(dtype=np.intp)


_DAY = r"^(\d{4}-\d\d-\d\d)"
_ALIKE = 10
"""How many values are their source's for one that is not, where a parameter takes its values from there."""


@rule("sources.value", "error", "a value taken from a source record is that record's", on=BDS)
def taken(data: Data) -> Iterable[Breach]:
    """AVAL against SRCVAR of the record that SRCDOM and SRCSEQ name, in parameters that copy it."""
    if not data.has("SRCDOM", "SRCVAR", "SRCSEQ", "PARAMCD", "USUBJID", "AVAL"):
        return
    parameters, source = data.groups("PARAMCD"), _from_sources(data)
    expected = pd.to_numeric(source, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    both = data.present("AVAL") & ~np.isnan(expected)
    given = data.number("AVAL")
    same = both & (near(given, expected) | (np.abs(given - expected) <= rounding(given, parameters)))
    counts = [count_in_group(mask, parameters) for mask in (same, both & ~same)]
    wrong = both & ~same & (counts[0] > _ALIKE * counts[1])
    yield from records(data, "AVAL", wrong, "the source has " + source.fillna(""))


def _from_sources(data: Data) -> pd.Series:
    """The value of each record's source, as text; missing where there is none."""
    found = empty_text(len(data))
    named = pd.DataFrame({"source": data.text("SRCDOM"), "variable": data.text("SRCVAR")}).dropna().drop_duplicates()
    for source, name in zip(named["source"].tolist(), named["variable"].tolist(), strict=True):
        chosen = data.equals("SRCDOM", source) & data.equals("SRCVAR", name)
        for holder in _holders(data, source):
            if holder.has(name, "USUBJID") and (keys := _keys(data, holder)) is not None:
                known = pd.Series(holder.text(name).to_numpy(), index=keys[1], dtype=TEXT)
                theirs = keys[0].map(known[~known.index.duplicated()]).astype(TEXT)
                found = found.mask(chosen & theirs.notna().to_numpy(dtype=bool), theirs)
    return found


def _keys(data: Data, holder: Data) -> tuple[pd.Series, pd.Series] | None:
    """What points at a source's record, and what it points at: the subject alone in ADSL; None if nothing does."""
    if holder.structure == "ADSL":
        return data.text("USUBJID"), holder.text("USUBJID").fillna("")
    sequence = _sequence(holder)
    if not data.has("SRCSEQ") or not holder.has(sequence):
        return None
    return _places(data, "SRCSEQ"), _places(holder, sequence)


@rule("sources.date", "error", "the date of an event or censoring is its source's", on=TTE)
def dated(data: Data) -> Iterable[Breach]:
    """ADT against the date in SRCVAR of the source's record, or of the subject's where the source is ADSL.

    Held where nearly all dates that come from there are the source's: a study may cut dates off, or move them.
    """
    if not data.has("SRCDOM", "SRCVAR", "USUBJID", "ADT") or not data.is_date("ADT"):
        return
    source = _from_sources(data)
    expected = source.str.extract(_DAY, expand=False)
    both = data.present("ADT") & expected.notna().to_numpy(dtype=bool)
    same = both & (data.text("ADT").str.slice(0, 10) == expected).to_numpy(dtype=bool)
    origins = data.groups("SRCDOM", "SRCVAR")
    counts = [count_in_group(mask, origins) for mask in (same, both & ~same)]
    wrong = both & ~same & (counts[0] > _ALIKE * counts[1])
    yield from records(data, "ADT", wrong, "the source has " + source.fillna(""))


@rule("sources.complete", "warning", "an adverse event of SDTM is in ADAE once", on=ADAE)
def complete(data: Data) -> Iterable[Breach]:
    """Several analysis records of one adverse event."""
    prefix = data.name[2:4]
    name = f"{prefix}SEQ"
    if data.has(name, "USUBJID"):
        again = pd.Series(_places(data, name)).duplicated(keep=False).to_numpy() & data.present(name)
        yield from records(data, name, again, "several analysis records")
