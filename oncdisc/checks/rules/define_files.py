"""What define.xml says of itself and of files: its study, its guides, the documents beside it, methods, decimals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np

from define import Document
from define.model import ItemDef, ItemRef
from oncdisc.checks.data import Data
from oncdisc.checks.guides import GUIDES, plain
from oncdisc.checks.package import Defined, Package
from oncdisc.checks.registry import Breach, package_rule, rule
from oncdisc.checks.rules.define_data import described, studies
from specs.wording import few

_STYLESHEET = re.compile(r"<\?xml-stylesheet\b[^>]*?\bhref\s*=\s*[\"']([^\"']+)")
_START = 4096
_DERIVED = "Derived"
_CLOSE = 1e-9
"""Of a value: what the storage of decimals as binary numbers may add."""


@package_rule("define.leaf", "error", "a document that define.xml refers to is there, and its stylesheet")
def leaf(package: Package) -> Iterable[Breach]:
    """Files such as acrf.pdf that are named and not there; addresses elsewhere are left out."""
    for defined in package.defines:
        for href in dict.fromkeys(_documents(defined)):
            place = href.partition("#")[0]
            if place and "://" not in place and not (defined.path.parent / place).is_file():
                yield Breach(defined.path.name, message=f"no {place} is there", values=place)


def _documents(defined: Defined) -> Iterator[str]:
    yield from (document.href for document in defined.document.leaves)
    if defined.path.is_file():
        with defined.path.open(encoding="utf-8", errors="replace") as stream:
            yield from _STYLESHEET.findall(stream.read(_START))


@rule("define.method", "error", "a variable that define.xml calls derived has a method")
def method(data: Data) -> Iterable[Breach]:
    """Origin Derived without a method: of the variable, or of what it is where a condition holds."""
    if data.define is None:
        return
    for ref, item in described(data):
        parts = _by_value(data.define, item)
        bare = [part.name for place, part in parts if _is_derived(part) and place.method is None]
        whole = _is_derived(item) and not any(place.method for place, _ in parts)
        if ref.method is None and (whole or bare):
            where = "" if whole else f"{few(bare)}: "
            yield Breach(data.name, item.name, f"{where}found origin Derived and no method", values=_DERIVED)


def _is_derived(item: ItemDef) -> bool:
    return any(origin.type == _DERIVED for origin in item.origins)


def _by_value(document: Document, item: ItemDef) -> list[tuple[ItemRef, ItemDef]]:
    """What a variable is under each condition."""
    if item.value_list is None:
        return []
    items = _items(document)
    listed = next((values.items for values in document.value_lists if values.oid == item.value_list), ())
    return [(ref, items[ref.item]) for ref in listed if ref.item in items]


@cache
def _items(document: Document) -> dict[str, ItemDef]:
    return {item.oid: item for item in document.items}


@rule("define.digits", "info", "a number has no more decimals than define.xml says")
def digits(data: Data) -> Iterable[Breach]:
    """SignificantDigits below the decimals of the data."""
    for _, item in described(data):
        places = item.significant_digits
        if places is None or not data.has(item.name) or data.is_text(item.name) or data.is_date(item.name):
            continue
        values = data.number(item.name)
        wrong = np.flatnonzero(np.abs(values - np.round(values, places)) > _CLOSE * np.maximum(np.abs(values), 1))
        if len(wrong):
            first = f"{values[wrong[0]]:.15g}"
            said = f"{len(wrong):,} values have more than {places} decimals, {first} the first"
            yield Breach(data.name, item.name, said, values=first)


@package_rule("define.study_name", "warning", "define.xml's study name is the datasets' STUDYID")
def study_name(package: Package) -> Iterable[Breach]:
    """Study names that no dataset has, where the protocol's name is right."""
    for defined in package.defines:
        ids, known = studies(package, defined), defined.document.study
        if ids and known.name not in ids and known.protocol in ids:
            yield Breach(defined.path.name, message=f"found {known.name}; the datasets have {', '.join(ids)}")


@package_rule("define.guide", "error", "define.xml names standards and versions that there are")
def guide(package: Package) -> Iterable[Breach]:
    """Names that Define-XML's terminology does not have, versions of SDTMIG and ADaMIG that were never published."""
    for defined in package.defines:
        for known in defined.document.standards:
            if known.type != "IG":
                continue
            name, versions = known.name, GUIDES.get(plain(known.name))
            if versions is None:
                yield Breach(defined.path.name, message=f"there is no standard {name}", values=name)
            elif versions and known.version not in versions:
                found = f"{name} {known.version}"
                yield Breach(defined.path.name, message=f"there is no {found}", values=found)
