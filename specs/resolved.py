"""A study's spec, resolved: every variable with its derivations and what the standard says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from specs._yaml import Document, KeyPath
from specs.conditions import Compare, Condition, comparisons
from specs.models import Attributes, StudyFile
from specs.registry import Bound

Storage = Literal["text", "number", "date", "datetime"]
Engine = Literal["sdtm", "adam"]
DATASET = "*"
"""The slice name of what is derived over all slices of a dataset."""


@dataclass(frozen=True)
class Mark:
    """A place in a spec file. `document` and `path` lead on to the places below it."""

    file: str
    line: int
    document: Document | None = field(default=None, compare=False, repr=False)
    path: KeyPath = field(default=(), compare=False, repr=False)

    def at(self, *keys: str | int) -> Mark:
        """The place of an argument below this one: an anchor's own place where an alias repeats it."""
        if self.document is None:
            return self
        path = self.document.origin((*self.path, *keys))
        return Mark(self.file, self.document.line(path), self.document, path)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Assignment:
    """How a variable is derived in one slice, and what the spec says of it there."""

    bound: Bound
    attributes: Attributes
    mark: Mark


@dataclass(frozen=True)
class Slice:
    """A record source or a parameter: how its records are made, and each variable's derivation."""

    id: str
    bound: Bound
    constants: Mapping[str, str | int | float]
    assignments: Mapping[str, Assignment]
    mark: Mark
    comment: str | None = None

    def can_meet(self, condition: Condition) -> bool:
        """False if the slice's constants rule the condition out."""
        return all(self._admits(comparison) for comparison in comparisons(condition))

    def _admits(self, comparison: Compare) -> bool:
        value = self.constants.get(comparison.variable)
        if value is None:
            return True
        inside = str(value) in {str(constant) for constant in comparison.values}
        if comparison.comparator in ("EQ", "IN"):
            return inside
        return not inside if comparison.comparator in ("NE", "NOTIN") else True


@dataclass(frozen=True)
class Variable:
    """A variable of a dataset: what the standard and the spec say of it."""

    name: str
    label: str
    storage: Storage
    attributes: Attributes
    core: str | None
    role: str | None
    codelist: str | None
    standard: bool
    order: int
    over: Literal["rows", "dataset"] = "rows"
    nullable: bool = False

    @property
    def supp(self) -> bool:
        return self.attributes.supp

    @property
    def required(self) -> bool:
        """Whether every record must have a value."""
        return self.core == "Req" and not self.nullable


@dataclass(frozen=True)
class Dataset:
    """A dataset of the study."""

    name: str
    engine: Engine
    label: str
    class_: str
    subclass: str | None
    structure: str
    keys: tuple[str, ...]
    order: tuple[str, ...]
    scope: Literal["subject", "second stage", "study"]
    slices: Mapping[str, Slice]
    variables: Mapping[str, Variable]
    mark: Mark
    standard: str | None = None
    comment: str | None = None

    def matching(self, condition: Condition) -> tuple[str, ...]:
        """The slices that can hold records meeting the condition."""
        return tuple(s for s, part in self.slices.items() if part.can_meet(condition))

    def codelist_of(self, slice_id: str, name: str) -> str | None:
        """The codelist of a variable in a slice: the slice's own, else the variable's."""
        assignment = self.slices[slice_id].assignments.get(name)
        own = assignment.attributes.codelist if assignment else None
        return own or self.variables[name].codelist

    def numbers(self) -> dict[str, int]:
        """The number of each slice, in the spec's order."""
        return {slice_id: number for number, slice_id in enumerate(self.slices)}

    @property
    def one_per_subject(self) -> bool:
        return set(self.keys) <= {"STUDYID", "USUBJID"}


@dataclass(frozen=True)
class Spec:
    """A whole study."""

    study: StudyFile
    folder: Path
    datasets: Mapping[str, Dataset]
    options: Mapping[str, str | int | float] = field(default_factory=dict[str, str | int | float])

    def lookup(self, name: str) -> tuple[str, str] | None:
        """`DM.RFSTDTC` as table and column; None for a plain column, even one with a dot in its name."""
        table, dot, column = name.partition(".")
        forms = self.study.raw.forms if self.study.raw else {}
        known = table in self.datasets or table in forms or table in self.study.tabulations
        return (table, column) if dot and known else None

    def of(self, engine: Engine) -> tuple[Dataset, ...]:
        """The datasets of one engine, in the spec's order."""
        return tuple(dataset for dataset in self.datasets.values() if dataset.engine == engine)


@dataclass(frozen=True)
class Place:
    """Where a derivation stands: of a variable in a slice of a dataset; without a variable, of the slice's records."""

    spec: Spec
    dataset: Dataset
    part: Slice
    variable: str = ""
