"""Files that appear whole or not at all."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(target: Path) -> Generator[BinaryIO, None, None]:
    """A stream to a file beside `target`, which takes its place if the block ends without an error."""
    beside = target.with_name(f".{target.name}.part")
    try:
        with beside.open("wb") as stream:
            yield stream
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
