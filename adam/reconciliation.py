"""Reported responses held against those derived from the lesions: where they differ, why, and by which numbers.

A pair of responses has the columns

    component            target, non-target, new or overall
    reported, derived    the two responses
    sum, base, nadir     of the target lesions, mm
    lesions, measured    how many targets there are, and how many of them were measured
    because              why a component of an overall response differs, if one does (optional)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from adam.recist import ABSOLUTE, DIGITS, PROGRESSION
from specs.columns import TEXT, constant_text, empty_text
from specs.numbers import number_text

NOT_REPORTED = "No response was reported"
NO_LESIONS = "No assessment of lesions was recorded"
NOT_MEASURED = "Not all target lesions were measured"
FROM_BASELINE = "Progression was judged from baseline, not from nadir"
NO_PROGRESSION = "Progression is not 20 % and 5 mm over nadir"
EVALUABLE = "Everything needed was measured"
CONFIRMATION = "Progression is confirmed by one and not by the other"
STATES = {
    "target": "The sum of diameters says otherwise",
    "non-target": "The states of the lesions say otherwise",
    "new": "The new lesions say otherwise",
    "overall": "The components say otherwise",
}
PROGRESSIVE = ["PD", "iUPD", "iCPD"]
LISTING = {
    "reported": "REPRESP",
    "derived": "AVALC",
    "reason": "DIFFRSN",
    "sum": "SUMDIAM",
    "base": "SUMBASE",
    "nadir": "SUMNADIR",
}
"""How the example trial's ADRS calls what a listing shows."""
NUMBERS = ["sum", "base", "nadir", "lesions", "measured"]


def differs(pairs: pd.DataFrame) -> pd.Series:
    """Whether reported and derived response are not the same; one that is missing is not."""
    same = pairs["reported"].eq(pairs["derived"]) | (pairs["reported"].isna() & pairs["derived"].isna())
    return ~same.astype(bool)


def reasons(pairs: pd.DataFrame) -> pd.Series:
    """Why each pair differs; missing where it doesn't. The first that holds, the missing ones before all."""
    reported, derived = pairs["reported"], pairs["derived"]
    progressed, said = derived.isin(PROGRESSIVE), reported.isin(PROGRESSIVE)
    measured, by_sum = ~(pairs["measured"] < pairs["lesions"]), pairs["component"].isin(["target", "overall"])
    over_base = _over(pairs["sum"], pairs["base"])
    because = pairs["because"] if "because" in pairs else empty_text(len(pairs)).set_axis(pairs.index)
    rules: list[tuple[pd.Series, Any]] = [
        (reported.isna(), NOT_REPORTED),
        (derived.isna(), NO_LESIONS),
        (progressed & said, CONFIRMATION),
        (because.notna(), because),
        (derived.eq("NE") & by_sum & ~measured, NOT_MEASURED),
        (progressed & by_sum & _over(pairs["sum"], pairs["nadir"]) & ~over_base, FROM_BASELINE),
        (said & pairs["component"].eq("target"), NO_PROGRESSION),
        (reported.eq("NE"), EVALUABLE),
    ]
    result = pairs["component"].map(STATES).astype(TEXT)
    for holds, reason in reversed(rules):
        result = result.mask(holds.astype(bool), reason)
    return result.where(differs(pairs)).astype(TEXT)


