"""Responses from lesions by RECIST 1.1 (Eisenhauer 2009): targets, non-targets and new lesions.

Lesions come as one row a lesion and assessment, with the columns

    subject     integer code of the subject
    assessment  number that orders a subject's assessments
    baseline    whether this is the baseline assessment
    lesion      identity of the lesion

and what was found. A subject's lesions are those of the baseline; an assessment that lacks one of them is
incomplete. Results have one row a subject and assessment, from the baseline on, in that order.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from specs.columns import TEXT

TOO_SMALL = 5.0
NODE = 10.0
ABSOLUTE = 5.0
PROGRESSION = 1.2
PARTIAL = 0.7
KEYS = ["subject", "assessment"]
# Sums are of values measured to a tenth of a millimetre: what arithmetic adds beyond that is no growth.
DIGITS = 6


def target_response(
    lesions: pd.DataFrame, splits: pd.DataFrame | None = None, merges: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Sum of diameters and target response of each assessment.

    `lesions` also has `diameter` (mm; longest diameter, short axis of a node; missing: not measured), `nodal`
    and `too_small` (too small to measure: 5 mm unless a diameter is given). `splits` (subject, fragment,
    lesion): the diameters of fragments add up to their lesion. `merges` (subject, lesion, mass): where the
    mass is measured, its diameter counts and its lesions are 0. Of two records of one lesion the larger counts.
    Returns

        subject, assessment, baseline
        lesions, measured    how many there are, and how many of them were measured
        complete             whether all were
        sum                  of those measured, mm
        base, nadir          baseline sum; smallest complete earlier sum, baseline included
        response             CR, PR, SD, PD, NE; missing at baseline
    """
    if lesions.empty:
        return _nothing()
    rows = _identified(lesions, splits)
    found = _measured(rows, merges)
    sums = _sums(found)
    sums["base"] = _of_baseline(sums)
    sums["nadir"] = _nadir(sums)
    sums["response"] = _target_category(sums)
    return sums.drop(columns="gone")


def non_target_response(lesions: pd.DataFrame) -> pd.DataFrame:
    """Non-target response of each assessment: subject, assessment, baseline, response.

    `lesions` also has `state`: ABSENT (a node below 10 mm), PRESENT, UNEQUIVOCAL (progression); anything
    else and missing is not evaluated. CR: all absent; PD: any unequivocal; NE: any not evaluated; else
    NON-CR/NON-PD; missing at baseline.
    """
    if lesions.empty:
        return _nothing()[[*KEYS, "baseline", "response"]]
    rows = lesions[[*KEYS, "baseline", "lesion"]].assign(
        absent=lesions["state"].eq("ABSENT"),
        present=lesions["state"].eq("PRESENT"),
        worse=lesions["state"].eq("UNEQUIVOCAL"),
    )
    states = ["absent", "present", "worse"]
    by_lesion = rows.groupby([*KEYS, "lesion"], as_index=False)[states].any()
    expected = _expected(rows, []).merge(by_lesion, on=[*KEYS, "lesion"], how="left")
    expected[states] = expected[states].eq(True)  # an unseen lesion is in no state
    expected["unknown"] = ~expected[states].any(axis=1)
    grouped = expected.groupby(KEYS)
    result = grouped.agg(
        baseline=("baseline", "first"), absent=("absent", "all"), worse=("worse", "any"), unknown=("unknown", "any")
    ).reset_index()
    category = np.select([result["worse"], result["unknown"], result["absent"]], ["PD", "NE", "CR"], "NON-CR/NON-PD")
    response = pd.Series(category, dtype=TEXT).mask(result["baseline"])
    return result[[*KEYS, "baseline"]].assign(response=response.astype(TEXT))


def new_lesions(lesions: pd.DataFrame) -> pd.DataFrame:
    """Whether new lesions were found at each assessment that has any: YES or EQUIVOCAL, as known by then.

    `lesions` has subject, assessment, lesion and `certain`. A lesion that was certain once stays so.
    """
    rows = lesions.sort_values([*KEYS, "lesion"], kind="stable")
    certain = rows["certain"].eq(True).groupby([rows["subject"], rows["lesion"]]).cummax()
    found = rows.assign(certain=certain).groupby(KEYS).agg(certain=("certain", "any")).reset_index()
    word = np.where(found["certain"], "YES", "EQUIVOCAL")
    return found[KEYS].assign(new=pd.Series(word, dtype=TEXT))


def first_detected(lesions: pd.DataFrame) -> pd.DataFrame:
    """Each subject's first assessment with a new lesion that was certain then or later: subject, assessment.

    A lesion found equivocal and certain later dates the progression at its first detection (section 4.3.5).
    """
    sure = lesions["certain"].eq(True)
    certain = sure.groupby([lesions["subject"], lesions["lesion"]]).transform("any")
    return lesions.loc[certain].groupby("subject").agg(assessment=("assessment", "min")).reset_index()


def _identified(lesions: pd.DataFrame, splits: pd.DataFrame | None) -> pd.DataFrame:
    """Lesions with their size, fragments under the name of the lesion they come from."""
    size = lesions["diameter"].astype(float)
    too_small = lesions.get("too_small", pd.Series(data=False, index=lesions.index)).eq(True)
    rows = lesions[[*KEYS, "baseline", "lesion"]].assign(
        name=lesions["lesion"], size=size.mask(too_small & size.isna(), TOO_SMALL), nodal=lesions["nodal"].eq(True)
    )
    if splits is None or splits.empty:
        return rows
    origin = rows.merge(
        splits.rename(columns={"fragment": "lesion", "lesion": "origin"}), on=["subject", "lesion"], how="left"
    )["origin"]
    return rows.assign(lesion=origin.where(origin.notna(), rows["lesion"].reset_index(drop=True)).to_numpy())


