"""The language's reference, written from the registry: each derivation, its arguments and its sentence."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator

from specs import registry
from specs.arguments import ColumnValue, Reference
from specs.conditions import ALWAYS
from specs.design import Design
from specs.registry import Definition, Kind

_ROOMS = ("specs", "sdtm", "adam")
_WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false"}

_KINDS: dict[Kind, tuple[str, str]] = {
    "variable": ("Variables", "One value for each record of a slice."),
    "records": ("Records", "The records of a slice."),
}


def reference() -> str:
    """All registered derivations as Markdown."""
    lines = [
        "# The words of the language",
        "",
        "Every derivation a spec can name, from the code itself: `oncdisc spec words` prints this page.",
        "A *column* is one of the record being derived (the dataset's own variable, else the source's column, or",
        "`DATASET.VARIABLE` by subject); a *source column* belongs to the `from` beside it.",
    ]
    for kind, (title, what) in _KINDS.items():
        lines += ["", f"## {title}", "", what]
        for definition in _shipped(kind):
            lines += ["", *_entry(definition)]
    return "\n".join(lines) + "\n"


def design_keys() -> str:
    """The keys of `design` in study.yaml as a table, from its models; what must be given is bold."""
    lines = ["| key | entries |", "|---|---|"]
    for name, info in Design.model_fields.items():
        inner = next((part for part in (*get_args(info.annotation), info.annotation) if _is_model(part)), None)
        fields = inner.model_fields.items() if inner else ()
        keys = ", ".join(f"**`{key}`**" if field.is_required() else f"`{key}`" for key, field in fields)
        lines.append(f"| `{name}` | {'; '.join(filter(None, [info.description, keys]))} |")
    return "\n".join(lines)


def _is_model(part: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _shipped(kind: Kind) -> Iterator[Definition]:
    """The words of the package's own rooms: a study's module may have registered more."""
    for definition in registry.definitions(kind):
        if definition.function.__module__.split(".")[0] in _ROOMS:
            yield definition


def _entry(definition: Definition) -> Iterator[str]:
    yield f"### `{definition.name}`"
    yield ""
    yield inspect.cleandoc(definition.function.__doc__ or "")
    if isinstance(definition.sentence, str):
        yield from ("", f"> {definition.sentence}")
    short = f" · short form: `{{{definition.name}: {definition.short}}}`" if definition.short else ""
    yield from ("", f"`{definition.function.__module__}`{short}")
    if isinstance(definition.produces, tuple) and definition.produces:
        yield from ("", f"Produces {', '.join(f'`{name}`' for name in definition.produces)}.")
    nested: list[type[BaseModel]] = []
    yield from _arguments(definition.model, nested)
    for model in nested:  # grows while it is read: a nested model may nest others
        yield from ("", f"`{model.__name__}`: {_summary(model)}")
        yield from _arguments(model, nested)


def _summary(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "").split("\n")[0]


def _arguments(model: type[BaseModel], nested: list[type[BaseModel]]) -> Iterator[str]:
    if not model.model_fields:
        return
    yield from ("", "| argument | kind | default | meaning |", "|---|---|---|---|")
    for name, info in model.model_fields.items():
        default = "required" if info.is_required() else _shown(info.get_default(call_default_factory=True))
        kind = _kind(info.annotation, info.metadata, nested)
        yield f"| `{info.alias or name}` | {kind} | {default} | {info.description or ''} |"


def _kind(annotation: Any, metadata: Sequence[object], nested: list[type[BaseModel]]) -> str:
    """An argument's type as a person says it; models found on the way are noted."""
    reference = next((part for part in metadata if isinstance(part, Reference)), None)
    if reference is not None:
        return "column" if reference.to == "own" else "source column"
    if any(isinstance(part, BeforeValidator) for part in metadata):
        return "condition"
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(inner[0], inner[1:], nested)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_kind(part, (), nested) for part in inner if part is not type(None)))
    if origin in (list, tuple):
        return f"list of {_kind(inner[0], (), nested)}"
    if origin is dict:
        return f"mapping of {_kind(inner[0], (), nested)} to {_kind(inner[1], (), nested)}"
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inner)
    if isinstance(annotation, type) and issubclass(annotation, ColumnValue):
        return "{column: NAME}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in nested:
            nested.append(annotation)
        return f"`{annotation.__name__}`"
    return _WORDS.get(annotation, str(annotation))


def _shown(value: object) -> str:
    if value in (None, [], {}, ()) or value == ALWAYS:
        return ""
    return f"`{value}`"
