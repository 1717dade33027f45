"""One large simulated trial for all tests that look at its data."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import specs
from oncdisc.trial import simulate
from specs._yaml import load_yaml

Row = Mapping[str, str]


def read(path: Path) -> list[dict[str, str]]:
    """The records of one file, as text; a byte order mark is read over."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Extract:
    """A simulated extract, read back."""

    folder: Path
    forms: Mapping[str, list[dict[str, str]]]
    truth: list[dict[str, str]]

    @classmethod
    def of(cls, folder: Path) -> Extract:
        forms = {path.stem: read(path) for path in sorted(folder.glob("*.csv"))}
        return cls(folder, {name: rows for name, rows in forms.items() if name != "truth"}, forms["truth"])

    def by_subject(self) -> dict[str, dict[str, list[dict[str, str]]]]:
        """Records by subject number and form."""
        found: dict[str, dict[str, list[dict[str, str]]]] = {}
        for name, rows in self.forms.items():
            for row in rows:
                found.setdefault(row["Subject"], {}).setdefault(name, []).append(row)
        return found


@pytest.fixture(scope="session")
def study() -> dict[str, Any]:
    return load_yaml(Path(specs.__file__).parent / "studies" / "es_sclc" / "study.yaml")


@pytest.fixture(scope="session")
def large(study: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Extract:
    """500 subjects, clean."""
    folder = tmp_path_factory.mktemp("large") / "raw"
    simulate(study, folder, subjects=500, seed=7)
    return Extract.of(folder)
