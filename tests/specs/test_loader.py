"""A spec's faults: all at once, each with file, line, what was found and what was expected."""

from __future__ import annotations

import pytest

from specs.errors import SpecError, UsageError
from specs.loader import load_spec

DM = """
dataset: DM
records: [{from: dm}]
variables:
  SEX: {copy: SEX}
"""


def problems(study, *args, **kwargs):
    with pytest.raises(SpecError) as error:
        study(*args, **kwargs)
    return [(p.file, p.line, p.where, p.found) for p in error.value.problems], str(error.value)


def test_all_faults_of_all_files_are_reported_together(study):
    found, text = problems(
        study,
        """
        dataset: DM
        records: [{from: dmx}]
        variables:
          SEX: {coppy: SEX}
          AGE: {copy: AGE, label: "This label is far too long for a transport file"}
        """,
        """
        dataset: AE
        records: [{from: ae, where: {AETERM: {LIKE: x}}}]
        """,
    )
    assert ("sdtm/0.yaml", 5, "variables.SEX.coppy", "coppy") in found
    assert ("sdtm/0.yaml", 6, "variables.AGE.label") in [place[:3] for place in found]
    assert any(file == "sdtm/1.yaml" and line == 3 for file, line, _, _ in found)
    assert "no variable derivation of that name" in text
    assert "expected" in text


def test_an_unknown_form_names_the_nearest(study):
    _, text = problems(study, DM.replace("from: dm", "from: dn"))
    assert "no raw form of that name in study.yaml; found dn; expected dm" in text


def test_an_unknown_variable_of_another_dataset(study):
    ae = """
    dataset: AE
    records: [{from: dm}]
    keys: [USUBJID]
    variables:
      AETERM: {copy: DM.SEXX}
    """
    found, text = problems(study, DM, ae)
    assert found == [("sdtm/1.yaml", 6, "AE.AETERM", "SEXX")]
    assert "DM has no such variable; found SEXX; expected SEX" in text


def test_a_lookup_by_subject_needs_one_record_a_subject(study):
    ae = """
    dataset: AE
    records: [{from: dm}]
    keys: [USUBJID, AETERM]
    variables:
      AETERM: {copy: SEX}
    """
    vs = """
    dataset: VS
    records: [{from: dm}]
    keys: [USUBJID]
    variables:
      VSORRES: {copy: AE.AETERM}
    """
    _, text = problems(study, DM, ae, vs)
    assert "AE.AETERM is by subject, but AE has many records a subject" in text


def test_a_cycle_of_variables_prints_its_path(study):
    dm = """
    dataset: DM
    records: [{from: dm}]
    variables:
      SEX: {copy: RACE}
      RACE: {copy: ETHNIC}
      ETHNIC: {copy: SEX}
    """
    _, text = problems(study, dm)
    assert "a cycle of derivations" in text
    assert text.count("DM[dm].SEX") >= 2
    assert "DM[dm].RACE → DM[dm].ETHNIC" in text


def test_datasets_may_be_in_a_cycle_where_their_variables_are_not(study):
    dm = DM + "  RFSTDTC: {lookup: {from: EX, value: EXSTDTC, take: first}}\n"
    ex = """
    dataset: EX
    records: [{from: dm}]
    keys: [USUBJID]
    variables:
      EXSTDTC: {copy: SEX}
      EXSTDY: {study_day: EXSTDTC}
    """
    assert set(study(dm, ex).datasets) == {"DM", "EX"}


def test_a_variable_beyond_the_standard_needs_label_and_type(study):
    _, text = problems(study, DM + "  XYZ: {copy: SEX}\n")
    assert "a variable for which the standard has no label needs one; found XYZ" in text
    assert "a variable that the standard doesn't know needs a type; found XYZ" in text


def test_the_cutoff_has_a_name_for_the_day_and_one_for_its_end(study):
    spec = study(DM.replace("from: dm", "from: dm, where: {SEX: {LE: $cutoff_end}}"), extra='cutoff: "2024-06-30"')
    assert (spec.options["cutoff"], spec.options["cutoff_end"]) == ("2024-06-30", "2024-06-30T23:59:59")


