"""Builders of the small tables that the kernels' tests are written in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from specs.columns import TEXT

Build = Callable[..., pd.DataFrame]


def _dates(values: Sequence[object]) -> pd.Series:
    return pd.Series(np.array([str(v) if v is not None else "NaT" for v in values], dtype="datetime64[s]"))


@pytest.fixture(scope="session")
def dates() -> Callable[[Sequence[object]], pd.Series]:
    """A date column from ISO text, None for missing."""
    return _dates


@pytest.fixture(scope="session")
def records() -> Build:
    """Records from rows of (subject, date, value[, sequence])."""

    def build(*rows: tuple[Any, ...]) -> pd.DataFrame:
        frame = pd.DataFrame(
            {
                "subject": np.array([row[0] for row in rows], dtype=np.int64),
                "date": _dates([row[1] for row in rows]),
                "value": pd.Series([row[2] if len(row) > 2 else None for row in rows], dtype=TEXT),
            }
        )
        if rows and len(rows[0]) > 3:
            frame["sequence"] = np.array([row[3] for row in rows], dtype=float)
        return frame

    return build


@pytest.fixture(scope="session")
def since() -> Callable[..., pd.Series]:
    """A date a subject, subjects counted from 0."""

    def build(*values: object) -> pd.Series:
        return _dates(values)

    return build


@pytest.fixture(scope="session")
def admiral(shared: Path) -> Callable[[str], dict[str, Mapping[str, Any]]]:
    """The captured cases of one peer function, by name (repeated names numbered)."""

    def load(function: str) -> dict[str, Mapping[str, Any]]:
        cases = json.loads((shared / "data" / "admiral_cases" / f"{function}.json").read_text())
        seen: dict[str, Mapping[str, Any]] = {}
        for case in cases:
            name = case["name"].split(" Test ", 1)[-1].split(":")[0]
            number = sum(key.split(".")[0] == name for key in seen)
            seen[f"{name}.{number}" if number else name] = case
        return seen

    return load
