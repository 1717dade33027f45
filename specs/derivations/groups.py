"""Values that look across records: sequence numbers, first and last of a group, baseline flags."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from specs.arguments import Arguments, Column, Where
from specs.coded import flags, split
from specs.conditions import ALWAYS
from specs.ordering import joint, positions, ranks
from specs.registry import among, in_order, per_subject, variable
from specs.scope import Scope
from specs.store import Ints


class Sequence(Arguments):
    """Arguments of sequence."""

    order: list[Column] = Field(default_factory=list, description="sort order within a subject; default: the keys")
    by: list[Column] = Field(default_factory=list, description="number within these, beside the subject")


def _sequence_sentence(args: Sequence) -> str:
    return f"Number of the record within the {per_subject(args.by)}, by {in_order(args.order)}"


@variable("sequence", short="order", over="dataset", sentence=_sequence_sentence)
def sequence(scope: Scope, args: Sequence) -> pd.Series:
    """1, 2, 3 … within a subject in the order of some columns; ties keep the order of the source."""
    order = sorted_positions(scope, [*args.by, *args.order])
    groups = group_codes(scope, args.by)[order]
    numbers = np.empty(len(order), dtype="float64")
    numbers[order] = run_numbers(groups)
    return pd.Series(numbers)


def sorted_positions(scope: Scope, order: list[str]) -> Ints:
    """Positions of the records by subject, then by columns; `-COLUMN` descends, missing first, ties stable."""
    columns = [ranks(scope.coded(name.removeprefix("-")), descending=name.startswith("-")) for name in order]
    return positions([scope.subject + 1, *columns], len(scope))


def group_codes(scope: Scope, by: list[str]) -> Ints:
    """One integer for each subject and value of `by`."""
    if not by:
        return scope.subject
    return joint([scope.subject + 1, *(split(scope.coded(name))[0] + 1 for name in by)], len(scope))


def run_numbers(groups: Ints) -> Ints:
    """1, 2, 3 … within runs of equal codes that stand together."""
    if not len(groups):
        return groups
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]).astype(np.int64)
    lengths = np.diff(np.r_[starts, len(groups)])
    return np.arange(len(groups), dtype=np.int64) - np.repeat(starts, lengths) + 1


class Extreme(Arguments):
    """Arguments of flag_first and flag_last."""

    by: list[Column] = Field(default_factory=list, description="groups, beside the subject")
    order: list[Column] = Field(description="what first and last mean; `-COLUMN` descends")
    where: Where = Field(default=ALWAYS, description="records that can be flagged")


def _flag_sentence(args: Extreme, which: str) -> str:
    return f"Y for the {which} record by {in_order(args.order)} of each {per_subject(args.by)}{among(args.where)}"


@variable("flag_first", over="dataset", sentence=lambda args: _flag_sentence(args, "first"))
def flag_first(scope: Scope, args: Extreme) -> pd.Series:
    """Y on the first record of each group among those that meet a condition."""
    return _flag(scope, args, last=False)


@variable("flag_last", over="dataset", sentence=lambda args: _flag_sentence(args, "last"))
def flag_last(scope: Scope, args: Extreme) -> pd.Series:
    """Y on the last record of each group among those that meet a condition."""
    return _flag(scope, args, last=True)


def _flag(scope: Scope, args: Extreme, *, last: bool) -> pd.Series:
    order = sorted_positions(scope, args.order)
    order = order[scope.mask(args.where)[order]]
    groups = pd.Series(group_codes(scope, args.by)[order])
    chosen = order[~groups.duplicated(keep="last" if last else "first").to_numpy()]
    flagged = np.zeros(len(scope), dtype=bool)
    flagged[chosen] = True
    return flags(flagged)
