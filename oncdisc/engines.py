"""Loads both engines, so that a spec may use the words of either."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import adam
import sdtm
from specs import loader
from specs.resolved import Spec

ENGINES = (sdtm, adam)


def load_spec(study: str | Path, options: Mapping[str, str | int | float] | None = None) -> Spec:
    """A study's spec, resolved with the derivations of both engines. Raises SpecError, UsageError."""
    return loader.load_spec(study, options)
