"""What a comparison found: attributes, rows, values, groups, and the sum of it in SYSINFO."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from oncdisc.review.attributes import AttributeDifference, Variables
from oncdisc.review.display import shown_cells
from oncdisc.review.matching import Matching
from oncdisc.review.operands import Scale
from oncdisc.review.options import Options, Tolerance
from oncdisc.review.patterns import Pattern
from oncdisc.review.sysinfo import SysInfo, bit_meanings
from oncdisc.review.tables import Table

NO_BITS = SysInfo(0)


@dataclass(frozen=True)
class ValueComparison:
    """One variable's values over the paired rows.

    `pairs` are the positions (int64) of the unequal pairs in the matching; `within` counts pairs that differ,
    but within the criterion or a declared leniency; `largest` is the greatest |y-x| (NaN for text).
    """

    name: str
    tolerance: Tolerance
    compared: int
    pairs: np.ndarray
    within: int = 0
    largest: float = float("nan")
    scale: Scale = ""
    patterns: tuple[Pattern, ...] = ()
    contexts: tuple[str, ...] = ()

    @property
    def unequal(self) -> int:
        """How many pairs are unequal."""
        return len(self.pairs)


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """One BY group: its values, rows on both sides, and what differs in it."""

    values: tuple[str, ...]
    base_rows: int
    compare_rows: int
    paired: int
    unequal_rows: int
    unequal_values: int


@dataclass(frozen=True)
class Comparison:
    """Two datasets, compared.

    `pairing` says in words how rows were paired; `hints` which key keeps rows from pairing; `error` why nothing could
    be compared, else it is empty.
    """

    base: Table
    compare: Table
    options: Options
    variables: Variables
    attributes: tuple[AttributeDifference, ...]
    matching: Matching | None
    keys: tuple[str, ...]
    pairing: str
    values: tuple[ValueComparison, ...] = ()
    groups: tuple[GroupComparison, ...] = ()
    bits: SysInfo = NO_BITS
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    error: str = ""

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.base.name or self.compare.name

    @property
    def sysinfo(self) -> int:
        """PROC COMPARE's return code."""
        return int(self.bits)

    @property
    def equal(self) -> bool:
        """Whether nothing differs: no bit is set, nor does anything differ that SYSINFO has no bit for."""
        return not self.bits and all(difference.excused for difference in self.attributes)

    @property
    def meanings(self) -> list[str]:
        """What the bits say, gravest first."""
        return bit_meanings(self.sysinfo)

    @property
    def worst(self) -> list[ValueComparison]:
        """The variables with unequal values, those with most first."""
        return sorted((v for v in self.values if v.unequal), key=lambda v: (-v.unequal, v.name))

    @cached_property
    def unequal_rows(self) -> int:
        """How many paired rows have at least one unequal value."""
        if self.matching is None:
            return 0
        differs = np.zeros(self.matching.count, dtype=bool)
        for value in self.values:
            differs[value.pairs] = True
        return int(differs.sum())

    def value(self, variable: str) -> ValueComparison:
        """One variable's comparison; KeyError if it was not compared."""
        for value in self.values:
            if value.name == variable:
                return value
        raise KeyError(variable)

    def differences(self, variable: str, limit: int | None = None) -> pd.DataFrame:
        """The unequal pairs of a variable as they are read: keys, then `base` and `compare`, in base's
        order."""
        value = self.value(variable)
        return self.side_by_side(value, value.pairs[:limit])

    def side_by_side(self, value: ValueComparison, pairs: np.ndarray) -> pd.DataFrame:
        """The given pairs of one variable: row numbers from 1, keys, both values, as text."""
        if self.matching is None:
            return pd.DataFrame()
        left, right = self.matching.base_positions(pairs), self.matching.compare_positions(pairs)
        columns: dict[str, list[str] | np.ndarray] = {"base row": left + 1, "compare row": right + 1}
        columns |= {key: shown_cells(self.base, key, left) for key in self.options.by + self.keys}
        columns["base"] = shown_cells(self.base, value.name, left)
        columns["compare"] = shown_cells(self.compare, value.name, right)
        return pd.DataFrame(columns)


@dataclass(frozen=True)
class FolderComparison:
    """Two folders, compared dataset by dataset."""

    base: str
    compare: str
    datasets: tuple[Comparison, ...]
    base_only: tuple[str, ...] = ()
    compare_only: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def sysinfo(self) -> int:
        """The bits of all datasets; ERROR too if a dataset is in one folder only, as it could not be
        compared."""
        bits = SysInfo.ERROR if self.base_only or self.compare_only else SysInfo(0)
        for comparison in self.datasets:
            bits |= comparison.bits
        return int(bits)

    @property
    def equal(self) -> bool:
        """Whether both folders hold the same datasets, and nothing differs in any."""
        return not self.base_only and not self.compare_only and all(c.equal for c in self.datasets)
