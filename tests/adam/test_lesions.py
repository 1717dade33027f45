"""The words for responses derived from lesions, in a small study worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

ADSL = """
dataset: ADSL
label: Subjects
records: [{from: dm}]
variables:
  RANDDT: {impute_date: RAND}
"""
LESIONS = """
        baseline: ADSL.RANDDT
        targets: {from: TR, where: {TRGRPID: TARGET}, nodal: {TRTESTCD: LPERP}, too_small: {TRORRES: TOO SMALL}}
        non_targets: {from: TR, where: {TRGRPID: NON-TARGET}}
        new: {from: TR, where: {TRGRPID: NEW, TRTESTCD: TUMSTATE}, certain: {TRSTRESC: UNEQUIVOCAL}}
        new_sizes: {from: TR, where: {TRGRPID: NEW, TRTESTCD: LDIAM}}
        further: {from: SUPPTR, where: {QNAM: TRINCR, QVAL: "Y"}}
        done: {from: RS, where: {RSTESTCD: OVRLRESP}, assessment: RSLNKGRP, date: RSDTC, sequence: RSSEQ}
"""
SLICE = """
  - PARAMCD: {code}
    lesion_response:
        criteria: {criteria}
        component: {component}{lesions}
    variables:
      RSLNK: {{copy: ASSESSMENT, label: Assessment, type: text}}
"""
PARAMETERS = {
    "OVRD": ("RECIST 1.1", "overall"),
    "TRGD": ("RECIST 1.1", "target"),
    "NTGD": ("RECIST 1.1", "non-target"),
    "NEWD": ("RECIST 1.1", "new"),
    "IOVRD": ("iRECIST", "overall"),
}
REST = """
variables:
  PARAM: {copy: PARAMCD}
  ADT: {copy: ADT}
  AVALC: {copy: AVALC}
  ONSETDT: {copy: ONSETDT, label: Onset, type: date}
  SUM: {copy: SUM, label: Sum, type: float}
  NADIR: {copy: NADIR, label: Nadir, type: float}
  SRCDOM: {copy: SRCDOM}
  SRCSEQ: {copy: SRCSEQ}
