"""Records that point at records: SUPP--, RELREC, CO."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import in_pairs, repeated
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Applies, Breach, domains, records, rule
from oncdisc.checks.rules.structure import class_variables
from specs.standard import standard

_QUALIFIERS = Applies("sdtm", ("Relationship",))
_SUPP = "SUPP"


def _is_supplement(data: Data) -> bool:
    return data.has("QNAM", "RDOMAIN")


def _points(data: Data) -> bool:
    return data.has("RDOMAIN") and data.has("IDVAR", "IDVARVAL")


def parents(package: Package, domain: str, supplement: str = "") -> list[Data]:
    """The datasets that a related domain is in; of SUPPQSCG the part QSCG."""
    part = supplement.removeprefix(_SUPP)
    if part != supplement and part != domain and part in package.datasets:
        return [package.datasets[part]]
    return package.like(domain)


@rule(
    "relations.dataset",
    "error",
    "a related domain is in the package",
    on=_QUALIFIERS,
    published="CG0369, CG0373, CG0374, FDA SD0072",
    among_others=True,
)
def dataset(data: Data) -> Iterable[Breach]:
    """RDOMAIN that no dataset has."""
    if data.has("RDOMAIN"):
        _, found = data.distinct("RDOMAIN")
        absent = [not data.package.like(name) for name in found.tolist()]
        yield from records(data, "RDOMAIN", data.where("RDOMAIN", absent), "no such dataset")


@rule("relations.name", "error", "a SUPP-- dataset is about the domain in its name", on=_QUALIFIERS, published="CG0334")
def name(data: Data) -> Iterable[Breach]:
    """RDOMAIN of another domain."""
    if _is_supplement(data) and data.name.startswith(_SUPP):
        expected = data.name.removeprefix(_SUPP)
        wrong = data.present("RDOMAIN") & ~data.equals("RDOMAIN", expected, expected[:2])
        yield from records(data, "RDOMAIN", wrong, f"expected {expected[:2]}")


@rule("relations.identifying", "error", "IDVAR names a variable of the related dataset", on=Applies("sdtm"),
      published="CG0370, FDA SD0075")  # fmt: skip
def identifying(data: Data) -> Iterable[Breach]:
    """IDVAR that the dataset does not have."""
    if not _points(data):
        return
    pairs = pd.DataFrame({"domain": data.text("RDOMAIN"), "variable": data.text("IDVAR")})
    distinct = pairs.dropna().drop_duplicates()
    for domain, variable in zip(distinct["domain"].tolist(), distinct["variable"].tolist(), strict=True):
        related = parents(data.package, domain, data.name)
        if related and not any(parent.has(variable) for parent in related):
            wrong = data.equals("RDOMAIN", domain) & data.equals("IDVAR", variable)
            yield from records(data, "IDVAR", wrong, f"{domain} has no {variable}")


@rule("relations.record", "error", "a related record exists", on=Applies("sdtm"), published="CG0371, FDA SD0077")
def record(data: Data) -> Iterable[Breach]:
    """IDVARVAL that no record of the subject has, and SUPPDM of subjects that DM does not have."""
    if not _points(data):
        return
    for domain in data.distinct("RDOMAIN")[1].tolist():
        related = parents(data.package, domain, data.name)
        if related:
            yield from records(data, "IDVARVAL", _dangling(data, domain, related), f"{domain} has no such record")


def _dangling(data: Data, domain: str, related: list[Data]) -> Booleans:
    """Records that point into a domain and find nothing there."""
    here = data.equals("RDOMAIN", domain)
    wrong = np.zeros(len(data), dtype=bool)
    for variable in data.distinct("IDVAR")[1].tolist():
        chosen = here & data.equals("IDVAR", variable)
        holders = [parent for parent in related if parent.has(variable)]
        if not chosen.any() or not holders:
            continue
        bare = not data.has("USUBJID") or not any(parent.has("USUBJID") for parent in holders)
        known = pd.concat([_places(parent, variable, bare) for parent in holders])
        subject = "" if bare else data.text("USUBJID").fillna("")
        pointed = subject + "\x1f" + _plain(data.text("IDVARVAL"))
        everywhere = pd.concat([_places(parent, variable, True) for parent in holders])
        general = (~data.present("USUBJID")) if data.has("USUBJID") else np.zeros(len(data), dtype=bool)
        found = in_pairs(pointed, known) | (general & in_pairs("\x1f" + _plain(data.text("IDVARVAL")), everywhere))
        wrong |= chosen & data.present("IDVARVAL") & ~found
    if domain == "DM" and data.has("USUBJID"):
        nowhere = here & ~data.present("IDVAR") & ~data.package.known_subjects(data)
        wrong |= nowhere
    return wrong


def _places(parent: Data, variable: str, bare: bool) -> pd.Series:
    subject = "" if bare else parent.text("USUBJID").fillna("")
    return subject + "\x1f" + _plain(parent.text(variable))


def _plain(values: pd.Series) -> pd.Series:
    """Values as they are compared: 1, 1.0 and a padded 1 are the same."""
    text = values.fillna("").str.strip()
    return text.str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)


@rule("relations.complete", "error", "IDVAR and IDVARVAL are there together, and missing for DM alone", on=_QUALIFIERS,
      published="CG0203, CG0204, CG0465, FDA SD1072")  # fmt: skip
def complete(data: Data) -> Iterable[Breach]:
    """Pointers of which a part is missing."""
    if not _is_supplement(data) or not data.has("IDVAR", "IDVARVAL"):
        return
    yield from records(data, "IDVAR", data.present("IDVARVAL") & ~data.present("IDVAR"), "IDVARVAL is there")
    yield from records(data, "IDVARVAL", data.present("IDVAR") & ~data.present("IDVARVAL"), "IDVAR is there")
    nothing = ~data.present("IDVAR") & ~data.present("IDVARVAL") & ~data.equals("RDOMAIN", "DM")
    yield from records(data, "IDVAR", nothing, "only DM's qualifiers belong to a subject as a whole")


@rule(
    "relations.qualifier_once", "error", "a record has a qualifier once", on=_QUALIFIERS, published="CG0411, FDA SD0086"
)
def qualifier_once(data: Data) -> Iterable[Breach]:
    """The same QNAM twice for one record."""
    if _is_supplement(data) and data.has("USUBJID", "IDVAR", "IDVARVAL"):
        again = repeated(data, "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")
        yield from records(data, "QNAM", again, "there before for the record")


@rule("relations.qualifier_name", "error", "QNAM could be a variable's name, QLABEL its label", on=_QUALIFIERS,
      published="CG0416, CG0417, FDA SD1022, FDA SD1049")  # fmt: skip
def qualifier_name(data: Data) -> Iterable[Breach]:
    """Names of qualifiers that cannot be variables when data are merged."""
    if not _is_supplement(data):
        return
    _, found = data.distinct("QNAM")
    yield from records(data, "QNAM", data.where("QNAM", ~found.str.fullmatch("[A-Z][A-Z0-9_]{0,7}")))
    _, labels = data.distinct("QLABEL")
    yield from records(data, "QLABEL", data.where("QLABEL", labels.str.len() > 40), "more than 40 characters")


@rule("relations.qualifier_standard", "error", "a qualifier is not a variable of its domain or the domain's class",
      on=_QUALIFIERS, published="CG0314")  # fmt: skip
def qualifier_standard(data: Data) -> Iterable[Breach]:
    """QNAM of a standard variable, which belongs in the domain itself."""
    guide = standard("SDTMIG 3.4")
    if not _is_supplement(data):
        return
    for domain in data.distinct("RDOMAIN")[1].tolist():
        if domain in guide:
            known = guide.dataset(domain)
            names = [*known.variables, *(domain + name for name in class_variables(known))]
            wrong = data.equals("RDOMAIN", domain) & data.equals("QNAM", *names)
            yield from records(data, "QNAM", wrong, f"a variable of {domain}")


@rule("relations.group", "error", "a relationship has two sides", on=domains("RELREC"), published="CG0200")
def group(data: Data) -> Iterable[Breach]:
    """RELID that is there once for a subject."""
    if data.has("RELID", "USUBJID"):
        yield from records(data, "RELID", data.present("RELID") & ~repeated(data, "USUBJID", "RELID"), "one side only")


@rule("relations.type", "error", "RELTYPE is there for relationships of datasets, not of records", on=domains("RELREC"),
      published="CG0419, CG0201, FDA SD1026, FDA SD1264")  # fmt: skip
def type_(data: Data) -> Iterable[Breach]:
    """RELTYPE beside IDVARVAL, or neither."""
    if data.has("RELTYPE", "IDVARVAL"):
        kind, value = data.present("RELTYPE"), data.present("IDVARVAL")
        yield from records(data, "RELTYPE", kind & value, "IDVARVAL is there: a relationship of records")
        yield from records(data, "RELTYPE", ~kind & ~value, "neither RELTYPE nor IDVARVAL is there")


@rule(
    "relations.comment",
    "error",
    "a comment on records says which",
    on=domains("CO"),
    published="CG0163, CG0164, CG0166, FDA SD1065",
)
def comment(data: Data) -> Iterable[Breach]:
    """IDVAR without RDOMAIN, RDOMAIN without IDVAR."""
    if data.has("RDOMAIN", "IDVAR"):
        yield from records(data, "RDOMAIN", data.present("IDVAR") & ~data.present("RDOMAIN"), "IDVAR is there")
        alone = data.present("RDOMAIN") & ~data.equals("RDOMAIN", "DM") & ~data.present("IDVAR")
        yield from records(data, "IDVAR", alone, "RDOMAIN is there")
