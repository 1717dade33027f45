"""The words `term` and `decode`: collected text to submission values, and those to their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd
from pydantic import Field

from sdtm.terminology import map_terms
from specs import models
from specs.arguments import Arguments, Column, Fault
from specs.registry import variable
from specs.resolved import Place
from specs.scope import Scope
from specs.terminology import Term, terminology

Find = Callable[[str], str | None]


class MapTerm(Arguments):
    """Arguments of term."""

    column: Column = Field(alias="from", description="the collected text")
    map: str | None = Field(None, description="a map of study.yaml, which goes before the codelist")
    codelist: str | None = Field(None, description="in place of the variable's own codelist")

    def faults(self, place: Place) -> Iterator[Fault]:
        maps = place.spec.study.maps
        if self.map is not None and self.map not in maps:
            yield Fault("study.yaml has no map of that name", self.map, tuple(sorted(maps)) or ("none",), ("map",))
        if self.map is None and self.codelist is None and not _own_codelist(place, place.variable):
            yield Fault("a codelist or a map is needed: the variable has none", known=("codelist", "map"))
        yield from _unknown_codelist(place, self.codelist)


def _sentence(args: MapTerm) -> str:
    return f"{args.column} mapped to its submission value" + (f" by {args.map}" if args.map else "")


@variable("term", short="column", sentence=_sentence, origin="Collected")
def term(scope: Scope, args: MapTerm) -> pd.Series:
    """Collected text as submission values: by a map of the study, then by the terms and synonyms of the codelist.

    Text that neither knows is reported; it is kept where the codelist may be extended, and left missing where not.
    """
    maps = scope.spec.study.maps
    known = _known(scope, args.codelist or _codelist_of(scope, scope.variable))
    collected = scope.coded(args.column)
    find, extensible = (known.find, known.extensible) if known else (None, False)
    mapped = map_terms(collected, maps[args.map] if args.map else None, find, extensible=extensible)
    places = [*([f"codelist {known.name}"] if known else []), *([f"map {args.map}"] if args.map else [])]
    ending = "kept as collected" if extensible else "left missing"
    message = f"not a term of {' or '.join(places)}: {ending}"
    scope.report("value.term", mapped.failed, message, value=collected, severity="warning" if extensible else "error")
    return mapped.values


class Decode(Arguments):
    """Arguments of decode."""

    column: Column = Field(alias="from", description="a variable that holds codes, such as --TESTCD")
    codelist: str | None = Field(None, description="in place of that variable's own codelist")

    def faults(self, place: Place) -> Iterator[Fault]:
        if self.codelist is None and not _own_codelist(place, self.column):
            yield Fault("it has no codelist to take names from", self.column, ("codelist",))
        yield from _unknown_codelist(place, self.codelist)


@variable("decode", short="column", sentence="The name that the codelist pairs with {column}")
def decode(scope: Scope, args: Decode) -> pd.Series:
    """The name that goes with each code (--TEST of --TESTCD); a code without one is reported."""
    name = args.codelist or _codelist_of(scope, args.column)
    study = scope.spec.study
    if name in study.codelists:
        listed = study.codelists[name].terms or {}
        names: dict[str, str | None] = {value: text or value for value, text in listed.items()}
    else:
        names = {item.value: item.decode for item in terminology(study.standards.ct).codelist(name or "").terms}
    codes = scope.coded(args.column)
    mapped = map_terms(codes, names)
    scope.report("value.term", mapped.failed, f"not a term of codelist {name}: its name is not known", value=codes)
    return mapped.values


@dataclass(frozen=True)
class _Known:
    name: str
    find: Find
    extensible: bool


def _codelist_of(scope: Scope, name: str) -> str | None:
    """The codelist of a variable of the dataset, in this slice if the slice says another."""
    dataset = scope.spec.datasets[scope.dataset]
    made = dataset.slices.get(scope.slice)
    if made is not None:
        return _own_codelist(Place(scope.spec, dataset, made), name)
    return dataset.variables[name].codelist if name in dataset.variables else None


def _own_codelist(place: Place, name: str) -> str | None:
    """The codelist of a variable: what the slice says of it, else the dataset."""
    variables = place.dataset.variables
    return place.dataset.codelist_of(place.part.id, name) if name in variables else None


def _unknown_codelist(place: Place, name: str | None) -> Iterator[Fault]:
    study = place.spec.study
    listed = terminology(study.standards.ct)
    if name is not None and name not in study.codelists and name not in listed:
        yield Fault("no codelist of that name", name, (*study.codelists, *listed.codelists), ("codelist",))


def _known(scope: Scope, name: str | None) -> _Known | None:
    if name is None:
        return None
    study = scope.spec.study
    if name in study.codelists:
        return _of_study(scope, name, study.codelists[name])
    found = terminology(study.standards.ct).codelist(name)
    return _Known(name, _values(found.find), found.extensible)


def _of_study(scope: Scope, name: str, listed: models.Codelist) -> _Known:
    """A codelist of the study is closed; one that names what it extends also knows that list's synonyms."""
    terms = listed.terms or {}
    names = {text.casefold(): value for value, decode in terms.items() for text in (decode or value, value)}
    base = terminology(scope.spec.study.standards.ct).codelist(listed.extends).find if listed.extends else None

    def find(text: str) -> str | None:
        known = base(text) if base else None
        if known is not None and known.value in terms:
            return known.value
        return names.get(text.casefold())

    return _Known(name, find, listed.dictionary is not None)


def _values(find: Callable[[str], Term | None]) -> Find:
    def value(text: str) -> str | None:
        found = find(text)
        return found.value if found else None

    return value
