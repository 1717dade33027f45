"""One trial as five kinds of files and in the shapes of four systems: declarations alone, the same SDTM bytes."""

from __future__ import annotations

import io
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pandas as pd
import pyreadstat
import pytest
import small_study

import oncdisc
from oncdisc.transport import Dataset, Variable, write_dataset
from specs.columns import text

FORMS = {"dm": small_study.DM_CSV, "ae": small_study.AE_CSV}


def frame(form: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(FORMS[form]), dtype=str, keep_default_na=False)


def columns(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: text(table[name]) for name in table.columns})


def sdtm(folder: Path, study: str, dm: str = small_study.DM, ae: str = small_study.AE) -> dict[str, bytes]:
    """The bytes of DM, AE and SUPPAE, of a build that has no error."""
    files = {**small_study.FILES, "study.yaml": study, "sdtm/dm.yaml": dm, "sdtm/ae.yaml": ae}
    small_study.write(folder / "study", files)
    result = oncdisc.build(folder / "study", raw=folder / "raw", out=folder / "out")
    assert result.exit_status == 0, result.findings.rows()
    return {path.name: path.read_bytes() for path in sorted((folder / "out/tabulations/sdtm").glob("*.xpt"))}


@pytest.fixture(scope="module")
def expected(tmp_path_factory) -> dict[str, bytes]:
    """SDTM of the CSV extract."""
    folder = tmp_path_factory.mktemp("csv")
    small_study.write(folder / "raw", small_study.EXTRACT)
    made = sdtm(folder, small_study.STUDY)
    assert sorted(made) == ["ae.xpt", "dm.xpt", "suppae.xpt"]
    return made


def renamed(suffix: str) -> str:
    return small_study.STUDY.replace("dm.csv", f"dm.{suffix}").replace("ae.csv", f"ae.{suffix}")


def test_parquet(tmp_path, expected):
    (tmp_path / "raw").mkdir()
    for form in FORMS:
        frame(form).replace("", None).to_parquet(tmp_path / f"raw/{form}.parquet", index=False)
    assert sdtm(tmp_path, renamed("parquet")) == expected


def test_excel_with_a_sheet_a_form(tmp_path, expected):
    (tmp_path / "raw").mkdir()
    with pd.ExcelWriter(tmp_path / "raw/export.xlsx") as book:
        for form in FORMS:
            frame(form).assign(SUBJ=lambda table: table["SUBJ"].astype(int)).to_excel(
                book, sheet_name=form, index=False
            )
    study = small_study.STUDY
    for form in FORMS:
        study = study.replace(f"file: {form}.csv", f"file: export.xlsx, sheet: {form}")
    assert sdtm(tmp_path, study) == expected


def test_xpt(tmp_path, expected):
    (tmp_path / "raw").mkdir()
    for form in FORMS:
        table = frame(form)
        variables = tuple(Variable(name, label=name, length=20) for name in table.columns)
        dataset = Dataset(form.upper(), form, columns(table), variables)
        write_dataset(dataset, tmp_path / f"raw/{form}.xpt")
    assert sdtm(tmp_path, renamed("xpt")) == expected


def odm() -> str:
    """Both forms as ODM-XML 1.3.2, subject by subject."""
    subjects: list[str] = []
    for subject in frame("dm")["SUBJ"]:
        groups = ""
        for form in FORMS:
            table = frame(form)
            for number, row in enumerate(table.loc[table["SUBJ"] == subject].to_dict("records"), start=1):
                items = "".join(
                    f"<ItemData ItemOID={quoteattr(name)} Value={quoteattr(value)}/>"
                    for name, value in row.items()
                    if value and name != "SUBJ"
                )
                groups += f'<FormData FormOID="{form}" FormRepeatKey="{number}"><ItemGroupData ItemGroupOID="G">'
                groups += f"{items}</ItemGroupData></FormData>"
        event = f'<StudyEventData StudyEventOID="E">{groups}</StudyEventData>'
        subjects.append(f'<SubjectData SubjectKey="{subject}">{event}</SubjectData>')
    data = f'<ClinicalData StudyOID="S" MetaDataVersionOID="1">{"".join(subjects)}</ClinicalData>'
    root = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Snapshot" FileOID="F">'
    return f"{root}{data}</ODM>"


def test_odm_xml_with_both_forms_in_one_file(tmp_path, expected):
    small_study.write(tmp_path / "raw", {"export.xml": odm()})
    study = small_study.STUDY.replace("subject: SUBJ", "subject: SubjectKey")
    for form in FORMS:
        study = study.replace(f"file: {form}.csv", f"file: export.xml, item_group: {form}/G")
    dm = small_study.DM.replace("{copy: SUBJ}", "{copy: SubjectKey}")
    assert sdtm(tmp_path, study, dm=dm) == expected


