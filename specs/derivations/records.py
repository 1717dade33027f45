"""Making records one to one: the records of a form or dataset, and constant tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from specs.arguments import Arguments, Of, Source
from specs.columns import NUMBER, TEXT
from specs.conditions import AllOf, Condition, evaluate, words
from specs.registry import describe, records
from specs.scope import Records, Scope
from specs.store import NOWHERE, Ints


class From(Source):
    """Arguments of from."""

    first: list[Of] = Field(default_factory=list, description="keep one record of each value of these columns")
    order: list[Of] = Field(default_factory=list, description="which is first; `-COLUMN` for the last")


def _from_sentence(args: From) -> str:
    text = f"Each record of {describe(Source.model_validate({'from': args.from_, 'where': args.where}))}"
    return f"{text}, one for each {', '.join(args.first)}" if args.first else text


@records("from", sentence=_from_sentence)
def from_source(scope: Scope, args: From) -> Records:
    """The records of a form or dataset that meet a condition, in their order; optionally the first of a group."""
    everything = Source.model_validate({"from": args.from_})
    order = [name.removeprefix("-") for name in args.order]
    names = [*dict.fromkeys([*_names(args.where), *args.first, *order])]
    rows = scope.rows(everything, names)
    kept, excluded = _excluded(rows, args.where)
    if args.first:
        first = first_rows(rows.loc[kept], ["_subject", *args.first], args.order)
        excluded[f"not the first of its {', '.join(args.first)}"] = len(kept) - len(first)
        kept = first
    scope.account(args, excluded, len(rows), len(kept))
    source = np.zeros(len(kept), dtype=np.int16)
    taken = rows.iloc[kept]
    return Records(taken["_subject"].to_numpy(), {}, (args.from_,), source, taken["_row"].to_numpy())


def _names(where: Condition) -> list[str]:
    from specs.conditions import variables

    return list(variables(where))


def _excluded(rows: pd.DataFrame, where: Condition) -> tuple[Ints, dict[str, int]]:
    """Positions kept, and how many records each part of the condition leaves out."""
    kept = np.ones(len(rows), dtype=bool)
    excluded: dict[str, int] = {}
    for item in where.items if isinstance(where, AllOf) else (where,):
        holds = evaluate(item, lambda name: rows[name], len(rows))
        left_out = int((kept & ~holds).sum())
        if left_out:
            excluded[f"not: {words(item)}"] = left_out
        kept &= holds
    return np.flatnonzero(kept), excluded


def first_rows(rows: pd.DataFrame, by: list[str], order: list[str]) -> Ints:
    """Index labels of the first row of each group in the order given, ties by position; in row order."""
    if order:
        names = [name.removeprefix("-") for name in order]
        ascending = [not name.startswith("-") for name in order]
        rows = rows.sort_values(names, ascending=ascending, kind="stable", na_position="last")
    first = rows.loc[~rows.duplicated(by)]
    return np.sort(first.index.to_numpy())


class Table(Arguments):
    """Arguments of table."""

    columns: list[str]
    rows: list[list[str | int | float | None]]


@records("table", sentence="As the spec lists them", produces=lambda args: tuple(args.columns))
def table(scope: Scope, args: Table) -> Records:
    """Records written out in the spec, for datasets of the study rather than of subjects."""
    frame = pd.DataFrame(args.rows, columns=args.columns, dtype=object)
    columns = {name: constant_list(frame[name].tolist()) for name in args.columns}
    return Records(np.full(len(frame), NOWHERE, dtype=np.int64), columns)


def constant_list(values: list[Any]) -> pd.Series:
    """Listed values as a column: numbers if all are, else text."""
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, (int, float)) for value in present):
        return pd.Series(values, dtype=NUMBER)
    return pd.Series([None if value is None else str(value) for value in values], dtype=TEXT)
