"""The whole build of a small study: what comes out, and what bad input does."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from small_study import AE, AE_CSV, DM_CSV, STUDY, files_of

import oncdisc
from oncdisc import DataError, SpecError, UsageError
from oncdisc.pipeline import memory


def build(small: Path, **more):
    return oncdisc.build(small / "study", raw=small / "raw", out=small / "out", **more)


def rules(result):
    return {(f.rule, f.dataset, f.source) for f in result.findings.rows()}


def test_datasets_come_out_as_xpt_that_others_read(small):
    assert build(small).exit_status == 0
    ae, meta = pyreadstat.read_xport(small / "out/tabulations/sdtm/ae.xpt")
    assert ae[["USUBJID", "AESEQ", "AETERM", "AESTDTC"]].values.tolist() == [
        ["ABC-1", 1, "Headache", "2024-01-03"],
        ["ABC-10", 1, "Fall", "2024-02-01"],
        ["ABC-2", 2, "Cough", "2024-01-04"],
        ["ABC-2", 1, "Nausea", "2024-01"],
    ]
    assert ae["AESTDY"].iloc[0] == 3
    assert meta.column_names_to_labels["AETERM"] == "Reported Term for the Adverse Event"
    adsl = pd.read_sas(small / "out/analysis/adam/datasets/adsl.xpt", encoding="ascii")
    assert adsl["AECOUNT"].tolist() == [1, 1, 2]


def test_supplemental_qualifiers_follow_their_parents(small):
    build(small)
    supp, _ = pyreadstat.read_xport(small / "out/tabulations/sdtm/suppae.xpt")
    assert supp[["USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL"]].values.tolist() == [
        ["ABC-10", "AESEQ", "1", "AEHOME", "yes"],
        ["ABC-2", "AESEQ", "1", "AEHOME", "yes"],
    ]


def test_the_same_inputs_give_the_same_bytes_however_parted(small):
    build(small)
    whole = files_of(small / "out")
    for more in ({"partitions": 2}, {"partitions": 3, "jobs": 2}, {}):
        build(small, **more)
        assert files_of(small / "out") == whole, more


def test_a_large_extract_is_built_in_parts_by_itself(small, monkeypatch):
    build(small)
    whole, said = files_of(small / "out"), []
    monkeypatch.setattr(memory, "RECORDS", 2)  # the larger form has five
    build(small, progress=lambda step, detail: said.append((step, detail)))
    assert [detail for step, detail in said if step == "build"] == ["part 1 of 3", "part 2 of 3", "part 3 of 3"]
    assert files_of(small / "out") == whole


def test_build_json_says_what_was_made_from_what(small):
    build(small)
    record = json.loads((small / "out/build.json").read_text())
    assert record["datasets"]["AE"] == {"records": 4, "files": ["tabulations/sdtm/ae.xpt"]}
    assert set(record["inputs"]) == {"dm", "ae"}
    forms = {form["form"]: form for form in record["reconciliation"]["forms"]}
    assert forms["ae"]["read"] == 5
    ae = next(r for r in record["reconciliation"]["records"] if r["dataset"] == "AE")
    assert (ae["read"], ae["used"], ae["excluded"]) == (5, 4, {"not: AEYN is Y": 1})


def test_lineage_leads_from_a_row_to_its_raw_record(small):
    build(small)
    ae, _ = pyreadstat.read_xport(small / "out/tabulations/sdtm/ae.xpt")
    lineage = pd.read_parquet(small / "out/lineage/ae.parquet")
    raw = pd.read_parquet(small / "out/lineage/raw/ae.parquet").set_index("_record")
    records = lineage[lineage["rule"] == "record"].set_index("row")["source_row"]
    assert raw.loc[records.loc[range(4)], "TERM"].tolist() == ae["AETERM"].tolist()


def test_a_missing_form_is_an_error_finding_and_the_rest_is_built(small):
    (small / "raw/ae.csv").unlink()
    result = build(small)
    assert result.exit_status == 1
    assert ("input.form", "ae", "ae.csv") in rules(result)
    assert result.rows["DM"] == 3
    assert (small / "out/tabulations/sdtm/dm.xpt").is_file()


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\xd8 not text", AE_CSV.replace("SUBJ", "SUBX").encode()])
def test_what_has_its_records_from_a_form_that_is_not_there_is_not_written_as_empty(small, content):
    (small / "raw/ae.csv").unlink()
    if content is not None:
        (small / "raw/ae.csv").write_bytes(content)
    result = build(small)
    assert set(result.rows) == {"DM", "ADSL"}, "ADSL counts records of AE, and is made of those of DM"
    assert result.not_built == {"AE": ["ae"], "SUPPAE": ["AE"]}
    assert not (small / "out/tabulations/sdtm/ae.xpt").exists()
    said = [f.message for f in result.findings.rows() if f.rule == "build.lacking"]
    assert said == [
        "AE is not built: form ae could not be read", "SUPPAE is not built: the inputs have no AE",
    ]  # fmt: skip
    with pytest.raises(oncdisc.UsageError, match="--only AE: it is not built, form ae could not be read: expected"):
        build(small, only=["AE"])


@pytest.mark.parametrize("optional", [False, True])
def test_a_dataset_that_lacks_one_of_its_forms_says_so(small, optional):
    study = STUDY + f"    more: {{file: more.csv, optional: {str(optional).lower()}}}\n"
    (small / "study/study.yaml").write_text(study)
    (small / "study/sdtm/ae.yaml").write_text(AE.replace("records: [", "records: [{id: more, from: more}, "))
    result = build(small)
    assert result.rows["AE"] == 4
    said = [f.message for f in result.findings.rows() if f.rule == "build.partial"]
    assert said == ([] if optional else ["AE lacks the records of form more, which could not be read"])
    assert result.exit_status == (0 if optional else 1)


def test_a_missing_column_is_an_error_finding(small):
    (small / "raw/dm.csv").write_text(DM_CSV.replace("SEX", "GENDER"))
    result = build(small)
    assert ("input.column", "dm", "dm.csv") in rules(result)
    assert ("input.unused", "dm", "dm.csv") in rules(result), "the new column is reported too"
    assert ("schema.required", "DM", "dm.csv record 1") in rules(result)


def test_a_form_without_records_is_a_warning(small):
    (small / "raw/ae.csv").write_text(AE_CSV.split("\n")[0] + "\n")
    result = build(small)
    assert ("input.empty", "ae", "ae.csv") in rules(result)
    assert result.exit_status == 0


def test_an_unreadable_file_is_an_error_finding(small):
    (small / "raw/ae.csv").write_bytes(b"\xff\xfe\x00\xd8 not text")
    result = build(small)
    assert ("input.unreadable", "ae", "ae.csv") in rules(result)
    assert result.exit_status == 1


def test_a_subject_unknown_to_dm_is_left_out_and_accounted_for(small):
    (small / "raw/ae.csv").write_text(AE_CSV + "6,99,Y,Rash,01-Feb-2024,\n")
    result = build(small)
    finding = next(f for f in result.findings.rows() if f.rule == "input.subject")
    assert (finding.usubjid, finding.source) == ("ABC-99", "ae.csv record 6")
    assert finding.message == "subject 99 is not in dm.csv"
    record = json.loads((small / "out/build.json").read_text())
    assert {"form": "ae", "file": "ae.csv", "read": 6, "excluded": {"subject unknown": 1}} in record["reconciliation"][
        "forms"
    ]


def test_a_date_that_is_none_is_an_error_finding_with_its_text(small):
    (small / "raw/ae.csv").write_text(AE_CSV.replace("04-Jan-2024", "31-Feb-2024"))
    result = build(small)
    finding = next(f for f in result.findings.rows() if f.dataset == "AE" and f.variable == "AESTDTC")
    assert (finding.severity, finding.value, finding.source, finding.usubjid) == (
        "error",
        "31-Feb-2024",
        "ae.csv record 4",
        "ABC-2",
    )


def test_a_term_outside_a_codelist_is_an_error_finding(small):
    (small / "raw/dm.csv").write_text(DM_CSV.replace("02-01,F", "02-01,Q"))
    result = build(small)
    finding = next(f for f in result.findings.rows() if f.rule == "schema.codelist")
    assert (finding.variable, finding.value, finding.source) == ("SEX", "Q", "dm.csv record 3")


def test_a_repeated_record_is_built_once_and_another_with_its_key_is_an_error(small):
    again = AE_CSV + "4,2,Y,Cough,04-Jan-2024,\n5,10,Y,Slip,01-Feb-2024,\n"
    (small / "raw/ae.csv").write_text(again)
    result = build(small)
    assert ("input.duplicate", "ae", "ae.csv record 6") in rules(result)
    assert ("input.key", "ae", "ae.csv record 7") in rules(result)
    assert result.rows["AE"] == 5


@pytest.mark.parametrize("missing", ["dm.csv", "."])
def test_what_cannot_be_built_leaves_the_previous_output(small, missing):
    build(small)
    before = files_of(small / "out")
    if missing == ".":
        (small / "raw").rename(small / "elsewhere")
    else:
        (small / "raw/dm.csv").unlink()
    with pytest.raises(DataError, match=r"dm\.csv|no folder"):
        build(small)
    assert files_of(small / "out") == before
    assert sorted(p.name for p in small.iterdir() if p.name.startswith(".")) == []


def test_an_interrupted_build_leaves_the_previous_output(small):
    build(small)
    before = files_of(small / "out")

    def interrupt(step, detail):
        if (step, detail) == ("write", "lineage and findings"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(small, progress=interrupt)
    assert files_of(small / "out") == before
    assert sorted(p.name for p in small.iterdir() if p.name.startswith(".")) == []


def test_a_folder_that_holds_something_else_is_refused(small):
    (small / "out").mkdir()
    (small / "out/thesis.docx").write_text("years of work")
    with pytest.raises(UsageError, match="holds something else than a build"):
        build(small)
    assert files_of(small / "out") == {"thesis.docx": b"years of work"}


@pytest.mark.parametrize("record", ['{"name": "a web page"}', "not JSON", "[]"])
def test_a_folder_with_the_build_json_of_another_program_is_refused(small, record):
    (small / "out").mkdir()
    (small / "out/build.json").write_text(record)
    (small / "out/page.js").write_text("years of work")
    with pytest.raises(UsageError, match="holds something else than a build"):
        build(small, only=["AE"])
    assert (small / "out/page.js").read_text() == "years of work"


def test_a_build_never_replaces_what_it_reads(small):
    build(small)
    (small / "raw").rename(small / "out/raw")
    with pytest.raises(UsageError, match=r"lies in .*out, which the build replaces"):
        oncdisc.build(small / "study", raw=small / "out/raw", out=small / "out")
    assert (small / "out/raw/dm.csv").read_text() == DM_CSV


def test_a_linked_folder_stays_a_link_and_nothing_is_left_beside_it(small):
    (small / "real").mkdir()
    (small / "out").symlink_to("real")
    build(small)
    build(small)
    assert (small / "out").is_symlink()
    assert (small / "real/build.json").is_file()
    assert sorted(p.name for p in small.iterdir()) == ["out", "raw", "real", "study"]


@pytest.mark.parametrize("asked", [{"partitions": 0}, {"jobs": -1}, {"formats": []}, {"formats": ["doc"]}])
def test_what_makes_no_build_is_refused(small, asked):
    with pytest.raises(UsageError, match="expected"):
        build(small, **asked)
    assert not (small / "out").exists()


def test_a_wrong_spec_writes_nothing(small):
    path = small / "study/sdtm/dm.yaml"
    path.write_text(path.read_text().replace("copy: SEX", "coppy: SEX"))
    with pytest.raises(SpecError, match=r"sdtm/dm\.yaml:7"):
        build(small)
    assert not (small / "out").exists()


def test_only_some_datasets_and_the_others_stay(small):
    build(small, only=["DM"])
    assert [p.name for p in sorted((small / "out").rglob("*.xpt"))] == ["dm.xpt"]
    build(small)
    whole = files_of(small / "out")
    build(small, only=["AE"])
    assert files_of(small / "out") == whole


def test_only_refuses_where_what_stays_is_stale(small):
    build(small)
    before = files_of(small / "out")
    (small / "raw/dm.csv").write_text(DM_CSV + "11,2024-03-01,M\n")
    with pytest.raises(UsageError, match="whose spec or inputs have changed since"):
        build(small, only=["AE"])
    assert files_of(small / "out") == before


def test_only_refuses_where_the_module_of_the_study_changed(small):
    path = small / "study/study.yaml"
    path.write_text(path.read_text() + "module: words.py\n")
    (small / "study/words.py").write_text("")
    build(small)
    (small / "study/words.py").write_text("# another rule")
    with pytest.raises(UsageError, match="whose spec or inputs have changed since"):
        build(small, only=["AE"])


def test_rescreened_persons_keep_one_usubjid_and_one_row_in_dm(small):
    study = (small / "study/study.yaml").read_text()
    (small / "study/study.yaml").write_text(
        study.replace("  subjects: dm\n", "  subjects: dm\n  rescreened: {form: dm, previous: PREV}\n")
    )
    (small / "raw/dm.csv").write_text("SUBJ,START,SEX,PREV\n1,2024-01-01,M,\n2,2024-01-05,F,1\n10,2024-02-01,F,\n")
    result = build(small)
    dm, _ = pyreadstat.read_xport(small / "out/tabulations/sdtm/dm.xpt")
    assert dm["USUBJID"].tolist() == ["ABC-1", "ABC-10"]
    ae, _ = pyreadstat.read_xport(small / "out/tabulations/sdtm/ae.xpt")
    assert ae["USUBJID"].value_counts().to_dict() == {"ABC-1": 3, "ABC-10": 1}
    assert result.exit_status == 0


def test_documents_stand_beside_the_define_that_points_at_them(small):
    path = small / "study/study.yaml"
    path.write_text(path.read_text() + "documents:\n  acrf: {title: Annotated CRF, file: acrf.pdf}\n")
    result = build(small)
    define = small / "out/tabulations/sdtm/define.xml"
    assert ("study.document", "", "acrf.pdf") in rules(result)
    assert "acrf.pdf" not in define.read_text()
    (small / "study/documents").mkdir()
    (small / "study/documents/acrf.pdf").write_bytes(b"%PDF-1.7")
    result = build(small)
    assert ("study.document", "", "acrf.pdf") not in rules(result)
    assert "acrf.pdf" in define.read_text()
    assert (define.parent / "acrf.pdf").read_bytes() == b"%PDF-1.7"


@pytest.mark.parametrize("partitions", [1, 2])
def test_a_form_without_its_subject_column_is_an_error_and_not_used(small, partitions):
    (small / "raw/ae.csv").write_text(AE_CSV.replace("SUBJ", "SUBX"))
    result = build(small, partitions=partitions)
    assert ("input.subject_column", "ae", "ae.csv") in rules(result)
    assert "AE" not in result.rows
    message = next(f.message for f in result.findings.rows() if f.rule == "input.subject_column")
    assert message == (
        "no column SUBJ, which names the subject (study.yaml:6); found the columns RECID, SUBX, AEYN, TERM, DAT, HOME; "
        "where they are labels, `header_row` or `skip` of the form says on which row the names stand: "
        "none of its records can be used"
    )
    forms = json.loads((small / "out/build.json").read_text())["reconciliation"]["forms"]
    assert {"form": "ae", "file": "ae.csv", "read": 5, "excluded": {"no column SUBJ": 5}} in forms


def test_only_refuses_other_formats_than_what_stays_has(small):
    build(small)
    before = files_of(small / "out")
    with pytest.raises(UsageError, match="written as xpt: ask for the same --formats"):
        build(small, only=["AE"], formats=("csv",))
    assert files_of(small / "out") == before


def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_read(small):
    (small / "file").write_text("")
    with pytest.raises(UsageError, match=r"out can't be made: .*file is a file"):
        oncdisc.build(small / "study", raw=small / "nowhere", out=small / "file" / "out")
