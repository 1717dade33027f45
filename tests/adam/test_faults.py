"""Faults that published derivations have: each has a rule here that avoids it, and a finding where it would bite."""

from __future__ import annotations

import pandas as pd
import pytest

ADSL = """
dataset: ADSL
label: Subjects
records: [{from: dm}]
variables:
  RANDDT: {impute_date: RAND}
  DTHDT: {impute_date: DTH}
"""
ADRS = """
dataset: ADRS
label: Responses
parameters:
  - PARAMCD: OVR
    from: RS
    where: {RSCAT: RECIST 1.1}
    variables:
      ADT: {impute_date: RSDTC}
      AVALC: {copy: RSSTRESC}
      ANL01FL: {worst_of_date: {order: [NE, CR, PR, SD, PD], sequence: RSSEQ, after: ADSL.RANDDT}}
      ANL02FL: {up_to_first: {event: {AVALC: PD, ANL01FL: "Y"}, where: {ANL01FL: "Y"}}}
  - PARAMCD: PD
    first_record: {of: {from: ADRS, where: {PARAMCD: OVR, ANL01FL: "Y", AVALC: PD}}}
  - PARAMCD: BOR
    best_response: &best
      of: {from: ADRS, where: {PARAMCD: OVR, ANL02FL: "Y"}}
      order: [CR, PR, SD, PD, NE]
      evidence: {from: ADRS, where: {PARAMCD: PD, AVALC: "Y"}}
  - PARAMCD: CBOR
    best_response: {<<: *best, confirm: {after_days: 28}}
  - PARAMCD: CRSP
    confirmed_response: {of: {from: ADRS, where: {PARAMCD: OVR, ANL02FL: "Y"}}, confirm: {after_days: 28}}
  - PARAMCD: CBCP
    first_record:
      of: {from: ADRS, where: {PARAMCD: CBOR, AVALC: [CR, PR]}}
      evidence: {from: ADRS, where: {PARAMCD: CRSP, AVALC: "Y"}}
  # what comes of records that were left out, and of the wrong parameter
  - PARAMCD: BORX
    best_response: {<<: *best, of: {from: ADRS, where: {PARAMCD: OVR, ANL02FL: "Y", AVALC: {NE: PD}}}}
  - PARAMCD: CBCPX
    first_record:
      of: {from: ADRS, where: {PARAMCD: BORX, AVALC: iCR}}
      evidence: {from: ADRS, where: {PARAMCD: CRSP, AVALC: "Y"}}
  - PARAMCD: IOVR
    from: RS
    where: {RSCAT: iRECIST}
    variables:
      ADT: {impute_date: RSDTC}
      AVALC: {copy: RSSTRESC}
      ANL01FL: {worst_of_date: {order: [NE, iCR, iPR, iSD, iUPD, iCPD], after: ADSL.RANDDT}}
  - PARAMCD: ICPD
    immune_progression: {of: {from: ADRS, where: {PARAMCD: IOVR, ANL01FL: "Y"}}, confirmed: true}
  - PARAMCD: IBOR
    best_response:
      criteria: iRECIST
      of: {from: ADRS, where: {PARAMCD: IOVR, ANL01FL: "Y"}}
      order: [iCR, iPR, iSD, iCPD, iUPD, NE]
      evidence: {from: ADRS, where: {PARAMCD: ICPD, AVALC: "Y"}}
variables:
  PARAM: {copy: PARAMCD}
  ADT: {copy: ADT}
  AVALC: {copy: AVALC}
  ANL01FL: {}
  ANL02FL: {}
"""
ADTTE = """
dataset: ADTTE
label: Times
parameters:
  - PARAMCD: OS
    time_to_event: &survival
      start: {from: ADSL, date: RANDDT}
      events: [{from: ADSL, where: {DTHDT: {missing: false}}, date: DTHDT, EVNTDESC: Death}]
      censor: [{from: ADRS, where: {PARAMCD: OVR, ANL01FL: "Y"}, CNSDTDSC: Last assessment}]
      before_start: ignore
  - PARAMCD: OSX
    time_to_event: {<<: *survival, before_start: move}
  - PARAMCD: PFS
    time_to_event: &free
      start: {from: ADSL, date: RANDDT}
      events: [{from: ADRS, where: {PARAMCD: PD, AVALC: "Y"}, EVNTDESC: Progression}]
      censor: [{from: ADRS, where: {PARAMCD: OVR, ANL01FL: "Y", AVALC: {NE: NE}}, CNSDTDSC: Last adequate}]
      inadequate: {from: ADRS, where: {PARAMCD: OVR, ANL01FL: "Y", AVALC: NE}}
  - PARAMCD: PFSX
    time_to_event: {<<: *free, censor: [{from: ADRS, where: {PARAMCD: OVR, ANL01FL: "Y"}, CNSDTDSC: Last}]}
variables:
  PARAM: {copy: PARAMCD}
  STARTDT: {copy: STARTDT}
  ADT: {copy: ADT}
  AVAL: {copy: AVAL}
  CNSR: {copy: CNSR}
  EVNTDESC: {copy: EVNTDESC}
"""
RESPONSES = [
    # subject, criteria, date, response
    ("1", "RECIST 1.1", "2024-02-15", "PD"),
    ("1", "RECIST 1.1", "2024-02-15", "PD"),
    ("2", "RECIST 1.1", "2023-12-24", "PD"),
    ("2", "RECIST 1.1", "2024-02-15", "PR"),
    ("2", "RECIST 1.1", "2024-04-01", "PR"),
    ("3", "iRECIST", "2024-02-15", "iCPD"),
    ("4", "RECIST 1.1", "2024-02-15", "SD"),
    ("4", "RECIST 1.1", "2024-04-01", "NE"),
]


