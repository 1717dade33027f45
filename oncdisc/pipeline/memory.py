"""How much of an extract is built at a time, and that memory let go is given back."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Iterable

import pyarrow

from oncdisc.pipeline.inputs import Inputs
from specs.nodes import inputs as inputs_of
from specs.resolved import Spec

RECORDS = 250_000
"""Records of the largest form in a part, unless `partitions` says otherwise."""


def parts_for(spec: Spec, inputs: Inputs, names: Iterable[str]) -> int:
    """Parts enough for none to hold more than RECORDS of any form or dataset that is read."""
    read = {source for name in names for source in inputs_of(spec, spec.datasets[name])}
    largest = max((len(frame) for name, frame in inputs.frames.items() if name in read), default=0)
    return max(1, -(-largest // RECORDS))


def give_back() -> None:
    """Return what was freed to the system: Arrow's pool and glibc keep it, which a large part can't use."""
    pyarrow.default_memory_pool().release_unused()
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)
