"""What an extract of several forms in one file has beyond them, or against itself: named with its place and number."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import small_study

import oncdisc
from oncdisc.pipeline import extract
from sdtm.extracts import OdmFile, open_odm
from tests.pipeline.test_raw_shapes import FORMS, expected, frame, odm, sdtm

__all__ = ["expected"]  # a fixture

ODM_DM = small_study.DM.replace("{copy: SUBJ}", "{copy: SubjectKey}")


def odm_study(*forms: str) -> str:
    """The small study from one ODM file, of which it declares some forms."""
    study = small_study.STUDY.replace("subject: SUBJ", "subject: SubjectKey")
    kept = [line for line in study.split("\n") if "file:" not in line or any(f"{form}.csv" in line for form in forms)]
    study = "\n".join(kept)
    for form in forms:
        study = study.replace(f"file: {form}.csv", f"file: export.xml, item_group: {form}/G")
    return study


def built(folder: Path, study: str, ae: str = small_study.AE) -> oncdisc.Result:
    small_study.write(folder / "study", {"study.yaml": study, "sdtm/dm.yaml": ODM_DM, "sdtm/ae.yaml": ae})
    return oncdisc.build(folder / "study", raw=folder / "raw", out=folder / "out")


def found(result: oncdisc.Result, *rules: str) -> list[tuple[str, ...]]:
    return [(f.severity, f.rule, f.message, f.source) for f in result.findings.rows() if f.rule in rules]


def test_an_odm_file_is_parsed_once_for_all_its_forms_and_its_keys_are_known(tmp_path, monkeypatch):
    small_study.write(tmp_path / "raw", {"export.xml": odm()})
    opened: list[Path] = []

    def counted(path: Path, groups: list[str]) -> OdmFile:
        opened.append(path)
        return open_odm(path, groups)

    monkeypatch.setattr(extract, "open_odm", counted)
    result = built(tmp_path, odm_study("dm", "ae"))
    assert len(opened) == 1
    assert found(result, "input.unused", "input.file") == []


def test_an_item_group_that_no_form_is_is_named_with_its_records(tmp_path):
    small_study.write(tmp_path / "raw", {"export.xml": odm()})
    (tmp_path / "study/sdtm").mkdir(parents=True)
    files = {"study.yaml": odm_study("dm"), "sdtm/dm.yaml": ODM_DM}
    small_study.write(tmp_path / "study", files)
    result = oncdisc.build(tmp_path / "study", raw=tmp_path / "raw", out=tmp_path / "out")
    message = "no form of study.yaml is export.xml ae/G: 5 records are not read"
    assert found(result, "input.file") == [("warning", "input.file", message, "export.xml ae/G")]
    record = json.loads((tmp_path / "out/build.json").read_text())
    assert record["reconciliation"]["undeclared"] == [{"file": "export.xml", "part": "ae/G", "records": 5}]
    assert record["inputs"]["dm"]["place"] == "export.xml dm/G"
    assert record["reconciliation"]["forms"] == [{"form": "dm", "file": "export.xml", "read": 3, "excluded": {}}]
    lineage = json.loads((tmp_path / "out/lineage/spec.json").read_text())
    assert lineage["files"] == {"dm": "export.xml dm/G"}, "so a trace names it"


def test_a_finding_in_an_odm_file_names_its_item_group(tmp_path):
    bad = odm().replace("04-Jan-2024", "31-Feb-2024")
    bad = bad.replace('<ItemData ItemOID="TERM" Value="Fall"/>', "".join(
        f'<ItemData ItemOID="TERM" Value="{term}"/>' for term in ("Trip", "Fall")
    ))  # fmt: skip
    small_study.write(tmp_path / "raw", {"export.xml": bad})
    result = built(tmp_path, odm_study("dm", "ae"))
    assert [place for *_, place in found(result, "value.date")] == ["export.xml ae/G record 2"]
    message = "the item TERM is there twice, first as Trip: the last one is taken"
    assert found(result, "input.item") == [("error", "input.item", message, "export.xml ae/G record 5")]
    assert next(f.usubjid for f in result.findings.rows() if f.rule == "input.item") == "ABC-10"


def test_the_transactions_of_an_odm_file_make_the_same_bytes(tmp_path, expected):
    """A wrong term corrected, an event removed, and a subject removed: what is left is the extract."""
    wrong = odm().replace("Cough", "Couhg").replace('FileType="Snapshot"', 'FileType="Transactional"')
    wrong = wrong.replace("<SubjectData ", '<SubjectData TransactionType="Insert" ')
    event = '<StudyEventData StudyEventOID="E"><FormData FormOID="ae" FormRepeatKey="%s"%s>' + (
        '<ItemGroupData ItemGroupOID="G">%s</ItemGroupData></FormData></StudyEventData>'
    )
    item = '<ItemData ItemOID="TERM" Value="%s"/>'
    more = [
        ("9", "Insert", event % ("1", "", item % "Mistake")),
        ("2", "Update", event % ("2", "", item % "Cough")),
        ("2", "Context", event % ("3", ' TransactionType="Insert"', item % "Mistake")),
        ("2", "Context", event % ("3", ' TransactionType="Remove"', "")),
        ("9", "Remove", ""),
    ]
    data = "".join(f'<SubjectData SubjectKey="{s}" TransactionType="{k}">{e}</SubjectData>' for s, k, e in more)
    small_study.write(tmp_path / "raw", {"export.xml": wrong.replace("</ClinicalData>", f"{data}</ClinicalData>")})
    assert sdtm(tmp_path, odm_study("dm", "ae"), dm=ODM_DM) == expected


def test_what_transactions_contradict_is_an_error(tmp_path):
    changed = odm().replace('FileType="Snapshot"', 'FileType="Transactional"')
    changed = changed.replace("<SubjectData ", '<SubjectData TransactionType="Update" ')
    small_study.write(tmp_path / "raw", {"export.xml": changed})
    result = built(tmp_path, odm_study("dm", "ae"))
    message = "Update of E / ae 1 / G, which the file did not insert: taken as inserted"
    assert ("error", "input.transaction", message, "export.xml ae/G") in found(result, "input.transaction")


def test_a_finding_in_a_workbook_names_its_sheet_and_sheets_that_no_form_is_are_named(tmp_path):
    (tmp_path / "raw").mkdir()
    with pd.ExcelWriter(tmp_path / "raw/export.xlsx") as book:
        for form in FORMS:
            frame(form).replace("04-Jan-2024", "31-Feb-2024").to_excel(book, sheet_name=form, index=False)
        frame("dm").to_excel(book, sheet_name="LB", index=False)
    study = small_study.STUDY
    for form in FORMS:
        study = study.replace(f"file: {form}.csv", f"file: export.xlsx, sheet: {form}")
    small_study.write(tmp_path / "study", {**small_study.FILES, "study.yaml": study})
    result = oncdisc.build(tmp_path / "study", raw=tmp_path / "raw", out=tmp_path / "out")
    assert [place for *_, place in found(result, "value.date")] == ["export.xlsx sheet ae record 4"]
    message = "no form of study.yaml is export.xlsx sheet LB: 3 records are not read"
    assert found(result, "input.file") == [("warning", "input.file", message, "export.xlsx sheet LB")]
