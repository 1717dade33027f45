"""The rules, a module for each thing they are about; `load` registers them all."""

from __future__ import annotations

import importlib

MODULES = (
    "terminology",
    "structure",
    "adam_values",
    "adam_presence",
    "adam_pairs",
    "adam_subjects",
)


def load() -> None:
    """Import every module of rules."""
    for name in MODULES:
        importlib.import_module(f"{__name__}.{name}")
