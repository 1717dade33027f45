"""What changed in each dataset of two builds: records and values, those of mere numbering apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from oncdisc.review.options import Options
from oncdisc.review.procedure import compare_tables
from oncdisc.review.tables import Table
from oncdisc.review.trace import Output
from oncdisc.review.trace.output import SUBJECT

NUMBERING = ("sequence",)
"""Derivations that only number records: what they give changes with any record before it."""


@dataclass(frozen=True)
class DatasetChange:
    """A dataset in both builds; `variables` counts the records whose value changed, `numbered` those of numbering."""

    name: str
    before: int
    after: int
    added: int
    removed: int
    changed: int
    variables: dict[str, int]
    numbered: dict[str, int]
    columns: tuple[str, ...]
    subjects: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        return not (self.added or self.removed or self.variables or self.numbered or self.columns)

    def as_dict(self) -> dict[str, Any]:
        return {
            "dataset": self.name,
            "before": self.before,
            "after": self.after,
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
            "variables": self.variables,
            "numbered": self.numbered,
            "columns": list(self.columns),
            "subjects": list(self.subjects),
        }


def dataset_changes(before: Output, after: Output) -> list[DatasetChange]:
    """Every dataset of either build that is not the same in both."""
    names = [*after.datasets, *(name for name in before.datasets if name not in after.datasets)]
    changes = (_of_dataset(before, after, name) for name in names if not _same_file(before, after, name))
    return [change for change in changes if not change.is_equal]


def _same_file(before: Output, after: Output, name: str) -> bool:
    """Whether a dataset's files are byte for byte the same."""
    files = [output.build["datasets"].get(name, {}).get("files", [""])[0] for output in (before, after)]
    if not all(files) or files[0] != files[1]:
        return False
    old, new = before.folder / files[0], after.folder / files[1]
    return old.stat().st_size == new.stat().st_size and old.read_bytes() == new.read_bytes()


def _of_dataset(before: Output, after: Output, name: str) -> DatasetChange:
    old, new = _frame(before, name), _frame(after, name)
    common = [column for column in new.columns if column in old.columns]
    apart = tuple(str(column) for column in old.columns.symmetric_difference(new.columns))
    if not len(old) or not len(new) or not common:
        subjects = tuple(sorted({*_names(old, np.arange(len(old))), *_names(new, np.arange(len(new)))}))
        return DatasetChange(name, len(old), len(new), len(new), len(old), 0, {}, {}, apart, subjects)
    keys = _keys(before if name not in after.datasets else after, name, common)
    found = compare_tables(Table(name, old), Table(name, new), Options(keys=keys))
    matching = found.matching
    if matching is None:
        raise ValueError(f"{name}: {found.error}")
    numbering = numbering_variables(after, name)
    counts = {value.name: value.unequal for value in found.values if value.unequal}
    real = [value.pairs for value in found.values if value.unequal and value.name not in numbering]
    pairs = np.unique(np.concatenate([np.empty(0, np.int64), *real]))
    subjects = {*_names(old, matching.base_only), *_names(new, matching.compare_only)}
    subjects |= _names(new, matching.compare_positions(pairs))
    return DatasetChange(
        name,
        len(old),
        len(new),
        len(matching.compare_only),
        len(matching.base_only),
        len(pairs),
        {variable: count for variable, count in counts.items() if variable not in numbering},
        {variable: count for variable, count in counts.items() if variable in numbering},
        apart,
        tuple(sorted(subjects)),
    )


def numbering_variables(output: Output, name: str) -> set[str]:
    """The variables of a dataset that number records, or repeat such a number."""
    found = {d.variable for d in output.derivations(name).values() if d.name in NUMBERING}
    return found | ({"IDVARVAL"} if name.startswith("SUPP") else {"SRCSEQ"})


def _keys(output: Output, name: str, common: list[str]) -> tuple[str, ...]:
    """The keys without mere numbers."""
    numbering = numbering_variables(output, name)
    keys = [key for key in output.meta(name)["keys"] if key in common]
    return tuple(key for key in keys if key not in numbering) or tuple(keys)


def _frame(output: Output, name: str) -> pd.DataFrame:
    return output.frame(name) if name in output.datasets else pd.DataFrame()


def _names(frame: pd.DataFrame, rows: np.ndarray) -> set[str]:
    return set(_of(frame, rows)) if SUBJECT in frame else set()


def _of(frame: pd.DataFrame, rows: np.ndarray) -> Iterator[str]:
    yield from frame[SUBJECT].iloc[rows].dropna().astype(str).unique()
