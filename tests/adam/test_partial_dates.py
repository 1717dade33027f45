"""Partial dates from the collected text to imputed, bounded and flagged analysis dates, in a study worked by hand."""

from __future__ import annotations

import re

import pandas as pd
import pytest
import small_study
import small_trial

import oncdisc

ADSL = """
dataset: ADSL
label: Subjects
records: [{from: dm}]
variables:
  SUBJID: {copy: SUBJ}
  BRTHDT: {impute_date: {date: BIRTH, highest: M}, label: Birth, type: date}
  RANDDT: {impute_date: RAND}
  DCUTDT: {impute_date: CUT, label: Cutoff, type: date}
  DTHDT: {impute_date: {date: DEATH, highest: ""}}
  TRTSDTC:
    earliest_date_text: {sources: [{from: EX, where: {EXDOSE: {GT: 0}}, date: EXSTDTC, highest: D}], until: DCUTDT}
    label: As Collected
    type: text
  TRTEDTC:
    latest_date_text:
      sources: [{from: EX, where: {EXDOSE: {GT: 0}}, date: EXENDTC, highest: D, fill: last}]
      until: DCUTDT
    label: As Collected
    type: text
  TRTSDTM: {impute_datetime: {date: TRTSDTC, highest: D, not_before: [{column: RANDDT}]}}
  TRTSDTF: {imputation_flag: {collected: TRTSDTC, date: TRTSDTM}}
  TRTSTMF: {imputation_flag: {collected: TRTSDTC, date: TRTSDTM, part: time, seconds_collected: false}}
  TRTEDTM:
    impute_datetime:
      date: TRTEDTC
      highest: D
      fill: last
      fill_time: last
      not_before: [{column: TRTSDTM}]
      not_after: [{column: DTHDT}, {column: DCUTDT}]
  TRTEDTF: {imputation_flag: {collected: TRTEDTC, date: TRTEDTM}}
  TRTETMF: {imputation_flag: {collected: TRTEDTC, date: TRTEDTM, part: time, seconds_collected: false}}
"""
ADAE = """
dataset: ADAE
label: Events
records: [{from: AE}]
variables:
  AESEQ: {copy: AESEQ, label: Number, type: integer}
  AESTDTC: {copy: AESTDTC, label: Start, type: text}
  ASTDT:
    impute_date:
      date: AESTDTC
      highest: Y
      fill: first
      not_before: [{column: ADSL.BRTHDT}, {column: ADSL.TRTSDTM}]
      not_after: [{column: ADSL.DTHDT}, {column: ADSL.DCUTDT}]
  ASTDTF: {imputation_flag: {collected: AESTDTC, date: ASTDT}}
"""
SUBJECTS = {
    "SUBJ": ["1", "2", "3"],
    "BIRTH": ["1960", "1955-04", "1970-01-01"],
    "RAND": ["2024-03-10", "2024-03-10", "2024-03-10"],
    "CUT": ["2024-06-20"] * 3,
    "DEATH": [None, "2024-05-12", None],
}
DOSES = {
    "USUBJID": ["ABC-1", "ABC-1", "ABC-1", "ABC-2", "ABC-2", "ABC-3", "ABC-3"],
    "EXDOSE": [10.0, 10.0, 0.0, 10.0, 10.0, 10.0, 10.0],
    "EXSTDTC": ["2024-03-12T08:30", "2024-03-12", "2024-03-01", "2024-03", "2024-05", "2024-04-02T14:05", "2024-06"],
    "EXENDTC": ["2024-03-12T09:30", "2024-03-12", "2024-06-19", "2024-03", "2024-05", "2024-04-02T15", "2024-06"],
}
EVENTS = {
    "USUBJID": ["ABC-1", "ABC-1", "ABC-1", "ABC-2", "ABC-2", "ABC-3"],
    "AESEQ": [1.0, 2.0, 3.0, 1.0, 2.0, 1.0],
    "AESTDTC": ["2024-03", "2024", "2024-02", "2024-06", None, "2024-04-02"],
}


@pytest.fixture
def state(study, run):
    return run(study(adam=(ADSL, ADAE)), dm=SUBJECTS, EX=DOSES, AE=EVENTS)


def values(state, dataset, *names):
    """The columns of a dataset, dates as text."""
    frame = pd.DataFrame({name: state.column(dataset, "*", name) for name in names})
    shown = {n: c.dt.strftime("%Y-%m-%dT%H:%M:%S") for n, c in frame.items() if pd.api.types.is_datetime64_dtype(c)}
    frame = frame.assign(**shown).astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


def test_first_doses_are_imputed_from_what_was_collected_and_never_before_randomization(state):
    assert values(state, "ADSL", "TRTSDTC", "TRTSDTM", "TRTSDTF", "TRTSTMF") == [
        ["2024-03-12", "2024-03-12T00:00:00", None, "H"],  # the dose without a time may have been the first
        ["2024-03", "2024-03-10T00:00:00", "D", "H"],  # not on 1 March
        ["2024-04-02T14:05", "2024-04-02T14:05:00", None, None],
    ]


def test_last_doses_end_neither_after_death_nor_after_the_cutoff(state):
    assert values(state, "ADSL", "TRTEDTC", "TRTEDTM", "TRTEDTF", "TRTETMF") == [
        ["2024-03-12", "2024-03-12T23:59:59", None, "H"],  # a dose of 0 is none
        ["2024-05", "2024-05-12T23:59:59", "D", "H"],  # death on the 12th
        ["2024-04-02T15", "2024-04-02T15:59:59", None, "M"],  # 30 June lies after the cutoff, so that dose is out
    ]


def test_starts_of_events_stay_within_birth_treatment_death_and_cutoff(state):
    assert values(state, "ADAE", "AESTDTC", "ASTDT", "ASTDTF") == [
        ["2024-03", "2024-03-12T00:00:00", "D"],
        ["2024", "2024-03-12T00:00:00", "M"],
        ["2024-02", "2024-02-29T00:00:00", "D"],  # nearest to the treatment that what was collected allows
        ["2024-06", "2024-06-01T00:00:00", "D"],  # what was collected wins over a death in May
        [None, "2024-03-10T00:00:00", "Y"],
        ["2024-04-02", "2024-04-02T00:00:00", None],
    ]


def test_the_collected_text_leads_to_its_record(state):
    links = [link.seen for link in state.links if (link.dataset, link.variable) == ("ADSL", "TRTEDTC")]
    assert [(seen.table, seen.rows.tolist(), seen.source_rows.tolist()) for seen in links] == [
        ("EX", [0, 1, 2], [1, 4, 5])
    ]
    assert values(state, "ADSL", "TRTEDTC")[2] == [DOSES["EXENDTC"][5]]


def test_an_event_whose_date_is_partial_is_left_out_and_said(tmp_path):
    event = "[{from: AE, where: {AETERM: Nausea}, date: AESTDTC, EVNTDESC: Nausea}]"
    trial = {"adam/adtte.yaml": re.sub(r"events: .*", f"events: {event}", small_trial.FILES["adam/adtte.yaml"])}
    small_study.write(tmp_path / "study", {**small_trial.FILES, **trial})
    small_study.write(tmp_path / "raw", small_study.EXTRACT)
    result = oncdisc.build(tmp_path / "study", raw=tmp_path / "raw", out=tmp_path / "out")
    found = [row for row in result.findings.rows() if row.rule == "time_to_event.partial"]
    assert [(row.usubjid, row.value, row.source) for row in found] == [("ABC-2", "2024-01", "ae.csv record 3")]
    assert "AESTDTC is not a complete date" in found[0].message
