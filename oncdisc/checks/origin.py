"""Where a record comes from: its place in the dataset and, in a build, the raw record behind it."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data
from oncdisc.checks.package import Package

_STEPS = 6
"""Datasets that may lie between an analysis record and the raw one."""


class Origins:
    """Looks up the raw records of a build's records; elsewhere names the record alone."""

    def __init__(self, package: Package) -> None:
        self._folder = package.root / "lineage" if package.build else None
        inputs = (package.build or {}).get("inputs", {})
        self._files = {form: str(facts.get("place", facts.get("file", form))) for form, facts in inputs.items()}
        self._links: dict[str, pd.DataFrame | None] = {}

    def of(self, data: Data, rows: np.ndarray) -> list[str]:
        """`record 3`, and `record 3, from ae.csv record 7` where lineage knows."""
        places = [f"record {row + 1}" for row in rows.tolist()]
        if self._folder is None or not len(rows):
            return places
        raw = self._trace(data.name, rows)
        return [
            f"{place}, from {raw[row]}" if row in raw else place
            for place, row in zip(places, rows.tolist(), strict=True)
        ]

    def _trace(self, dataset: str, rows: np.ndarray) -> dict[int, str]:
        """The first raw record of each row."""
        at = pd.DataFrame({"start": rows, "row": rows, "source": dataset})
        ends: list[pd.DataFrame] = []
        for _ in range(_STEPS):
            if not len(at):
                break
            steps = [self._step(str(name), part) for name, part in at.groupby("source", sort=True)]
            at = pd.concat(steps, ignore_index=True) if steps else at.iloc[:0]
            raw = ~at["source"].isin(self._built)
            ends.append(at[raw])
            at = at[~raw]
        if not ends:
            return {}
        found = pd.concat(ends, ignore_index=True).sort_values(["start", "source", "row"]).drop_duplicates("start")
        words = found["source"].map(lambda form: self._files.get(form, form)) + " record " + found["row"].astype(str)
        return dict(zip(found["start"].tolist(), words.tolist(), strict=True))

    def _step(self, dataset: str, at: pd.DataFrame) -> pd.DataFrame:
        links = self._of_dataset(dataset)
        if links is None:
            return at.iloc[:0][["start", "row", "source"]]
        joined = at[["start", "row"]].merge(links, on="row")
        return joined[["start", "source_row", "source"]].rename(columns={"source_row": "row"})

    def _of_dataset(self, dataset: str) -> pd.DataFrame | None:
        if dataset not in self._links:
            path = self._path(dataset)
            self._links[dataset] = _read(path) if path.is_file() else None
        return self._links[dataset]

    def _path(self, dataset: str) -> Path:
        return (self._folder or Path()) / f"{dataset.lower()}.parquet"

    @cached_property
    def _built(self) -> frozenset[str]:
        folder = self._folder or Path()
        return frozenset(path.stem.upper() for path in folder.glob("*.parquet") if re.fullmatch(r"\w+", path.stem))


def record_number(source: str) -> int:
    """The record that a finding's source begins with, counted from 1; 0 if it names none."""
    words = source.split(",", 1)[0].split()
    return int(words[1]) if len(words) == 2 and words[0] == "record" and words[1].isdigit() else 0


def _read(path: Path) -> pd.DataFrame:
    links = pd.read_parquet(path, columns=["row", "rule", "source", "source_row"])
    return links.loc[links["rule"] == "record", ["row", "source", "source_row"]].astype({"source": str})
