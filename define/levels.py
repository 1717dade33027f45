"""Value level: which conditions tell the slices of a dataset apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from specs.resolved import Dataset, Slice

_TOPICS = re.compile(r"PARAMCD|QNAM|TSPARMCD|[A-Z]{2}TESTCD")
_NAMES = ("PARAM", "QLABEL", "TSPARM")


@dataclass(frozen=True, slots=True)
class Level:
    """Slices that one where clause selects, its conditions as (variable, value), and what it is called.

    `test` is the value that selects some of the records of these slices, where the slices are of several tests.
    """

    slices: tuple[str, ...]
    where: tuple[tuple[str, str], ...]
    label: str | None
    test: str | None = None

    @property
    def name(self) -> str:
        """The values that select it: `PFS`, `SYSBP.SUPINE`."""
        return ".".join(value for _, value in self.where)


def levels(dataset: Dataset) -> tuple[Level, ...]:
    """The levels of a dataset in the spec's order; none where constants do not tell its slices apart."""
    slices = tuple(dataset.slices.values())
    names = _selecting(dataset, slices)
    if not names:
        return ()
    grouped: dict[tuple[tuple[str, str], ...], list[Slice]] = {}
    for part in slices:
        where = tuple((name, str(part.constants[name])) for name in names)
        grouped.setdefault(where, []).append(part)
    return tuple(
        Level(tuple(part.id for part in parts), where, _label(dataset, parts[0])) for where, parts in grouped.items()
    )


def _selecting(dataset: Dataset, slices: Sequence[Slice]) -> tuple[str, ...]:
    """The variables that tell slices apart: one if one does, else topic variables first, as few as do.

    Where none do, the topic variables alone: slices of the same topic are one level.
    """
    shown = [name for name, variable in dataset.variables.items() if not variable.supp]
    common = [name for name in shown if all(name in part.constants for part in slices)]
    ranked = sorted(common, key=lambda name: not _TOPICS.fullmatch(name))
    for name in ranked:
        if _distinct((name,), slices):
            return (name,)
    for count in range(2, len(ranked) + 1):
        if _distinct(ranked[:count], slices):
            return tuple(ranked[:count])
    return tuple(name for name in ranked if _TOPICS.fullmatch(name))


def _distinct(names: Sequence[str], slices: Sequence[Slice]) -> bool:
    return len({tuple(str(part.constants[name]) for name in names) for part in slices}) == len(slices)


def _label(dataset: Dataset, part: Slice) -> str | None:
    """What people call the slice: its parameter, qualifier or test."""
    names = [*_NAMES, *(name for name in dataset.variables if re.fullmatch(r"[A-Z]{2}TEST", name))]
    return next((str(part.constants[name]) for name in names if name in part.constants), None)
