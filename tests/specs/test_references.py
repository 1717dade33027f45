"""What a spec's derivations refer to, ask for and know of themselves: each fault once, at its line, all at once."""

from __future__ import annotations

import pytest

from specs.errors import SpecError

DM = """
dataset: DM
records: [{from: dm}]
variables:
  SUBJID: {copy: SUBJ}
"""
RS = """
dataset: RS
keys: [STUDYID, USUBJID, RSTESTCD]
records:
  - {from: rs, RSTESTCD: OVRLRESP}
  - {from: rs, id: target, RSTESTCD: TRGRESP}
variables:
  RSTESTCD: {}
  RSSTRESC: {copy: RESP}
  RSDTC: {copy: DAT}
"""
ADSL = """
dataset: ADSL
label: Subjects
records: [{from: DM}]
variables:
  SUBJID: {copy: SUBJID}
"""
ADRS = """
dataset: ADRS
label: Responses
keys: [STUDYID, USUBJID, PARAMCD]
parameters:
  - PARAMCD: OVR
    PARAM: Overall
    from: RS
    where: {RSTESTCD: OVRLRESP}
    variables: {ADT: {impute_date: RSDTC}, AVALC: {copy: RSSTRESC}}
  - PARAMCD: PD
    PARAM: Progression
    first_record: {of: {from: ADRS, where: {PARAMCD: OVR, AVALC: PD}}}
variables:
  PARAMCD: {}
  PARAM: {}
  ADT: {}
  AVALC: {}
"""


@pytest.fixture
def faults(study):
    def found(*adam, sdtm=(DM, RS), extra=""):
        with pytest.raises(SpecError) as error:
            study(*sdtm, adam=adam, forms=("dm", "rs"), extra=extra)
        return [str(problem) for problem in error.value.problems]

    return found


def spec_of(study, *adam, **kwargs):
    return study(DM, RS, adam=adam, forms=("dm", "rs"), **kwargs)


def test_a_condition_on_a_parameter_that_no_slice_has(faults):
    (fault,) = faults(ADSL, ADRS.replace("PARAMCD: OVR, AVALC", "PARAMCD: OVRX, AVALC"))
    assert fault == "adam/1.yaml:13: ADRS.PD: no record of ADRS has this PARAMCD; found OVRX; expected OVR"


def test_each_value_of_a_list_must_be_there(faults):
    (fault,) = faults(ADSL, ADRS.replace("PARAMCD: OVR, AVALC", "PARAMCD: [OVR, PRG], AVALC"))
    assert fault.endswith("found PRG; expected OVR, PD")


def test_values_each_of_which_is_there_and_that_no_record_has_together(faults):
    rs = RS.replace("RSTESTCD: OVRLRESP}", "RSTESTCD: OVRLRESP, RSCAT: A}").replace("TRGRESP}", "TRGRESP, RSCAT: B}")
    rs = rs.replace("  RSSTRESC:", "  RSCAT: {}\n  RSSTRESC:")
    wrong = ADRS.replace("{RSTESTCD: OVRLRESP}", "{RSTESTCD: OVRLRESP, RSCAT: B}")
    (fault,) = faults(ADSL, wrong, sdtm=(DM, rs))
    assert "no record of RS can meet the condition; found RSTESTCD is OVRLRESP and RSCAT is B" in fault


def test_a_condition_of_the_record_itself_is_held_to_its_slices_too(faults):
    wrong = ADRS + "  AVAL: {case: [{when: {any: [{PARAMCD: PDX}, {AVALC: PD}]}, then: 1}]}\n"
    (fault,) = faults(ADSL, wrong)
    assert fault.endswith("no record of ADRS has this PARAMCD; found PDX; expected PD")


def test_values_that_are_not_constants_may_be_any(study):
    assert spec_of(study, ADSL, ADRS.replace("AVALC: PD}", "AVALC: ANYTHING}"))


def test_a_declared_variable_takes_what_the_records_derivation_fills(study, run):
    given = {
        "rs": {"SUBJ": ["1", "1"], "RESP": ["SD", "PD"], "DAT": ["2024-01-01", "2024-02-01"]},
        "dm": {"SUBJ": ["1"]},
    }
    declared = run(spec_of(study, ADSL, ADRS), **given)
    copied = ADRS.replace("  ADT: {}", "  ADT: {copy: ADT}").replace("  AVALC: {}", "  AVALC: {copy: AVALC}")
    same = run(spec_of(study, ADSL, copied), **given)
    for state in (declared, same):
        table = state.tables["ADRS"]
        assert table.sheet("PD").columns["AVALC"].tolist() == ["Y"]
        assert table.sheet("PD").columns["ADT"].astype(str).tolist() == ["2024-02-01"]
        assert table.sheet("OVR").columns["AVALC"].tolist() == ["SD", "PD"]


def test_what_no_slice_derives_and_no_records_derivation_fills_is_a_fault(faults):
    (fault,) = faults(ADSL, ADRS + "  SRCSEQ: {}\n")
    assert fault == "adam/1.yaml:19: variables.SRCSEQ: no slice derives the variable; found SRCSEQ"


def test_a_slice_may_declare_what_its_records_derivation_fills(study):
    adrs = ADRS.replace("  ADT: {}\n", "").replace(
        "AVALC: PD}}}", "AVALC: PD}}}\n    variables: {ADT: {comment: Said}}"
    )
    assignment = spec_of(study, ADSL, adrs).datasets["ADRS"].slices["PD"].assignments["ADT"]
    assert (assignment.bound.name, assignment.attributes.comment) == ("copy", "Said")


