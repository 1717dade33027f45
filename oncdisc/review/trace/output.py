"""A build as a trace reads it: datasets, inputs, and lineage at record and at variable level, from OUT alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from specs.coded import plain_frame
from specs.errors import DataError, UsageError
from specs.qualifiers import with_qualifiers

RECORD = "record"
ROWS = ""
"""The name of the node that is the record itself, in place of a variable."""
SUBJECT = "USUBJID"
LINKS = ["row", "rule", "source", "source_row"]
READS = ["slice", "variable", "kind", "table", "column", "of_slice", "role"]


@dataclass(frozen=True)
class Derivation:
    """How a variable (or, named "", the records) of some slices is derived, and where the spec says so."""

    variable: str
    name: str
    sentence: str
    spec: str
    reads: tuple[tuple[str, str, str, tuple[str, ...], str], ...]


class Output:
    """The folder of a build. Raises UsageError if it is none, or one without lineage."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / "build.json").is_file():
            raise UsageError(f"{folder}: no build.json: expected the output of a build")
        if not (folder / "lineage" / "spec.json").is_file():
            raise UsageError(f"{folder}: no lineage/spec.json: build it again to trace it")
        self.build: dict[str, Any] = json.loads((folder / "build.json").read_text(encoding="utf-8"))
        self.spec: dict[str, Any] = json.loads((folder / "lineage" / "spec.json").read_text(encoding="utf-8"))
        self._frames: dict[str, pd.DataFrame] = {}
        self._links: dict[str, pd.DataFrame] = {}
        self._reads: dict[str, pd.DataFrame] = {}
        self._derivations: dict[str, dict[tuple[str, str], Derivation]] = {}

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets that were built, in the spec's order."""
        return tuple(self.build["datasets"])

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The raw forms (lower case) or given datasets (upper case) that it was built from."""
        return tuple(sorted(path.stem for path in (self.folder / "lineage" / "raw").glob("*.parquet")))

    def find(self, name: str) -> str:
        """The table that a user names: `ADTTE`, `ae`, `raw:ae`. Raises UsageError if there is none."""
        plain = name.removeprefix("raw:")
        names = list(self.inputs) if plain != name else [*self.datasets, *self.inputs]
        for candidate in (plain, plain.upper(), plain.lower()):
            if candidate in names:
                return candidate
        raise UsageError(f"no dataset or form {name}: expected one of {', '.join(names)}")

    def is_built(self, name: str) -> bool:
        return name in self.build["datasets"]

    def meta(self, name: str) -> Mapping[str, Any]:
        """What lineage/spec.json says of a built dataset."""
        return self.spec["datasets"][name]

    def label(self, name: str) -> str:
        if self.is_built(name):
            return str(self.meta(name)["label"])
        return str(self.spec["forms"].get(name, {}).get("label", ""))

    def naming(self, name: str) -> list[str]:
        """The columns that name a record of a table for people."""
        if self.is_built(name):
            return [key for key in self.meta(name)["keys"] if key != "STUDYID"]
        if name in self.spec["forms"]:
            return list(self.spec["forms"][name]["record"])
        return [SUBJECT, f"{name}SEQ"]

    def file(self, name: str) -> str:
        """The input's file name."""
        return str(self.spec.get("files", {}).get(name, name))

    def frame(self, name: str) -> pd.DataFrame:
        """A table's columns, indexed as lineage counts: from 0 in a dataset, by record number in an input."""
        if name not in self._frames:
            self._frames[name] = self._dataset(name) if self.is_built(name) else self._input(name)
        return self._frames[name]

    def _dataset(self, name: str) -> pd.DataFrame:
        """A built dataset, its supplemental qualifiers beside it: a value that went to SUPP-- is still the record's."""
        frame, qualifiers = self._file(name), f"SUPP{name}"
        return with_qualifiers(frame, self._file(qualifiers)) if self.is_built(qualifiers) else frame

    def _file(self, name: str) -> pd.DataFrame:
        from oncdisc.transport import TransportError, read_dataset

        file = self.folder / self.build["datasets"][name]["files"][0]
        try:
            return read_dataset(file).frame.reset_index(drop=True)
        except (TransportError, OSError) as error:
            raise DataError(f"{file}: {error}") from error

    def _input(self, name: str) -> pd.DataFrame:
        path = self.folder / "lineage" / "raw" / f"{name}.parquet"
        frame = plain_frame(pd.read_parquet(path, dtype_backend="numpy_nullable"))
        return frame.set_index("_record")

    def links(self, name: str) -> pd.DataFrame:
        """The record level of a dataset: row, rule, source, source_row."""
        if name not in self._links:
            path = self.folder / "lineage" / f"{name.lower()}.parquet"
            frame = pd.read_parquet(path) if path.is_file() else pd.DataFrame(columns=LINKS)
            self._links[name] = frame.astype({"row": "int64", "rule": str, "source": str, "source_row": "int64"})
        return self._links[name]

    @cached_property
    def _slices(self) -> dict[str, np.ndarray]:
        frame = pd.read_parquet(self.folder / "lineage" / "slices.parquet")
        return {
            str(name): part["slice"].astype(str).to_numpy() for name, part in frame.groupby("dataset", observed=True)
        }

    def slices(self, name: str) -> np.ndarray:
        """The slice of each record of a built dataset."""
        return self._slices.get(name, np.empty(0, dtype=object))

    def derivation(self, name: str, slice_id: str, variable: str) -> Derivation | None:
        """How a variable of a slice is derived; the variable "" is the record itself."""
        return self.derivations(name).get((slice_id, variable))

    def derivations(self, name: str) -> Mapping[tuple[str, str], Derivation]:
        """Every derivation of a built dataset by slice and variable."""
        if name not in self._derivations:
            entries = self.meta(name)["derivations"] if self.is_built(name) else []
            found = [(_derivation(entry), entry["slices"]) for entry in entries]
            self._derivations[name] = {(part, d.variable): d for d, parts in found for part in parts}
        return self._derivations[name]

    def reads(self, name: str) -> pd.DataFrame:
        """The variable level of a dataset: slice, variable, kind, table, column, of_slice and role ("" where any)."""
        if name not in self._reads:
            rows = [
                (slice_id, variable, kind, table, column, of_slice, role)
                for (slice_id, variable), derivation in self.derivations(name).items()
                for kind, table, column, slices, role in derivation.reads
                for of_slice in slices or ("",)
            ]
            self._reads[name] = pd.DataFrame(rows, columns=READS, dtype=object)
        return self._reads[name]

    def subjects(self, name: str) -> pd.Series:
        """The subject of each record of a table, indexed as its frame; empty where it has none."""
        frame = self.frame(name)
        return frame[SUBJECT].dropna().astype(object) if SUBJECT in frame else pd.Series(dtype=object)


def _derivation(entry: Mapping[str, Any]) -> Derivation:
    reads = tuple((kind, table, column, tuple(slices), role) for kind, table, column, slices, role in entry["reads"])
    return Derivation(entry["variable"], entry["derivation"], entry["sentence"], entry["spec"], reads)