"""
ADRS = (
    "\ndataset: ADRS\nlabel: Responses\nparameters:"
    + "".join(
        SLICE.format(code=code, criteria=criteria, component=component, lesions=LESIONS)
        for code, (criteria, component) in PARAMETERS.items()
    )
    + REST
)
RECORDS = [
    # visit, date, group, test, lesion, result
    ("SCREENING", "2024-01-01", "TARGET", "LDIAM", "T1", "30"),
    ("SCREENING", "2024-01-02", "TARGET", "LPERP", "T2", "20"),
    ("SCREENING", "2024-01-02", "NON-TARGET", "TUMSTATE", "NT1", "PRESENT"),
    ("WEEK 6", "2024-02-14", "TARGET", "LDIAM", "T1", "TOO SMALL"),
    ("WEEK 6", "2024-02-15", "TARGET", "LPERP", "T2", "9"),
    ("WEEK 6", "2024-02-15", "NON-TARGET", "TUMSTATE", "NT1", "PRESENT"),
    ("WEEK 6", "2024-02-15", "NEW", "TUMSTATE", "N1", "EQUIVOCAL"),
    ("WEEK 12", "2024-03-28", "TARGET", "LDIAM", "T1", "10"),
    ("WEEK 12", "2024-03-29", "TARGET", "LPERP", "T2", "9"),
    ("WEEK 12", "2024-03-29", "NON-TARGET", "TUMSTATE", "NT1", "UNEQUIVOCAL PROGRESSION"),
    ("WEEK 12", "2024-03-29", "NEW", "TUMSTATE", "N1", "UNEQUIVOCAL"),
    ("WEEK 12", "2024-03-29", "NEW", "LDIAM", "N1", "8"),
    ("WEEK 24", "2024-06-20", "TARGET", "LDIAM", "T1", "10"),
    ("WEEK 24", "2024-06-20", "TARGET", "LPERP", "T2", "9"),
    ("WEEK 24", "2024-06-20", "NON-TARGET", "TUMSTATE", "NT1", "UNEQUIVOCAL PROGRESSION"),
    ("BEFORE", "2023-11-01", "TARGET", "LDIAM", "T1", "99"),
]


def lesion_table(records):
    visit, date, group, test, lesion, result = zip(*records, strict=True)
    size = [float(r) if r.isdigit() else None for r in result]
    known = RECORDS if set(records) == set(RECORDS) else records
    return {
        "USUBJID": ["ABC-1"] * len(records),
        "TRSEQ": [float(known.index(record) + 1) for record in records],
        "TRLNKGRP": list(visit),
        "TRDTC": list(date),
        "TRGRPID": list(group),
        "TRTESTCD": list(test),
        "TRLNKID": list(lesion),
        "TRORRES": list(result),
        "TRSTRESC": list(result),
        "TRSTRESN": size,
    }


def tables(records=RECORDS):
    return {
        "dm": {"SUBJ": ["1", "2"], "RAND": ["2024-01-05", None]},
        "TR": lesion_table(records),
        "SUPPTR": {"USUBJID": ["ABC-1"], "QNAM": ["TRINCR"], "QVAL": ["Y"], "IDVARVAL": ["15"]},
        "RS": {
            "USUBJID": ["ABC-1", "ABC-1", "ABC-2"],
            "RSSEQ": [1.0, 2.0, 1.0],
            "RSTESTCD": ["OVRLRESP"] * 3,
            "RSLNKGRP": ["WEEK 6", "WEEK 18", "WEEK 6"],
            "RSDTC": ["2024-02-20", "2024-05-09", "2024-02-20"],
        },
    }


@pytest.fixture
def built(study, run):
    def build(records=RECORDS):
        state = run(study(adam=(ADSL, ADRS)), **tables(records))
        table = state.tables["ADRS"]
        sheets = {name: pd.DataFrame(sheet.columns) for name, sheet in table.sheets.items()}
        return state, {sheet["PARAMCD"][0]: sheet for sheet in sheets.values() if len(sheet)}

    return build


def test_components_and_overall_responses(built):
    _, found = built()
    assert found["TRGD"]["AVALC"].tolist() == ["PR", "PD", "NE", "PD"]
    assert found["TRGD"]["SUM"].tolist()[:2] == [14.0, 19.0]
    assert found["TRGD"]["NADIR"].tolist() == [50.0, 14.0, 14.0, 14.0]
    assert found["NTGD"]["AVALC"].tolist() == ["NON-CR/NON-PD", "PD", "NE", "PD"]
    assert found["NEWD"]["AVALC"].tolist() == ["EQUIVOCAL", "YES", "NO", "NO"]
    assert found["OVRD"]["AVALC"].tolist() == ["PR", "PD", "NE", "PD"]
    assert found["IOVRD"]["AVALC"].tolist() == ["iPR", "iUPD", "NE", "iCPD"]


def test_an_assessment_that_was_done_without_lesions_is_there_and_is_not_evaluable(built):
    _, found = built()
    assert found["OVRD"]["RSLNK"].tolist() == ["WEEK 6", "WEEK 12", "WEEK 18", "WEEK 24"]
    assert found["OVRD"]["SRCDOM"].tolist() == ["TR", "TR", "RS", "TR"]
    assert found["OVRD"]["SRCSEQ"].tolist() == [4.0, 8.0, 2.0, 13.0]


def test_progression_is_dated_first_and_at_the_detection_of_what_was_certain_later(built):
    _, found = built()
    dates = found["OVRD"]["ADT"].dt.strftime("%Y-%m-%d").tolist()
    assert dates == ["2024-02-15", "2024-03-28", "2024-05-09", "2024-06-20"]
    assert found["OVRD"]["ONSETDT"].dt.strftime("%Y-%m-%d").tolist()[1] == "2024-02-14"


def test_a_late_confirmation_is_a_finding_at_the_records_that_confirm(built):
    state, _ = built()
    late = [f for f in state.findings.rows() if f.rule == "irecist.late"]
    assert [(f.usubjid, f.value, f.source, f.severity) for f in late] == [
        ("ABC-1", "2024-06-20", "TR.csv record 13", "warning")
    ]


def test_lineage_names_the_assessment_the_baseline_and_the_nadir(built):
    state, _ = built()
    links = [link for link in state.links if link.dataset == "ADRS" and link.slice == "TRGD"]
    pairs = {(r, s + 1) for link in links for r, s in zip(link.seen.rows, link.seen.source_rows, strict=True)}
    assert {s for r, s in pairs if r == 1} == {1, 2, 4, 5, 8, 9}
    assert {s for r, s in pairs if r == 0} == {1, 2, 4, 5}


def test_subjects_without_a_start_have_no_responses_and_the_order_of_records_does_not_matter(built):
    _, found = built()
    _, turned = built(RECORDS[::-1])
    same = ["AVALC", "ADT", "ONSETDT", "SUM", "NADIR"]
    for code, frame in found.items():
        assert len(frame) == 4
        pd.testing.assert_frame_equal(frame[same], turned[code][same])


SPLITTING = """
        splits: {from: TU, where: {TUTESTCD: TUSPLIT}}
        merges: {from: TU, where: {TUTESTCD: TUMERGE}}
