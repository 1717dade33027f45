"""ADaM conformance rules about subjects: one record each in ADSL, known to DM, with values that agree."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data, Engine
from oncdisc.checks.kernels import repeated
from oncdisc.checks.package import Package, take
from oncdisc.checks.registry import ADAM, ADSL, Breach, once_each, package_rule, records, rule
from specs.standard import standard

_MISSING, _NOT_OURS = -1, -2
"""Codes of a value that is missing, and of one that the dataset has in no record."""
_OWN = frozenset({"STUDYID", "USUBJID", "DOMAIN"})


@package_rule("adam.1", "error", "ADSL is there", published="ADaM 1", among_others=True)
def adsl(package: Package) -> Iterable[Breach]:
    """ADaM datasets without the subject-level dataset."""
    others = package.of("adam")
    if others and "ADSL" not in package.datasets and not package.unreadable("ADSL"):
        yield Breach("ADSL", message=f"ADSL is not there, {others[0].name} is")


@rule("adam.54", "error", "ADSL has one record a subject", on=ADSL, published="ADaM 54")
def one_record(data: Data) -> Iterable[Breach]:
    """Subjects with several records."""
    if data.has("USUBJID"):
        yield from records(data, "USUBJID", data.present("USUBJID") & repeated(data, "USUBJID"), "several records")


@rule("adam.53", "error", "a subject of ADaM is one of DM", on=ADAM, published="ADaM 53")
def subjects_of_dm(data: Data) -> Iterable[Breach]:
    """Subjects that SDTM does not know."""
    if data.has("USUBJID"):
        yield from records(data, "USUBJID", ~data.package.known_subjects(data), "not a subject of DM")


@rule("adam.subjects", "error", "a subject of an analysis dataset is one of ADSL", on=ADAM)
def subjects_of_adsl(data: Data) -> Iterable[Breach]:
    """Subjects that ADSL does not know."""
    if data.has("USUBJID"):
        wrong = ~data.package.known_subjects(data, engine="adam")
        yield from records(data, "USUBJID", wrong, "not a subject of ADSL")


@rule("adam.204", "error", "ADSL's AGE is DM's", on=ADSL, published="ADaM 204")
def age(data: Data) -> Iterable[Breach]:
    """Ages that differ from DM's."""
    theirs = data.package.lookup(data, "AGE")
    if theirs is None or not data.has("AGE"):
        return
    expected = pd.to_numeric(theirs, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    given = data.number("AGE")
    wrong = ~np.isnan(expected) & ~(expected == given)
    yield from records(data, "AGE", wrong, "DM has " + theirs.fillna(""))


@rule("adam.same_as_dm", "error", "a variable of DM's name has DM's value in ADSL", on=ADSL)
def same_as_dm(data: Data) -> Iterable[Breach]:
    """Variables that ADSL shares with DM; ADaMIG 3.1.1: the same name means the same values."""
    dm = standard("SDTMIG 3.4").dataset("DM").variables
    for name in map(str, data.frame.columns):
        if name in dm and name not in _OWN and name != "AGE":
            yield from _differing(data, name, "sdtm", "DM")


@rule("adam.same_as_adsl", "error", "a variable of ADSL's name has ADSL's value", on=ADAM)
def same_as_adsl(data: Data) -> Iterable[Breach]:
    """Variables that an analysis dataset shares with ADSL."""
    if data.structure == "ADSL":
        return
    for name in map(str, data.frame.columns):
        if name not in _OWN:
            yield from _differing(data, name, "adam", "ADSL")


@rule("adam.same_meaning", "error", "a variable of SDTM's or ADSL's name has its label and its type", on=ADAM)
def same_meaning(data: Data) -> Iterable[Breach]:
    """The same name means the same (ADaMIG 3): labels and types against ADSL's, then those of SDTM's datasets."""
    if not data.typed:
        return
    others = [other for other in data.package if other.typed and other is not data]
    adsl = [other for other in others if other.structure == "ADSL"]
    for name, variable in data.variables.items():
        holders = [other for other in [*adsl, *others] if other in adsl or other.engine == "sdtm"]
        holder = next((other for other in holders if name in other.variables), None)
        if holder is None:
            continue
        theirs = holder.variables[name]
        if variable.label and theirs.label and variable.label != theirs.label:
            message = f"found the label {variable.label}; {holder.name} has {theirs.label}"
            yield Breach(data.name, name, message, values=variable.label)
        if holder.has(name) and data.has(name) and data.is_text(name) != holder.is_text(name):
            kind = "text" if holder.is_text(name) else "numbers"
            yield Breach(data.name, name, f"{holder.name} has {kind}", values=name)


def _differing(data: Data, name: str, engine: Engine, whose: str) -> Iterable[Breach]:
    """Records whose value is not their subject's in DM or ADSL, distinct values compared as codes."""
    source = data.package.get(whose)
    table = data.package.reference if engine == "sdtm" else data.package.subjects
    if source is None or table is None or name not in table.columns or not data.has("USUBJID"):
        return
    if data.is_date(name) != source.is_date(name):
        return
    ours, values = data.distinct(name)
    subjects, ids = data.distinct("USUBJID")
    theirs = table[name].reindex(pd.Index(ids))
    codes = np.where(theirs.notna(), pd.Index(values).get_indexer(pd.Index(theirs)), _MISSING)
    codes = np.where(theirs.notna() & (codes < 0), _NOT_OURS, codes)
    wrong = (ours != np.append(codes, _MISSING)[subjects]) & data.package.known_subjects(data)
    if engine == "adam":
        wrong &= data.package.known_subjects(data, engine="adam")
    if wrong.any():
        words = f"{whose} has " + take(theirs, subjects).fillna("nothing")
        yield from _said(data, name, wrong, words)


def _said(data: Data, name: str, wrong: Booleans, words: pd.Series) -> Iterable[Breach]:
    """A value once a subject; once for the dataset where one value in all its records is at odds with one."""
    codes, values = data.distinct(name)
    if wrong.all() and len(wrong) > 1 and len(values) == 1 and (codes >= 0).all() and words.nunique() == 1:
        said = f"found {values.iloc[0]} in all {len(wrong):,} records; {words.iloc[0]}"
        yield Breach(data.name, name, said, values=str(values.iloc[0]))
    else:
        yield from once_each(data, name, wrong, data.groups("USUBJID", name), words)
