"""Values against the controlled terminology in force, with the nearest terms; codes against their names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data, sdtm_variables
from oncdisc.checks.kernels import ambiguous
from oncdisc.checks.package import take
from oncdisc.checks.registry import ADAM, SDTM, Breach, records, rule
from specs.columns import TEXT
from specs.terminology import Codelist

_SUGGESTED = 3
_LOOKED_UP = 30
_ALIKE = 0.7
_DATE = r"\d{4}(-\d\d){1,2}(T[\d:]+)?"
_SEVERAL = "MULTIPLE"
"""Stands for values that SUPP-- has one by one; SDTMIG 3.4, section 4.2.8.3."""
_YES_ONLY = ("BLFL", "LOBXFL", "DRVFL", "PRESP", "ACPTFL")


def codelists(data: Data, variable: str) -> list[Codelist]:
    """The codelists that the standard gives a variable, of those that the terminology has."""
    known = data.variable_standard(variable)
    terms = data.package.codelists
    return [terms.codelist(code) for code in (known.codelists if known else ()) if code in terms]


def controlled(data: Data) -> Iterator[tuple[str, list[Codelist]]]:
    """The variables of a dataset that are under terminology."""
    for name in map(str, data.frame.columns):
        if lists := codelists(data, name):
            yield name, lists


def _outside(data: Data, variable: str, lists: list[Codelist]) -> np.ndarray:
    """For each distinct value whether it is in none of the codelists; a result that is a number or date need not be."""
    _, found = data.distinct(variable)
    several = {_SEVERAL} if variable in sdtm_variables() else set[str]()
    outside = [value not in several and not any(value in terms for terms in lists) for value in found.tolist()]
    measured = pd.to_numeric(found, errors="coerce").notna().to_numpy() | np.asarray(found.str.fullmatch(_DATE))
    return np.array(outside, dtype=bool) & ~(measured & variable.endswith(("ORRES", "STRESC")))


def _extended(data: Data, variable: str) -> frozenset[str]:
    """The values that define.xml declares for a variable, whole or by value.

    They are the sponsor's own additions to a codelist, and terms with a code: those of another codelist, such as NY
    for one test of many.
    """
    if data.group is None or data.define is None:
        return frozenset()
    from define import Lookup

    lookup = Lookup(data.define)
    items = [item for ref in data.group.items if (item := lookup.items.get(ref.item)) and item.name == variable]
    lists = [lookup.value_lists[str(item.value_list)] for item in items if item.value_list in lookup.value_lists]
    items += [lookup.items[ref.item] for values in lists for ref in values.items if ref.item in lookup.items]
    codes = [str(item.codelist) for item in items if item.codelist in lookup.codelists]
    terms = [term for code in codes for term in lookup.codelists[code].terms]
    return frozenset(term.value for term in terms if term.extended or term.aliases)


def suggestion(value: str, lists: list[Codelist]) -> str:
    """The terms that a value may mean, in words."""
    meant = [term.value for codelist in lists if (term := codelist.find(value))]
    alike = [name for codelist in lists for name in _alike(value, codelist)]
    terms = list(dict.fromkeys([*meant, *alike]))[:_SUGGESTED]
    return f"; nearest: {', '.join(terms)}" if terms else ""


def _alike(value: str, codelist: Codelist) -> list[str]:
    upper = {name.upper(): name for name in codelist.values}
    return [upper[name] for name in difflib.get_close_matches(value.upper(), list(upper), _SUGGESTED, _ALIKE)]


def _breach(data: Data, variable: str, lists: list[Codelist], outside: np.ndarray, words: str) -> Iterable[Breach]:
    if not outside.any():
        return
    codes, found = data.distinct(variable)
    names = " or ".join(codelist.submission for codelist in lists)
    said = f"{words} {names} ({data.package.codelists.version})"
    wrong = np.flatnonzero(outside).tolist()
    messages = np.full(len(found), said, dtype=object)
    for place in wrong[:_LOOKED_UP]:
        messages[place] = said + suggestion(str(found.iloc[place]), lists)
    yield from records(data, variable, data.where(variable, outside), take(pd.Series(messages, dtype=TEXT), codes))


@rule("terminology.closed", "error", "a value is a term of a codelist that is closed", published="CG0020, FDA CT2001")
def closed(data: Data) -> Iterable[Breach]:
    """Values of codelists that a sponsor may not extend."""
    for variable, lists in controlled(data):
        if not any(codelist.extensible for codelist in lists):
            yield from _breach(data, variable, lists, _outside(data, variable, lists), "not a term of")


@rule(
    "terminology.variant",
    "warning",
    "a value that means a term of an extensible codelist is written as the term",
    published="CG0021, FDA CT2002",
)
def variant(data: Data) -> Iterable[Breach]:
    """Values that are a term's synonym or the term in other letters."""
    for variable, lists in controlled(data):
        if any(codelist.extensible for codelist in lists):
            yield from _breach(data, variable, lists, _meaning(data, variable, lists)[0], "written differently than in")


