"""A small study and its extract, as text, for tests of the whole build."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

STUDY = """
study: ABC
title: A small study
created: "2024-06-01T00:00:00"
raw:
  subject: SUBJ
  usubjid: "ABC-{subject}"
  subjects: dm
  ignore: [RECID]
  forms:
    dm: {file: dm.csv, label: Demographics}
    ae: {file: ae.csv, label: Adverse Events, key: [RECID], dates: [DD-MMM-YYYY]}
"""
DM = """
dataset: DM
records: [{from: dm, first: [USUBJID]}]
variables:
  SUBJID: {copy: SUBJ}
  RFSTDTC: {copy: START}
  SEX: {copy: SEX}
"""
AE = """
dataset: AE
keys: [STUDYID, USUBJID, AETERM, AESTDTC]
records: [{from: ae, where: {AEYN: "Y"}}]
variables:
  AESEQ: {sequence: [AESTDTC, AETERM]}
  AETERM: {copy: TERM}
  AESTDTC: {datetime: DAT}
  AESTDY: {study_day: AESTDTC}
  AEHOME: {copy: HOME, supp: true, label: Happened at Home, type: text}
"""
ADSL = """
dataset: ADSL
label: Subject-Level Analysis Dataset
standard: ADSL
records: [{from: DM}]
keys: [STUDYID, USUBJID]
variables:
  SUBJID: {copy: SUBJID}
  SEX: {copy: SEX}
  AECOUNT: {count: {from: AE}, label: Number of Adverse Events, type: integer}
"""
DM_CSV = "SUBJ,START,SEX\n2,2024-01-05,F\n1,2024-01-01,M\n10,2024-02-01,F\n"
AE_CSV = """RECID,SUBJ,AEYN,TERM,DAT,HOME
1,1,Y,Headache,03-Jan-2024,
2,1,N,,,
3,2,Y,Nausea,UN-JAN-2024,yes
4,2,Y,Cough,04-Jan-2024,
5,10,Y,Fall,01-Feb-2024,yes
"""
FILES = {"study.yaml": STUDY, "sdtm/dm.yaml": DM, "sdtm/ae.yaml": AE, "adam/adsl.yaml": ADSL}
EXTRACT = {"dm.csv": DM_CSV, "ae.csv": AE_CSV}


def write(folder: Path, files: dict[str, str]) -> None:
    """Write text files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(text), encoding="utf-8")


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
