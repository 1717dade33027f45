"""Traceability of analysis records: sources that exist, and copied values that are the source's."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data, Floats
from oncdisc.checks.kernels import any_in_group, count_in_group, in_pairs, key, near, repeated, rounding
from oncdisc.checks.package import take
from oncdisc.checks.registry import ADAE, ADAM, BDS, Breach, records, rule
from oncdisc.checks.rules.adam_occurrences import left_behind
from specs.columns import TEXT, empty_text, text_key
from specs.wording import few


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
    """AVAL and AVALC against SRCVAR of the record that SRCDOM and SRCSEQ name, in parameters that copy it."""
    if data.has("SRCDOM", "SRCVAR", "SRCSEQ", "PARAMCD", "USUBJID"):
        source = _from_sources(data)
        yield from _numbers_taken(data, source)
        yield from _words_taken(data, source)


def _words_taken(data: Data, source: pd.Series) -> Iterable[Breach]:
    """AVALC, but for letters, of parameters that subjects have several records of: one of a subject is derived.

    A source's value that the parameter never has as it is, is decoded there.
    """
    parameters, theirs = data.groups("PARAMCD"), source.str.strip().str.casefold()
    ours = data.text("AVALC").str.strip().str.casefold()
    several = any_in_group(repeated(data, "USUBJID", "PARAMCD"), parameters)
    both = several & (ours.notna() & theirs.notna()).to_numpy(dtype=bool) & np.isnan(_as_numbers(source))
    same = both & (ours == theirs).to_numpy(dtype=bool)
    values = pd.factorize(text_key([data.text("PARAMCD"), theirs]))[0]
    counts = [count_in_group(mask, parameters) for mask in (same, both & ~same)]
    wrong = both & ~same & any_in_group(same, values) & (counts[0] > _ALIKE * counts[1])
    yield from records(data, "AVALC", wrong, "the source has " + source.fillna(""))


def _as_numbers(source: pd.Series) -> Floats:
    return pd.to_numeric(source, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _numbers_taken(data: Data, source: pd.Series) -> Iterable[Breach]:
    parameters = data.groups("PARAMCD")
    expected = _as_numbers(source)
    both = data.present("AVAL") & ~np.isnan(expected)
    given = data.number("AVAL")
    same = both & (near(given, expected) | (np.abs(given - expected) <= rounding(given, parameters)))
    counts = [count_in_group(mask, parameters) for mask in (same, both & ~same)]
    wrong = both & ~same & (counts[0] > _ALIKE * counts[1])
    yield from records(data, "AVAL", wrong, "the source has " + source.fillna(""))


def _from_sources(data: Data, *, dates: bool = False) -> pd.Series:
    """The value of each record's source, as text; missing where there is none. With `dates` the source's date."""
    found = empty_text(len(data))
    named = pd.DataFrame({"source": data.text("SRCDOM"), "variable": data.text("SRCVAR")}).dropna().drop_duplicates()
    for source, name in zip(named["source"].tolist(), named["variable"].tolist(), strict=True):
        chosen = data.equals("SRCDOM", source) & data.equals("SRCVAR", name)
        for holder in _holders(data, source):
            variable = _date_of(holder, name) if dates else name
            if holder.has(variable, "USUBJID") and (keys := _keys(data, holder)) is not None:
                known = pd.Series(holder.text(variable).to_numpy(), index=keys[1], dtype=TEXT)
                theirs = keys[0].map(known[~known.index.duplicated()]).astype(TEXT)
                found = found.mask(chosen & theirs.notna().to_numpy(dtype=bool), theirs)
    return found


def _date_of(holder: Data, name: str) -> str:
    """The variable that dates a source's value: itself where it is a date, else ADT or --DTC."""
    if holder.has(name) and (holder.is_date(name) or name.endswith("DTC")):
        return name
    return "ADT" if holder.engine == "adam" else f"{holder.domain[:2]}DTC"


def _keys(data: Data, holder: Data) -> tuple[pd.Series, pd.Series] | None:
    """What points at a source's record, and what it points at: the subject alone in ADSL; None if nothing does."""
    if holder.structure == "ADSL":
        return data.text("USUBJID"), holder.text("USUBJID").fillna("")
    sequence = _sequence(holder)
    if not data.has("SRCSEQ") or not holder.has(sequence):
        return None
    return _places(data, "SRCSEQ"), _places(holder, sequence)


@rule("sources.date", "error", "the date of a result, an event or a censoring is its source's", on=BDS)
def dated(data: Data) -> Iterable[Breach]:
    """ADT against the date of the source's record (of the subject's, where the source is ADSL).

    That is SRCVAR where it is a date, else ADT or --DTC.

    Held where nearly all dates that come from there are the source's: a study may cut dates off, or move them.
    """
    if not data.has("SRCDOM", "SRCVAR", "USUBJID", "ADT") or not data.is_date("ADT"):
        return
    source = _from_sources(data, dates=True)
    expected = source.str.extract(_DAY, expand=False)
    both = data.present("ADT") & expected.notna().to_numpy(dtype=bool)
    same = both & (data.text("ADT").str.slice(0, 10) == expected).to_numpy(dtype=bool)
    origins = data.groups("SRCDOM", "SRCVAR") if data.structure == "TTE" else data.groups("PARAMCD", "SRCDOM", "SRCVAR")
    counts = [count_in_group(mask, origins) for mask in (same, both & ~same)]
    wrong = both & ~same & (counts[0] > _ALIKE * counts[1])
    yield from records(data, "ADT", wrong, "the source has " + source.fillna(""))


@rule("sources.complete", "warning", "an adverse event of SDTM is in ADAE, once", on=ADAE)
def complete(data: Data) -> Iterable[Breach]:
    """Several analysis records of one adverse event; none of one whose subject is there, where nearly all are there.

    Where all are treatment-emergent the others of SDTM are rightly left out.
    """
    prefix = data.name[2:4]
    name = f"{prefix}SEQ"
    if data.has(name, "USUBJID"):
        again = pd.Series(_places(data, name)).duplicated(keep=False).to_numpy() & data.present(name)
        yield from records(data, name, again, "several analysis records")
        for source in data.package.like(prefix):
            absent = left_behind(data, source, name) if source.has(name, "USUBJID") else ()
            if len(absent):
                yield Breach(data.name, name, f"{source.name} has {few(list(map(str, absent)))}; {data.name} has not")
