"""The typed arguments of derivations, and what they refer to.

An argument model names columns by type: `Column` is a column of the record being derived, `Of` a column of the
`Source` that it stands in. So the order of derivations and the words of a method follow from the models alone,
with no code per derivation.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from specs import conditions
from specs.conditions import ALWAYS, Condition

if TYPE_CHECKING:
    from specs.resolved import Place

KeyPath = tuple[str | int, ...]
"""Keys and positions that lead to an argument, as the spec's file has them."""


@dataclass(frozen=True)
class Reference:
    """Marks a text argument as the name of a column."""

    to: Literal["own", "source"]


Column = Annotated[str, Reference("own")]
"""A column of the record being derived, or `DATASET.VARIABLE` by subject."""

Of = Annotated[str, Reference("source")]
"""A column of the source that the argument stands in."""

Where = Annotated[
    Condition,
    BeforeValidator(conditions.parse),
    WithJsonSchema({"type": "object", "description": "a condition"}),
]
"""A condition; its variables belong to the source if it stands in one, else to the record."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with arguments in a spec, though each of them can be read.

    `at`: the argument, from those that it is a fault of; `study`: the place in study.yaml, where the fault is there.
    """

    message: str
    found: str = ""
    known: tuple[str, ...] = ()
    at: KeyPath = ()
    study: KeyPath | None = None


class Arguments(BaseModel):
    """Base of all argument models: unknown arguments are errors, values are never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)

    def faults(self, place: Place) -> Iterable[Fault]:
        """What only the whole spec shows to be wrong; asked of nested arguments too when a spec is read."""
        return ()


class Source(Arguments):
    """Records of another dataset (upper case) or raw form (lower case) that meet a condition."""

    from_: str = Field(alias="from", description="a dataset (upper case) or a raw form")
    where: Where = Field(default=ALWAYS, description="which of its records")


class ColumnValue(Arguments):
    """The value of a column, where a constant could stand too."""

    column: Column


@dataclass(frozen=True)
class Use:
    """One column that arguments read: of a source, or (source None) of the record itself; `at`: where it stands."""

    source: Source | None
    name: str
    at: KeyPath = field(default=(), compare=False)


def uses(arguments: BaseModel, source: Source | None = None, at: KeyPath = ()) -> Iterator[Use]:
    """Every column that the arguments read, nested models included, in the order they stand."""
    if isinstance(arguments, Source):
        source = arguments
    for key, name, value in _items(arguments):
        info = type(arguments).model_fields[name]
        marked = next((part for part in info.metadata if isinstance(part, Reference)), None)
        yield from _walk(info.annotation, value, marked, source, (*at, key))


def sources(arguments: BaseModel) -> Iterator[Source]:
    """Every source that the arguments read, nested models included."""
    yield from (source for _, source in placed_sources(arguments))


def placed_sources(arguments: BaseModel) -> Iterator[tuple[KeyPath, Source]]:
    """Every source that the arguments read, and where it stands in them."""
    yield from ((at, part) for at, part in nested(arguments) if isinstance(part, Source))


def nested(value: object, at: KeyPath = ()) -> Iterator[tuple[KeyPath, BaseModel]]:
    """The arguments themselves and every model that they hold, each before what it holds, and where it stands."""
    if isinstance(value, BaseModel):
        yield at, value
        for key, _, part in _items(value):
            yield from nested(part, (*at, key))
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from nested(item, (*at, number))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from nested(item, (*at, str(key)))


def placed_conditions(arguments: BaseModel) -> Iterator[tuple[KeyPath, Source | None, Condition]]:
    """Every condition in the arguments: where it stands, and the source that it is about the records of, if of one."""
    holders = list(placed_sources(arguments))
    for place, part in nested(arguments):
        of = [source for at, source in holders if place[: len(at)] == at]
        for key, _, value in _items(part):
            if isinstance(value, conditions.Condition):
                yield (*place, key), of[-1] if of else None, value


def _items(arguments: BaseModel) -> Iterator[tuple[str, str, Any]]:
    """The fields of a model: the key in the spec's file, the name, the value."""
    for name, info in type(arguments).model_fields.items():
        yield info.alias or name, name, getattr(arguments, name)


def _walk(
    annotation: Any, value: object, marked: Reference | None, source: Source | None, at: KeyPath
) -> Iterator[Use]:
    if value is None:
        return
    if isinstance(value, BaseModel):
        yield from uses(value, source, at)
    elif isinstance(value, conditions.Condition):
        yield from (Use(source, name, at) for name in conditions.variables(value))
    elif isinstance(value, str):
        marked = marked or _mark(annotation)
        if marked:
            # a minus sign before a column says that an order descends
            yield Use(source if marked.to == "source" else None, value.removeprefix("-"), at)
    elif isinstance(value, Mapping):
        inner = get_args(_option(annotation, Mapping))
        for key, item in value.items():
            yield from _walk(inner[0] if inner else None, key, None, source, (*at, str(key)))
            yield from _walk(inner[1] if inner else None, item, None, source, (*at, str(key)))
    elif isinstance(value, Sequence):
        inner = get_args(_option(annotation, Sequence))
        for number, item in enumerate(value):
            yield from _walk(inner[0] if inner else None, item, None, source, (*at, number))


def _options(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from _options(option)
    else:
        yield annotation


def _option(annotation: Any, kind: type) -> Any:
    """The member of a union that is a container of the kind."""
    for option in _options(annotation):
        origin = get_origin(option)
        if isinstance(origin, type) and issubclass(origin, kind):
            return option
    return None


def _mark(annotation: Any) -> Reference | None:
    for option in _options(annotation):
        for part in getattr(option, "__metadata__", ()):
            if isinstance(part, Reference):
                return part
    return None
