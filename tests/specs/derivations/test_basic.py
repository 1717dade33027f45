"""Cases: which rule gives a record its value, and what is said of it."""

from __future__ import annotations

DM = """
dataset: DM
records: [{from: dm}]
variables:
  SUBJID: {copy: SUBJ}
  SEX:
    case:
      rules:
        - {when: {H: {GE: 200}}, then: M, report: "a giant"}
        - {when: {H: {GE: 100}}, then: F, report: "tall"}
      otherwise: U
"""


def run_case(study, run, heights):
    tables = {"SUBJ": [str(n) for n in range(len(heights))], "H": heights}
    return run(study(DM), dm=tables)


def test_the_first_rule_that_holds_gives_the_value(study, run):
    state = run_case(study, run, ["250", "150", "50", None])
    assert state.column("DM", "*", "SEX").tolist() == ["M", "F", "U", "U"]


def test_a_rule_reports_only_the_records_that_get_their_value_by_it(study, run):
    state = run_case(study, run, ["250", "150", "50"])
    found = [(f.severity, f.message, f.usubjid, f.source) for f in state.findings.rows() if f.rule == "value.rule"]
    assert sorted(found) == [
        ("warning", "a giant", "ABC-0", "dm.csv record 1"),
        ("warning", "tall", "ABC-1", "dm.csv record 2"),
    ]
