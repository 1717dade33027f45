"""The simulator of the example trial: raw extracts with the truth known."""

from __future__ import annotations

from oncdisc.trial.design import DesignError
from oncdisc.trial.simulation import RawExtract, simulate

__all__ = ["DesignError", "RawExtract", "simulate"]
