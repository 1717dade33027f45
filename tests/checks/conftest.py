"""Builds to check, and what the tests change of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_study

import oncdisc
from tests.checks.workbench import Workbench


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small build; a test that changes it copies it first."""
    folder = tmp_path_factory.mktemp("checked")
    small_study.write(folder / "study", small_study.FILES)
    small_study.write(folder / "raw", small_study.EXTRACT)
    oncdisc.build(folder / "study", raw=folder / "raw", out=folder / "out")
    return folder / "out"


@pytest.fixture(scope="session")
def workbench(example: Path) -> Workbench:
    """A build of the example trial, to be mutated in memory."""
    return Workbench(example / "out")
