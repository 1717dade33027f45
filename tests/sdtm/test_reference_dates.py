"""First and last dates of a subject over several datasets."""

from __future__ import annotations

import numpy as np

from sdtm.reference_dates import extreme_date
from specs.columns import text

SUBJECT = np.array([1, 0, 1, 1, 0])
DATES = text(["2024-02-01", None, "2024-01", "2024-03-05T10:00", "2024-05-05"])


def test_first_and_last_by_subject():
    assert extreme_date(SUBJECT, DATES, "first", 3).tolist() == [4, 2, -1]
    assert extreme_date(SUBJECT, DATES, "last", 3).tolist() == [4, 3, -1]


def test_a_date_with_its_time_comes_after_the_same_date_without(study, run):
    dm = """
    dataset: DM
    records: [{from: dm}]
    variables:
      RFXENDTC: {date_of: {which: last, of: [{from: EX, date: EXENDTC}, {from: dm, date: OTHER}]}}
    """
    ex = """
    dataset: EX
    keys: [STUDYID, USUBJID]
    records: [{from: ex}]
    variables: {EXENDTC: {copy: DAT}}
    """
    state = run(
        study(dm, ex, forms=("dm", "ex")),
        dm={"SUBJ": ["1", "2"], "OTHER": ["2024-01-01", "2024-07-01"]},
        ex={"SUBJ": ["1", "1"], "DAT": ["2024-03-01", "2024-03-01T09:00"]},
    )
    assert state.column("DM", "*", "RFXENDTC").tolist() == ["2024-03-01T09:00", "2024-07-01"]
    traced = {(link.seen.table, tuple(link.seen.rows), tuple(link.seen.source_rows)) for link in state.links}
    assert ("dm", (1,), (1,)) in traced
