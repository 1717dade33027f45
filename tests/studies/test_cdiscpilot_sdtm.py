"""cdiscpilot from raw forms: a small extract written here."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import oncdisc

EXTRACT = {
    "dm_raw.csv": (
        "STUDY,PATNUM,IT.AGE,IT.SEX,IT.ETHNIC,IT.RACE,COUNTRY,PLANNED_ARM,PLANNED_ARMCD,ACTUAL_ARM,ACTUAL_ARMCD,"
        "COL_DT,IC_DT\n"
        "CDISCPILOT01,701-1001,63.0,Female,Hispanic or Latino,White,USA,Xan High,Xan_Hi,Xan Low,Xan_Lo,12/26/2013,"
        "12/26/2013\n"
        "CDISCPILOT01,702-1002,81.0,Male,Not Hispanic or Latino,Black or African American,USA,Screen Failure,Scrnfail,"
        "Screen Failure,Scrnfail,02/01/2014,\n"
    ),
    "ae_raw.csv": (
        "STUDY,PATNUM,FOLDER,FOLDERL,IT.AETERM,AEOUTCOME,AELLT,AELLTCD,AEDECOD,AEPTCD,AEHLT,AEHLTCD,AEHLGT,AEHLGTCD,"
        "AEBODSYS,AEBDSYCD,AESOC,AESOCCD,IT.AESEV,IT.AESER,IT.AEREL,IT.AEACN,AESCAN,AESCNO,AEDIS,IT.AESDTH,IT.AESHOSP,"
        "IT.AESLIFE,AESOD,AEDTCOL,IT.AESTDAT,IT.AEENDAT\n"
        "CDISCPILOT01,701-1001,AE,Adverse Events,Nausea,Recovered/Resolved,NAUSEA,10028813.0,NAUSEA,,H,,G,,"
        "GI,,GI,10017947.0,Moderate Adverse Event,No,Remote,,No,No,No,No,No,No,No,01/20/2014,01/03/2014,01/04/2014\n"
        "CDISCPILOT01,701-1001,AE,Adverse Events,Headache,Not Recovered/not Resolved,HEADACHE,1.0,HEADACHE,,H,,G,,"
        "NS,,NS,2.0,Severe Adverse Event,Yes,Not Related,,No,No,No,No,Yes,No,No,01/20/2014,2003,\n"
    ),
    "ds_raw.csv": (
        "STUDY,PATNUM,SITENM,INSTANCE,FORM,FORML,IT.DSTERM,IT.DSDECOD,OTHERSP,DSDTCOL,DSTMCOL,IT.DSSTDAT,DEATHDT\n"
        "CDISCPILOT01,701-1001,P,Baseline,DISC1,Disposition,Randomized,Randomized,,01-02-2014,,01-02-2014,03/05/2014\n"
        "CDISCPILOT01,701-1001,P,Week 8,DISC1,Disposition,,,Final Lab Visit,02-28-2014,10:15,02-28-2014,03/05/2014\n"
        "CDISCPILOT01,701-1001,P,Unscheduled 8.2,DISC1,Disposition,Patient is Moving,Withdrawal by Subject,,03-01-2014,"
        ",03-01-2014,03/05/2014\n"
        "CDISCPILOT01,702-1002,P,Screening 1,DISC1,Disposition,Screen Failure,Screen Failure,,02-03-2014,,02-03-2014,\n"
    ),
    "ec_raw.csv": (
        "STUDY,PATNUM,VISITNAME,FOLDER,FOLDERL,IT.ECREFID,DRUGAD,IT.ECSTDAT,IT.ECENDAT,IT.ECDSTXT,IT.ECDOSU,DOSFM,"
        "DOSFRQ,IT.ECROUTE\n"
        "CDISCPILOT01,701-1001,Week 2,EC,Exposure,123,XANOMELINE,17-Jan-2014,,81.0,Milligram,patch,Daily,Transdermal\n"
        "CDISCPILOT01,701-1001,Baseline,EC,Exposure,123,XANOMELINE,02-Jan-2014,16-Jan-2014,54.0,Milligram,patch,Daily,"
        "Transdermal\n"
    ),
    "vs_raw.csv": (
        "STUDY,PATNUM,INSTANCE,FORM,FORML,VTLD,IT.HEIGHT_VSORRES,IT.WEIGHT,IT.TEMP,IT.TEMP_LOC,TMPTC,SYS_BP,DIA_BP,"
        "PULSE,SUBPOS\n"
        "CDISCPILOT01,701-1001,Screening 1,VS,VS,26-Dec-2013,,,,,after Lying Down for 5 Minutes,131,64,57,SUPINE\n"
        "CDISCPILOT01,701-1001,Screening 1,VS,VS,26-Dec-2013,068.5,119.0,,,,,,,\n"
        "CDISCPILOT01,701-1001,Baseline,VS,VS,02-Jan-2014,,,,,after Lying Down for 5 Minutes,,66,58,SUPINE\n"
        "CDISCPILOT01,701-1001,Baseline,VS,VS,02-Jan-2014,,120.0,,,,,,,\n"
        "CDISCPILOT01,701-1001,Baseline,VS,VS,02-Jan-2014,,,096.9,EAR,,,,,\n"
        "CDISCPILOT01,701-1001,Week 2,VS,VS,16-Jan-2014,,054.4,,,,,,,\n"
        "CDISCPILOT01,701-1001,Unscheduled 3.1,VS,VS,17-Jan-2014,,,,,after Standing for 1 Minute,129,83,62,STANDING\n"
    ),
}


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    for name, text in EXTRACT.items():
        (folder / name).write_text(text)
    return folder


def build(extract: Path, **more):
    return oncdisc.build("cdiscpilot", raw=extract, out=extract.parent / "out", **more)


def read(extract: Path, name: str) -> pd.DataFrame:
    frame, _ = pyreadstat.read_xport(extract.parent / f"out/tabulations/sdtm/{name}.xpt")
    return frame


def found(result, rule: str) -> list[tuple[str, str, str, str]]:
    return [(f.dataset, f.variable, f.value, f.source) for f in result.findings.rows() if f.rule == rule]


def edit(extract: Path, name: str, old: str, new: str) -> None:
    text = (extract / name).read_text()
    assert old in text, "the extract has no such text: the test would prove nothing"
    (extract / name).write_text(text.replace(old, new, 1))


def test_dm_takes_its_reference_dates_from_exposure_and_disposition(extract):
    build(extract)
    treated, failed = read(extract, "dm").to_dict("records")
    assert treated["USUBJID"] == "01-701-1001"
    assert (treated["SUBJID"], treated["SITEID"]) == ("1001", "701")
    assert (treated["RFSTDTC"], treated["RFXSTDTC"]) == ("2014-01-02", "2014-01-02")
    assert treated["RFENDTC"] == "2014-03-01", "the end is the disposition event, not the last laboratory visit"
    assert treated["RFXENDTC"] == "2014-01-17", "a dose without an end was given on its start for certain"
    assert (treated["DTHDTC"], treated["DTHFL"]) == ("2014-03-05", "Y")
    assert (treated["ARMCD"], treated["ARM"]) == ("Xan_Hi", "Xanomeline High Dose")
    assert (treated["ACTARMCD"], treated["ACTARM"]) == ("Xan_Lo", "Xanomeline Low Dose")
    assert (treated["SEX"], treated["RACE"], treated["ETHNIC"]) == ("F", "WHITE", "HISPANIC OR LATINO")
    assert (treated["DMDTC"], treated["DMDY"]) == ("2013-12-26", -7)
    assert [failed[name] for name in ("RFSTDTC", "RFENDTC", "RFXSTDTC", "DTHFL", "RFICDTC")] == [""] * 5
    assert [failed[name] for name in ("ARMCD", "ARM", "ACTARMCD", "ACTARM")] == [""] * 4
    assert (treated["ARMNRS"], failed["ARMNRS"]) == ("", "SCREEN FAILURE")


def test_what_the_forms_do_not_hold_stays_blank_and_is_said(extract):
    result = build(extract)
    blanks = {(dataset, variable) for dataset, variable, _, _ in found(result, "source.none")}
    assert blanks == {
        ("DM", "BRTHDTC"), ("DM", "RFPENDTC"), ("DM", "ACTARMUD"), ("AE", "AESPID"), ("DS", "DSSPID"),
    }  # fmt: skip
    assert set(read(extract, "dm")["BRTHDTC"]) == {""}


def test_adverse_events_are_numbered_by_collection_and_start(extract):
    build(extract)
    ae = read(extract, "ae").set_index("AESEQ")
    assert ae["AETERM"].to_dict() == {1: "HEADACHE", 2: "NAUSEA"}
    assert ae["AESTDTC"].to_dict() == {1: "2003", 2: "2014-01-03"}
    assert pd.isna(ae.loc[1, "AESTDY"]), "a year has no study day"
    assert ae.loc[2, "AESTDY"] == 2
    assert ae[["AESEV", "AESER", "AEREL", "AEOUT", "AESHOSP"]].values.tolist() == [
        ["SEVERE", "Y", "NONE", "NOT RECOVERED/NOT RESOLVED", "Y"],
        ["MODERATE", "N", "REMOTE", "RECOVERED/RESOLVED", "N"],
    ]
    assert ae.loc[2, "AELLTCD"] == 10028813


def test_disposition_has_its_categories_visits_and_times(extract):
    build(extract)
    ds = read(extract, "ds").sort_values(["USUBJID", "DSSEQ"])
    names = ["DSSEQ", "DSCAT", "DSTERM", "DSDECOD", "VISITNUM", "VISIT", "DSDTC", "DSSTDY"]
    assert ds[names].values.tolist()[:3] == [
        [1, "PROTOCOL MILESTONE", "RANDOMIZED", "RANDOMIZED", 3, "BASELINE", "2014-01-02", 1],
        [2, "OTHER EVENT", "FINAL LAB VISIT", "FINAL LAB VISIT", 8, "WEEK 8", "2014-02-28T10:15", 58],
        [
            3, "DISPOSITION EVENT", "PATIENT IS MOVING", "WITHDRAWAL BY SUBJECT", 8.2, "UNSCHEDULED 8.2",
            "2014-03-01", 59,
        ],
    ]  # fmt: skip


def test_exposure_is_in_submission_values(extract):
    build(extract)
    ex = read(extract, "ex").set_index("EXSEQ")
    assert ex.loc[1, ["EXDOSE", "EXDOSU", "EXDOSFRM", "EXDOSFRQ", "EXROUTE"]].tolist() == [
        54, "mg", "PATCH", "QD", "TRANSDERMAL",
    ]  # fmt: skip
    assert ex[["EXSTDTC", "EXENDTC", "EXSTDY", "VISITNUM", "VISITDY"]].fillna(0).values.tolist() == [
        ["2014-01-02", "2014-01-16", 1, 3, 1],
        ["2014-01-17", "", 16, 4, 14],
    ]


def test_vital_signs_in_standard_units_rounded_half_up(extract):
    result = build(extract)
    vs = read(extract, "vs").set_index(["VSTESTCD", "VISITNUM"])
    names = ["VSORRES", "VSORRESU", "VSSTRESC", "VSSTRESN", "VSSTRESU"]
    assert vs.loc[("HEIGHT", 1), names].tolist() == ["068.5", "IN", "173.99", 173.99, "cm"]
    assert vs.loc[("WEIGHT", 1), names].tolist() == ["119.0", "LB", "53.98", 53.98, "kg"]
    assert vs.loc[("TEMP", 3), names].tolist() == ["096.9", "F", "36.06", 36.06, "C"]
    assert vs.loc[("DIABP", 1), names].tolist() == ["64", "mmHg", "64", 64, "mmHg"]
    assert vs.loc[("WEIGHT", 4), names].tolist() == ["054.4", "kg", "54.4", 54.4, "kg"], "nobody weighs 54 pounds"
    assert found(result, "value.rule") == [("VS", "VSORRESU", "", "vs_raw.csv record 6")]


def test_records_lie_in_the_epoch_that_their_date_certainly_is_in(extract):
    build(extract)
    assert read(extract, "ae").set_index("AETERM")["EPOCH"].to_dict() == {"HEADACHE": "", "NAUSEA": "TREATMENT"}
    ds = read(extract, "ds").set_index("DSDECOD")["EPOCH"]
    assert ds.to_dict() == {
        "RANDOMIZED": "SCREENING", "FINAL LAB VISIT": "TREATMENT", "WITHDRAWAL BY SUBJECT": "TREATMENT",
        "SCREEN FAILURE": "SCREENING",
    }  # fmt: skip
    vs = read(extract, "vs")
    assert vs.groupby("VISITNUM")["EPOCH"].first().to_dict() == {
        1: "SCREENING", 3: "TREATMENT", 3.1: "TREATMENT", 4: "TREATMENT",
    }  # fmt: skip
    edit(extract, "ds_raw.csv", "03-01-2014,,03-01-2014", "01-15-2014,,01-15-2014")
    build(extract)
    assert read(extract, "vs").groupby("VISITNUM")["EPOCH"].first()[4] == "FOLLOW-UP"


def test_a_blank_measurement_at_a_time_point_was_not_done(extract):
    build(extract)
    vs = read(extract, "vs").set_index(["VSTESTCD", "VISITNUM"])
    row = vs.loc[("SYSBP", 3)]
    assert row[["VSSTAT", "VSORRES", "VSORRESU", "VSSTRESC", "VSSTRESU"]].tolist() == ["NOT DONE", "", "", "", ""]
    assert (vs["VSSTAT"] == "NOT DONE").sum() == 1
    assert ("TEMP", 1) not in vs.index, "what has no time point and no value is no record"


def test_time_points_have_position_number_elapsed_time_and_reference(extract):
    build(extract)
    vs = read(extract, "vs").set_index(["VSTESTCD", "VISITNUM"])
    names = ["VSPOS", "VSTPT", "VSTPTNUM", "VSELTM", "VSTPTREF"]
    assert vs.loc[("PULSE", 3.1), names].tolist() == [
        "STANDING", "AFTER STANDING FOR 1 MINUTE", 816, "PT1M", "PATIENT STANDING",
    ]  # fmt: skip
    assert vs.loc[("PULSE", 1), names].tolist() == [
        "SUPINE", "AFTER LYING DOWN FOR 5 MINUTES", 815, "PT5M", "PATIENT SUPINE",
    ]  # fmt: skip
    assert vs.loc[("TEMP", 3), ["VSPOS", "VSTPT", "VSLOC"]].tolist() == ["", "", "EAR"]


def test_baseline_is_the_last_result_not_after_the_first_dose(extract):
    build(extract)
    vs = read(extract, "vs")
    flagged = vs.loc[vs["VSLOBXFL"] == "Y", ["VSTESTCD", "VISITNUM"]].values.tolist()
    assert sorted(flagged) == [["DIABP", 3], ["HEIGHT", 1], ["PULSE", 3], ["SYSBP", 1], ["TEMP", 3], ["WEIGHT", 3]]
    assert vs["VSBLFL"].tolist() == vs["VSLOBXFL"].tolist()


def test_every_value_leads_back_to_its_raw_record(extract):
    build(extract)
    vs = read(extract, "vs")
    lineage = pd.read_parquet(extract.parent / "out/lineage/vs.parquet")
    raw = pd.read_parquet(extract.parent / "out/lineage/raw/vs.parquet").set_index("_record")
    rows = lineage.loc[lineage["rule"] == "record"].set_index("row")["source_row"]
    weights = vs.index[vs["VSTESTCD"] == "WEIGHT"]
    assert raw.loc[rows.loc[weights], "IT.WEIGHT"].tolist() == vs.loc[weights, "VSORRES"].tolist()


def test_datasets_that_need_more_than_the_forms_are_named(extract):
    result = build(extract)
    assert set(result.not_built) == {"ADSL", "ADRS", "ADTTE"}
    assert result.exit_status == 0


def test_a_missing_form_is_named_and_the_rest_is_built(extract):
    (extract / "ec_raw.csv").unlink()
    result = build(extract)
    assert found(result, "input.form") == [("ec", "", "", "ec_raw.csv")]
    assert (result.exit_status, result.rows["VS"]) == (1, 14)
    assert result.not_built["EX"] == ["ec"]


def test_without_the_form_that_defines_the_subjects_nothing_is_written(extract):
    build(extract)
    before = (extract.parent / "out/build.json").read_bytes()
    (extract / "dm_raw.csv").unlink()
    with pytest.raises(oncdisc.DataError, match=r"dm_raw\.csv"):
        build(extract)
    assert (extract.parent / "out/build.json").read_bytes() == before


def test_a_missing_column_is_named(extract):
    edit(extract, "vs_raw.csv", "IT.WEIGHT", "WEIGHT")
    result = build(extract)
    assert ("vs", "IT.WEIGHT", "", "vs_raw.csv") in found(result, "input.column")
    assert ("vs", "WEIGHT", "", "vs_raw.csv") in found(result, "input.unused")
    assert result.exit_status == 1


def test_a_form_with_no_rows_is_a_warning(extract):
    (extract / "ae_raw.csv").write_text(EXTRACT["ae_raw.csv"].split("\n")[0] + "\n")
    result = build(extract)
    assert found(result, "input.empty") == [("ae", "", "", "ae_raw.csv")]
    assert (result.exit_status, result.rows["AE"]) == (0, 0)


def test_an_unreadable_file_is_named(extract):
    (extract / "ae_raw.csv").write_bytes(b"\xff\xfe\x00\xd8 no text")
    result = build(extract)
    assert [place[0] for place in found(result, "input.unreadable")] == ["ae"]
    assert result.exit_status == 1


def test_a_subject_unknown_to_dm_is_named_with_its_record(extract):
    edit(extract, "ec_raw.csv", "701-1001,Week 2", "799-9999,Week 2")
    result = build(extract)
    assert found(result, "input.subject") == [("ec", "", "", "ec_raw.csv record 1")]
    assert result.rows["EX"] == 1


def test_a_date_that_is_none_is_named_with_its_text(extract):
    edit(extract, "ae_raw.csv", "01/03/2014", "13/45/2014")
    result = build(extract)
    assert found(result, "value.date") == [("AE", "AESTDTC", "13/45/2014", "ae_raw.csv record 1")]
    assert read(extract, "ae").set_index("AETERM").loc["NAUSEA", "AESTDTC"] == ""


def test_a_term_outside_its_codelist_is_named_and_left_out(extract):
    edit(extract, "dm_raw.csv", "Female", "Femail")
    result = build(extract)
    assert found(result, "value.term") == [("DM", "SEX", "Femail", "dm_raw.csv record 1")]
    assert result.exit_status == 1


def test_a_visit_that_the_study_does_not_know_is_named(extract):
    edit(extract, "vs_raw.csv", "Unscheduled 3.1", "Unscheduled 3.7")
    result = build(extract)
    assert ("VS", "VISITNUM", "Unscheduled 3.7", "vs_raw.csv record 7") in found(result, "value.term")


def test_dates_of_death_that_disagree_are_reported(extract):
    edit(extract, "ds_raw.csv", "03-01-2014,03/05/2014", "03-01-2014,03/06/2014")
    result = build(extract)
    assert [place[:2] for place in found(result, "lookup.multiple")] == [("ds", "DEATHDT")]
