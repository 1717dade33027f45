"""Words that make text out of text: `concatenate`, `substring`, `pattern`, `upper`."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field

from sdtm import text as kernel
from sdtm.mapped import spread
from sdtm.patterns import check
from specs.arguments import Arguments, Column
from specs.coded import by_value, split
from specs.registry import variable
from specs.scope import Scope


def _readable(expression: str) -> str:
    check(expression)
    return expression


Expression = Annotated[str, AfterValidator(_readable)]


class Concatenate(Arguments):
    """Arguments of concatenate."""

    columns: list[Column] = Field(min_length=1, description="text columns, in order")
    separator: str = Field("", description="what stands between two values")


@variable("concatenate", short="columns", sentence="{columns}, joined by '{separator}'")
def concatenate(scope: Scope, args: Concatenate) -> pd.Series:
    """The columns' texts one after another; what is missing is left out, its separator too."""
    return kernel.concatenate([scope.column(name) for name in args.columns], args.separator)


class Substring(Arguments):
    """Arguments of substring."""

    column: Column
    start: int = Field(1, ge=1, description="the first character, from 1")
    length: int | None = Field(None, ge=1, description="how many characters; none: to the end")


def _substring_sentence(args: Substring) -> str:
    end = "to the end" if args.length is None else f"to {args.start + args.length - 1}"
    return f"Characters {args.start} {end} of {args.column}"


@variable("substring", sentence=_substring_sentence)
def substring(scope: Scope, args: Substring) -> pd.Series:
    """Some characters of a text, missing where it is too short to have them."""
    return by_value(scope.coded(args.column), lambda texts: kernel.substring(texts, args.start, args.length))


class Pattern(Arguments):
    """Arguments of pattern."""

    column: Column
    pattern: Expression = Field(description="a regular expression; its first named group, else all it matches")
    optional: bool = Field(False, description="text that it does not match is no fault")


@variable("pattern", sentence="The part of {column} that matches {pattern}")
def pattern(scope: Scope, args: Pattern) -> pd.Series:
    """The part of a text that a regular expression finds; text without a match is reported."""
    collected = scope.coded(args.column)
    codes, texts = split(collected)
    mapped = spread(kernel.pattern(texts, args.pattern), codes, collected)
    if not args.optional:
        scope.report("value.pattern", mapped.failed, f"does not match {args.pattern}: left missing", value=collected)
    return mapped.values


class Upper(Arguments):
    """Arguments of upper."""

    column: Column


@variable("upper", short="column", sentence="{column} in upper case")
def upper(scope: Scope, args: Upper) -> pd.Series:
    """Text in upper case."""
    return by_value(scope.coded(args.column), kernel.upper)
