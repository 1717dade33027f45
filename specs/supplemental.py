"""Supplemental qualifiers: variables that a spec marks `supp` become SUPP-- (SDTMIG 3.4, 8.4).

A SUPP-- dataset is an ordinary dataset of the language, one slice a QNAM, so its value-level metadata, lineage
and methods come about as any other's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from specs.models import DatasetFile
from specs.resolved import Dataset

_QORIG = {"Collected": "CRF", "Derived": "Derived", "Assigned": "Assigned", "Protocol": "Protocol"}


def supplemental_files(datasets: Iterable[Dataset]) -> list[tuple[Dataset, DatasetFile]]:
    """For each dataset with supplemental variables, the file that defines its SUPP--."""
    found: list[tuple[Dataset, DatasetFile]] = []
    for dataset in datasets:
        if any(variable.supp for variable in dataset.variables.values()):
            found.append((dataset, _file(dataset)))
    return found


def _file(dataset: Dataset) -> DatasetFile:
    sequence = f"{dataset.name}SEQ"
    numbered = sequence in dataset.variables
    records = [_record(dataset, name, sequence if numbered else None) for name in _names(dataset)]
    variables: dict[str, Any] = {
        "RDOMAIN": {"constant": dataset.name},
        "IDVAR": {"constant": sequence} if numbered else {"blank": {"expected": True}},
        "IDVARVAL": {"number_text": sequence} if numbered else {"blank": {"expected": True}},
        "QNAM": {},
        "QLABEL": {},
        "QVAL": {},
        "QORIG": {},
        "QEVAL": {"blank": {"expected": True}},
    }
    name = f"SUPP{dataset.name}"
    return DatasetFile.model_validate(
        {"dataset": name, "scope": "second stage", "records": records, "variables": variables}
    )


def _names(dataset: Dataset) -> list[str]:
    return [name for name, variable in dataset.variables.items() if variable.supp]


def _record(dataset: Dataset, name: str, sequence: str | None) -> dict[str, Any]:
    variable = dataset.variables[name]
    bounds = [p.assignments[name].bound for p in dataset.slices.values() if name in p.assignments]
    origin = variable.attributes.origin or bounds[0].definition.origin
    text = variable.storage == "text"
    return {
        "id": name,
        "from": dataset.name,
        "where": {name: {"missing": False}},
        "QNAM": name,
        "QLABEL": variable.label,
        "QORIG": _QORIG.get(origin, origin),
        "variables": {"QVAL": {"copy": name} if text else {"number_text": name}},
    }
