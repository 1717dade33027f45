"""TA, TE, TV and TI from a design in study.yaml."""

from __future__ import annotations

import numpy as np

from sdtm.trial_design import design_table

DESIGN = {
    "visits": [{"VISITNUM": 0, "VISIT": "SCREENING", "TVSTRL": "Consent", "folder": "S"}],
    "elements": [{"ETCD": "S", "ELEMENT": "Screening", "TESTRL": "Consent", "TEDUR": "P28D"}],
    "criteria": [{"IETESTCD": "INCL01", "IETEST": "Adult", "IECAT": "INCLUSION"}],
}


def test_a_table_has_the_standards_columns_and_what_the_design_leaves_out_is_missing():
    visits = design_table(DESIGN, "visits")
    assert "folder" not in visits
    assert visits["VISITNUM"].tolist() == [0.0]
    assert np.isnan(visits["VISITDY"].iloc[0])
    assert design_table(DESIGN, "elements")["TEDUR"].tolist() == ["P28D"]


def test_no_design_makes_no_records():
    assert not len(design_table({}, "arms"))
    assert not len(design_table({}, "criteria"))


def test_a_criterion_has_its_text_and_an_unknown_one_is_a_finding(study, run):
    ie = """
    dataset: IE
    keys: [STUDYID, USUBJID]
    records: [{from: ie}]
    variables:
      IETESTCD: {copy: CODE}
      IETEST: {design_value: {table: criteria, by: {IETESTCD: IETESTCD}, value: IETEST}}
    """
    extra = "design: {criteria: [{IETESTCD: INCL01, IETEST: Adult}]}"
    state = run(study(ie, forms=("dm", "ie"), extra=extra), ie={"SUBJ": ["1", "1"], "CODE": ["INCL01", "INCL09"]})
    assert state.column("IE", "*", "IETEST").fillna("").tolist() == ["Adult", ""]
    assert [(f.rule, f.value) for f in state.findings.rows()] == [("value.design", "INCL09")]
