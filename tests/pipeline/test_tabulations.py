"""Which file of a folder a tabulation dataset is read from."""

from __future__ import annotations

import pytest
from small_study import ADSL

import oncdisc.engines
from oncdisc.pipeline.tabulations import read_tabulations
from specs.errors import DataError

STUDY = """
study: ABC
title: A small study
tabulations: {AE: {files: [ae_new, ae], option: version}}
options: {version: auto}
"""
CSV = "STUDYID,USUBJID,AESEQ,AETERM\nABC,ABC-1,1,"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "adam").mkdir()
    (tmp_path / "sdtm").mkdir()
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "adam/adsl.yaml").write_text(ADSL)
    data = tmp_path / "data"
    data.mkdir()
    (data / "dm.csv").write_text("STUDYID,USUBJID,SUBJID,SITEID\nABC,ABC-1,1,\n")
    for stem in ("ae", "ae_new", "ae_old"):
        (data / f"{stem}.csv").write_text(f"{CSV}{stem}\n")
    return tmp_path


def term(folder, **options):
    spec = oncdisc.engines.load_spec(folder, options)
    return read_tabulations(spec, folder / "data").frames["AE"]["AETERM"].tolist()


def test_the_first_that_is_there_is_read(folder):
    assert term(folder) == ["ae_new"]
    (folder / "data/ae_new.csv").unlink()
    assert term(folder) == ["ae"]


def test_a_build_option_chooses_another_file(folder):
    assert term(folder, version="_old") == ["ae_old"]
    assert term(folder, version="") == ["ae"], "no ending is the plain name, whatever comes first otherwise"


def test_a_chosen_file_that_is_not_there_is_no_reason_to_read_another(folder):
    with pytest.raises(DataError, match=r"no ae_x for AE.*ae\.csv, ae_new\.csv, ae_old\.csv"):
        term(folder, version="_x")


def test_what_should_be_a_number_and_is_none_is_an_error_finding(folder):
    (folder / "data/ae_new.csv").write_text("STUDYID,USUBJID,AESEQ,AETERM\nABC,ABC-1,,x\nABC,ABC-1,2a,y\n")
    inputs = read_tabulations(oncdisc.engines.load_spec(folder), folder / "data")
    assert inputs.frames["AE"]["AESEQ"].isna().all()
    found = [(f.severity, f.variable, f.usubjid, f.value, f.source) for f in inputs.findings.rows()]
    assert ("error", "AESEQ", "ABC-1", "2a", "ae_new.csv record 2") in found
    assert len([f for f in inputs.findings.rows() if f.rule == "value.number"]) == 1


def test_the_qualifiers_of_supp_beside_a_dataset_are_columns_of_it(folder):
    (folder / "data/suppae_new.csv").write_text(
        "STUDYID,RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL\nABC,AE,ABC-1,AESEQ,1,AEIMMUNE,Y\n"
    )
    inputs = read_tabulations(oncdisc.engines.load_spec(folder), folder / "data")
    assert inputs.frames["AE"]["AEIMMUNE"].tolist() == ["Y"]
    assert inputs.files["SUPPAE"].name == "suppae_new.csv", "it is among the inputs that a build records"