@rule(
    "terminology.extension",
    "info",
    "a value outside an extensible codelist is an addition that define.xml declares",
    published="CG0021, FDA CT2002",
)
def extension(data: Data) -> Iterable[Breach]:
    """Values that no term means and that define.xml does not declare as the sponsor's."""
    for variable, lists in controlled(data):
        if any(codelist.extensible for codelist in lists):
            yield from _breach(data, variable, lists, _meaning(data, variable, lists)[1], "an addition to")


def _meaning(data: Data, variable: str, lists: list[Codelist]) -> tuple[np.ndarray, np.ndarray]:
    """Of the distinct values outside: which mean a term, and which are additions nobody declared."""
    _, found = data.distinct(variable)
    outside = _outside(data, variable, lists)
    declared = _extended(data, variable)
    means = [
        bool(out) and any(codelist.find(value) for codelist in lists) for out, value in zip(outside, found, strict=True)
    ]
    known = found.isin(declared).to_numpy(dtype=bool)
    means_term = np.array(means, dtype=bool) & ~known
    return means_term, outside & ~means_term & ~known


@rule("terminology.pair", "error", "a code and its name are the same term", on=SDTM, published="FDA CT2003")
def pair(data: Data) -> Iterable[Breach]:
    """A --TESTCD beside a --TEST that belongs to another code."""
    for variable, lists in controlled(data):
        partner = variable.removesuffix("CD")
        named = [codelist for codelist in lists if codelist.names]
        if partner == variable or not named or not data.has(partner):
            continue
        codes, found = data.distinct(variable)
        decodes = [next((t.decode for c in named if (t := c.get(value))), None) for value in found.tolist()]
        expected = take(pd.Series(decodes, dtype=TEXT), codes)
        wrong = expected.notna() & data.text(partner).notna() & (expected != data.text(partner))
        message = "the name of " + data.text(variable) + " is " + expected
        yield from records(data, partner, wrong, message)


@rule("terminology.values", "error", "a value is one of those that the standard lists for the variable", on=ADAM)
def values(data: Data) -> Iterable[Breach]:
    """ADaM variables with a fixed list of values, such as flags."""
    for name in map(str, data.frame.columns):
        known = data.variable_standard(name)
        if known and known.values:
            _, found = data.distinct(name)
            wrong = data.where(name, ~found.isin(known.values))
            yield from records(data, name, wrong, f"expected {', '.join(known.values)} or nothing")


@rule("terminology.yes_only", "error", "a flag that is not Y is missing", on=SDTM, published="CG0541")
def yes_only(data: Data) -> Iterable[Breach]:
    """Flags for which NY's other terms have no meaning."""
    for suffix in _YES_ONLY:
        name = f"{data.domain[:2]}{suffix}"
        if data.has(name):
            yield from records(data, name, data.present(name) & ~data.equals(name, "Y"), "expected Y or nothing")


@rule("terminology.trimmed", "warning", "text neither begins nor ends with a blank, and is never a lone full stop",
      published="FB1501, FB1502, FDA SD1021")  # fmt: skip
def trimmed(data: Data) -> Iterable[Breach]:
    """Leading blanks and SAS's missing number written as text."""
    for name in map(str, data.frame.columns):
        if data.is_text(name):
            _, found = data.distinct(name)
            yield from records(data, name, data.where(name, (found.str.strip() != found) | (found == ".")))


_ONE_TO_ONE = (
    ("{}TESTCD", "{}TEST", "FB0901"),
    ("{}DECOD", "{}PTCD", "CG0049, FB0909"),
    ("{}BODSYS", "{}BDSYCD", "CG0083, FB0910"),
    ("{}SOC", "{}SOCCD", "FB0911"),
    ("{}HLGT", "{}HLGTCD", "FB0908"),
    ("{}HLT", "{}HLTCD", "FB0907"),
    ("{}LLT", "{}LLTCD", "FB0906"),
    ("{}TPT", "{}TPTNUM", "CG0240, FB0922"),
    ("VISITNUM", "VISIT", "CG0035, FB0919"),
    ("ARMCD", "ARM", "FB0902"),
    ("ACTARMCD", "ACTARM", "FB0903"),
    ("ETCD", "ELEMENT", "CG0154, FB0914"),
    ("TSPARMCD", "TSPARM", "CG0307, FB0916"),
    ("QNAM", "QLABEL", "FB0920"),
    ("INVID", "INVNAM", "FB0912"),
)


@rule(
    "terminology.one_to_one",
    "error",
    "a code has one name and a name one code",
    on=SDTM,
    published=", ".join(dict.fromkeys(name for *_, names in _ONE_TO_ONE for name in names.split(", "))),
)
def one_to_one(data: Data) -> Iterable[Breach]:
    """Code and name variables of one dataset."""
    prefix = data.domain[:2]
    for code, name, _ in _ONE_TO_ONE:
        left, right = code.format(prefix), name.format(prefix)
        if not data.has(left, right):
            continue
        within = data.groups("RDOMAIN") if left == "QNAM" else None
        yield from records(data, right, ambiguous(data, left, right, within), f"{left} goes with several {right}")
        if left not in ("QNAM", "{}TPTNUM"):
            yield from records(data, left, ambiguous(data, right, left, within), f"{right} goes with several {left}")