@pytest.fixture
def trial(study, run):
    subject, criteria, date, response = zip(*RESPONSES, strict=True)
    state = run(
        study(adam=(ADSL, ADRS, ADTTE)),
        dm={
            "SUBJ": ["1", "2", "3", "4", "5"],
            "RAND": ["2024-01-01"] * 4 + [None],
            "DTH": [None, None, None, "2023-12-30", "2024-05-05"],
        },
        RS={
            "USUBJID": [f"ABC-{number}" for number in subject],
            "RSCAT": list(criteria),
            "RSDTC": list(date),
            "RSSTRESC": list(response),
            "RSSEQ": [float(n) for n in range(len(RESPONSES))],
        },
    )

    def value(dataset, code, subject, column="AVALC"):
        for sheet in state.tables[dataset].sheets.values():
            frame = pd.DataFrame(sheet.columns)
            found = frame[(frame["PARAMCD"] == code) & (sheet.subject == int(subject) - 1)]
            if len(found):
                return found[column].tolist()[0]
        return None

    def findings(rule):
        return [(f.usubjid[-1], f.value, f.dataset) for f in state.findings.rows() if f.rule == rule]

    return value, findings


def test_a_second_progression_on_one_date_leaves_the_best_response(trial):
    value, findings = trial
    assert [value("ADRS", code, 1) for code in ("PD", "BOR", "CBOR")] == ["Y", "PD", "PD"]
    assert findings("response.repeated") == [("1", "PD", "ADRS")]


def test_a_progression_before_randomization_does_not_count(trial):
    value, findings = trial
    assert [value("ADRS", code, 2) for code in ("PD", "BOR", "CBOR")] == ["N", "PR", "PR"]
    assert findings("response.before_start") == [("2", "PD", "ADRS")]


def test_a_best_response_that_is_missing_while_there_is_progression_is_found(trial):
    value, findings = trial
    assert [value("ADRS", code, 1) for code in ("PD", "BOR", "BORX")] == ["Y", "PD", "MISSING"]
    assert ("1", "", "ADRS") in findings("response.missed")


def test_a_best_response_of_cr_or_pr_is_that_of_the_confirmed_best_response(trial):
    value, findings = trial
    assert [value("ADRS", "CBCP", n) for n in (1, 2)] == ["N", "Y"]
    assert value("ADRS", "CBCPX", 2) == "N"
    assert findings("response.missed") == [("1", "", "ADRS"), ("2", "", "ADRS")]


def test_an_icpd_alone_is_the_best_response(trial):
    value, findings = trial
    assert [value("ADRS", code, 3) for code in ("ICPD", "IBOR")] == ["Y", "iCPD"]
    assert findings("irecist.unheralded") == [("3", "2024-02-15", "ADRS")]


def test_an_assessment_that_is_not_evaluable_censors_nobody(trial):
    value, findings = trial
    assert value("ADTTE", "PFS", 4, "ADT") == pd.Timestamp("2024-02-15")
    assert value("ADTTE", "PFSX", 4, "ADT") == pd.Timestamp("2024-04-01")
    assert findings("time_to_event.inadequate") == [("4", "2024-04-01", "ADTTE")]


def test_a_death_before_randomization_is_no_event_of_day_1(trial):
    value, findings = trial
    assert [value("ADTTE", "OS", 4, name) for name in ("CNSR", "EVNTDESC")] == [1, "Last assessment"]
    assert [value("ADTTE", "OSX", 4, name) for name in ("CNSR", "AVAL")] == [0, 1]
    assert findings("time_to_event.before_start") == [("4", "2023-12-30", "ADTTE")] * 2


def test_without_a_start_there_is_no_record(trial):
    value, findings = trial
    assert [value("ADTTE", code, 5, "ADT") for code in ("OS", "OSX", "PFS", "PFSX")] == [None] * 4
    assert findings("time_to_event.no_start") == [("5", "2024-05-05", "ADTTE")] * 2
