"""The trial's design, the summary's parameters and the extract in study.yaml: typing errors are faults at a line."""

from __future__ import annotations

import pytest

from specs.errors import SpecError
from specs.models import Raw, StudyFile

DM = """
dataset: DM
records: [{from: dm}]
variables:
  SUBJID: {copy: SUBJ}
"""


@pytest.fixture
def faults(study):
    def found(extra):
        with pytest.raises(SpecError) as error:
            study(DM, extra=extra)
        return [str(problem) for problem in error.value.problems]

    return found


def test_an_unknown_key_of_a_visit(faults):
    (fault,) = faults("design:\n  visits:\n    - {VISITNUM: 1, VISIT: WEEK 6, knd: assessment}\n")
    assert fault == "study.yaml:7: design.visits.0.knd: unknown key; found knd"


def test_a_visit_needs_its_number(faults):
    (fault,) = faults("design:\n  visits:\n    - {VISIT: WEEK 6}\n")
    assert fault.startswith("study.yaml:7: design.visits.0.VISITNUM: Field required")


def test_there_is_no_day_0(faults):
    assert "there is no study day 0" in faults("design: {visits: [{VISITNUM: 1, VISIT: A, VISITDY: 0}]}\n")[0]


def test_keys_that_are_there_twice(faults):
    (fault,) = faults("design:\n  visits:\n    - {VISITNUM: 1, VISIT: A}\n    - {VISITNUM: 1, VISIT: B}\n")
    assert fault == "study.yaml:8: design.visits.1.VISITNUM: VISITNUM is there twice; found 1"


def test_one_number_may_be_of_two_arms(study):
    assert study(DM, extra="design: {visits: [{VISITNUM: 1, VISIT: A, ARMCD: X}, {VISITNUM: 1, VISIT: A, ARMCD: Y}]}\n")


def test_an_element_an_epoch_or_a_drug_that_is_not_listed(faults):
    found = faults(
        """design:
  epochs: [TREATMENT]
  elements: [{ETCD: TRT, ELEMENT: Treatment}]
  drugs: [{code: sel, name: S, EXTRT: S, EXDOSFRM: TABLET, EXROUTE: ORAL, days: [1], basis: mg, levels: [60]}]
  cycle_days: 21
  arms:
    - ARMCD: A
      ARM: Arm A
      drugs: [sle]
      elements: [{ETCD: TRX, EPOCH: TREATMNT}]
"""
    )
    assert [fault.split(";", 1)[1] for fault in found] == [
        " found sle; expected sel",
        " found TREATMNT; expected TREATMENT",
        " found TRX; expected TRT",
    ]


def test_drugs_need_the_length_of_a_cycle(faults):
    drug = "{code: sel, name: S, EXTRT: S, EXDOSFRM: TABLET, EXROUTE: ORAL, days: [1], basis: mg, levels: [60]}"
    assert "cycle_days is missing" in faults(f"design: {{drugs: [{drug}]}}\n")[0]


def test_a_parameter_has_a_value_or_says_why_not(faults, study):
    assert study(DM, extra="parameters: [{TSPARMCD: PLANSUB, TSVAL: 60}, {TSPARMCD: PCLAS, TSVALNF: UNK}]\n")
    (fault,) = faults("parameters:\n  - {TSPARMCD: PLANSUB}\n")
    assert fault.startswith("study.yaml:6: parameters.0: PLANSUB: a value (TSVAL), or why there is none (TSVALNF)")


def test_what_derives_from_the_design_sees_plain_data_without_what_is_not_said():
    file = StudyFile.model_validate(
        {"study": "A", "title": "T", "design": {"visits": [{"VISITNUM": 1, "VISIT": "A"}]}, "parameters": []}
    )
    assert file.design["visits"] == [{"VISITNUM": 1, "VISIT": "A"}]
    assert "randomized" not in file.design


@pytest.mark.parametrize(
    "template", ["ABC-{subjid}", "ABC", "{subject}-{subject}", "{study}-{subject}", "ABC-{subject"]
)
def test_a_template_of_usubjid_names_the_subject_once_and_nothing_else(template):
    with pytest.raises(ValueError, match="once and no other placeholder"):
        Raw.model_validate({"subject": "S", "usubjid": template, "subjects": "dm", "forms": {}})


def test_a_form_has_the_column_that_names_records_of_every_form():
    forms = {"a": {"file": "a.csv"}, "b": {"file": "b.csv", "record": "OWN"}}
    raw = Raw.model_validate(
        {"subject": "S", "usubjid": "A-{subject}", "subjects": "a", "record": "RecordId", "forms": forms}
    )
    assert {name: form.record for name, form in raw.forms.items()} == {"a": "RecordId", "b": "OWN"}


def test_the_form_of_the_subjects_must_be_declared(study):
    from specs.loader import load_spec

    spec = study(DM)
    file = spec.folder / "study.yaml"
    file.write_text(file.read_text().replace("subjects: dm", "subjects: dmm"))
    with pytest.raises(
        SpecError, match=r"study\.yaml:4: raw\.subjects: no raw form of that name; found dmm; expected dm"
    ):
        load_spec(spec.folder)
