"""A derivation as the spec writes it, for the formal expression of a method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel

from specs.conditions import AllOf, AnyOf, Compare, CompareVariable, Condition, Missing
from specs.registry import Bound

CONTEXT = "oncdisc"
"""The language of the expression, as define.xml names it."""


def expression(bound: Bound) -> str:
    """The derivation in the spec's own notation: `study_day: {date: AESTDTC, reference: DM.RFSTDTC}`."""
    return _flow({bound.name: _plain(bound.arguments)})[1:-1]


def _flow(value: object) -> str:
    import yaml

    written: str = yaml.dump(
        value, Dumper=yaml.CSafeDumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=1 << 30
    )
    return written.strip()


def _plain(value: object) -> Any:
    """Arguments as the data that the spec's file holds; what is not set is left out."""
    if isinstance(value, Condition):
        return _condition(value)
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        set_fields = [name for name in fields if name in value.model_fields_set]
        return {fields[name].alias or name: _plain(getattr(value, name)) for name in set_fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in cast(Mapping[object, object], value).items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in cast(list[object], value)]
    return value


def _condition(condition: Condition) -> Any:
    if isinstance(condition, AnyOf):
        return {"any": [_condition(item) for item in condition.items]}
    if isinstance(condition, AllOf):
        return {"all": [_condition(item) for item in condition.items]} if condition.items else {}
    if isinstance(condition, Missing):
        return {condition.variable: "missing" if condition.missing else {"missing": False}}
    if isinstance(condition, CompareVariable):
        return {condition.variable: {condition.comparator: {"variable": condition.other}}}
    return {condition.variable: _constants(condition)}


def _constants(condition: Compare) -> Any:
    values = list(condition.values)
    if condition.comparator == "EQ":
        return values[0]
    if condition.comparator == "IN":
        return values
    return {condition.comparator: values if condition.comparator == "NOTIN" else values[0]}
