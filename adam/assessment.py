"""Every response of every assessment, from what was recorded of the lesions.

Puts `adam.recist`, `adam.overall` and `adam.irecist` together: one row an assessment, with the components and
overall responses under both sets of criteria and the numbers behind them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.irecist import IRECIST_WORDS, Window, irecist_response
from adam.overall import overall_response
from adam.recist import KEYS, new_lesions, non_target_response, target_response
from adam.records import NONE
from specs.columns import DATE, TEXT, constant_text

NUMBERS = ["lesions", "measured", "complete", "sum", "base", "nadir"]


@dataclass(frozen=True)
class Lesions:
    """What was recorded, a row a lesion and assessment.

    targets      subject, assessment, lesion, diameter (mm), nodal, too_small
    non_targets  subject, assessment, lesion, state, increased (further, since the assessment before)
    new          subject, assessment, lesion, certain, diameter (mm, of measured ones), increased
    splits, merges   as in `adam.recist.target_response`
    """

    targets: pd.DataFrame
    non_targets: pd.DataFrame
    new: pd.DataFrame
    splits: pd.DataFrame | None = None
    merges: pd.DataFrame | None = None


def assess(visits: pd.DataFrame, lesions: Lesions, window: Window | None = None) -> pd.DataFrame:
    """The responses of each assessment after baseline, by subject and assessment.

    `visits` has each assessment from baseline on: subject, assessment (a number that orders them), first, last
    (dates of its records) and baseline. An assessment without any record of a subject's lesions is not
    evaluable, and so is every one of a subject without baseline. Returns

        subject, assessment
        date            the first date of a progression, else the last
        onset           of a progression: when its new lesions were first detected, if that is earlier
        target, non_target, new, overall          RECIST 1.1; missing: no such lesions at baseline
        itarget, inon_target, ioverall            iRECIST
        lesions, measured, complete, sum, base, nadir   of the targets
        begun           assessment of the first iUPD of the progression, -1 if none
        late            whether iRECIST's progression was confirmed after the window
    """
    rows = visits.loc[~visits["baseline"]].sort_values(KEYS, ignore_index=True)
    based = rows["subject"].isin(visits.loc[visits["baseline"], "subject"])
    rows = rows.merge(_targets(visits, lesions), on=KEYS, how="left")
    rows = rows.merge(_non_targets(visits, lesions.non_targets), on=KEYS, how="left")
    rows = rows.merge(_new(visits, lesions.new), on=KEYS, how="left")
    rows["target"] = rows["target"].where(based, "NE").astype(TEXT)
    rows["new"] = rows["new"].where(based & rows["new"].notna(), "NO").astype(TEXT)
    overall = overall_response(rows["target"], rows["non_target"], rows["new"])
    rows["overall"] = overall.mask(overall == "NED", "NE")
    progressed = rows["overall"] == "PD"
    rows["date"] = rows["first"].where(progressed, rows["last"])
    detected = rows["detected"].where(rows["detected"] < rows["date"], rows["date"])
    rows["onset"] = detected.where(progressed).astype(DATE)
    return _immune(rows, window).drop(columns=["first", "last", "baseline", "detected"])


def _targets(visits: pd.DataFrame, lesions: Lesions) -> pd.DataFrame:
    rows = _at_visits(visits, lesions.targets)
    rows["diameter"], rows["nodal"] = rows["diameter"].astype(float), rows["nodal"].eq(True)
    result = target_response(rows, lesions.splits, lesions.merges)
    had = _had(visits, lesions.targets, result)
    return result[KEYS].assign(**result[NUMBERS], target=result["response"].where(had).astype(TEXT))


def _non_targets(visits: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    result = non_target_response(_at_visits(visits, lesions))
    more = lesions.loc[lesions["increased"].eq(True), KEYS].drop_duplicates().assign(non_target_increase=True)
    response = result["response"].where(_had(visits, lesions, result)).astype(TEXT)
    return result[KEYS].assign(non_target=response).merge(more, on=KEYS, how="left")


def _at_visits(visits: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """The lesions' records, and one of no lesion for each assessment after baseline that has none."""
    rows = visits[[*KEYS, "baseline"]].merge(lesions, on=KEYS, how="left")
    rows = rows.loc[rows["lesion"].notna() | ~rows["baseline"]].reset_index(drop=True)
    return rows.astype({"lesion": TEXT})


def _had(visits: pd.DataFrame, lesions: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Whether the subject of each row had such lesions at baseline."""
    baseline = visits.loc[visits["baseline"], KEYS].merge(lesions[KEYS], on=KEYS)
    return rows["subject"].isin(baseline["subject"])


def _new(visits: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """Of each assessment with new lesions: whether they are certain, since when, how many and how large."""
    rows = visits.loc[~visits["baseline"], [*KEYS, "first"]].merge(lesions, on=KEYS).sort_values(KEYS)
    rows["detected"] = rows.groupby(["subject", "lesion"])["first"].transform("min")
    rows["certain"] = rows["certain"].eq(True)
    found = new_lesions(rows)
    sure = rows.loc[rows["certain"]]
    sure = sure.assign(new_increase=sure["increased"].eq(True) & sure["diameter"].isna())
    grouped = sure.groupby(KEYS).agg(
        detected=("detected", "min"),
        new_sum=("diameter", "sum"),
        new_count=("lesion", "nunique"),
        new_increase=("new_increase", "any"),
    )
    return found.merge(grouped.reset_index(), on=KEYS, how="left")


def _immune(rows: pd.DataFrame, window: Window | None) -> pd.DataFrame:
    """The rows with their iRECIST responses; growth is judged by complete sums."""
    table = rows.assign(
        new=rows["new"] == "YES",
        sum=rows["sum"].where(rows["complete"].eq(True)),
        non_target_increase=rows["non_target_increase"].eq(True),
        new_increase=rows["new_increase"].eq(True),
    )
    found = irecist_response(table, window)
    place = found["block"].to_numpy(np.int64)
    begun = np.append(rows["assessment"].to_numpy(np.int64), NONE)[place]
    rows = rows.assign(ioverall=found["response"], begun=begun, late=found["late"])
    rows["ioverall"] = rows["ioverall"].mask(rows["ioverall"] == "NED", "NE")
    for name in ("target", "non_target"):
        rows[f"i{name}"] = _component(rows[name], rows["ioverall"])
    return rows


def _component(response: pd.Series, overall: pd.Series) -> pd.Series:
    """A component in iRECIST's words: what progresses is as confirmed as the assessment is."""
    words = response.map(IRECIST_WORDS).astype(TEXT)
    confirmed = overall.where(overall == "iCPD", constant_text("iUPD", len(overall)))
    return words.mask(response == "PD", confirmed).astype(TEXT)
