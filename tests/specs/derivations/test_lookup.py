"""Values from other records: which records they say they come from."""

from __future__ import annotations

import pytest

DM = """
dataset: DM
records: [{from: dm}]
variables:
  SUBJID: {copy: SUBJ}
"""
ADSL = """
dataset: ADSL
label: Subjects
standard: ADSL
records: [{from: DM}]
keys: [STUDYID, USUBJID]
variables:
  SUBJID: {copy: SUBJID}
  SEVEREFL: {exists: {from: ae, where: {SEV: severe}}, label: Any Severe Event, type: text}
  AECOUNT: {count: {from: ae}, label: Number of Events, type: integer}
  AESUM: {aggregate: {from: ae, value: DAYS, how: sum}, label: Days of Events, type: integer}
"""
EVENTS = {
    "SUBJ": ["1", "2", "1", "1"],
    "SEV": ["mild", "severe", "severe", "severe"],
    "DAYS": ["1", "2", "3", "4"],
}


@pytest.fixture
def state(study, run):
    spec = study(DM, adam=(ADSL,), forms=("dm", "ae"))
    return run(spec, dm={"SUBJ": ["1", "2"]}, ae=EVENTS)


@pytest.mark.parametrize(
    ("variable", "links"),
    [
        ("SEVEREFL", [(0, 2), (1, 1)]),
        ("AECOUNT", [(0, 0), (0, 2), (0, 3), (1, 1)]),
        ("AESUM", [(0, 0), (0, 2), (0, 3), (1, 1)]),
    ],
)
def test_a_value_by_subject_notes_the_records_it_comes_from(state, variable, links):
    seen = next(link.seen for link in state.links if link.variable == variable)
    assert sorted(zip(seen.rows.tolist(), seen.source_rows.tolist(), strict=True)) == links
