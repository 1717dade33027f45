"""Progression under iRECIST from responses that were reported: which unconfirmed progressions belong together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from adam.irecist import irecist_progression
from adam.records import NONE, first_of_runs, timeline
from adam.terms import IRECIST
from specs.columns import TEXT


def reported_progression(assessments: pd.DataFrame) -> pd.DataFrame:
    """Each subject's progression: subject, date, record, confirmed.

    Takes reported iRECIST responses (subject, date, value). Progression is dated at the first iUPD of its block,
    the assessments that show progression in a row, those that were not evaluable left out. A block that stable
    disease or a response ended is no progression; one that was confirmed is, and what comes after does not
    count; one that no evaluable assessment followed is, unconfirmed (Seymour 2017, table 2).
    """
    usable = assessments.loc[assessments["value"].notna().to_numpy()]
    usable = usable.loc[_until_confirmed(usable)].reset_index(names="place")
    found = irecist_progression(usable, _blocks(usable))
    record = usable["place"].to_numpy(np.int64)[found["record"].to_numpy(np.int64)]
    return found.assign(record=record)


def _until_confirmed(assessments: pd.DataFrame) -> np.ndarray:
    """Records not after the subject's first confirmed progression."""
    confirmed = assessments.loc[(assessments["value"] == "iCPD").to_numpy()]
    first = assessments["subject"].map(confirmed.groupby("subject")["date"].min())
    return (first.isna() | (assessments["date"] <= first)).to_numpy(np.bool_)


def _blocks(assessments: pd.DataFrame) -> pd.DataFrame:
    """`response`, and `block`: the position of the first assessment of the progression that each belongs to."""
    order = timeline(assessments)
    value = assessments["value"].iloc[order.record].reset_index(drop=True)
    evaluable = np.flatnonzero((value != IRECIST.not_evaluable).to_numpy(np.bool_))
    progressing = value.isin(list(IRECIST.progression)).to_numpy(np.bool_)[evaluable]
    before = np.append(False, progressing[:-1]) & ~first_of_runs(order.subject[evaluable])
    begins = np.flatnonzero(progressing & ~before)
    number = np.cumsum(progressing & ~before) - 1
    block = np.full(len(assessments), NONE, dtype=np.int64)
    record = order.record[evaluable]
    block[record[progressing]] = record[begins][number[progressing]]
    return pd.DataFrame({"response": assessments["value"].astype(TEXT), "block": block})
