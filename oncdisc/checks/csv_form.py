"""Test data as CDISC's rule examples have it: CSV files, with `_datasets.csv` and `_variables.csv` beside them."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from oncdisc.checks.classify import numeric
from oncdisc.transport import Dataset, Variable
from specs.columns import TEXT
from specs.errors import UsageError

INDEX = "_datasets.csv"
VARIABLES = "_variables.csv"


def read_csv_form(folder: Path, unread: dict[str, str]) -> list[tuple[Path, Dataset]]:
    """The datasets that `_datasets.csv` lists, in its order, with labels, types and classes.

    A file that cannot be read is noted in `unread`. Raises UsageError where a listed file is not there, or the two
    that describe the others cannot be read.
    """
    described = _variables(folder)
    found: list[tuple[Path, Dataset]] = []
    for row in _rows(folder / INDEX):
        stem = Path(row["Filename"].strip()).stem
        path = folder / f"{stem}.csv"
        if not path.is_file():
            raise UsageError(f"{folder / INDEX}: lists {stem}; found no {path.name} beside it")
        try:
            found.append((path, _dataset(path, stem, row, described.get(stem.lower(), {}))))
        except (ValueError, OSError) as error:
            unread[path.name] = f"no CSV in UTF-8 with one header line: {error}"
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return [{key: value or "" for key, value in row.items() if key} for row in csv.DictReader(lines)]
    except (UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{path}: cannot be read as CSV in UTF-8: {error}") from error


def _variables(folder: Path) -> dict[str, dict[str, Variable]]:
    """Variables by dataset; `format` stays empty, the form has none."""
    found: dict[str, dict[str, Variable]] = {}
    if not (folder / VARIABLES).is_file():
        return found
    for row in _rows(folder / VARIABLES):
        size = row.get("length", "")
        kind = "float" if row.get("type") == "Num" else "text"
        variable = Variable(row["variable"], row.get("label", ""), kind, int(size) if size.isdigit() else None)
        found.setdefault(row["dataset"].lower(), {})[variable.name] = variable
    return found


def _dataset(path: Path, stem: str, row: dict[str, str], described: dict[str, Variable]) -> Dataset:
    frame = pd.read_csv(path, dtype=TEXT, keep_default_na=False, na_values=[""], encoding="utf-8-sig")
    variables = tuple(described.get(str(name), Variable(str(name))) for name in frame.columns)
    columns = {
        variable.name: numeric(frame[variable.name]) if variable.type == "float" else frame[variable.name]
        for variable in variables
    }
    attributes = {"class": row.get("Class", "").strip(), "subclass": row.get("Subclass", "").strip()}
    return Dataset(stem.upper(), row.get("Label", ""), pd.DataFrame(columns), variables, attributes=attributes)
