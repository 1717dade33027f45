"""The engine's words in small studies, each table worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from specs.errors import SpecError
from specs.registry import find

ADSL = """
dataset: ADSL
label: Subjects
records: [{from: dm}]
variables:
  SUBJID: {copy: SUBJ}
  RANDDT: {impute_date: RAND}
  DTHDT: {impute_date: {date: DTH, not_before: [{column: LSTALVDT, days: 1}]}}
  DTHDTF: {imputation_flag: {collected: DTH, date: DTHDT}}
  DCUTDT: {impute_date: CUT, label: Data Cutoff Date, type: date}
  LSTALVDT:
    latest_date: &alive
      sources: [{from: RS, date: RSDTC, highest: M}, {from: cm, date: CMDAT, name: CM form}]
      columns: [RANDDT]
      until: DCUTDT
  LSTALVS: {latest_date_source: *alive, label: Source of Last Alive Date, type: text}
"""
ADRS = """
dataset: ADRS
label: Responses
parameters:
  - PARAMCD: OVR
    from: RS
    where: {RSTESTCD: OVRLRESP}
    variables:
      ADT: {impute_date: {date: RSDTC, highest: D, fill: last}}
      AVALC: {copy: RSSTRESC}
      ANL01FL:
        worst_of_date:
          order: [NE, CR, PR, SD, PD]
          sequence: RSSEQ
          where: {ADT: {GE: {variable: ADSL.RANDDT}}}
      ANL02FL: {up_to_first: {event: {AVALC: PD, ANL01FL: "Y"}}}
  - PARAMCD: PD
    first_record: {of: {from: ADRS, where: {PARAMCD: OVR, ANL01FL: "Y", AVALC: PD}}}
  - PARAMCD: RSP
    first_record: {of: {from: ADRS, where: {PARAMCD: OVR, ANL01FL: "Y", ANL02FL: "Y", AVALC: [CR, PR]}}}
  - PARAMCD: CRSP
    confirmed_response: {of: &both {from: ADRS, where: {PARAMCD: OVR, ANL01FL: "Y", ANL02FL: "Y"}}, confirm: {}}
  - PARAMCD: CB
    clinical_benefit: {of: *both, stable: {after_days: 42, since: ADSL.RANDDT}}
  - PARAMCD: BOR
    best_response:
      of: *both
      stable: {after_days: 42, since: ADSL.RANDDT}
      order: [CR, PR, SD, PD, NE]
  - PARAMCD: CBOR
    best_response:
      of: *both
      confirm: {after_days: 28}
      stable: {after_days: 42, since: ADSL.RANDDT}
      order: [CR, PR, SD, PD, NE]
      none: MISSING
      subjects: {ADSL.RANDDT: {missing: false}}
  - PARAMCD: LSTA
    last_record: {of: {from: ADRS, where: {PARAMCD: OVR, ANL01FL: "Y"}}, found: null, otherwise: null}
  - PARAMCD: NEWTX
    exists_record: {of: {from: cm}}
    variables: {ADT: {blank: {}}}
variables:
  PARAM: {copy: PARAMCD}
  ADT: {copy: ADT}
  AVALC: {copy: AVALC}
  ASEQ: {sequence: [PARAMCD, ADT]}
"""
ADTTE = """
dataset: ADTTE
label: Times
parameters:
  - PARAMCD: PFS
    time_to_event:
      start: {from: ADSL, date: RANDDT}
      events:
        - {from: ADRS, where: {PARAMCD: PD, AVALC: "Y"}, sequence: ASEQ, EVNTDESC: Progression}
        - {from: ADSL, where: {DTHDT: {missing: false}}, date: DTHDT, EVNTDESC: Death}
      unassessed:
        - without: {from: ADRS, where: {PARAMCD: OVR}, period: after}
          unless: {from: ADSL, date: DTHDT}
          EVNTDESC: No assessment
          CNSR: 6
      stops:
        - {from: cm, date: CMDAT, EVNTDESC: New therapy, CNSDTDSC: Last assessment, at_start: Randomization, CNSR: 2}
      gap: {EVNTDESC: Gap, CNSDTDSC: Last assessment, CNSR: 4}
      assessments: &adequate
        {from: ADRS, where: {PARAMCD: OVR, AVALC: {NE: NE}}, sequence: ASEQ}
      planned: {days: [42, 84, 126, 168], window: 7}
      censor:
        - {from: ADRS, where: {PARAMCD: OVR, AVALC: {NE: NE}}, sequence: ASEQ, CNSDTDSC: Last assessment}
        - {from: ADSL, date: RANDDT, CNSDTDSC: Randomization}
  - PARAMCD: DOR
    time_to_same_end:
      start: {from: ADRS, where: {PARAMCD: RSP, AVALC: "Y"}}
      end: {from: ADTTE, where: {PARAMCD: PFS}}
    variables:
      CNSR: {copy: CNSR}
      EVNTDESC: {copy: EVNTDESC}
