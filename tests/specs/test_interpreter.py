"""The interpreter on small studies, each table worked out by hand."""

from __future__ import annotations

import pandas as pd

DM = """
dataset: DM
records: [{from: dm}]
variables:
  SUBJID: {copy: SUBJ}
  RFSTDTC: {lookup: {from: EX, value: EXSTDTC, take: first}}
  SEX: {copy: SEX}
"""
EX = """
dataset: EX
keys: [STUDYID, USUBJID, EXSTDTC]
records:
  - from: ex
    where: {DOSE: {GT: 0}}
variables:
  EXSEQ: {sequence: [EXSTDTC]}
  EXTRT: {constant: DRUG}
  EXSTDTC: {copy: DAT}
  EXSTDY: {study_day: EXSTDTC}
"""
TABLES = {
    "dm": {"SUBJ": ["2", "1"], "SEX": ["F", "M"]},
    "ex": {
        "SUBJ": ["1", "1", "1", "2"],
        "DAT": ["2024-01-08", "2024-01-01", "2023-12-25", "2024-02"],
        "DOSE": ["10", "5", "0", "3"],
    },
}


def frame(state, dataset, *names):
    return pd.DataFrame({name: state.column(dataset, "*", name) for name in names})


def test_variables_of_two_datasets_may_need_each_other(study, run):
    state = run(study(DM, EX, forms=("dm", "ex")), **TABLES)
    assert frame(state, "DM", "USUBJID", "RFSTDTC").values.tolist() == [["ABC-2", "2024-02"], ["ABC-1", "2024-01-01"]]
    got = frame(state, "EX", "USUBJID", "EXSEQ", "EXSTDTC", "EXSTDY")
    assert got.iloc[:2].values.tolist() == [["ABC-1", 2, "2024-01-08", 8], ["ABC-1", 1, "2024-01-01", 1]]
    assert pd.isna(got.loc[2, "EXSTDY"]), "a partial date has no study day"


def test_records_left_out_are_accounted_for(study, run):
    state = run(study(DM, EX, forms=("dm", "ex")), **TABLES)
    account = next(a for a in state.accounts if a.dataset == "EX")
    assert (account.read, account.used, dict(account.excluded)) == (4, 3, {"not: DOSE > 0": 1})


def test_a_column_that_the_form_lacks_is_one_finding(study, run):
    tables = {**TABLES, "dm": {"SUBJ": ["1"]}}
    state = run(study(DM, EX, forms=("dm", "ex")), **tables)
    missing = [f for f in state.findings.rows() if f.rule == "input.column"]
    assert [(f.dataset, f.variable, f.source) for f in missing] == [("dm", "SEX", "dm.csv")]
    assert state.column("DM", "*", "SEX").isna().all()


def test_a_second_record_where_one_is_expected_is_reported(study, run):
    spec = study(
        DM, EX, """
        dataset: VS
        keys: [STUDYID, USUBJID, VSTESTCD]
        records: [{from: dm}]
        variables:
          VSSEQ: {sequence: []}
          VSTESTCD: {constant: WEIGHT}
          VSTEST: {constant: Weight}
          VSORRES: {copy: ex.DAT}
        """, forms=("dm", "ex"),
    )  # fmt: skip
    state = run(spec, **TABLES)
    assert [(f.rule, f.usubjid) for f in state.findings.rows() if f.severity == "error"] == [
        ("lookup.multiple", "ABC-1")
    ]
    assert state.column("VS", "*", "VSORRES").tolist() == ["2024-02", "2024-01-08"]


BY_SUBJECT = """
dataset: DM
records: [{from: dm}]
variables: {SUBJID: {copy: SUBJ}, DTHDTC: {copy: ds.DEATH}}
"""


def by_subject(study, run, deaths):
    tables = {"dm": {"SUBJ": ["1", "2"]}, "ds": {"SUBJ": ["1", "1", "2"], "DEATH": deaths}}
    state = run(study(BY_SUBJECT, forms=("dm", "ds")), **tables)
    found = [f.usubjid for f in state.findings.rows() if f.rule == "lookup.multiple"]
    return state.column("DM", "*", "DTHDTC").fillna("").tolist(), found


def test_a_value_that_every_record_of_a_subject_repeats_is_the_subjects(study, run):
    assert by_subject(study, run, ["2024-01-01", "2024-01-01", None]) == (["2024-01-01", ""], [])


def test_records_of_a_subject_that_differ_in_the_value_are_reported(study, run):
    assert by_subject(study, run, ["2024-01-01", None, "2024-02-02"]) == (["2024-01-01", "2024-02-02"], ["ABC-1"])
    assert by_subject(study, run, [None, "2024-01-01", None]) == (["", ""], ["ABC-1"])


def test_of_a_group_the_last_by_a_descending_order_is_kept(study, run):
    dm = """
    dataset: DM
    records: [{from: dm, first: [USUBJID], order: [-NUMBER]}]
    variables: {SUBJID: {copy: NUMBER}}
    """
    state = run(study(dm), dm={"SUBJ": ["1", "1", "2"], "NUMBER": ["1", "7", "2"]})
    assert frame(state, "DM", "USUBJID", "SUBJID").values.tolist() == [["ABC-1", "7"], ["ABC-2", "2"]]


def test_a_descending_order_waits_for_the_variable_that_it_names(study, run):
    ex = """
    dataset: EX
    records: [{from: ex}]
    variables:
      EXSEQ: {sequence: [-EXSTDTC]}
      EXSTDTC: {copy: DAT}
    """
    state = run(study(ex, forms=("dm", "ex")), ex={"SUBJ": ["1", "1"], "DAT": ["2024-01-01", "2024-01-08"]})
    assert frame(state, "EX", "EXSEQ").values.tolist() == [[2], [1]]


def test_a_variable_that_only_other_slices_derive_is_blank_and_no_finding(study, run):
    ex = """
    dataset: EX
    records: [{id: a, from: ex, EXCAT: GIVEN}, {id: b, from: dm}]
    variables:
      EXCAT: {}
      EXSEQ: {sequence: [EXCAT]}
      EXTRT: {case: [{when: {EXCAT: missing}, then: NONE}]}
    """
    state = run(study(ex, forms=("dm", "ex")), ex={"SUBJ": ["1"]}, dm={"SUBJ": ["1"]})
    got = frame(state, "EX", "EXSEQ", "EXTRT").values.tolist()
    assert got[0][0] == 2
    assert pd.isna(got[0][1])
    assert got[1] == [1, "NONE"]
    assert not state.findings.rows()
