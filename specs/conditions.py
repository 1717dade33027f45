"""Conditions as data: what selects records, parameters and value-level metadata.

A condition is read from YAML (never evaluated as code) into a small tree. Its plain form, an AND of
variable-comparator-constants, becomes a WhereClauseDef of define.xml as it is; its extension (any / all,
missing, another variable on the right) becomes words.

Missing values: comparisons with a missing value are false, NE and NOTIN are true, as in SAS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs.coded import is_coded, mask_by_value, plain

Comparator = Literal["EQ", "NE", "LT", "LE", "GT", "GE", "IN", "NOTIN"]
Constant = str | int | float
Mask = npt.NDArray[np.bool_]
COMPARATORS: tuple[str, ...] = get_args(Comparator)

_WORDS = {
    "EQ": "is", "NE": "is not", "LT": "is before or below", "LE": "is at most", "GT": "is after or above",
    "GE": "is at least", "IN": "is one of", "NOTIN": "is none of",
}  # fmt: skip
_SYMBOLS = {"EQ": "=", "NE": "≠", "LT": "<", "LE": "≤", "GT": ">", "GE": "≥", "IN": "in", "NOTIN": "not in"}


@dataclass(frozen=True)
class Compare:
    """A variable against constants."""

    variable: str
    comparator: Comparator
    values: tuple[Constant, ...]


@dataclass(frozen=True)
class CompareVariable:
    """A variable against another variable of the same record."""

    variable: str
    comparator: Comparator
    other: str


@dataclass(frozen=True)
class Missing:
    """A variable that is blank, or that is not (`missing: false`)."""

    variable: str
    missing: bool = True


@dataclass(frozen=True)
class AllOf:
    """Every one of the items holds."""

    items: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one of the items holds."""

    items: tuple[Condition, ...]


Condition = Compare | CompareVariable | Missing | AllOf | AnyOf
ALWAYS = AllOf(())


def parse(value: object) -> Condition:
    """A condition from plain YAML data.

    `{A: x}` is EQ, `{A: [x, y]}` IN, `{A: {GE: 5}}` any comparator, `{A: {LE: {variable: B}}}` another
    variable, `{A: missing}` and `{A: {missing: false}}` blanks; `any:` and `all:` hold lists of conditions.
    Raises ValueError with what was found and expected.
    """
    if isinstance(value, get_args(Condition)):
        return cast(Condition, value)
    if not isinstance(value, dict):
        raise ValueError(f"a condition is a mapping of variables, found {value!r}")
    items = tuple(item for key, right in cast(dict[str, Any], value).items() for item in _item(key, right))
    return items[0] if len(items) == 1 else AllOf(items)


def _item(key: str, right: object) -> Iterator[Condition]:
    if key in ("any", "all"):
        if not isinstance(right, list):
            raise ValueError(f"'{key}' holds a list of conditions, found {right!r}")
        nested = tuple(parse(part) for part in cast(list[object], right))
        yield AnyOf(nested) if key == "any" else AllOf(nested)
    elif right == "missing" or right is None:
        yield Missing(key)
    elif isinstance(right, list):
        yield Compare(key, "IN", _constants(key, cast(list[object], right)))
    elif isinstance(right, dict):
        for comparator, operand in cast(dict[str, Any], right).items():
            yield _comparison(key, comparator, operand)
    else:
        yield Compare(key, "EQ", _constants(key, [right]))


def _comparison(key: str, comparator: str, operand: object) -> Condition:
    if comparator == "missing":
        if not isinstance(operand, bool):
            raise ValueError(f"{key}: missing is true or false, found {operand!r}")
        return Missing(key, operand)
    if comparator not in COMPARATORS:
        raise ValueError(f"{key}: unknown comparator {comparator!r}, expected one of {', '.join(COMPARATORS)}")
    known = cast(Comparator, comparator)
    if isinstance(operand, dict):
        parts = cast(dict[str, object], operand)
        if set(parts) != {"variable"}:
            raise ValueError(f"{key}: the right side is a constant or {{variable: NAME}}, found {operand!r}")
        return CompareVariable(key, known, str(parts["variable"]))
    if comparator in ("IN", "NOTIN") and not isinstance(operand, list):
        raise ValueError(f"{key}: {comparator} needs a list, found {operand!r}")
    values = cast(list[object], operand) if isinstance(operand, list) else [operand]
    return Compare(key, known, _constants(key, values))


def _constants(key: str, values: list[object]) -> tuple[Constant, ...]:
    wrong = [value for value in values if isinstance(value, bool) or not isinstance(value, (str, int, float))]
    if wrong:
        raise ValueError(f"{key}: constants are text or numbers, found {wrong[0]!r}")
    return tuple(cast(list[Constant], values))


