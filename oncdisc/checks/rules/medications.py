"""ATC codes of medications: formed as codes of their level, each below the one above it.

Which codes there are only WHO's index knows, which is not at hand. Source: WHO, structure of the ATC classification.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data
from oncdisc.checks.kernels import key
from oncdisc.checks.registry import Breach, domains, records, rule
from specs.columns import TEXT

_NAME = re.compile(r"(?:CM)?ATC(?:([1-5])?CD|CD([1-5])|([1-5])C)")
"""Names of qualifiers that hold a code of the classification, with its level or without."""
_FORMS = ("[A-Z]", r"[A-Z]\d\d", r"[A-Z]\d\d[A-Z]", r"[A-Z]\d\d[A-Z]{2}", r"[A-Z]\d\d[A-Z]{2}\d\d")
_LENGTHS = (1, 3, 4, 5, 7)
_MEDICATION = ("USUBJID", "IDVAR", "IDVARVAL")


def _codes(data: Data) -> Iterator[tuple[int, str]]:
    """The qualifiers of a SUPP-- dataset that hold ATC codes, by level: 0 where the name has none."""
    for name in data.distinct("QNAM")[1].tolist():
        if match := _NAME.fullmatch(name):
            yield int(next(filter(None, match.groups()), "0")), name


@rule("terminology.atc", "error", "an ATC code is formed as the codes of its level", on=domains("SUPPCM"))
def formed(data: Data) -> Iterable[Breach]:
    """Codes of ATC1CD to ATC5CD and the like by their letters and digits."""
    _, found = data.distinct("QVAL")
    for level, name in _codes(data):
        forms = [_FORMS[level - 1]] if level else _FORMS
        right = found.str.fullmatch(f"(?:{'|'.join(forms)})").to_numpy(dtype=bool)
        words = f"no code of level {level}" if level else "no code as A, A10, A10B, A10BA or A10BA02"
        yield from records(data, "QVAL", data.equals("QNAM", name) & data.where("QVAL", ~right), words)


@rule("terminology.atc_path", "error", "an ATC code begins with the code of the level above it", on=domains("SUPPCM"))
def below(data: Data) -> Iterable[Breach]:
    """Codes of one medication at two levels that are of two branches."""
    if not data.has(*_MEDICATION, "QNAM", "QVAL"):
        return
    names = {level: name for level, name in _codes(data) if level}
    medication = key(data, *_MEDICATION)
    for lower, upper in zip(sorted(names)[1:], sorted(names), strict=False):
        codes = pd.Series(data.text("QVAL").to_numpy(), index=medication)[data.equals("QNAM", names[upper])]
        above = pd.Series(medication.map(codes[~codes.index.duplicated()]).to_numpy(), dtype=TEXT)
        differs = (data.text("QVAL").str.slice(0, _LENGTHS[upper - 1]) != above) & above.notna()
        wrong = data.equals("QNAM", names[lower]) & np.asarray(differs, dtype=bool)
        yield from records(data, "QVAL", wrong, f"{names[upper]} is " + above.fillna(""))
