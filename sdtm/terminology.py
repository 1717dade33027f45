"""Collected text → submission value: by the study's own map, then by the terms of a codelist."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from sdtm.mapped import Mapped, spread
from specs.coded import split
from specs.columns import TEXT


def map_terms(
    values: pd.Series,
    study_map: Mapping[str, str | None] | None = None,
    find: Callable[[str], str | None] | None = None,
    *,
    extensible: bool = False,
) -> Mapped:
    """The submission value of each collected text; blanks around it and its case do not count.

    `study_map` comes first, as written before regardless of case; None there says that the text means nothing
    to submit. `find` gives the submission value of a text by a codelist, or None. A text that neither knows
    has failed: it stays as collected where the codelist is extensible, and is missing where it is not.
    """
    codes, texts = split(values)
    texts = texts.str.strip()
    exact = {text.strip(): value for text, value in (study_map or {}).items()}
    folded = {text.casefold(): value for text, value in reversed(exact.items())}
    found = [_lookup(text, exact, folded, find) for text in texts]
    known = np.array([hit for hit, _ in found], dtype=bool)
    result = pd.Series([value for _, value in found], dtype=TEXT)
    failed = ~known & (texts != "").to_numpy()
    if extensible:
        result = result.mask(failed, texts)
    return spread(Mapped(result, failed), codes, values)


def _lookup(
    text: str,
    exact: Mapping[str, str | None],
    folded: Mapping[str, str | None],
    find: Callable[[str], str | None] | None,
) -> tuple[bool, str | None]:
    for names, key in ((exact, text), (folded, text.casefold())):
        if key in names:
            return True, names[key]
    value = find(text) if find and text else None
    return value is not None, value
