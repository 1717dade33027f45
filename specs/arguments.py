"""The typed arguments of derivations, and what they refer to.

An argument model names columns by type: `Column` is a column of the record being derived, `Of` a column of the
`Source` that it stands in. So the order of derivations and the words of a method follow from the models alone,
with no code per derivation.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from specs import conditions
from specs.conditions import ALWAYS, Condition


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


class Arguments(BaseModel):
    """Base of all argument models: unknown arguments are errors, values are never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


class Source(Arguments):
    """Records of another dataset (upper case) or raw form (lower case) that meet a condition."""

    from_: str = Field(alias="from", description="a dataset (upper case) or a raw form")
    where: Where = Field(default=ALWAYS, description="which of its records")


class ColumnValue(Arguments):
    """The value of a column, where a constant could stand too."""

    column: Column


@dataclass(frozen=True)
class Use:
    """One column that arguments read: of a source, or (source None) of the record itself."""

    source: Source | None
    name: str


def uses(arguments: BaseModel, source: Source | None = None) -> Iterator[Use]:
    """Every column that the arguments read, nested models included, in the order they stand."""
    if isinstance(arguments, Source):
        source = arguments
    for name, info in type(arguments).model_fields.items():
        value = getattr(arguments, name)
        marked = next((part for part in info.metadata if isinstance(part, Reference)), None)
        yield from _walk(info.annotation, value, marked, source)


def sources(arguments: BaseModel) -> Iterator[Source]:
    """Every source that the arguments read, nested models included."""
    if isinstance(arguments, Source):
        yield arguments
    for name in type(arguments).model_fields:
        yield from _nested_sources(getattr(arguments, name))


def _nested_sources(value: object) -> Iterator[Source]:
    if isinstance(value, BaseModel):
        yield from sources(value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _nested_sources(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _nested_sources(item)


def _walk(annotation: Any, value: object, marked: Reference | None, source: Source | None) -> Iterator[Use]:
    if value is None:
        return
    if isinstance(value, BaseModel):
        yield from uses(value, source)
    elif isinstance(value, conditions.Condition):
        yield from (Use(source, name) for name in conditions.variables(value))
    elif isinstance(value, str):
        marked = marked or _mark(annotation)
        if marked:
            # a minus sign before a column says that an order descends
            yield Use(source if marked.to == "source" else None, value.removeprefix("-"))
    elif isinstance(value, Mapping):
        inner = get_args(_option(annotation, Mapping))
        for key, item in value.items():
            yield from _walk(inner[0] if inner else None, key, None, source)
            yield from _walk(inner[1] if inner else None, item, None, source)
    elif isinstance(value, Sequence):
        inner = get_args(_option(annotation, Sequence))
        for item in value:
            yield from _walk(inner[0] if inner else None, item, None, source)


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
