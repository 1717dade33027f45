"""Tumor results of analysis datasets against one another: sums and their lesions, best responses and responses."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import in_pairs, near
from oncdisc.checks.registry import BDS, Breach, records, rule
from specs.columns import TEXT

_NEARLY_ALL = 10
"""How many sums are those of their lesions for one that is not, where the dataset has the lesions that they are of."""
_NOT_THE_SUM = r"CHANGE|REPORTED|NADIR|PERCENT|%|BASELINE|PRODUCT"


def _of_lesions(data: Data) -> tuple[Booleans, Booleans]:
    """Records of sums of diameters, and of the diameter of one lesion; by the parameter's name."""
    names = data.distinct("PARAM")[1].str.upper()
    other, sums = names.str.contains(_NOT_THE_SUM, regex=True), names.str.contains(r"\bSUM\b", regex=True)
    diameters = names.str.contains("DIAMETER", regex=False) & ~other
    single = diameters & ~sums & names.str.contains(r"\bTARGET\b", regex=True) & ~names.str.contains("NON-TARGET")
    return data.where("PARAM", diameters & sums), data.where("PARAM", single)


@rule("analysis.sum_of_diameters", "error", "a sum of diameters is that of its lesions, where nearly all sums are",
      on=BDS)  # fmt: skip
def sum_of_diameters(data: Data) -> Iterable[Breach]:
    """AVAL of the sum against the AVAL of the subject's target lesions at the visit (of one reader, where named)."""
    if not data.has("USUBJID", "PARAM", "AVISIT", "AVAL"):
        return
    sums, lesions = _of_lesions(data)
    groups = data.groups(*filter(data.has, ("USUBJID", "AVISIT", "ADT", "PARCAT1", "PARCAT2", "EVAL", "EVALID")))
    added = pd.Series(data.number("AVAL"))[lesions].groupby(groups[lesions]).sum(min_count=1)
    expected = np.asarray(added.reindex(groups), dtype=np.float64)
    judged = sums & data.present("AVAL") & ~np.isnan(expected)
    wrong = judged & ~near(data.number("AVAL"), expected)
    if (judged & ~wrong).sum() > _NEARLY_ALL * wrong.sum():
        yield from records(data, "AVAL", wrong, "the lesions make " + pd.Series(expected).round(4).astype(str))


_BEST = re.compile(r"([A-Z]?)C?BOR(.*)")
_AS_GOOD = {"CR": ("CR",), "PR": ("CR", "PR"), "iCR": ("iCR", "CR"), "iPR": ("iCR", "iPR", "CR", "PR")}
"""A best response to the responses of which a subject has one at least."""


@rule("analysis.best_response", "error", "a best overall response is one that the subject had, or a worse one", on=BDS)
def best_response(data: Data) -> Iterable[Breach]:
    """BOR and CBOR of CR or PR without a record of OVR as good (of DBOR without DOVR, of BORX without OVRX)."""
    if not data.has("USUBJID", "PARAMCD", "AVALC"):
        return
    codes = data.distinct("PARAMCD")[1]
    found = {code: match for code in codes.tolist() if (match := _BEST.fullmatch(code))}
    for code, match in found.items():
        responses = data.equals("PARAMCD", f"{match[1]}OVR{match[2]}")
        best = data.equals("PARAMCD", code)
        for value, as_good in _AS_GOOD.items() if responses.any() else ():
            had = data.text("USUBJID")[responses & data.equals("AVALC", *as_good)]
            without = ~in_pairs(data.text("USUBJID"), had.astype(TEXT))
            words = f"no record of {match[1]}OVR{match[2]} is {' or '.join(as_good)}"
            yield from records(data, "AVALC", best & data.equals("AVALC", value) & without, words)
