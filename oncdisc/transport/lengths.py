"""Lengths of text over a whole study, as the FDA's technical conformance guide asks.

A variable is as long as its longest value in any dataset of the study that has it; each SUPP-- dataset
has lengths of its own, since QVAL holds whatever its parent had no place for. What is counted merges in any
order, so parts of a build may count for themselves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from .arrow import pc
from .describe import is_text, to_arrow
from .fixed import text_lengths
from .model import Variable

Lengths = dict[str, int]


def value_lengths(frame: pd.DataFrame, *, encoding: str = "utf-8") -> Lengths:
    """Bytes of the longest value of each text variable, 1 where all are missing."""
    return {str(name): _longest(frame[name], encoding) for name in frame.columns if is_text(frame[name])}


def _longest(column: pd.Series, encoding: str) -> int:
    values = to_arrow(column)
    if encoding not in ("utf-8", "ascii"):
        return max([1, *(len(value.encode(encoding)) for value in pc.unique(values).drop_null().to_pylist())])
    return max([1, *(int(text_lengths(chunk).max(initial=1)) for chunk in values.chunks)])


def merge_lengths(parts: Iterable[Mapping[str, int]]) -> Lengths:
    """The lengths of several parts of one dataset."""
    merged: Lengths = {}
    for part in parts:
        for name, length in part.items():
            merged[name] = max(length, merged.get(name, 1))
    return merged


def study_lengths(datasets: Mapping[str, Mapping[str, int]]) -> dict[str, Lengths]:
    """For each dataset its variables' lengths, over all datasets that are not SUPP--; those keep their own."""
    shared = merge_lengths(lengths for name, lengths in datasets.items() if not _is_supplement(name))
    return {
        name: dict(lengths) if _is_supplement(name) else {variable: shared[variable] for variable in lengths}
        for name, lengths in datasets.items()
    }


def _is_supplement(name: str) -> bool:
    return name.startswith("SUPP")


def with_lengths(variables: Sequence[Variable], lengths: Mapping[str, int]) -> tuple[Variable, ...]:
    """The variables, those without a declared length having the study's."""
    return tuple(
        dataclasses.replace(item, length=lengths[item.name]) if item.length is None and item.name in lengths else item
        for item in variables
    )
