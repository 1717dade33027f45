"""Something that takes long to build, built once for all workers of a test run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

_PATIENCE = 300


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
