"""The output folder: built beside, then swapped in, so that it is whole or untouched."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from specs.errors import UsageError

BUILD = "build.json"


def check_target(out: Path) -> None:
    """Refuse a folder that holds something else than a build. Raises UsageError."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: expected a folder to build in")
    if out.is_dir() and any(out.iterdir()) and not _is_build(out):
        raise UsageError(f"{out} holds something else than a build: it is left as it is; name another folder")
    above = next(folder for folder in out.resolve().parents if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise UsageError(f"{out} can't be made: {above} is {'not writable' if above.is_dir() else 'a file'}")


def _is_build(out: Path) -> bool:
    """Whether the record is one of this package's: other programs write a build.json too."""
    try:
        record = json.loads((out / BUILD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and "oncdisc" in record


def refuse_within(out: Path, source: Path, what: str) -> None:
    """Refuse to build over what the build reads: the swap would take it away. Raises UsageError."""
    if source.resolve().is_relative_to(out.resolve()):
        raise UsageError(f"{what} {source} lies in {out}, which the build replaces as a whole: name another folder")


@contextmanager
def replaced(out: Path) -> Generator[Path]:
    """A folder beside `out` to build in; it takes the place of `out` if nothing fails, else it goes away."""
    check_target(out)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    building = out.parent / f".{out.name}.building-{os.getpid()}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    try:
        yield building
        _swap(building, out)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _swap(building: Path, out: Path) -> None:
    if not out.exists():
        building.rename(out)
        return
    before = out.parent / f".{out.name}.before-{os.getpid()}"
    out.rename(before)
    try:
        building.rename(out)
    except BaseException:
        before.rename(out)
        raise
    shutil.rmtree(before, ignore_errors=True)


def write_json(path: Path, data: Any) -> None:
    """JSON for people and programs: indented, keys as given, one newline at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