def _expected(rows: pd.DataFrame, more: list[str]) -> pd.DataFrame:
    """Each lesion of the baseline at each assessment of its subject from the baseline on."""
    at_baseline = rows.loc[rows["baseline"].eq(True)]
    begin = at_baseline.groupby("subject")["assessment"].min()
    lesions = at_baseline.drop_duplicates(["subject", "lesion"])[["subject", "lesion", *more]]
    visits = rows.groupby(KEYS).agg(baseline=("baseline", "any")).reset_index()
    visits = visits.loc[~(visits["assessment"] < visits["subject"].map(begin))]
    return visits.merge(lesions, on="subject", how="left").sort_values([*KEYS, "lesion"], ignore_index=True)


def _measured(rows: pd.DataFrame, merges: pd.DataFrame | None) -> pd.DataFrame:
    """The size of each expected lesion, and of each mass, at each assessment: missing if not measured."""
    fragments = rows.groupby([*KEYS, "lesion", "name"]).agg(size=("size", "max"), nodal=("nodal", "first"))
    fragments = fragments.reset_index()
    by_lesion = fragments.assign(unmeasured=fragments["size"].isna()).groupby([*KEYS, "lesion"])
    sizes = by_lesion.agg(size=("size", "sum"), unmeasured=("unmeasured", "any"), nodal=("nodal", "first"))
    sizes = sizes.reset_index()
    sizes["size"] = sizes["size"].mask(sizes["unmeasured"])
    part = _expected(rows, ["nodal"]).merge(sizes[[*KEYS, "lesion", "size"]], on=[*KEYS, "lesion"], how="left")
    if merges is None or merges.empty:
        return part
    masses = sizes.merge(
        merges[["subject", "mass"]].drop_duplicates(), left_on=["subject", "lesion"], right_on=["subject", "mass"]
    ).dropna(subset=["size"])
    within = merges.merge(masses[[*KEYS, "mass"]], on=["subject", "mass"])[[*KEYS, "lesion"]].drop_duplicates()
    inside = part.merge(within.assign(merged=True), on=[*KEYS, "lesion"], how="left")
    part["size"] = part["size"].mask(inside["merged"].eq(True), 0.0)
    mass = masses[[*KEYS, "lesion", "nodal", "size"]].merge(part[[*KEYS, "baseline"]].drop_duplicates(), on=KEYS)
    return pd.concat([part, mass], ignore_index=True)


def _sums(found: pd.DataFrame) -> pd.DataFrame:
    size, nodal = found["size"], found["nodal"].eq(True)
    rows = found.assign(
        measured=size.notna(), gone=np.where(nodal, size < NODE, size == 0), known=found["lesion"].notna()
    )
    sums = rows.groupby(KEYS).agg(
        baseline=("baseline", "first"),
        lesions=("known", "sum"),
        measured=("measured", "sum"),
        complete=("measured", "all"),
        sum=("size", "sum"),
        gone=("gone", "all"),
    )
    sums["sum"] = sums["sum"].round(DIGITS).where(sums["measured"] > 0)
    return sums.reset_index()


def _of_baseline(sums: pd.DataFrame) -> pd.Series:
    complete = sums.loc[sums["baseline"] & sums["complete"]].drop_duplicates("subject")
    return sums["subject"].map(complete.set_index("subject")["sum"])


def _nadir(sums: pd.DataFrame) -> pd.Series:
    """The smallest complete sum before each assessment; missing without a complete baseline."""
    usable = sums["sum"].where(sums["complete"] & sums["base"].notna())
    by_subject = usable.groupby(sums["subject"])
    running = by_subject.cummin().groupby(sums["subject"]).ffill()
    return running.groupby(sums["subject"]).shift()


def _target_category(sums: pd.DataFrame) -> pd.Series:
    """The first that holds of: normal everywhere (CR), progression, not evaluable, PR; else SD.

    Nodes that grow but stay below 10 mm are normal, so complete response comes before progression.
    """
    total, nadir, base = sums["sum"], sums["nadir"], sums["base"]
    growth = (total - nadir).round(DIGITS)
    relative = (total - PROGRESSION * nadir).round(DIGITS) >= 0
    worse = ((growth >= ABSOLUTE) & relative & (nadir > 0)) | ((nadir == 0) & (total > 0))
    shrunk = (total - PARTIAL * base).round(DIGITS) <= 0
    evaluable = sums["complete"] & base.notna()
    category = np.select([evaluable & sums["gone"], worse, ~evaluable, shrunk], ["CR", "PD", "NE", "PR"], "SD")
    return pd.Series(category, index=sums.index, dtype=TEXT).mask(sums["baseline"]).astype(TEXT)


def _nothing() -> pd.DataFrame:
    numbers = {name: pd.Series(dtype=float) for name in (*KEYS, "lesions", "measured", "sum", "base", "nadir")}
    flags = {name: pd.Series(dtype=bool) for name in ("baseline", "complete")}
    return pd.DataFrame({**numbers, **flags, "response": pd.Series(dtype=TEXT)})
