"""Arrow for type checkers: pyarrow carries no types, and makes its compute functions when it is imported."""

from __future__ import annotations

from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute

compute: Any = pyarrow.compute

TextArray: TypeAlias = Any
"""A pyarrow.Array of large_string."""


def large_text(values: object) -> TextArray:
    """Values as an Arrow text array."""
    return pa.array(values, type=pa.large_string())
