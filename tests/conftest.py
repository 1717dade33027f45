"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data beside the project; tests that read it are skipped where it is not at hand."""
    folder = Path(os.environ.get("ONCDISC_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("the folder of public data is not at hand")
    return folder
