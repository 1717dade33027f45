"""Files that appear whole or not at all."""

from __future__ import annotations

from pathlib import Path


def put(path: Path, content: bytes) -> Path:
    """Put a file in its place in one step; returns the path."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content)
    beside.replace(path)
    return path
