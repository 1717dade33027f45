"""Objects of the document as plain data for YAML and back: only what differs from what goes without saying."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def plain(value: Any) -> Any:
    """An object as mappings and lists; fields that have their default are left out."""
    if is_dataclass(value):
        return {
            one.name: plain(getattr(value, one.name))
            for one in fields(value)
            if getattr(value, one.name) != one.default
        }
    return [plain(item) for item in cast(tuple[Any, ...], value)] if isinstance(value, tuple) else value


def beyond(value: Any, usual: Any) -> dict[str, Any]:
    """What an object says beyond, or other than, the usual one of its kind."""
    names = [one.name for one in fields(value)]
    return {name: plain(getattr(value, name)) for name in names if getattr(value, name) != getattr(usual, name)}


def completed(usual: T, said: Mapping[str, Any]) -> T:
    """The usual object with what is said of it; raises ValueError for what its kind has no place for."""
    return replace(usual, **_arguments(type(usual), said))  # pyright: ignore[reportArgumentType]


def restored(kind: type[T], said: Mapping[str, Any]) -> T:
    """An object from plain data; raises ValueError."""
    given = _arguments(kind, said)
    for one in fields(kind):  # pyright: ignore[reportArgumentType]
        if one.name not in given and one.default is MISSING:
            raise ValueError(f"{kind.__name__} has no {one.name}")
    return kind(**given)


def _arguments(kind: type[Any], said: Mapping[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    known = {one.name for one in fields(kind)}
    unknown = sorted(set(said) - known)
    if unknown:
        raise ValueError(f"{kind.__name__} has no {unknown[0]}; it has {', '.join(sorted(known))}")
    return {name: _value(hints[name], value) for name, value in said.items()}


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) in (Union, UnionType):
        return _value(next(option for option in get_args(hint) if option is not type(None)), value)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"expected a list, found {value!r}")
        return tuple(_value(get_args(hint)[0], item) for item in cast(list[Any], value))
    if is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise ValueError(f"expected a mapping, found {value!r}")
        return restored(cast(type[Any], hint), cast(Mapping[str, Any], value))
    return float(value) if hint is float else value
