"""Values against codelists: which are no term, which mean one in other words, which are additions nobody declared."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data, sdtm_variables
from oncdisc.checks.package import take
from oncdisc.checks.registry import Breach, records, split_published
from specs.columns import TEXT
from specs.terminology import Codelist, Term
from specs.trial_summary import SummaryParameter, summary_parameters

_SUGGESTED = 3
_LOOKED_UP = 30
_ALIKE = 0.7
_LIMIT = r"[<>]=?\s*-?\d+(\.\d+)?"
"""A number beyond what can be measured; its own term no codelist has."""
_DATE = r"\d{4}(-\d\d){1,2}(T[\d:]+)?"
_RESULTS, _ANSWERS = ("ORRES", "STRESC"), ("Y", "N")
"""Results of indicators are answers, whatever the codelist of other tests' results is."""
_SEVERAL = "MULTIPLE"
"""Stands for values that SUPP-- has one by one; SDTMIG 3.4, section 4.2.8.3."""


@dataclass(frozen=True)
class Place:
    """A variable under terminology: in all records, or (TSVAL) in those of a parameter."""

    variable: str
    lists: tuple[Codelist, ...]
    rows: Booleans | None = None
    parameter: str = ""

    @property
    def extensible(self) -> bool:
        """Whether a sponsor may add to one of the codelists."""
        return any(codelist.extensible for codelist in self.lists)

    def within(self, data: Data) -> Booleans:
        """The records that are meant."""
        return np.ones(len(data), dtype=bool) if self.rows is None else self.rows

    def get(self, value: str) -> Term | None:
        """The term with exactly this submission value."""
        return next((term for codelist in self.lists if (term := codelist.get(value))), None)


def places(data: Data) -> Iterator[Place]:
    """The variables of a dataset that are under terminology, and TSVAL for each parameter that is."""
    terms = data.package.codelists
    for name in map(str, data.frame.columns):
        known = data.variable_standard(name)
        lists = tuple(terms.codelist(code) for code in (known.codelists if known else ()) if code in terms)
        if lists:
            yield Place(name, lists)
    if data.domain == "TS" and data.has("TSPARMCD", "TSVAL"):
        yield from summary_places(data)


def summary_places(data: Data) -> Iterator[Place]:
    """TSVAL in the records of each parameter that has a codelist."""
    terms = data.package.codelists
    _, found = data.distinct("TSPARMCD")
    for code in found.tolist():
        known = summary_parameters().get(code)
        if known and known.codelist in terms:
            listed = _meant(terms.codelist(known.codelist), known)
            yield Place("TSVAL", (listed,), data.equals("TSPARMCD", code), code)


def _meant(codelist: Codelist, parameter: SummaryParameter) -> Codelist:
    """The codelist with the terms alone that are meant for a parameter."""
    if not parameter.terms:
        return codelist
    return replace(codelist, terms=tuple(term for term in codelist.terms if term.value in parameter.terms))


def published_of(published: str, parameter: str = "") -> tuple[str, ...]:
    """Of a rule's public rules those that are of a parameter of TS, and those that are of no parameter."""
    known = summary_parameters()
    own = known[parameter].published if parameter in known else frozenset[str]()
    others = frozenset[str]().union(*(other.published for other in known.values())) - own
    return tuple(name for name in split_published(published) if name not in others)


def unlisted(data: Data, place: Place) -> Booleans:
    """For each distinct value whether it is in none of the codelists; a result that is a number or date need not be."""
    codes, found = data.distinct(place.variable)
    several = {_SEVERAL} if place.variable in sdtm_variables() else set[str]()
    outside = np.array([value not in several and place.get(value) is None for value in found.tolist()], dtype=bool)
    if place.variable.endswith(_RESULTS):
        outside &= pd.to_numeric(found, errors="coerce").isna().to_numpy() & ~np.asarray(found.str.fullmatch(_DATE))
        outside &= ~np.asarray(found.str.fullmatch(_LIMIT))
    if place.rows is not None:
        outside &= np.isin(np.arange(len(found)), codes[place.rows])
    return outside


def additions(data: Data, place: Place) -> tuple[Booleans, Booleans]:
    """Of the distinct values in no codelist: which mean a term, and which are additions nobody declared."""
    outside = unlisted(data, place)
    if not outside.any():
        return outside, outside
    _, found = data.distinct(place.variable)
    undeclared = outside & ~found.isin(_declared(data, place.variable)).to_numpy(dtype=bool)
    if place.variable.endswith(_RESULTS):
        undeclared &= ~found.isin(_ANSWERS).to_numpy(dtype=bool)
    means = np.zeros(len(found), dtype=bool)
    wrong = np.flatnonzero(undeclared)
    means[wrong] = [any(codelist.find(value) for codelist in place.lists) for value in found.iloc[wrong].tolist()]
    return means, undeclared & ~means


def _declared(data: Data, variable: str) -> frozenset[str]:
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


def suggestion(value: str, lists: Iterable[Codelist]) -> str:
    """The terms that a value may mean, in words."""
    listed = tuple(lists)
    meant = [term.value for codelist in listed if (term := codelist.find(value))]
    alike = [name for codelist in listed for name in _alike(value, codelist)]
    terms = list(dict.fromkeys([*meant, *alike]))[:_SUGGESTED]
    return f"; nearest: {', '.join(terms)}" if terms else ""


def _alike(value: str, codelist: Codelist) -> list[str]:
    upper = {name.upper(): name for name in codelist.values}
    return [upper[name] for name in difflib.get_close_matches(value.upper(), list(upper), _SUGGESTED, _ALIKE)]


def breaches(data: Data, place: Place, outside: Booleans, words: str, published: str) -> Iterable[Breach]:
    """The records with these distinct values, each with the terms that may be meant."""
    if not outside.any():
        return
    codes, found = data.distinct(place.variable)
    names = " or ".join(codelist.submission for codelist in place.lists)
    base = f"{words} {names} ({data.package.codelists.version})"
    base += f", the codelist of {place.parameter}" if place.parameter else ""
    messages = np.full(len(found), base, dtype=object)
    for position in np.flatnonzero(outside).tolist()[:_LOOKED_UP]:
        messages[position] = base + suggestion(str(found.iloc[position]), place.lists)
    wrong = data.where(place.variable, outside) & place.within(data)
    said = take(pd.Series(messages, dtype=TEXT), codes)
    yield from records(data, place.variable, wrong, said, published_of(published, place.parameter))
