"""Traceability of analysis records: sources that exist, and copied values that are the source's."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import in_pairs
from oncdisc.checks.registry import ADAE, ADAM, OCCDS, Breach, records, rule

_COPIED = frozenset({"STUDYID", "USUBJID", "SUBJID", "SITEID"})


def _sequence(source: Data) -> str:
    return "ASEQ" if source.engine == "adam" else f"{source.domain[:2]}SEQ"


@rule("sources.dataset", "error", "SRCDOM names a dataset of the package", on=ADAM)
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
    return data.text("USUBJID").fillna("") + "\x1f" + data.text(sequence).fillna("")


@rule("sources.sequence", "error", "a copied --SEQ points at a record of the subject", on=ADAM)
def sequence(data: Data) -> Iterable[Breach]:
    """AESEQ in ADAE, LBSEQ in ADLB and the like."""
    for source in data.package.of("sdtm"):
        name = f"{source.domain[:2]}SEQ"
        if source.name == source.domain and data.has(name, "USUBJID") and source.has(name, "USUBJID"):
            wrong = data.present(name) & ~in_pairs(_places(data, name), _places(source, name))
            yield from records(data, name, wrong, f"{source.name} has no such record of the subject")


@rule("sources.copied", "error", "a variable copied from SDTM has the record's value there", on=OCCDS)
def copied(data: Data) -> Iterable[Breach]:
    """Values of variables that keep SDTM's name, against the record that --SEQ points at."""
    for source in data.package.of("sdtm"):
        seq = f"{source.domain[:2]}SEQ"
        if source.name != source.domain or not data.has(seq, "USUBJID") or not source.has(seq, "USUBJID"):
            continue
        at = pd.Series(np.arange(len(source)), index=_places(source, seq))
        place = _places(data, seq).map(at[~at.index.duplicated()]).fillna(-1).to_numpy(dtype=np.intp)
        for name in map(str, data.frame.columns):
            if source.has(name) and name.startswith(source.domain[:2]) and name not in _COPIED:
                yield from records(data, name, _differs(data, source, name, place), f"{source.name} has another value")


def _differs(data: Data, source: Data, name: str, place: np.ndarray) -> Booleans:
    theirs = pd.Series(source.text(name).array.take(place, allow_fill=True), copy=False)
    return (place >= 0) & (data.text(name).fillna("") != theirs.fillna("")).to_numpy(dtype=bool)


@rule("sources.complete", "warning", "an adverse event of SDTM is in ADAE once", on=ADAE)
def complete(data: Data) -> Iterable[Breach]:
    """Several analysis records of one adverse event."""
    prefix = data.name[2:4]
    name = f"{prefix}SEQ"
    if data.has(name, "USUBJID"):
        again = pd.Series(_places(data, name)).duplicated(keep=False).to_numpy() & data.present(name)
        yield from records(data, name, again, "several analysis records")