def variables(condition: Condition) -> tuple[str, ...]:
    """The variables a condition reads, each once, in order."""
    return tuple(dict.fromkeys(_variables(condition)))


def _variables(condition: Condition) -> Iterator[str]:
    if isinstance(condition, (AllOf, AnyOf)):
        for item in condition.items:
            yield from _variables(item)
        return
    yield condition.variable
    if isinstance(condition, CompareVariable):
        yield condition.other


def is_plain(condition: Condition) -> bool:
    """Whether the condition is an AND of comparisons with constants: what a WhereClauseDef can say."""
    if isinstance(condition, AllOf):
        return all(isinstance(item, Compare) for item in condition.items)
    return isinstance(condition, Compare)


def every_comparison(condition: Condition) -> Iterator[Compare]:
    """All comparisons with constants, those that need not hold together among them."""
    if isinstance(condition, (AllOf, AnyOf)):
        for item in condition.items:
            yield from every_comparison(item)
    elif isinstance(condition, Compare):
        yield condition


def comparisons(condition: Condition) -> tuple[Compare, ...]:
    """The constants-only comparisons that must all hold (what a slice or a where clause can be matched by)."""
    items = condition.items if isinstance(condition, AllOf) else (condition,)
    return tuple(item for item in items if isinstance(item, Compare))


def evaluate(condition: Condition, column: Callable[[str], pd.Series], length: int) -> Mask:
    """The rows for which the condition holds; `column` gives a variable's values, all of `length`."""
    if isinstance(condition, AllOf):
        result = np.ones(length, dtype=bool)
        for item in condition.items:
            result &= evaluate(item, column, length)
        return result
    if isinstance(condition, AnyOf):
        result = np.zeros(length, dtype=bool)
        for item in condition.items:
            result |= evaluate(item, column, length)
        return result
    values = column(condition.variable)
    if isinstance(condition, Missing):
        return _array(values.isna() == condition.missing)
    if isinstance(condition, CompareVariable):
        return _compare(plain(values), condition.comparator, plain(column(condition.other)))
    if is_coded(values):
        missing = condition.comparator in ("NE", "NOTIN")
        return mask_by_value(values, lambda texts: _compare_constants(texts, condition), missing)
    return _compare_constants(values, condition)


def _array(mask: pd.Series) -> Mask:
    return mask.to_numpy(dtype=bool, na_value=False)


def _compare_constants(values: pd.Series, condition: Compare) -> Mask:
    kind, constants = condition.comparator, condition.values
    if any(not isinstance(constant, str) for constant in constants) and not pd.api.types.is_numeric_dtype(values):
        values = pd.to_numeric(values, errors="coerce")
    elif pd.api.types.is_datetime64_any_dtype(values):
        constants = tuple(np.datetime64(str(constant), "s") for constant in constants)
    elif pd.api.types.is_numeric_dtype(values):
        constants = tuple(float(constant) for constant in constants)
    if kind in ("IN", "NOTIN"):
        inside = _array(values.isin(list(constants)))
        return inside if kind == "IN" else ~inside
    return _compare(values, kind, constants[0])


def _compare(left: pd.Series, comparator: str, right: Any) -> Mask:
    if comparator == "NE":
        return ~_array(left == right)
    operations: dict[str, Callable[[], Any]] = {
        "EQ": lambda: left == right, "LT": lambda: left < right, "LE": lambda: left <= right,
        "GT": lambda: left > right, "GE": lambda: left >= right,
    }  # fmt: skip
    return _array(operations[comparator]())


def words(condition: Condition) -> str:
    """The condition as a reader says it: `PARAMCD is PD and AVALC is Y`."""
    if isinstance(condition, AllOf):
        return " and ".join(_nested(item) for item in condition.items)
    if isinstance(condition, AnyOf):
        return " or ".join(_nested(item) for item in condition.items)
    if isinstance(condition, Missing):
        return f"{condition.variable} is {'' if condition.missing else 'not '}missing"
    word = (
        _WORDS[condition.comparator]
        if condition.comparator in ("EQ", "NE", "IN", "NOTIN")
        else _SYMBOLS[condition.comparator]
    )
    if isinstance(condition, CompareVariable):
        return f"{condition.variable} {word} {condition.other}"
    return f"{condition.variable} {word} {', '.join(map(str, condition.values))}"


def _nested(condition: Condition) -> str:
    text = words(condition)
    return f"({text})" if isinstance(condition, (AllOf, AnyOf)) and len(condition.items) > 1 else text
