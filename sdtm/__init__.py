"""Raw extracts to SDTM: collected text to dates, terms and units, and the words for it in the language."""

from __future__ import annotations

from sdtm import derivations

__all__ = ["derivations"]
