"""The words `term` and `decode`: collected text to submission values, and those to their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from pydantic import Field

from sdtm.terminology import map_terms
from specs import models
from specs.arguments import Arguments, Column
from specs.errors import UsageError
from specs.registry import variable
from specs.scope import Scope
from specs.terminology import Term, terminology

Find = Callable[[str], str | None]


class MapTerm(Arguments):
    """Arguments of term."""

    column: Column = Field(alias="from", description="the collected text")
    map: str | None = Field(None, description="a map of study.yaml, which goes before the codelist")
    codelist: str | None = Field(None, description="in place of the variable's own codelist")


def _sentence(args: MapTerm) -> str:
    return f"{args.column} mapped to its submission value" + (f" by {args.map}" if args.map else "")


@variable("term", short="column", sentence=_sentence, origin="Collected")
def term(scope: Scope, args: MapTerm) -> pd.Series:
    """Collected text as submission values: by a map of the study, then by the terms and synonyms of the codelist.

    Text that neither knows is reported; it is kept where the codelist may be extended, and left missing where not.
    """
    maps = scope.spec.study.maps
    if args.map is not None and args.map not in maps:
        raise UsageError(f"study.yaml has no map {args.map!r}; it has {', '.join(sorted(maps)) or 'none'}")
    known = _known(scope, args.codelist or _codelist_of(scope, scope.variable))
    if known is None and args.map is None:
        raise UsageError(f"{scope.dataset}.{scope.variable}: term needs a codelist or a map")
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


@variable("decode", short="column", sentence="The name that the codelist pairs with {column}")
def decode(scope: Scope, args: Decode) -> pd.Series:
    """The name that goes with each code (--TEST of --TESTCD); a code without one is reported."""
    name = args.codelist or _codelist_of(scope, args.column)
    if name is None:
        raise UsageError(f"{scope.dataset}.{scope.variable}: {args.column} has no codelist to take names from")
    study = scope.spec.study
    if name in study.codelists:
        listed = study.codelists[name].terms or {}
        names: dict[str, str | None] = {value: text or value for value, text in listed.items()}
    else:
        names = {item.value: item.decode for item in terminology(study.standards.ct).codelist(name).terms}
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
    assignment = made.assignments.get(name) if made else None
    own = assignment.attributes.codelist if assignment else None
    return own or (dataset.variables[name].codelist if name in dataset.variables else None)


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