def test_a_column_that_the_dataset_of_a_slice_has_not(faults):
    (fault,) = faults(ADSL, ADRS + "  SUM: {copy: SUM, label: Sum, type: float}\n")
    assert "adam/1.yaml:19: ADRS.SUM: RS has no such variable, of which slice OVR is made (line 6)" in fault
    assert "SUM: {} if only other slices have it" in fault


def test_a_column_of_a_raw_form_is_not_known_before_the_data(study):
    assert spec_of(study, ADSL, ADRS)


def test_a_fault_of_an_anchor_is_one_however_many_aliases_repeat_it(faults):
    more = """
  - PARAMCD: PD2
    PARAM: Progression again
    first_record: {of: *of}
variables:"""
    anchored = ADRS.replace("of: {from: ADRS, where", "of: &of {from: ADRX, where").replace("\nvariables:", more, 1)
    (fault,) = faults(ADSL, anchored)
    assert fault.startswith("adam/1.yaml:13: ADRS.PD: no dataset of that name; found ADRX")


def test_an_unknown_key_in_an_anchor_is_one_fault(faults):
    more = """
  - PARAMCD: PD2
    PARAM: Progression again
    first_record: {of: *of}
variables:"""
    anchored = ADRS.replace("of: {from: ADRS, where", "of: &of {from: ADRS, wehre").replace("\nvariables:", more, 1)
    (fault,) = [fault for fault in faults(ADSL, anchored) if "unknown key" in fault]
    assert fault.startswith("adam/1.yaml:13: parameters.1.first_record.of.wehre: unknown key; found wehre")


def test_an_unknown_word_names_the_nearest(faults):
    (fault,) = faults(sdtm=(DM.replace("copy", "coppy"), RS))
    assert fault.endswith(
        "no variable derivation of that name; found coppy; expected copy (`oncdisc spec words` lists them)"
    )


def test_an_attribute_that_is_mistyped_is_the_nearest_word_too(faults):
    assert "found lable; expected label" in faults(sdtm=(DM.replace("{copy: SUBJ}", "{lable: x}"), RS))[0]


def test_maps_codelists_and_formats_are_found_together_before_a_build(faults):
    dm = (
        DM
        + """  SEX: {term: {from: SEX, map: sexx}}
  RACE: {term: {from: RACE, codelist: RACEX}}
  RFSTDTC: {datetime: {date: START}}
"""
    )
    rs = RS.replace("{copy: RESP}", "{term: RESP}")
    found = faults(sdtm=(dm, rs), extra="maps: {sex: {Female: F}}\n")
    assert [fault.split(": ")[0] for fault in found] == ["sdtm/0.yaml:6", "sdtm/0.yaml:7"]
    assert "study.yaml has no map of that name; found sexx; expected sex" in found[0]
    assert "no codelist of that name; found RACEX; expected RACE" in found[1]


TTE = """
dataset: ADTTE
label: Times
standard: TTE
parameters:
  - PARAMCD: PFS
    PARAM: Progression-Free Survival
    time_to_event:
      start: {from: ADRS, date: ADT}
      events: [{from: ADRS, where: {PARAMCD: PD}, EVNTDESC: Progression}]
      assessments: {from: ADRS, where: {PARAMCD: OVR}}
      gap: {EVNTDESC: Two missed}
      planned: PLANNED
variables:
  PARAMCD: {}
  PARAM: {}
  AVAL: {}
"""
VISIT = "design: {visits: [{VISITNUM: 1, VISIT: WEEK 6, kind: assessment, VISITDY: 43}]}\n"


def test_a_kind_of_visits_that_the_design_has_not(faults, study):
    assert spec_of(study, ADSL, ADRS, TTE.replace("PLANNED", "{kind: assessment}"), extra=VISIT)
    (fault,) = faults(ADSL, ADRS, TTE.replace("PLANNED", "{kind: asessment}"), extra=VISIT)
    assert fault.startswith("adam/2.yaml:13: ADTTE.PFS: no visit of the design is of that kind; found asessment")
    assert fault.endswith("expected assessment")


def test_a_planned_visit_without_a_day_stands_in_study_yaml(faults):
    (fault,) = faults(
        ADSL, ADRS, TTE.replace("PLANNED", "{kind: assessment}"), extra=VISIT.replace(", VISITDY: 43", "")
    )
    assert fault.startswith("study.yaml:5: design.visits.0: a visit of kind assessment has no planned day (VISITDY)")


def test_a_death_is_judged_by_a_planned_assessment_that_there_is(faults):
    rule = """      unassessed:
        - EVNTDESC: None
          without: {from: ADRS}
          unless: {from: ADRS, where: {PARAMCD: PD}}
      planned: {days: [42]}"""
    (fault,) = faults(ADSL, ADRS, TTE.replace("      planned: PLANNED", rule))
    assert "a death before planned assessment 2: 1 planned; found 2; expected at most 1" in fault


def test_a_date_format_of_the_study_that_cannot_be_read(study, tmp_path):
    from specs.loader import load_spec

    spec = study(DM + "  RFSTDTC: {datetime: START}\n  RFENDTC: {datetime: END}\n")
    file = spec.folder / "study.yaml"
    file.write_text(file.read_text().replace("subjects: dm,", "subjects: dm, dates: [day-month-year],"))
    with pytest.raises(SpecError) as error:
        load_spec(spec.folder)
    (problem,) = error.value.problems
    assert (problem.file, problem.line, problem.where) == ("study.yaml", 4, "raw.dates.0")
    assert "'day-month-year' can't be read" in problem.message