def numbers_of(pairs: pd.DataFrame) -> pd.Series:
    """The numbers in words: `sum 62 mm, nadir 51 mm (+11 mm, +21.6 %), baseline 80 mm (-22.5 %), measured 5 of 5`."""
    total, nadir, base = (pairs[name].astype(float) for name in ("sum", "nadir", "base"))
    growth, blank = (total - nadir).round(DIGITS), constant_text("", len(pairs)).set_axis(pairs.index)
    since_nadir = " (" + _signed(growth) + " mm" + (", " + _percent(total, nadir)).fillna(blank) + ")"
    since_base = (" (" + _percent(total, base) + ")").fillna(blank)
    parts = [
        ("sum " + number_text(total) + " mm").fillna(blank),
        (", nadir " + number_text(nadir) + " mm" + since_nadir.fillna(blank)).fillna(blank),
        (", baseline " + number_text(base) + " mm" + since_base).fillna(blank),
        (", measured " + _count(pairs["measured"]) + " of " + _count(pairs["lesions"])).fillna(blank),
    ]
    whole = (parts[0] + parts[1] + parts[2] + parts[3]).str.removeprefix(", ")
    return whole.mask(whole == "").astype(TEXT)


def reconcile(reported: pd.DataFrame, derived: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Every pair of reported and derived response: the keys, both, the numbers, `reason` and `numbers`.

    `reported` has the keys (component among them), and `reported`; `derived` the keys, `derived` and the numbers.
    What only one of them has is there too. Raises ValueError where the keys name two records of either.
    """
    for name, frame in (("reported", reported), ("derived", derived)):
        if frame.duplicated(list(keys)).any():
            raise ValueError(f"{name} responses are not unique by {', '.join(keys)}")
    pairs = reported[[*keys, "reported"]].merge(
        derived[[*keys, "derived", *NUMBERS]], on=list(keys), how="outer", sort=True
    )
    return pairs.assign(reason=reasons(pairs), numbers=numbers_of(pairs))


def listing(responses: pd.DataFrame, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The derived responses of an analysis dataset that were held against reported ones, the differing ones first.

    `names` gives the dataset's own variable for some of reported, derived, reason, sum, base and nadir; the
    others are called as in `LISTING`. Rows come by subject, parameter and date, with `differs` Y or N.
    """
    named = {**LISTING, **(names or {})}
    kept = [name for name in ("USUBJID", "PARAMCD", "PARAM", "AVISIT", "ADT") if name in responses]
    known = {theirs: ours for ours, theirs in named.items() if theirs in responses}
    compared = responses[named["reported"]].notna() | responses[named["reason"]].notna()
    rows = responses.loc[compared.to_numpy(bool), [*kept, *known]].rename(columns=known)
    rows["differs"] = pd.Series(np.where(rows["reason"].notna(), "Y", "N"), index=rows.index, dtype=TEXT)
    order = [name for name in ("USUBJID", "PARAMCD", "ADT") if name in rows]
    return rows.sort_values(["differs", *order], ascending=[False] + [True] * len(order), ignore_index=True)


def write_listing(responses: pd.DataFrame, path: Path, names: Mapping[str, str] | None = None) -> int:
    """Write the listing as CSV (UTF-8, ISO 8601 dates); how many of its responses differ.

    Nothing is written of a dataset that compares none.
    """
    named = {**LISTING, **(names or {})}
    if named["reported"] not in responses or named["reason"] not in responses:
        return 0
    rows = listing(responses, names)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.to_csv(path, index=False, date_format="%Y-%m-%d", lineterminator="\n")
    return int((rows["differs"] == "Y").sum())


def _over(total: pd.Series, reference: pd.Series) -> pd.Series:
    """Whether a sum is a progression over a reference."""
    relative = (total - PROGRESSION * reference).round(DIGITS) >= 0
    return (relative & ((total - reference).round(DIGITS) >= ABSOLUTE)) | ((reference == 0) & (total > 0))


def _count(numbers: pd.Series) -> pd.Series:
    return number_text(numbers.astype(float))


def _percent(value: pd.Series, reference: pd.Series) -> pd.Series:
    return _signed((value - reference) / reference.mask(reference == 0) * 100, 1) + " %"


def _signed(numbers: pd.Series, decimals: int | None = None) -> pd.Series:
    sign = pd.Series(np.where(numbers >= 0, "+", "-"), index=numbers.index, dtype=TEXT)
    return (sign + number_text(numbers.abs(), decimals)).astype(TEXT)
