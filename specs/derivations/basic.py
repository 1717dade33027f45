"""One value a record: copies, constants, conditions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from specs.arguments import Arguments, Column, ColumnValue, Where
from specs.coded import choose, constant_coded, empty_coded, is_text
from specs.columns import NUMBER, TEXT
from specs.conditions import Mask, words
from specs.numbers import number_text, text_numbers
from specs.registry import variable
from specs.scope import Scope

Value = str | int | float | ColumnValue


class Subject(Arguments):
    """No arguments: the subject is known from the record."""


@variable("subject", sentence="The subject's unique identifier, from the study's template", origin="Derived")
def subject(scope: Scope, args: Subject) -> pd.Series:
    """The USUBJID of each record, as `usubjid` in study.yaml builds it."""
    return scope.subjects.names(scope.subject)


class Copy(Arguments):
    """Arguments of copy."""

    column: Column = Field(description="the column to copy")


@variable("copy", short="column", sentence="{column}", origin="Collected")
def copy(scope: Scope, args: Copy) -> pd.Series:
    """A column as it is."""
    return scope.coded(args.column)


class Constant(Arguments):
    """Arguments of constant."""

    value: str | int | float = Field(description="the value of every record")


@variable("constant", short="value", sentence="Always {value}", origin="Assigned")
def constant(scope: Scope, args: Constant) -> pd.Series:
    """One value for every record."""
    return constant_column(args.value, len(scope))


class Blank(Arguments):
    """Arguments of blank."""

    expected: bool = Field(False, description="blank by design: nothing to report")


@variable("blank", sentence="Not collected: left blank", origin="Not Available")
def blank(scope: Scope, args: Blank) -> pd.Series:
    """A variable that the source does not hold: missing everywhere; a build reports it once."""
    return empty_coded(len(scope))


class Rule(Arguments):
    """One line of a case: a condition and the value where it holds."""

    when: Where
    then: Value | None = Field(description="a constant, {column: NAME}, or null")
    report: str | None = Field(None, description="a warning for each record that gets its value by this rule")


class Case(Arguments):
    """Arguments of case."""

    rules: list[Rule] = Field(min_length=1)
    otherwise: Value | None = None


def _case_sentence(args: Case) -> str:
    lines = [f"{_value_words(rule.then)} if {words(rule.when)}" for rule in args.rules]
    if args.otherwise is not None:
        lines.append(f"else {_value_words(args.otherwise)}")
    return "; ".join(lines)


def _value_words(value: Value | None) -> str:
    if value is None:
        return "blank"
    return value.column if isinstance(value, ColumnValue) else str(value)


@variable("case", short="rules", sentence=_case_sentence)
def case(scope: Scope, args: Case) -> pd.Series:
    """The value of the first rule whose condition holds; no rule: `otherwise`, else missing."""
    result = _value(scope, args.otherwise)
    masks = _first_met([scope.mask(rule.when) for rule in args.rules])
    for rule, mask in zip(args.rules, masks, strict=True):
        if rule.report:
            scope.report("value.rule", mask, rule.report, severity="warning")
        values = _value(scope, rule.then)
        if result is None:
            result = _missing_like(values, len(scope))
        result = choose(mask, _missing_like(result, len(scope)) if values is None else values, result)
    return empty_coded(len(scope)) if result is None else result


def _first_met(masks: list[Mask]) -> list[Mask]:
    """Where each rule is the first that holds."""
    earlier = np.zeros_like(masks[0])
    first: list[Mask] = []
    for mask in masks:
        first.append(mask & ~earlier)
        earlier |= mask
    return first


def _value(scope: Scope, value: Value | None) -> pd.Series | None:
    if value is None:
        return None
    return scope.coded(value.column) if isinstance(value, ColumnValue) else constant_column(value, len(scope))


def _missing_like(values: pd.Series | None, length: int) -> pd.Series:
    if values is None or is_text(values):
        return empty_coded(length)
    return pd.Series([None] * length, dtype=values.dtype)


def constant_column(value: str | int | float, length: int) -> pd.Series:
    """A column of one value: coded text for text, float for numbers."""
    if isinstance(value, str):
        return constant_coded(value, length)
    return pd.Series(np.full(length, float(value)), dtype=NUMBER)


class Coalesce(Arguments):
    """Arguments of coalesce."""

    columns: list[Column] = Field(min_length=1, description="in order of preference")


@variable("coalesce", short="columns", sentence="The first of {columns} that is not missing")
def coalesce(scope: Scope, args: Coalesce) -> pd.Series:
    """The first column that is not missing."""
    result = scope.coded(args.columns[0])
    for name in args.columns[1:]:
        result = choose(result.notna().to_numpy(dtype=bool), result, scope.coded(name))
    return result


class NumberText(Arguments):
    """Arguments of number_text."""

    column: Column
    decimals: int | None = Field(None, description="decimals to show; none: as many as needed")


@variable("number_text", short="column", sentence="{column} as text")
def number_as_text(scope: Scope, args: NumberText) -> pd.Series:
    """A number as text, without trailing zeros unless decimals are asked for."""
    values = scope.coded(args.column)
    numbers = text_numbers(values) if is_text(values) else pd.to_numeric(values, errors="coerce")
    unreadable = (numbers.isna() & values.notna()).to_numpy(bool)
    scope.report("value.number", unreadable, "not a number: left missing", value=values)
    return number_text(numbers, args.decimals)


class Number(Arguments):
    """Arguments of number."""

    column: Column


@variable("number", short="column", sentence="{column} as a number")
def number(scope: Scope, args: Number) -> pd.Series:
    """Text as a number; what is none is missing and reported."""
    values = scope.coded(args.column)
    numbers = text_numbers(values) if is_text(values) else pd.to_numeric(values, errors="coerce").astype(NUMBER)
    unreadable = (numbers.isna() & values.notna()).to_numpy(bool)
    scope.report("value.number", unreadable, "not a number", value=values)
    return numbers


class Piece(Arguments):
    """Arguments of piece."""

    text: Column = Field(description="a variable declared `long`")
    number: int = Field(ge=1, description="1 is the piece after the one that stands in the variable")


@variable("piece", sentence="{text} where it goes on after 200 bytes, piece {number}, cut at word ends")
def piece(scope: Scope, args: Piece) -> pd.Series:
    """Where long text goes on; `long` makes these variables by itself."""
    rest = scope.rest(args.text)
    mine = rest.loc[rest["number"] == args.number]
    return mine.set_index("row")["text"].reindex(range(len(scope))).astype(TEXT).reset_index(drop=True)