REDCAP = """
study: ABC
title: A small study
created: "2024-06-01T00:00:00"
raw:
  subject: record_id
  usubjid: "ABC-{subject}"
  subjects: dm
  dates: [YYYY-MM-DD]
  ignore: [redcap_repeat_instance, "*_complete"]
  forms:
    # one file holds every instrument: a row of the record itself, and one of each repeated instrument
    dm: {file: export.csv, label: Demographics, ignore: ["ae_*", redcap_repeat_instrument]}
    ae: {file: export.csv, label: Adverse Events, dates: [DD-MMM-YYYY], ignore: ["dm_*"]}
"""
REDCAP_DM = """
dataset: DM
records: [{from: dm, where: {redcap_repeat_instrument: missing}, first: [USUBJID]}]
variables:
  SUBJID: {copy: record_id}
  RFSTDTC: {datetime: dm_start}
  SEX: {term: {from: dm_sex, map: sex}}
"""
REDCAP_AE = """
dataset: AE
keys: [STUDYID, USUBJID, AETERM, AESTDTC]
records: [{from: ae, where: {redcap_repeat_instrument: adverse_events}}]
variables:
  AESEQ: {sequence: [AESTDTC, AETERM]}
  AETERM: {copy: ae_term}
  AESTDTC: {datetime: ae_start}
  AESTDY: {study_day: AESTDTC}
  AEHOME: {case: {rules: [{when: {ae_place___1: "1"}, then: "yes"}]}, supp: true, label: Happened at Home, type: text,
           origin: Collected}
"""
REDCAP_CSV = """\
record_id,redcap_repeat_instrument,redcap_repeat_instance,dm_start,dm_sex,demographics_complete,ae_term,ae_start,ae_place___1,ae_place___2
2,,,2024-01-05,2,2,,,,
2,adverse_events,1,,,,Nausea,UN-JAN-2024,1,0
2,adverse_events,2,,,,Cough,04-Jan-2024,0,0
1,,,2024-01-01,1,2,,,,
1,adverse_events,1,,,,Headache,03-Jan-2024,0,1
10,,,2024-02-01,2,2,,,,
10,adverse_events,1,,,,Fall,01-Feb-2024,1,0
"""


def test_redcap_one_file_coded_choices_and_check_boxes(tmp_path, expected):
    small_study.write(tmp_path / "raw", {"export.csv": REDCAP_CSV})
    study = REDCAP + 'maps: {sex: {"1": M, "2": F}}\n'
    assert sdtm(tmp_path, study, REDCAP_DM, REDCAP_AE) == expected


VIEDOC = """
study: ABC
title: A small study
created: "2024-06-01T00:00:00"
raw:
  subject: SubjectId
  usubjid: "ABC-{subject}"
  subjects: dm
  ignore: [SiteCode, EventId, EventDate, "*CD"]
  forms:
    dm: {file: ABC_DM.csv, label: Demographics, delimiter: ";", dates: [YYYY-MM-DD]}
    ae: {file: ABC_AE.csv, label: Adverse Events, delimiter: ";", dates: [DD.MM.YYYY], key: [SubjectId, ActivityId]}
"""
VIEDOC_DM = """
dataset: DM
records: [{from: dm, first: [USUBJID]}]
variables:
  SUBJID: {copy: SubjectId}
  RFSTDTC: {datetime: DMSTDAT}
  SEX: {term: SEX}
"""
VIEDOC_AE = """
dataset: AE
keys: [STUDYID, USUBJID, AETERM, AESTDTC]
records: [{from: ae, where: {AETERM: {missing: false}}}]
variables:
  AESEQ: {sequence: [AESTDTC, AETERM]}
  AETERM: {copy: AETERM}
  AESTDTC: {datetime: AESTDAT}
  AESTDY: {study_day: AESTDTC}
  AEHOME: {copy: PLACE, supp: true, label: Happened at Home, type: text}
"""
VIEDOC_EXTRACT = {
    "ABC_DM.csv": """\
SiteCode;SubjectId;EventId;EventDate;DMSTDAT;SEX;SEXCD
01;2;SCR;2024-01-04;2024-01-05;Female;2
01;1;SCR;2023-12-30;2024-01-01;Male;1
02;10;SCR;2024-01-30;2024-02-01;Female;2
""",
    "ABC_AE.csv": """\
SiteCode;SubjectId;EventId;ActivityId;EventDate;AETERM;AESTDAT;PLACE
01;1;AE;1;2024-02-01;Headache;03.01.2024;
01;2;AE;1;2024-02-01;Nausea;NK.01.2024;yes
01;2;AE;2;2024-02-01;Cough;04.01.2024;
02;10;AE;1;2024-03-01;Fall;01.02.2024;yes
02;10;AE;2;2024-03-01;;;
""",
}


def test_viedoc_semicolons_shown_texts_and_event_columns(tmp_path, expected):
    small_study.write(tmp_path / "raw", VIEDOC_EXTRACT)
    assert sdtm(tmp_path, VIEDOC, VIEDOC_DM, VIEDOC_AE) == expected


