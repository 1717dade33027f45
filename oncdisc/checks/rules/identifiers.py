"""Who and which: subjects, sequence numbers, keys."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import ambiguous, in_pairs, key, repeated
from oncdisc.checks.package import Package
from oncdisc.checks.registry import ADAM, SDTM, Breach, domains, package_rule, records, rule


@rule("identifiers.subject", "error", "a subject is one of DM", on=SDTM, published="CG0029, FDA SD0064")
def subject(data: Data) -> Iterable[Breach]:
    """Records of subjects that DM does not have."""
    if data.has("USUBJID") and data.name != "DM":
        yield from records(data, "USUBJID", ~data.package.known_subjects(data), "not a subject of DM")


@rule("identifiers.dm", "error", "DM has one record a subject", on=domains("DM"), published="CG0151, FDA SD0083")
def one_record(data: Data) -> Iterable[Breach]:
    """Subjects with several records in DM."""
    if data.has("USUBJID"):
        yield from records(data, "USUBJID", data.present("USUBJID") & repeated(data, "USUBJID"), "several records")


@rule(
    "identifiers.subjid",
    "error",
    "SUBJID and USUBJID are one to one within a study",
    on=domains("DM"),
    published="CG0150, FDA SD1001",
)
def subjid(data: Data) -> Iterable[Breach]:
    """Two subjects of one number."""
    if data.has("SUBJID", "USUBJID"):
        within = data.groups("STUDYID", "SITEID")
        yield from records(data, "SUBJID", ambiguous(data, "SUBJID", "USUBJID", within), "several USUBJID")


_PARAMETERS = "TSPARMCD"
_ONCE = {_PARAMETERS: ("CG0268", "FDA SD1038")}
"""The public rules of numbers that count something else than a subject's records."""


@rule("identifiers.sequence", "error", "--SEQ is there once for a subject, TSSEQ once for a parameter", on=SDTM,
      published="CG0028, CG0268, FDA SD0005, FDA SD1038")  # fmt: skip
def sequence(data: Data) -> Iterable[Breach]:
    """Sequence numbers that are there twice, over the parts of a split domain too."""
    name = f"{data.domain[:2]}SEQ"
    if not data.has(name):
        return
    who = next((part for part in ("USUBJID", "SPDEVID", "POOLID", _PARAMETERS) if data.has(part)), "STUDYID")
    again, published = data.present(name) & repeated(data, who, name), _ONCE.get(who, ("CG0028", "FDA SD0005"))
    yield from records(data, name, again, f"there before for the same {who}", published)


@package_rule("identifiers.sequence_split", "error", "--SEQ is there once for a subject over a domain's parts",
              published="CG0028")  # fmt: skip
def sequence_split(package: Package) -> Iterable[Breach]:
    """Sequence numbers that two parts of a split domain (QSCG, QSPH) share."""
    seen: dict[str, list[pd.Series]] = {}
    for data in package.of("sdtm"):
        name = f"{data.domain[:2]}SEQ"
        if data.name == data.domain or not data.has(name, "USUBJID"):
            continue
        here = key(data, "USUBJID", name)
        before = seen.setdefault(data.domain, [])
        if before:
            yield from records(data, name, in_pairs(here, pd.concat(before)), "in another part too")
        before.append(here)


@rule("identifiers.whole_sequence", "error", "a sequence number is a whole number above 0")
def whole_sequence(data: Data) -> Iterable[Breach]:
    """Sequence numbers such as 1.5 or 0."""
    for name in (f"{data.domain[:2]}SEQ", "ASEQ"):
        number = data.number(name)
        wrong = data.present(name) & ~((number >= 1) & (number == np.floor(number)))
        if wrong.any():
            yield from records(data, name, wrong)


@rule("identifiers.aseq", "error", "ASEQ is there once for a subject", on=ADAM)
def analysis_sequence(data: Data) -> Iterable[Breach]:
    """Analysis sequence numbers that are there twice."""
    if data.has("USUBJID", "ASEQ"):
        yield from records(data, "ASEQ", data.present("ASEQ") & repeated(data, "USUBJID", "ASEQ"), "there before")


@rule(
    "identifiers.keys",
    "error",
    "the key variables of define.xml name a record",
    published="FDA SD1152",
    yields_to="adam.54, identifiers.sequence, relations.qualifier_once, identifiers.dm",
)
def keys(data: Data) -> Iterable[Breach]:
    """Records that share all key variables with another."""
    names = _keys(data)
    if names and data.has(*names):
        said = f"another record has the same {', '.join(names)}"
        yield from records(data, names[-1], repeated(data, *names), said)


def _supplemented(data: Data) -> Booleans:
    """Records of which SUPP-- says more."""
    supplement, name = data.package.get(f"SUPP{data.name}"), f"{data.domain[:2]}SEQ"
    if supplement is None or not data.has(name) or not supplement.has("USUBJID", "IDVAR", "IDVARVAL"):
        return np.zeros(len(data), dtype=bool)
    pointed = key(supplement, "USUBJID", "IDVARVAL")[supplement.equals("IDVAR", name)]
    return in_pairs(key(data, "USUBJID", name), pointed)


def _keys(data: Data) -> list[str]:
    """The key variables that define.xml gives the dataset, in order."""
    if data.group is None or data.define is None:
        return []
    names = {item.oid: item.name for item in data.define.items}
    ordered = sorted((ref.key_sequence, names.get(ref.item, "")) for ref in data.group.items if ref.key_sequence)
    return [name for _, name in ordered]


@rule(
    "identifiers.duplicate",
    "warning",
    "no record is there twice but for its sequence number",
    published="FDA SD1117, FDA SD1201, FDA SD1352",
    yields_to="identifiers.dm, adam.54",
)
def duplicate(data: Data) -> Iterable[Breach]:
    """Records equal in everything but sequence and identifiers, and in what SUPP-- says of them."""
    prefix = data.domain[:2]
    left_out = {f"{prefix}SEQ", f"{prefix}SPID", f"{prefix}REFID", "ASEQ", f"{prefix}GRPID"}
    names = [name for name in map(str, data.frame.columns) if name not in left_out]
    if data.has("USUBJID") and names:
        yield from records(data, "USUBJID", repeated(data, *names) & ~_supplemented(data), "another record is the same")
