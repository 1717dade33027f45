"""Values from other datasets and forms: by subject, or by any columns that match."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from specs.arguments import Column, Of, Source
from specs.columns import constant_text
from specs.registry import describe, variable
from specs.scope import Scope, Seen
from specs.store import NOWHERE, Ints, take


class Lookup(Source):
    """Arguments of lookup."""

    value: Of = Field(description="the column to take")
    by: dict[Of, Column] = Field(default_factory=dict, description="source column: own column; the subject always")
    take: str | None = Field(None, pattern="^(first|last)$", description="which, if there may be several")
    order: list[Of] = Field(default_factory=list, description="what first and last mean; default: the value")


def _sentence(args: Lookup) -> str:
    source = describe(Source.model_validate({"from": args.from_, "where": args.where}))
    by = "".join(f" and {theirs} equal to {mine}" for theirs, mine in args.by.items())
    which = f"The {args.take} " if args.take else ""
    order = f", in the order of {', '.join(args.order)}" if args.order else ""
    return f"{which}{args.value} of {source} of the same subject{by}{order}"


@variable("lookup", sentence=_sentence)
def lookup(scope: Scope, args: Lookup) -> pd.Series:
    """A column of another dataset or form, of the record of the same subject and matching columns.

    Several matches without `take` are reported; then the first is taken.
    """
    order = [name.removeprefix("-") for name in args.order] or ([args.value] if args.take else [])
    rows = scope.rows(args, list(dict.fromkeys([args.value, *args.by, *order])))
    if args.take:
        rows = rows.loc[rows[args.value].notna()]
    if order and args.take:
        rows = rows.sort_values(order, kind="stable", na_position="first" if args.take == "last" else "last")
    if args.take == "last":
        rows = rows.iloc[::-1]
    keys = ["_subject", *args.by]
    several = rows.loc[rows.duplicated(keys, keep=False)] if not args.take else rows.iloc[:0]
    rows = rows.loc[~rows.duplicated(keys)].reset_index(drop=True)
    match = positions(scope, rows, args.by)
    if len(several):
        _report_several(scope, args, several.reset_index(drop=True))
    found = np.flatnonzero(match >= 0)
    scope.trace(Seen(found, args.from_, rows["_row"].to_numpy()[match[found]]))
    return take(rows[args.value], match)


def _report_several(scope: Scope, args: Lookup, several: pd.DataFrame) -> None:
    """Report the records of the scope that several of the source match, naming those: `several` holds no others."""
    keys = ["_subject", *args.by]
    firsts = several.loc[~several.duplicated(keys)].reset_index(drop=True)
    match = positions(scope, firsts, args.by)
    group = several.groupby(keys, sort=False, dropna=False).ngroup().to_numpy(np.int64)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(len(firsts) + 1))
    ids = several["_row"].to_numpy(np.int64)[order]

    def messages(shown: Ints) -> list[str]:
        matched = (ids[starts[one] : starts[one + 1]] for one in match[shown].tolist())
        return [
            f"{scope.source_records(args.from_, rows)} match: {args.value} is taken from the first" for rows in matched
        ]

    scope.report("lookup.multiple", match >= 0, messages, value=take(firsts[args.value], match))


def positions(scope: Scope, rows: pd.DataFrame, by: dict[str, str]) -> Ints:
    """For each record of the scope the position of its row (unique by subject and `by`), NOWHERE if none."""
    mine = pd.DataFrame({"_subject": scope.subject})
    for theirs, own in by.items():
        mine[theirs] = scope.column(own)
    keys = ["_subject", *by]
    numbered = rows[keys].assign(_position=np.arange(len(rows)))
    merged = mine.merge(numbered, on=keys, how="left", sort=False)
    return merged["_position"].fillna(NOWHERE).to_numpy(dtype=np.int64)


class Exists(Source):
    """Arguments of exists."""

    by: dict[Of, Column] = Field(default_factory=dict, description="source column: own column; the subject always")
    true: str = Field("Y", description="value where a record is there")
    false: str | None = Field(None, description="value where none is")


def _exists_sentence(args: Exists) -> str:
    source = describe(Source.model_validate({"from": args.from_, "where": args.where}))
    otherwise = f", else {args.false}" if args.false is not None else ", else blank"
    return f"{args.true} if the subject has a record of {source}{otherwise}"


@variable("exists", sentence=_exists_sentence)
def exists(scope: Scope, args: Exists) -> pd.Series:
    """A flag: whether another dataset or form has a record of the subject that meets a condition."""
    rows = scope.rows(args, list(args.by))
    keys = ["_subject", *args.by]
    rows = rows.loc[~rows.duplicated(keys)].reset_index(drop=True)
    match = positions(scope, rows, args.by)
    there = pd.Series(match >= 0)
    found = np.flatnonzero(match >= 0)
    scope.trace(Seen(found, args.from_, rows["_row"].to_numpy()[match[found]]))
    result = constant_text(args.true, len(scope))
    if args.false is None:
        return result.where(there)
    return result.where(there, constant_text(args.false, len(scope)))


class Count(Source):
    """Arguments of count."""


@variable("count", sentence=lambda args: f"Number of records of {describe(args)} of the subject")
def count(scope: Scope, args: Count) -> pd.Series:
    """How many records of another dataset or form a subject has."""
    rows = scope.rows(args)
    _note_all(scope, args, rows)
    counts = np.bincount(rows["_subject"].to_numpy(), minlength=len(scope.subjects))
    return pd.Series(counts[scope.subject].astype("float64"))


class Aggregate(Source):
    """Arguments of aggregate."""

    value: Of
    how: str = Field(pattern="^(sum|min|max|mean)$")


_HOW = {"sum": "Sum", "min": "Smallest", "max": "Largest", "mean": "Mean"}


def _aggregate_sentence(args: Aggregate) -> str:
    source = describe(Source.model_validate({"from": args.from_, "where": args.where}))
    return f"{_HOW[args.how]} of {args.value} over the subject's records of {source}"


@variable("aggregate", sentence=_aggregate_sentence)
def aggregate(scope: Scope, args: Aggregate) -> pd.Series:
    """Sum, smallest, largest or mean of a numeric column over the subject's records; none: missing."""
    rows = scope.rows(args, [args.value])
    _note_all(scope, args, rows)
    values = pd.to_numeric(rows[args.value], errors="coerce")
    grouped = values.groupby(rows["_subject"].to_numpy())
    result = grouped.sum(min_count=1) if args.how == "sum" else grouped.agg(args.how)
    return result.reindex(scope.subject).astype("float64").reset_index(drop=True)


def _note_all(scope: Scope, args: Source, rows: pd.DataFrame) -> None:
    """Note every record that a value by subject comes from.

    Of a dataset with many records a subject they would be as many as the product of both: there they stay unsaid.
    """
    if not scope.spec.datasets[scope.dataset].one_per_subject:
        return
    own = pd.DataFrame({"_subject": scope.subject, "_place": np.arange(len(scope))})
    both = own.merge(rows[["_subject", "_row"]], on="_subject")
    scope.trace(Seen(both["_place"].to_numpy(np.int64), args.from_, both["_row"].to_numpy(np.int64)))
