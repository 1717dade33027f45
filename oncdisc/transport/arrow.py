"""pyarrow as the type checker may see it: its stubs know neither its arrays nor its compute functions."""

from __future__ import annotations

from typing import Any, TypeAlias

import pyarrow
import pyarrow.compute

pa: Any = pyarrow
pc: Any = pyarrow.compute
Array: TypeAlias = Any
ChunkedArray: TypeAlias = Any