def test_options_stand_where_their_name_does(study):
    spec = study(DM.replace("from: dm", "from: dm, where: {SEX: $sex}"), extra="options: {sex: F}")
    assert spec.options["sex"] == "F"
    with pytest.raises(UsageError, match="unknown build option sexx: this study has sex"):
        load_spec(spec.folder, {"sexx": "M"})
    overridden = load_spec(spec.folder, {"sex": "M"})
    assert "M" in overridden.datasets["DM"].slices["dm"].bound.sentence()


def test_no_such_study():
    with pytest.raises(UsageError, match=r"expected a folder with study\.yaml, or one of"):
        load_spec("nowhere")


def test_supplemental_variables_become_a_dataset_of_their_own(study, run):
    spec = study(DM + "  RACEOTH: {copy: OTHER, supp: true, label: Other Race, type: text}\n")
    assert "SUPPDM" in spec.datasets
    state = run(spec, dm={"SUBJ": ["1", "2"], "SEX": ["F", "M"], "OTHER": [None, "Maori"]})
    got = {
        name: state.column("SUPPDM", "*", name).tolist() for name in ("USUBJID", "RDOMAIN", "QNAM", "QLABEL", "QVAL")
    }
    assert got == {
        "USUBJID": ["ABC-2"],
        "RDOMAIN": ["DM"],
        "QNAM": ["RACEOTH"],
        "QLABEL": ["Other Race"],
        "QVAL": ["Maori"],
    }


def test_a_lookup_in_a_dataset_that_the_study_lacks(study):
    found, text = problems(study, DM.replace("copy: SEX", "copy: ADSL.SEX"))
    assert found == [("sdtm/0.yaml", 5, "DM.SEX", "ADSL")]
    assert "this study has no such dataset" in text


def test_an_unknown_key_does_not_hide_the_other_faults(study):
    found, text = problems(study, DM.replace("copy: SEX", "coppy: SEX") + "recrods: []\n")
    assert [place[:2] for place in found] == [("sdtm/0.yaml", 5), ("sdtm/0.yaml", 6)]
    assert "recrods: unknown key; found recrods; expected records" in text


def test_a_slice_that_cannot_be_read_brings_no_other_faults_with_it(study):
    found, _ = problems(study, DM.replace("from: dm", "from: dm, where: {SEX: {LIKE: F}}"))
    assert len(found) == 1


def test_a_study_module_that_cannot_be_loaded_is_a_fault_at_its_line(study, tmp_path):
    (tmp_path / "words.py").write_text("import os\nimport no_such_module\n")
    found, text = problems(study, DM, extra="module: words.py\n")
    assert found[0][:2] == ("words.py", 2)
    assert "no_such_module" in text


@pytest.mark.parametrize(
    ("name", "expected"), [("ex.yml", "ex.yaml"), ("ex.YAML", "ex.yaml"), ("notes.txt", "a name that ends in .yaml")]
)
def test_a_file_beside_the_datasets_that_is_none_is_named(study, name, expected):
    spec = study(DM)
    (spec.folder / "sdtm" / name).write_text("dataset: EX\n")
    with pytest.raises(SpecError) as error:
        load_spec(spec.folder)
    (problem,) = error.value.problems
    assert (problem.file, problem.found, problem.expected) == (f"sdtm/{name}", name, expected)


@pytest.mark.parametrize("name", [".DS_Store", "dm.yaml~", "#dm.yaml#"])
def test_hidden_files_and_backups_are_nobodys_business(study, name):
    spec = study(DM)
    (spec.folder / "sdtm" / name).write_text("x")
    assert load_spec(spec.folder).datasets


def test_a_study_file_with_the_other_ending(tmp_path):
    (tmp_path / "study.yml").write_text("study: A\n")
    with pytest.raises(UsageError, match=r"study\.yml: expected the name study\.yaml"):
        load_spec(tmp_path)
