"""Raw extracts to SDTM: collected text to dates, terms and units, and the words for it in the language."""

from __future__ import annotations

from sdtm import (
    baseline,
    derivations,
    doses,
    elements,
    reference_dates,
    subject_visits,
    trial_design,
    trial_summary,
    visits,
)

__all__ = [
    "baseline", "derivations", "doses", "elements", "reference_dates", "subject_visits", "trial_design",
    "trial_summary", "visits",
]  # fmt: skip
