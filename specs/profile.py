"""What crosses subjects: counts, extremes and terms per variable and slice, mergeable in any order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from specs.coded import is_coded, plain, split

TERMS = 2000
"""Distinct values kept of a variable in a slice; beyond that only that there are too many."""

TESTS = 200
"""Tests of a dataset whose results are looked at one by one; of more, none is."""
TOPIC = re.compile(r"PARAMCD|TSPARMCD|[A-Z]{2}TESTCD")
"""What says which test or parameter a record is of."""
RESULT = re.compile(r"AVALC?|TSVAL|(?!IE)[A-Z]{2}(ORRES|STRESC|STRESN)")
"""What means another thing in each test."""


@dataclass
class Column:
    """What is known of a variable's values in a slice."""

    rows: int = 0
    present: int = 0
    width: int = 0
    digits: int = 0
    minimum: str | float | None = None
    maximum: str | float | None = None
    terms: Counter[str | float] | None = field(default_factory=Counter[str | float])

    def merge(self, other: Column) -> None:
        """Take in what another part knows."""
        self.rows += other.rows
        self.present += other.present
        self.width = max(self.width, other.width)
        self.digits = max(self.digits, other.digits)
        self.minimum = _extreme(min, self.minimum, other.minimum)
        self.maximum = _extreme(max, self.maximum, other.maximum)
        if self.terms is None or other.terms is None or len(self.terms.keys() | other.terms.keys()) > TERMS:
            self.terms = None
        else:
            self.terms += other.terms


@dataclass
class Profile:
    """All columns of all slices: key (dataset, slice, variable).

    `by_test` has the results of slices that are of several tests: key (dataset, test, variable).
    """

    columns: dict[tuple[str, str, str], Column] = field(default_factory=dict[tuple[str, str, str], Column])
    rows: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    by_test: dict[tuple[str, str, str], Column] = field(default_factory=dict[tuple[str, str, str], Column])
    many_tests: set[str] = field(default_factory=set[str])

    def add(self, dataset: str, slice_id: str, variable: str, values: pd.Series) -> None:
        """Take in one part's values of a variable in a slice."""
        column = self.columns.setdefault((dataset, slice_id, variable), Column())
        column.merge(_column(values))

    def add_by_test(self, dataset: str, variable: str, values: pd.Series, tests: pd.Series) -> None:
        """Take in one part's values of a result, test by test; too many tests leave only that there are."""
        found = values.groupby(plain(tests).to_numpy(dtype=object), sort=True)
        if found.ngroups > TESTS:
            self.many_tests.add(dataset)
        else:
            for test, part in found:
                self.by_test.setdefault((dataset, str(test), variable), Column()).merge(_column(part))
        self._bound(dataset)

    def _bound(self, dataset: str) -> None:
        if len({test for name, test, _ in self.by_test if name == dataset}) > TESTS:
            self.many_tests.add(dataset)
        if dataset in self.many_tests:
            self.by_test = {key: column for key, column in self.by_test.items() if key[0] != dataset}

    def merge(self, other: Profile) -> None:
        """Take in another part's profile."""
        for key, column in other.by_test.items():
            self.by_test.setdefault(key, Column()).merge(column)
        self.many_tests |= other.many_tests
        for dataset in sorted({name for name, _, _ in other.by_test} | other.many_tests):
            self._bound(dataset)
        for key, column in other.columns.items():
            self.columns.setdefault(key, Column()).merge(column)
        self.rows.update(other.rows)

    def column(self, dataset: str, variable: str, slice_id: str | None = None) -> Column:
        """A variable in one slice, or over all slices."""
        result = Column()
        for (name, part, column_name), column in self.columns.items():
            if name == dataset and column_name == variable and slice_id in (None, part):
                result.merge(column)
        return result

    def count(self, dataset: str, slice_id: str | None = None) -> int:
        """Records of a dataset, or of one of its slices."""
        return sum(n for (name, part), n in self.rows.items() if name == dataset and slice_id in (None, part))


def _extreme(choose: Callable[[Any], Any], a: str | float | None, b: str | float | None) -> str | float | None:
    known = [value for value in (a, b) if value is not None]
    return choose(known) if known else None


def _column(values: pd.Series) -> Column:
    if is_coded(values):
        return _coded_column(values)
    present = values.dropna()
    result = Column(rows=len(values), present=len(present))
    if not len(present):
        return result
    if pd.api.types.is_datetime64_any_dtype(present):
        present = present.dt.strftime("%Y-%m-%d")
    unique = present.drop_duplicates()
    if pd.api.types.is_numeric_dtype(unique):
        result.minimum, result.maximum = float(unique.min()), float(unique.max())
        shown = [_plain(number) for number in unique.to_numpy().tolist()]
        result.width = max(map(len, shown))
        result.digits = max(len(text.partition(".")[2]) for text in shown)
    else:
        listed = unique.to_numpy(dtype=object)
        result.minimum, result.maximum = min(listed), max(listed)
        result.width = int(max(len(text.encode()) for text in listed.tolist()))
    if len(unique) <= TERMS:
        counts = present.value_counts(sort=False)
        result.terms = Counter(dict(zip(counts.index.tolist(), counts.tolist(), strict=True)))
    else:
        result.terms = None
    return result


def _coded_column(values: pd.Series) -> Column:
    codes, texts = split(values)
    counts = np.bincount(codes + 1, minlength=len(texts) + 1)[1:]
    there = np.flatnonzero(counts)
    result = Column(rows=len(values), present=int(counts.sum()))
    if not len(there):
        return result
    listed: list[str] = texts.iloc[there].tolist()
    result.minimum, result.maximum = min(listed), max(listed)
    result.width = max(len(text.encode()) for text in listed)
    few = len(listed) <= TERMS
    result.terms = Counter(dict(zip(listed, counts[there].tolist(), strict=True))) if few else None
    return result


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() else np.format_float_positional(number, trim="-", precision=10)
