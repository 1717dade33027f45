"""The overall response of an assessment: RECIST 1.1, tables 1 and 2, complete.

`NONE` stands for disease that the subject did not have at baseline. An equivocal new lesion counts as none
until it is certain.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from specs.columns import TEXT

NONE = "NONE"
NON_TARGETS = ("CR", "NON-CR/NON-PD", "PD", "NE", NONE)
WITHOUT_NEW: Mapping[str, tuple[str, ...]] = {
    # target  non-target: CR, NON-CR/NON-PD, PD, NE (not all evaluated), none at baseline
    "CR": ("CR", "PR", "PD", "PR", "CR"),
    "PR": ("PR", "PR", "PD", "PR", "PR"),
    "SD": ("SD", "SD", "PD", "SD", "SD"),
    "PD": ("PD", "PD", "PD", "PD", "PD"),
    "NE": ("NE", "NE", "PD", "NE", "NE"),
    NONE: ("CR", "NON-CR/NON-PD", "PD", "NE", "NED"),
}
"""Overall response without new lesions; with one it is PD whatever the others are."""


def overall_response(target: pd.Series, non_target: pd.Series, new: pd.Series) -> pd.Series:
    """Overall response of each assessment from its components.

    `new` is YES, EQUIVOCAL or NO (missing: NO); missing target or non-target means none at baseline. Raises
    ValueError for a component that is none of the table's.
    """
    targets = tuple(WITHOUT_NEW)
    table = np.array([list(WITHOUT_NEW[name]) for name in targets], dtype=object)
    row = _places(target.fillna(NONE), targets, "target response")
    column = _places(non_target.fillna(NONE), NON_TARGETS, "non-target response")
    progressed = _places(new.fillna("NO"), ("NO", "EQUIVOCAL", "YES"), "new lesions") == 2
    response = np.where(progressed, "PD", table[row, column])
    return pd.Series(response, index=target.index, dtype=TEXT)


def _places(values: pd.Series, known: tuple[str, ...], what: str) -> np.ndarray:
    places = pd.Index(known).get_indexer(pd.Index(values))
    if (places < 0).any():
        wrong = sorted(set(values[places < 0]))
        raise ValueError(f"no {what}: {', '.join(map(repr, wrong))}; expected one of {', '.join(known)}")
    return places
