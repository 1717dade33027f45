"""The registry of derivations: a name of the language, its arguments, its function and its sentence.

    class StudyDay(Arguments):
        date: Column
        reference: Column = "DM.RFSTDTC"

    @variable("study_day", short="date", sentence="{date} minus {reference}, plus 1 on or after {reference}")
    def study_day(scope: Scope, args: StudyDay) -> pd.Series: ...

A `variable` derivation gives one value a record; a `records` derivation makes the records of a slice. The
sentence, filled with a spec's arguments, is the text of the method in define.xml.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel

from specs.arguments import Arguments, ColumnValue, Source
from specs.conditions import Condition, words
from specs.signatures import argument_model, check_words, refuse, standing
from specs.wording import counted, joined

if TYPE_CHECKING:
    import pandas as pd

    from specs.scope import Records, Scope

Kind = Literal["variable", "records"]
Over = Literal["rows", "dataset"]
Sentence = str | Callable[[Any], str]
Produces = tuple[str, ...] | Callable[[Any], tuple[str, ...]]


STUDY_MODULE = "oncdisc_study_"
"""How the name of a study's own module begins."""


@dataclass(frozen=True)
class Definition:
    """One word of the language."""

    name: str
    kind: Kind
    function: Callable[[Any, Any], Any]
    model: type[Arguments]
    short: str | None
    sentence: Sentence
    over: Over = "rows"
    produces: Produces = ()
    origin: str = "Derived"

    @property
    def of_study(self) -> bool:
        """Whether it is a study's own: of the module that its study.yaml names."""
        return self.function.__module__.startswith(STUDY_MODULE)

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().split("\n")[0]

    def bind(self, raw: object) -> Bound:
        """Read the arguments as a spec gives them; raises pydantic.ValidationError."""
        if self.short and not isinstance(raw, Mapping):
            raw = {self.short: raw}
        return Bound(self, self.model.model_validate({} if raw is None else raw))


@dataclass(frozen=True)
class Bound:
    """A derivation with a spec's arguments."""

    definition: Definition
    arguments: Arguments

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def produces(self) -> tuple[str, ...]:
        """The columns that a records derivation fills."""
        produces = self.definition.produces
        return produces if isinstance(produces, tuple) else produces(self.arguments)

    def sentence(self) -> str:
        """The derivation in words, its arguments filled in."""
        template = self.definition.sentence
        if not isinstance(template, str):
            return template(self.arguments)
        fields = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        values = {field: describe(getattr(self.arguments, field)) for field in fields}
        return template.format(**values)

    def run(self, scope: Scope) -> Any:
        return self.definition.function(scope, self.arguments)


def describe(value: object) -> str:
    """An argument in words: conditions and sources as sentences, lists joined by commas."""
    if value is None:
        return "nothing"
    if isinstance(value, Condition):
        return words(value)
    if isinstance(value, ColumnValue):
        return value.column
    if isinstance(value, Source):
        condition = words(value.where)
        return f"{value.from_} where {condition}" if condition else value.from_
    if isinstance(value, BaseModel):
        fields = ((name, getattr(value, name)) for name in type(value).model_fields)
        return ", ".join(f"{name} {describe(part)}" for name, part in fields if part is not None)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {describe(part)}" for key, part in cast(Mapping[str, object], value).items())
    if isinstance(value, (list, tuple)):
        return ", ".join(describe(part) for part in cast(list[object], value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def among(where: Condition) -> str:
    """` where …` after what a condition narrows; nothing where it does not."""
    condition = words(where)
    return f" where {condition}" if condition else ""


def in_order(names: Iterable[str]) -> str:
    """The columns of an order: `-AVAL` is `AVAL (highest first)`."""
    return ", ".join(f"{name[1:]} (highest first)" if name.startswith("-") else name for name in names)


def per_subject(by: Sequence[str]) -> str:
    """What has a record of its own: the subject, and what stands beside it."""
    return joined(["subject", *by])


def decimals(digits: int) -> str:
    """`a whole number`, `1 decimal`, `2 decimals`."""
    return counted(digits, "decimal") if digits else "a whole number"


_definitions: dict[tuple[Kind, str], Definition] = {}


def variable(
    name: str, *, sentence: Sentence, short: str | None = None, over: Over = "rows", origin: str = "Derived"
) -> Callable[[Callable[[Scope, Any], pd.Series]], Callable[[Scope, Any], pd.Series]]:
    """Register a derivation that gives one value a record.

    `over="dataset"`: it looks across records (a sequence, a flag), so at dataset level it runs once over all
    slices. `origin` is define.xml's origin type unless the spec says another.
    """

    def register(function: Callable[[Scope, Any], pd.Series]) -> Callable[[Scope, Any], pd.Series]:
        model = argument_model("variable", name, function)
        _register(Definition(name, "variable", function, model, short, sentence, over, (), origin))
        return function

    return register


def records(
    name: str, *, sentence: Sentence, produces: Produces = (), short: str | None = None
) -> Callable[[Callable[[Scope, Any], Records]], Callable[[Scope, Any], Records]]:
    """Register a derivation that makes the records of a slice.

    `produces` names the columns that it fills, or says of its arguments which they are.
    """

    def register(function: Callable[[Scope, Any], Records]) -> Callable[[Scope, Any], Records]:
        model = argument_model("records", name, function)
        _register(Definition(name, "records", function, model, short, sentence, "rows", produces))
        return function

    return register


def find(kind: Kind, name: str) -> Definition | None:
    """The definition of that name, if there is one."""
    return _definitions.get((kind, name))


def definitions(kind: Kind) -> tuple[Definition, ...]:
    """All definitions of a kind, by name."""
    return tuple(sorted((d for d in _definitions.values() if d.kind == kind), key=lambda d: d.name))


def forget(module: str) -> None:
    """Take out what a module has registered: before it is run again."""
    for key in [key for key, known in _definitions.items() if known.function.__module__ == module]:
        del _definitions[key]


def _register(definition: Definition) -> None:
    function = definition.function
    check_words(definition.name, function, definition.model, definition.short, definition.sentence)
    known = _definitions.get((definition.kind, definition.name))
    if known and (known.of_study or known.function.__module__ != function.__module__):
        file, line = standing(known.function)
        refuse(function, definition.name, "it is registered twice", f"{file}:{line}", "another name")
    _definitions[definition.kind, definition.name] = definition
