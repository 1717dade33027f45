"""The last observation before the first dose."""

from __future__ import annotations

import pytest

from sdtm.baseline import on_or_before
from specs.columns import text


@pytest.mark.parametrize(
    ("date", "reference", "expected"),
    [
        ("2024-01-01", "2024-01-02", True),
        ("2024-01-03", "2024-01-02", False),
        ("2024-01-02", "2024-01-02", True),
        ("2024-01-02T09:00", "2024-01-02T08:00", False),
        ("2024-01-02T07:59", "2024-01-02T08:00", True),
        ("2024-01-02T09:00", "2024-01-02", True),
        ("2024-01-02", "2024-01-02T08:00", True),
        ("2024-01", "2024-01-15", False),
        ("2023-12", "2024-01-15", True),
        (None, "2024-01-15", False),
        ("2024-01-01", None, False),
    ],
)
def test_before_is_what_is_certain_and_the_day_itself_unless_its_time_says_later(date, reference, expected):
    assert on_or_before(text([date]), text([reference])).tolist() == [expected]


def test_each_test_has_one_baseline_and_a_blank_result_is_none(study, run):
    dm = "{dataset: DM, records: [{from: dm}], variables: {RFXSTDTC: {copy: FIRST}}}"
    vs = """
    dataset: VS
    keys: [STUDYID, USUBJID]
    records: [{from: vs}]
    variables:
      VSTESTCD: {copy: TEST}
      VSSTRESC: {copy: RES}
      VSDTC: {copy: DAT}
      VSLOBXFL: {baseline_flag: {date: VSDTC, by: [VSTESTCD], where: {VSSTRESC: {missing: false}}}}
    """
    state = run(
        study(dm, vs, forms=("dm", "vs")),
        dm={"SUBJ": ["1", "2"], "FIRST": ["2024-02-01", None]},
        vs={
            "SUBJ": ["1", "1", "1", "1", "1", "2"],
            "TEST": ["PULSE", "PULSE", "PULSE", "PULSE", "TEMP", "PULSE"],
            "RES": ["60", "61", None, "63", "36", "70"],
            "DAT": ["2024-01-30", "2024-01-20", "2024-01-31", "2024-02-02", "2024-01-01", "2024-01-01"],
        },
    )
    assert state.column("VS", "*", "VSLOBXFL").fillna("").tolist() == ["Y", "", "", "", "Y", ""]
