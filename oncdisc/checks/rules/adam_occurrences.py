"""Occurrences (ADAE and the like): treatment emergence by the dates, grades as numbers, and none left behind."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import in_pairs, key
from oncdisc.checks.registry import OCCDS, Breach, records, rule
from oncdisc.checks.rules.adam_survival import subjects_day

_NEARLY_ALL = 10
"""How many records keep to what most do for one that does not."""


@rule("analysis.emergent", "warning", "an event is treatment-emergent from the start of treatment on", on=OCCDS)
def emergent(data: Data) -> Iterable[Breach]:
    """TRTEMFL of Y with ASTDT before ADSL's TRTSDT, and none between TRTSDT and TRTEDT, where nearly all keep to it.

    What began before and became worse may be flagged by a study's own definition: then no majority keeps to it.
    """
    first, last = (subjects_day(data, name) if data.has("USUBJID") else None for name in ("TRTSDT", "TRTEDT"))
    if first is None or not data.has("TRTEMFL", "ASTDT") or not data.is_date("ASTDT"):
        return
    flagged, began = data.equals("TRTEMFL", "Y"), data.day("ASTDT")
    early, late = flagged & (began < first), flagged & (began >= first)
    words = "TRTSDT is " + pd.Series(first).astype(str)
    yield from records(data, "TRTEMFL", early & _usual(late, early), words)
    if last is not None:
        during = (began >= first) & (began <= last)
        without = during & ~flagged
        words = "ASTDT is in the treatment that began on " + pd.Series(first).astype(str)
        yield from records(data, "TRTEMFL", without & _usual(during & flagged, without), words)


def _usual(kept: Booleans, broken: Booleans) -> bool:
    return bool(kept.sum() > _NEARLY_ALL * broken.sum())


@rule("analysis.grade_number", "error", "a grade as a number is the grade", on=OCCDS)
def grade_number(data: Data) -> Iterable[Breach]:
    """ATOXGRN against ATOXGR, or where there is none --TOXGR; AETOXGRN and the like against their own."""
    own = [name for name in map(str, data.frame.columns) if len(name) == 7 and name.endswith("TOXGR")]
    analysed = ["ATOXGR"] if data.has("ATOXGR") else own
    pairs = [("ATOXGRN", analysed[0])] if len(analysed) == 1 else []
    for number, grade in [*pairs, *((f"{name}N", name) for name in own)]:
        if data.has(number, grade):
            expected = pd.to_numeric(data.text(grade).str.extract(r"(\d)\s*$", expand=False), errors="coerce")
            theirs = expected.to_numpy(dtype=float, na_value=np.nan)
            wrong = ~np.isnan(theirs) & data.present(number) & (data.number(number) != theirs)
            yield from records(data, number, wrong, f"{grade} is " + data.text(grade).fillna(""))


def left_behind(data: Data, source: Data, sequence: str) -> pd.Series:
    """Records of the source that the analysis has not, where it has nearly all, as `AESEQ 3 of 101-001`.

    Of subjects whom it has at all, up to the last start that it has: later ones a study's cutoff leaves out. Nothing
    where it holds treatment-emergent events alone.
    """
    if not data.present("ASTDT").any() or data.present("TRTEMFL").all():
        return pd.Series(dtype=object)
    mine = source.text("USUBJID").isin(data.text("USUBJID").unique()).to_numpy(dtype=bool)
    there = in_pairs(key(source, "USUBJID", sequence), key(data, "USUBJID", sequence))
    later = source.text(f"{sequence[:2]}STDTC") > data.text("ASTDT").max()
    absent = mine & ~there & ~later.to_numpy(dtype=bool)
    if not _usual(mine & there, absent):
        return pd.Series(dtype=object)
    return (f"{sequence} " + source.text(sequence).fillna("") + " of " + source.text("USUBJID").fillna(""))[absent]