variables:
  PARAM: {copy: PARAMCD}
  STARTDT: {copy: STARTDT}
  ADT: {copy: ADT}
  AVAL: {copy: AVAL}
  CNSR: {copy: CNSR}
  EVNTDESC: {copy: EVNTDESC}
  CNSDTDSC: {copy: CNSDTDSC}
  SRCDOM: {copy: SRCDOM}
  SRCVAR: {copy: SRCVAR}
  SRCSEQ: {copy: SRCSEQ}
"""
SUBJECTS = {
    "SUBJ": ["1", "2", "3", "4"],
    "RAND": ["2024-01-01", "2024-01-01", "2024-01-01", None],
    "DTH": [None, "2024-06", None, None],
    "CUT": ["2024-12-31"] * 4,
}
RESPONSES = [
    # subject 1: PR confirmed, then progression; two records on the last day
    ("1", "2024-02-12", "PR"),
    ("1", "2024-03-25", "PR"),
    ("1", "2024-05-06", "SD"),
    ("1", "2024-05-06", "PD"),
    # subject 2: stable, new therapy, death after it
    ("2", "2024-02-12", "SD"),
    ("2", "2024-03-25", "SD"),
    # subject 4 was never randomized
    ("4", "2024-02-12", "CR"),
]
TABLES = {
    "dm": SUBJECTS,
    "cm": {"SUBJ": ["2", "2"], "CMDAT": ["2024-04-10", "2025-01-15"]},
    "RS": {
        "USUBJID": [f"ABC-{s}" for s, _, _ in RESPONSES],
        "RSTESTCD": ["OVRLRESP"] * len(RESPONSES),
        "RSSEQ": [str(n + 1) for n in range(len(RESPONSES))],
        "RSDTC": [d for _, d, _ in RESPONSES],
        "RSSTRESC": [v for *_, v in RESPONSES],
    },
}


@pytest.fixture
def state(study, run):
    return run(study(forms=("dm", "cm"), adam=(ADSL, ADRS, ADTTE)), **TABLES)


def rows(state, dataset, slice_id, *names):
    frame = pd.DataFrame({name: state.column(dataset, slice_id, name) for name in names})
    shown = frame.apply(lambda c: c.dt.strftime("%Y-%m-%d") if c.dtype.kind == "M" else c)
    return shown.astype(object).where(shown.notna(), None).to_numpy().tolist()


def parameter(state, code):
    """(subject, AVALC, ADT) of a parameter of ADRS."""
    spec = state.spec.datasets["ADRS"]
    slice_id = next(name for name, part in spec.slices.items() if part.constants["PARAMCD"] == code)
    return rows(state, "ADRS", slice_id, "USUBJID", "AVALC", "ADT")


def test_dates_of_the_subject(state):
    assert rows(state, "ADSL", "*", "USUBJID", "RANDDT", "DTHDT", "DTHDTF", "LSTALVDT", "LSTALVS") == [
        ["ABC-1", "2024-01-01", None, None, "2024-05-06", "RS.RSDTC"],
        ["ABC-2", "2024-01-01", "2024-06-01", "D", "2024-04-10", "CM form"],
        ["ABC-3", "2024-01-01", None, None, "2024-01-01", "RANDDT"],
        ["ABC-4", None, None, None, "2024-02-12", "RS.RSDTC"],
    ]


def test_the_source_of_a_date_is_traced(state):
    links = [link for link in state.links if link.dataset == "ADSL" and link.variable == "LSTALVDT"]
    assert {link.seen.table: link.seen.source_rows.tolist() for link in links} == {"RS": [2, 6], "cm": [0]}


def test_flags_of_assessments(state):
    assert rows(state, "ADRS", next(iter(state.spec.datasets["ADRS"].slices)), "AVALC", "ANL01FL", "ANL02FL") == [
        ["PR", "Y", "Y"], ["PR", "Y", "Y"], ["SD", None, "Y"], ["PD", "Y", "Y"], ["SD", "Y", "Y"], ["SD", "Y", "Y"],
        ["CR", None, "Y"],
    ]  # fmt: skip


def test_one_record_of_each_parameter_for_each_subject(state):
    assert parameter(state, "PD") == [
        ["ABC-1", "Y", "2024-05-06"], ["ABC-2", "N", None], ["ABC-3", "N", None], ["ABC-4", "N", None],
    ]  # fmt: skip
    assert parameter(state, "RSP")[0] == ["ABC-1", "Y", "2024-02-12"]
    assert parameter(state, "CRSP")[0] == ["ABC-1", "Y", "2024-02-12"]
    assert parameter(state, "CB")[:3] == [
        ["ABC-1", "Y", "2024-02-12"], ["ABC-2", "Y", "2024-02-12"], ["ABC-3", "N", None],
    ]  # fmt: skip
    assert parameter(state, "BOR") == [
        ["ABC-1", "PR", "2024-02-12"], ["ABC-2", "SD", "2024-02-12"], ["ABC-3", "MISSING", None],
        ["ABC-4", "MISSING", None],
    ]  # fmt: skip
    assert [row[:2] for row in parameter(state, "NEWTX")] == [
        ["ABC-1", "N"], ["ABC-2", "Y"], ["ABC-3", "N"], ["ABC-4", "N"],
    ]  # fmt: skip


def test_a_condition_says_who_gets_a_record(state):
    assert [row[0] for row in parameter(state, "CBOR")] == ["ABC-1", "ABC-2", "ABC-3"]
    assert parameter(state, "LSTA") == [["ABC-1", "PD", "2024-05-06"], ["ABC-2", "SD", "2024-03-25"]]


def test_time_to_event_says_which_record_it_comes_from(state):
    names = ("USUBJID", "STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR")
    first, second = state.spec.datasets["ADTTE"].slices
    assert rows(state, "ADTTE", first, *names) == [
        ["ABC-1", "2024-01-01", "2024-05-06", 127.0, 0.0, "Progression", None, "ADRS", "ADT"],
        ["ABC-2", "2024-01-01", "2024-03-25", 85.0, 2.0, "New therapy", "Last assessment", "ADRS", "ADT"],
        ["ABC-3", "2024-01-01", "2024-01-01", 1.0, 6.0, "No assessment", None, "ADSL", "RANDDT"],
    ]
    assert rows(state, "ADTTE", second, *names[:6]) == [
        ["ABC-1", "2024-02-12", "2024-05-06", 85.0, 0.0, "Progression"],
    ]


def test_the_sequence_number_of_the_source_is_that_of_the_record_met(state):
    first = next(iter(state.spec.datasets["ADTTE"].slices))
    (_, met), (_, assessed), (_, none) = rows(state, "ADTTE", first, "USUBJID", "SRCSEQ")
    adrs = pd.DataFrame({n: state.column("ADRS", "*", n) for n in ("USUBJID", "PARAMCD", "ADT", "ASEQ")})
    numbers = adrs.set_index(["USUBJID", "PARAMCD", "ADT"])["ASEQ"].sort_index()
    assert met == numbers["ABC-1", "PD", "2024-05-06"].item()
    assert assessed == numbers["ABC-2", "OVR", "2024-03-25"].item()
    assert none is None


def test_the_stop_that_decided_is_in_the_lineage(state):
    seen = [link.seen for link in state.links if link.dataset == "ADTTE" and link.seen.table == "cm"]
    found = [(s.rule, s.rows.tolist(), s.source_rows.tolist()) for s in seen]
    assert found == [("decided: New therapy", [1], [0]), ("stops: New therapy", [1, 1], [0, 1])]


def test_every_record_that_could_have_ended_the_time_is_in_the_lineage(state):
    first, second = state.spec.datasets["ADTTE"].slices
    seen = {link.seen.rule: link.seen for link in state.links if (link.dataset, link.slice) == ("ADTTE", first)}
    assert {"start", "events: Progression", "assessments"} <= set(seen)
    assert seen["start"].rows.tolist() == [0, 1, 2]
    assert seen["events: Progression"].rows.tolist() == [0]
    assert [link.seen.rule for link in state.links if (link.dataset, link.slice) == ("ADTTE", second)] == ["start"]


def test_all_assessments_of_a_subject_are_in_the_lineage_of_the_best(state):
    spec = state.spec.datasets["ADRS"]
    best = next(name for name, part in spec.slices.items() if part.constants["PARAMCD"] == "BOR")
    seen = next(link.seen for link in state.links if link.dataset == "ADRS" and link.slice == best)
    assert seen.rows.tolist() == [0, 0, 0, 1, 1]


def test_words_for_define(state):
    slices = {part.constants["PARAMCD"]: part for part in state.spec.datasets["ADRS"].slices.values()}
    text = slices["CBOR"].bound.sentence()
    for piece in ("CR, PR, SD, PD, NE", "at least 28 days later", "at most 1 NE", "42 days after ADSL.RANDDT"):
        assert piece in text
    pfs = next(iter(state.spec.datasets["ADTTE"].slices.values())).bound.sentence()
    for piece in ("(Progression)", "2 or more planned assessments missed", "CNSR 6", "plus 1"):
        assert piece in pfs


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        (
            "worst_of_date",
            {"order": ["CR", "PD"]},
            "Y for the worst AVALC (from best to worst: CR, PD) of the subject on each ADT",
        ),
        (
            "up_to_first",
            {"event": {"AVALC": "PD"}, "where": {"ANL01FL": "Y"}},
            "Y up to and with the first ADT of the subject on which AVALC is PD, among records where ANL01FL is Y",
        ),
        ("nadir", {}, "The smallest AVAL before ADT, of the same subject and PARAMCD"),
        (
            "treatment_emergent",
            {"window_days": None},
            "Y where ASTDT is on or after ADSL.TRTSDT, or is missing and AENDT is not before ADSL.TRTSDT",
        ),
    ],
)  # fmt: skip
def test_sentences_leave_out_what_was_not_asked_for(name, arguments, sentence):
    definition = find("variable", name)
    assert definition is not None
    assert definition.bind(arguments).sentence() == sentence


def test_every_word_has_a_summary_and_described_arguments():
    for kind, names in {
        "records": ("best_response", "first_record", "time_to_event", "clinical_benefit"),
        "variable": ("impute_date", "latest_date", "duration", "worst_of_date", "treatment_emergent", "base"),
    }.items():
        for name in names:
            definition = find(kind, name)
            assert definition is not None
            assert len(definition.summary) > 20


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("RANDDT: {impute_date: {date: RAND, fill: middle}}", "no date to fill with"),
        ("RANDDT: {impute_date: {date: RAND, highest: M, fill: '15'}}", "missing month or year"),
        ("RANDDT: {duration: {start: A, end: B, unit: moons}}", "unit"),
    ],
)
def test_arguments_that_make_no_sense_are_spec_errors(study, wrong, message):
    with pytest.raises(SpecError, match=message):
        study(adam=(ADSL.replace("RANDDT: {impute_date: RAND}", wrong),), forms=("dm", "cm"))


def test_a_condition_on_subjects_needs_by_subject_values(study):
    text = ADRS.replace("subjects: {ADSL.RANDDT:", "subjects: {RANDDT:")
    with pytest.raises(SpecError, match=r"RANDDT is not by subject; write DATASET\.RANDDT"):
        study(forms=("dm", "cm"), adam=(ADSL, text))


def test_stops_without_assessments_are_a_spec_error(study):
    text = ADTTE.replace(
        "assessments: &adequate\n        {from: ADRS, where: {PARAMCD: OVR, AVALC: {NE: NE}}, sequence: ASEQ}\n", "\n"
    )
    with pytest.raises(SpecError, match="need `assessments`"):
        study(forms=("dm", "cm"), adam=(ADSL, ADRS, text))


def test_text_that_is_no_date_is_reported(study, run):
    tables = {**TABLES, "dm": {**SUBJECTS, "RAND": ["soon", "2024-01-01", "2024-13-01", None]}}
    state = run(study(forms=("dm", "cm"), adam=(ADSL,)), **tables)
    found = [f for f in state.findings.rows() if f.rule == "date.not_imputed" and f.variable == "RANDDT"]
    assert [(f.usubjid, f.value, f.source) for f in found] == [
        ("ABC-1", "soon", "dm.csv record 1"), ("ABC-3", "2024-13-01", "dm.csv record 3"),
    ]  # fmt: skip


def test_a_date_after_the_cutoff_is_left_out_but_no_fault(study, run):
    imputed = "AENDT: {impute_date: {date: END, highest: M, fill: last, until: CUTDT}}"
    adsl = f"""
        dataset: ADSL
        label: Subjects
        records: [{{from: dm}}]
        variables:
          SUBJID: {{copy: SUBJ}}
          CUTDT: {{impute_date: CUT, label: Cutoff, type: date}}
          {imputed.replace("}}", "}, label: End, type: date}", 1)}
        """
    ends = ["2024-06-30", "2024-07-01", "2024-06", "2024"]
    state = run(study(adam=(adsl,)), dm={"SUBJ": list("1234"), "END": ends, "CUT": ["2024-06-30"] * 4})
    assert [row[0] for row in rows(state, "ADSL", "dm", "AENDT")] == ["2024-06-30", None, "2024-06-30", None]
    assert list(state.findings.rows()) == []
