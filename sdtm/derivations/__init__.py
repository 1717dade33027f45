"""The words that SDTM adds to the language; importing this package registers them."""

from __future__ import annotations

from sdtm.derivations import dates, durations, terms, text, units

__all__ = ["dates", "durations", "terms", "text", "units"]
