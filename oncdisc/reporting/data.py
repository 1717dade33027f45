"""The analysis datasets of a build, and the subjects and arms of a population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from oncdisc.reporting.declaration import SUBJECTS, Declaration, Population, Records, Subgroup
from oncdisc.reporting.statistics import TOTAL, Group
from specs.conditions import Condition, comparisons, evaluate
from specs.resolved import Spec

ADAM = "analysis/adam/datasets"
GROUP = "_group"


class NotBuiltError(Exception):
    """A dataset that a result needs is not in the build."""


@dataclass
class Study:
    """A build's analysis datasets, read when they are first needed, with what the study declares of its results."""

    folder: Path
    spec: Spec
    declaration: Declaration
    frames: dict[str, pd.DataFrame] = field(default_factory=dict[str, pd.DataFrame])

    def frame(self, name: str) -> pd.DataFrame:
        """A dataset. Raises NotBuiltError."""
        if name not in self.frames:
            self.frames[name] = read_frame(self.folder, name)
        return self.frames[name]

    def population(self, name: str) -> Subjects:
        """The subjects of a population with their arms."""
        return subjects(self.frame(SUBJECTS), self.declaration.populations[name], self.arms())

    def arms(self) -> tuple[str, ...]:
        """The arms in the order of the study's design."""
        return tuple(str(arm["ARM"]) for arm in self.spec.study.design.get("arms", []) if "ARM" in arm)

    def records(self, wanted: Records, of: Subjects) -> pd.DataFrame:
        """The wanted records of a population's subjects, with their arm in `_group`. Raises NotBuiltError."""
        return join(select(self.frame(wanted.from_), wanted.where), of)


@dataclass(frozen=True)
class Subjects:
    """ADSL's rows of a population, with `_group`, and the arms in order."""

    frame: pd.DataFrame
    label: str
    arms: tuple[str, ...]

    @property
    def sizes(self) -> dict[str, int]:
        """How many subjects each arm has."""
        counted = self.frame[GROUP].value_counts()
        return {arm: int(counted.get(arm, 0)) for arm in self.arms}

    def groups(self, total: bool) -> tuple[Group, ...]:
        """The arms, and all of them together where there are several and that is wanted."""
        made = tuple(Group(arm, size) for arm, size in self.sizes.items())
        return (*made, Group(TOTAL, len(self.frame))) if total and len(made) > 1 else made

    def levels(self, subgroup: Subgroup) -> dict[str, str]:
        """The values of a subgroup's variable, in order, with labels."""
        present = sorted(self.frame[subgroup.by].dropna().map(_plain).unique())
        listed = {value: label for value, label in subgroup.levels.items() if value in present}
        return listed or {value: value for value in present}

    def of_level(self, subgroup: Subgroup, value: str) -> Subjects:
        """The subjects with one value of a subgroup's variable."""
        chosen = self.frame[subgroup.by].map(_plain, na_action="ignore") == value
        return Subjects(self.frame[chosen.to_numpy(bool)], self.label, self.arms)


def _plain(value: object) -> str:
    """A value as text, whole numbers without a decimal point."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def read_frame(folder: Path, name: str) -> pd.DataFrame:
    """One analysis dataset of a build, from whichever format it has. Raises NotBuiltError."""
    from oncdisc.transport import read_dataset

    for suffix in ("xpt", "parquet", "json", "csv"):
        path = folder / ADAM / f"{name.lower()}.{suffix}"
        if path.is_file():
            return read_dataset(path).frame
    raise NotBuiltError(name)


def subjects(adsl: pd.DataFrame, population: Population, order: Sequence[str] = ()) -> Subjects:
    """The subjects of a population; arms in the given order, those it does not name after them by name."""
    frame = select(adsl, population.where)
    arms = frame[population.arm]
    known = sorted(arms.dropna().unique())
    ranked = tuple(sorted(known, key=lambda arm: (order.index(arm) if arm in order else len(order), arm)))
    return Subjects(frame.assign(**{GROUP: arms}).reset_index(drop=True), population.label, ranked)


def select(frame: pd.DataFrame, where: Condition) -> pd.DataFrame:
    """The rows that meet a condition."""
    return frame[evaluate(where, frame.__getitem__, len(frame))].reset_index(drop=True)


def join(records: pd.DataFrame, of: Subjects, columns: Sequence[str] = ()) -> pd.DataFrame:
    """The records of a population's subjects, in their order, with `_group` and further columns of ADSL."""
    kept = of.frame[["USUBJID", GROUP, *columns]].rename(columns={name: f"_{name}" for name in columns})
    return records.merge(kept, on="USUBJID", how="inner", sort=False)


def paramcd(where: Condition) -> str:
    """The parameter that a condition selects, if it selects one."""
    for comparison in comparisons(where):
        if comparison.variable == "PARAMCD" and comparison.comparator in ("EQ", "IN"):
            return ", ".join(map(str, comparison.values))
    return ""


def in_group(frame: pd.DataFrame, group: str) -> pd.DataFrame:
    """The rows of an arm, or all of them for the total."""
    return frame if group == TOTAL else frame[(frame[GROUP] == group).to_numpy(bool, na_value=False)]


def numbers(frame: pd.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A column as floats."""
    return frame[column].to_numpy(np.float64)
