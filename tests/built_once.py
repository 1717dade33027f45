"""Something that takes long to build, built once for all workers of a test run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import oncdisc
from oncdisc.trial import simulate

SUBJECTS, SEED = 40, 4
"""The example trial that tests share: small, with most of what it can have in it."""
_PATIENCE = 300


def build_example(folder: Path) -> None:
    """The example trial, simulated (`raw`) and built (`out`)."""
    simulate("es_sclc", folder / "raw", subjects=SUBJECTS, seed=SEED)
    result = oncdisc.build("es_sclc", raw=folder / "raw", out=folder / "out", formats=("xpt", "parquet"))
    assert result.exit_status == 0, [finding.as_dict() for finding in result.findings.rows()[:5]]


def built_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that `make` fills: by the first worker that asks, while the others wait for it."""
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, lock = root / name, root / f"{name}.lock"
    try:
        lock.mkdir()
    except FileExistsError:
        return _awaited(folder)
    making = root / f"{name}.making"
    making.mkdir()
    make(making)
    return making.rename(folder)


def _awaited(folder: Path) -> Path:
    for _ in range(_PATIENCE * 10):
        if folder.is_dir():
            return folder
        time.sleep(0.1)
    raise TimeoutError(f"{folder.name} was not built by another worker within {_PATIENCE} seconds")