"""
MASSES = [
    ("SCREENING", "2024-01-02", "TARGET", "LDIAM", "T1", "30"),
    ("SCREENING", "2024-01-02", "TARGET", "LDIAM", "T2", "20"),
    ("SCREENING", "2024-01-02", "TARGET", "LDIAM", "T3", "10"),
    # T1 in two pieces, 12 + 10 for 30
    ("WEEK 6", "2024-02-15", "TARGET", "LDIAM", "T1.1", "12"),
    ("WEEK 6", "2024-02-15", "TARGET", "LDIAM", "T1.2", "10"),
    ("WEEK 6", "2024-02-15", "TARGET", "LDIAM", "T2", "12"),
    ("WEEK 6", "2024-02-15", "TARGET", "LDIAM", "T3", "6"),
    # T2 and T3 in one mass of 33 mm
    ("WEEK 12", "2024-03-28", "TARGET", "LDIAM", "T1.1", "12"),
    ("WEEK 12", "2024-03-28", "TARGET", "LDIAM", "T1.2", "10"),
    ("WEEK 12", "2024-03-28", "TARGET", "LDIAM", "T2/T3", "33"),
]
LINKS = {
    "TU": {
        "USUBJID": ["ABC-1"] * 5,
        "TUTESTCD": ["TUSPLIT", "TUSPLIT", "TUSPLIT", "TUMERGE", "TUMIDENT"],
        "TULNKID": ["T1.1", "T1.2", "T1.1", "T2/T3", "T1"],
        "PARENT": ["T1", "T1", "T1", "T2", None],
    }
}


@pytest.fixture
def targets(study, run):
    def build(more, links=LINKS):
        text = ADRS.replace("        done:", more.strip("\n") + "\n        done:")
        state = run(study(adam=(ADSL, text)), **{**tables(RECORDS), "TR": lesion_table(MASSES)}, **links)
        sheets = [pd.DataFrame(sheet.columns) for sheet in state.tables["ADRS"].sheets.values()]
        return state, next(sheet for sheet in sheets if len(sheet) and sheet["PARAMCD"][0] == "TRGD")

    return build


def test_fragments_add_up_and_a_mass_stands_for_its_lesions(targets):
    _, found = targets(SPLITTING)
    sums = found.set_index("RSLNK")["SUM"]
    assert sums[["WEEK 6", "WEEK 12"]].tolist() == [40.0, 55.0]
    assert found.set_index("RSLNK")["AVALC"][["WEEK 6", "WEEK 12"]].tolist() == ["PR", "PD"]


def test_without_the_records_of_what_split_and_merged_the_lesions_are_missing(targets):
    _, found = targets("")
    assert found.set_index("RSLNK")["AVALC"][["WEEK 6", "WEEK 12"]].tolist() == ["NE", "NE"]


def test_the_lesion_of_a_fragment_may_stand_in_a_column(targets):
    _, found = targets(SPLITTING.replace("TUSPLIT}", "TUSPLIT}, lesion: PARENT"))
    assert found.set_index("RSLNK")["SUM"]["WEEK 6"] == 40.0


def test_what_says_that_lesions_split_or_merged_is_in_the_lineage(targets):
    state, found = targets(SPLITTING)
    seen = [link.seen for link in state.links if link.slice == "TRGD" and link.seen.table == "TU"]
    pairs = {(found["RSLNK"][r], s) for one in seen for r, s in zip(one.rows, one.source_rows, strict=True)}
    assert {pair for pair in pairs if pair[0] == "WEEK 6"} == {("WEEK 6", 0), ("WEEK 6", 1)}
    assert {pair for pair in pairs if pair[0] == "WEEK 12"} == {("WEEK 12", 0), ("WEEK 12", 1), ("WEEK 12", 3)}


def test_the_qualifier_that_says_a_lesion_increased_is_in_the_lineage_of_irecist_alone(built):
    state, found = built()
    seen = {link.slice: link.seen for link in state.links if link.seen.table == "SUPPTR"}
    assert set(seen) == {"IOVRD"}
    assert found["IOVRD"]["RSLNK"][seen["IOVRD"].rows].tolist() == ["WEEK 24"]
    assert seen["IOVRD"].source_rows.tolist() == [0]