VIEDOC_LABELS = {
    "ABC_DM.csv": "Site code;Subject;Event;Event date;Start;Sex;Sex code\n",
    "ABC_AE.csv": "Site code;Subject;Event;Activity;Event date;Term;Start;Home\n",
}


@pytest.mark.parametrize("above", [True, False])
def test_viedoc_with_a_row_of_labels_above_or_below_the_names(tmp_path, expected, above):
    files: dict[str, str] = {}
    for name, content in VIEDOC_EXTRACT.items():
        names, _, rest = content.partition("\n")
        labels = VIEDOC_LABELS[name].strip()
        files[name] = "\n".join([labels, names, rest] if above else [names, labels, rest])
    small_study.write(tmp_path / "raw", files)
    declared = "header_row: 2" if above else "skip: 1"
    study = VIEDOC.replace('delimiter: ";"', f'delimiter: ";", {declared}')
    assert sdtm(tmp_path, study, VIEDOC_DM, VIEDOC_AE) == expected


def test_labels_where_the_names_should_be_are_said_with_the_line_that_declares_them(tmp_path):
    files = {name: VIEDOC_LABELS[name] + content for name, content in VIEDOC_EXTRACT.items()}
    small_study.write(tmp_path / "raw", files)
    small_study.write(tmp_path / "study", {"study.yaml": VIEDOC, "sdtm/dm.yaml": VIEDOC_DM})
    with pytest.raises(oncdisc.DataError) as error:
        oncdisc.build(tmp_path / "study", raw=tmp_path / "raw", out=tmp_path / "out")
    assert str(error.value).startswith(
        "ABC_DM.csv: no column SubjectId, which names the subject (study.yaml:6); found the columns Site code, "
    )
    assert "`header_row`" in str(error.value)


RAVE = """
study: ABC
title: A small study
created: "2024-06-01T00:00:00"
raw:
  subject: Subject
  usubjid: "ABC-{subject}"
  subjects: dm
  record: RecordId
  # what Rave puts before and beside the fields of every form
  ignore: [project, SiteNumber, InstanceName, Folder*, DataPageName, PageRepeatNumber, RecordPosition, "*_RAW", "*_INT"]
  forms:
    dm: {file: DM.xpt, label: Demographics}
    ae: {file: AE.csv, label: Adverse Events, dates: [DD MMM YYYY], key: [Subject, RecordId]}
"""
RAVE_DM = """
dataset: DM
records: [{from: dm, first: [USUBJID]}]
variables:
  SUBJID: {copy: Subject}
  RFSTDTC: {datetime: START}
  SEX: {copy: SEX_STD}
"""
RAVE_AE = """
dataset: AE
keys: [STUDYID, USUBJID, AETERM, AESTDTC]
records: [{from: ae, where: {AEYN_STD: "Y"}}]
variables:
  AESEQ: {sequence: [AESTDTC, AETERM]}
  AETERM: {copy: AETERM}
  # the text as entered, which may be partial; the date beside it (AESTDAT) is imputed by Rave
  AESTDTC: {datetime: AESTDAT_RAW}
  AESTDY: {study_day: AESTDTC}
  AEHOME: {copy: HOME_STD, supp: true, label: Happened at Home, type: text}
"""
RAVE_AE_CSV = """\
project,Subject,SiteNumber,RecordId,InstanceName,AEYN,AEYN_STD,AETERM,AESTDAT,AESTDAT_RAW,HOME,HOME_STD
ABC,1,01,1001,Log,Yes,Y,Headache,2024-01-03T00:00:00,03 Jan 2024,,
ABC,1,01,1002,Log,No,N,,,,,
ABC,2,01,1003,Log,Yes,Y,Nausea,2024-01-01T00:00:00,UN JAN 2024,Yes,yes
ABC,2,01,1004,Log,Yes,Y,Cough,2024-01-04T00:00:00,04 Jan 2024,,
ABC,10,02,1005,Log,Yes,Y,Fall,2024-02-01T00:00:00,01 Feb 2024,Yes,yes
"""


def test_rave_typed_dates_texts_as_entered_and_coded_values(tmp_path, expected):
    """A SAS file with a typed date, as Rave's SAS extracts have (written here as a transport file)."""
    small_study.write(tmp_path / "raw", {"AE.csv": RAVE_AE_CSV})
    dm = pd.DataFrame(
        {
            "Subject": ["2", "1", "10"],
            "START": (pd.to_datetime(["2024-01-05", "2024-01-01", "2024-02-01"]) - pd.Timestamp("1960-01-01")).days,
            "SEX": ["Female", "Male", "Female"],
            "SEX_STD": ["F", "M", "F"],
        }
    )
    pyreadstat.write_xport(dm, str(tmp_path / "raw/DM.xpt"), file_format_version=5, variable_format={"START": "DATE9."})
    assert sdtm(tmp_path, RAVE, RAVE_DM, RAVE_AE) == expected
