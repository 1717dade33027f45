"""The derivations that both engines share; importing this package registers them."""

from __future__ import annotations

from specs.derivations import basic, dates, described, groups, lookup, records

__all__ = ["basic", "dates", "described", "groups", "lookup", "records"]
