"""The example trial's SDTM, built from a simulated extract and compared with the raw forms."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from es_sclc_trial import Trial, build_trial

from specs import iso8601
from specs.columns import text

SUBJECTS = [
    "DM",
    "EC",
    "EX",
    "DS",
    "AE",
    "TU",
    "TR",
    "RS",
    "SS",
    "MH",
    "CM",
    "PR",
    "SU",
    "DD",
    "VS",
    "LB",
    "IE",
    "CO",
    "DV",
]
DESIGN = ["SE", "SV", "TA", "TE", "TV", "TI", "TS", "RELREC"]


@pytest.fixture(scope="module")
def trial(tmp_path_factory) -> Trial:
    return build_trial(tmp_path_factory.mktemp("trial"), subjects=40, seed=7, only=())


@pytest.fixture(scope="module")
def messy(tmp_path_factory) -> Trial:
    return build_trial(tmp_path_factory.mktemp("messy"), subjects=40, seed=7, messy=True, only=())


def raw(trial: Trial, form: str) -> pd.DataFrame:
    return pd.read_csv(Path(trial.raw) / f"{form}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")


def of_sdtm(findings):
    return [f for f in findings if not f["dataset"].startswith("AD")]


def test_a_clean_extract_leaves_no_error_and_every_column_is_read_or_ignored_by_name(trial):
    found = of_sdtm(trial.findings)
    assert [f for f in found if f["severity"] != "info"] == []
    assert [f["variable"] for f in found if f["rule"] == "input.unused"] == []


@pytest.mark.parametrize("name", [*SUBJECTS, *DESIGN])
def test_every_dataset_has_records(trial, name):
    assert len(trial.sdtm(name)) > 0


def test_every_raw_record_is_used_or_left_out_by_a_condition(trial):
    account = trial.record()["reconciliation"]["records"]
    wrong = [a for a in account if a["used"] + sum(a["excluded"].values()) != a["read"]]
    assert wrong == []
    assert {a["source"] for a in account if a["source"].islower()} == {
        "dm", "ic", "ie", "enrol", "sclchx", "ecog", "vs", "lb", "ex_sel", "ex_ade", "ex_nab", "ae", "tl", "ntl", "nl",
        "rs", "cm", "eot", "eos", "sfu", "dth", "dv",
    }  # fmt: skip


def test_arms_follow_enrolment_and_treatment(trial):
    dm = trial.sdtm("DM")
    features = trial.truth["FEATURES"].reindex(dm["USUBJID"]).to_numpy()
    failed = pd.Series(features).str.contains("SCREEN FAILURE")
    never = pd.Series(features).str.contains("NEVER TREATED")
    assert dm.loc[failed, "ARMNRS"].eq("SCREEN FAILURE").all()
    assert dm.loc[failed, ["ARMCD", "ARM", "ACTARMCD", "RFSTDTC"]].isna().all(axis=None)
    assert dm.loc[never, "ARMNRS"].eq("ASSIGNED, NOT TREATED").all()
    assert dm.loc[~failed & ~never, "ARMNRS"].isna().all()
    assert (dm["ACTARMCD"].notna() == dm["RFXSTDTC"].notna()).all()


def test_doses_given_are_in_protocol_units_and_doses_planned_stay(trial):
    ec, ex = trial.sdtm("EC"), trial.sdtm("EX")
    planned = sum(len(raw(trial, form)) for form in ("ex_sel", "ex_ade", "ex_nab"))
    assert ec.groupby("ECMOOD")["ECGRPID"].nunique().to_dict() == {"SCHEDULED": planned, "PERFORMED": planned}
    assert ex.groupby("EXTRT")["EXDOSU"].unique().map(list).to_dict() == {
        "ADEBRELIMAB": ["mg/kg"], "NAB-PACLITAXEL": ["mg/m2"], "SELINEXOR": ["mg"],
    }  # fmt: skip
    assert set(ex.loc[ex["EXTRT"] == "SELINEXOR", "EXDOSE"]) <= {60.0, 40.0, 20.0}
    given = ec.loc[ec["ECOCCUR"] == "Y"]
    assert given["ECLNKID"].is_unique
    assert sorted(ex["EXLNKID"]) == sorted(given["ECLNKID"])


def test_lesions_results_and_responses_are_linked(trial):
    tu, tr, rs = trial.sdtm("TU"), trial.sdtm("TR"), trial.sdtm("RS")
    identified = set(zip(tu["USUBJID"], tu["TULNKID"], strict=True))
    measured = tr.loc[tr["TRLNKID"].notna()]
    assert set(zip(measured["USUBJID"], measured["TRLNKID"], strict=True)) == identified
    responses = rs.loc[rs["RSCAT"].isin(["RECIST 1.1", "iRECIST"])]
    assert set(tr["TRLNKGRP"]) - {"SCREENING"} <= set(responses["RSLNKGRP"])
    assert responses["RSEVAL"].eq("INVESTIGATOR").all()


def test_what_is_too_small_to_measure_counts_5_mm_and_what_is_not_evaluable_has_no_result(trial):
    tr = trial.sdtm("TR")
    small = tr["TRORRES"] == "TOO SMALL TO MEASURE"
    assert small.any()
    assert tr.loc[small, "TRSTRESN"].eq(5).all()
    missing = tr["TRSTAT"] == "NOT DONE"
    assert missing.any()
    assert tr.loc[missing, ["TRORRES", "TRSTRESC", "TRSTRESN"]].isna().all(axis=None)
    assert tr.loc[missing, "TRREASND"].notna().all()


def test_overall_responses_are_those_of_the_form_under_both_criteria(trial):
    rs, form = trial.sdtm("RS"), raw(trial, "rs")
    done = form.loc[form["RSPERF_STD"] == "Y"]
    for criteria, column in (("RECIST 1.1", "OVRLRESP_STD"), ("iRECIST", "IOVRLRESP_STD")):
        mine = rs.loc[(rs["RSTESTCD"] == "OVRLRESP") & (rs["RSCAT"] == criteria) & rs["RSSTAT"].isna()]
        assert mine.set_index("RSSPID")["RSSTRESC"].to_dict() == done.set_index("RecordId")[column].to_dict()
    assert rs.loc[rs["RSTESTCD"] == "ECOG101", "RSCAT"].eq("ECOG").all()


def test_weights_in_pounds_and_hemoglobin_in_g_per_dl_become_standard_units(trial):
    vs, lb = trial.sdtm("VS"), trial.sdtm("LB")
    pounds = vs.loc[vs["VSORRESU"] == "LB"].head(20)
    assert len(pounds) > 0
    expected = (pounds["VSORRES"].astype(float) * 0.45359237).round(1)
    assert (pounds["VSSTRESN"] - expected).abs().max() < 0.051
    assert set(lb.loc[lb["LBTESTCD"] == "HGB", "LBSTRESU"]) == {"g/L"}
    assert set(lb.loc[lb["LBTESTCD"] == "HGB", "LBORRESU"]) == {"g/L", "g/dL"}


def test_partial_dates_stay_partial_and_have_no_study_day(trial):
    ae = trial.sdtm("AE")
    partial = ae["AESTDTC"].str.len() < len("2024-01-01")
    assert partial.any()
    assert ae.loc[partial, "AESTDY"].isna().all()
    assert iso8601.is_valid(text(ae["AESTDTC"].dropna())).all()


def test_what_lies_after_the_cutoff_stays(trial):
    assert (trial.sdtm("RS")["RSDTC"] > "2025-06-30").any()
    assert (trial.sdtm("EX")["EXSTDTC"] > "2025-07").any()


def test_the_actions_for_three_drugs_are_one_word_and_stand_in_suppae(trial):
    ae, supp = trial.sdtm("AE"), trial.sdtm("SUPPAE")
    actions = supp.loc[supp["QNAM"].str.startswith("AEACN")].groupby(["USUBJID", "IDVARVAL"])["QVAL"].nunique()
    one = ae.set_index(["USUBJID", ae["AESEQ"].astype(int).astype(str)])["AEACN"]
    several = actions.index[actions > 1]
    assert len(several) > 0
    assert one.loc[several].eq("MULTIPLE").all()
    assert one.drop(several).ne("MULTIPLE").all()


def test_elements_follow_each_other_without_a_gap(trial):
    se = trial.sdtm("SE")
    following = se.groupby("USUBJID")["SESTDTC"].shift(-1)
    assert (se["SEENDTC"] == following)[following.notna()].all()
    assert se.groupby("USUBJID")["TAETORD"].is_monotonic_increasing.all()


def test_epochs_of_doses_are_treatment_and_milestones_screening(trial):
    ds = trial.sdtm("DS")
    assert set(trial.sdtm("EX")["EPOCH"]) == {"TREATMENT"}
    assert set(ds.loc[ds["DSCAT"] == "PROTOCOL MILESTONE", "EPOCH"]) == {"SCREENING"}


def test_each_drug_has_a_disposition_that_names_it_and_belongs_to_treatment(trial):
    ds = trial.sdtm("DS").query("DSCAT == 'DISPOSITION EVENT' and DSSCAT != 'STUDY PARTICIPATION'")
    form = raw(trial, "eot")
    assert sorted(ds["DSSCAT"]) == sorted(form["EOTDRUG"].str.upper())
    assert not ds.duplicated(["USUBJID", "DSSCAT"]).any()
    assert set(ds["EPOCH"]) == {"TREATMENT"}
    withdrawn = trial.sdtm("SUPPAE").query("QVAL == 'DRUG WITHDRAWN'")
    names = {"AEACNSEL": "SELINEXOR", "AEACNADE": "ADEBRELIMAB", "AEACNNAB": "NAB-PACLITAXEL"}
    because = set(zip(withdrawn["USUBJID"], withdrawn["QNAM"].map(names), strict=True))
    stopped = ds.loc[ds["DSDECOD"] == "ADVERSE EVENT"]
    assert because == set(zip(stopped["USUBJID"], stopped["DSSCAT"], strict=True)) != set()


def test_the_end_of_treatment_is_the_day_of_its_visit_and_no_visit_lies_on_a_day_of_death(trial):
    sv = trial.sdtm("SV").merge(trial.sdtm("DM")[["USUBJID", "DTHDTC"]], on="USUBJID")
    end = sv.loc[sv["VISIT"] == "END OF TREATMENT"]
    assert len(end) > 5
    assert (end["SVSTDTC"] == end["SVENDTC"]).all()
    assert not (sv["SVSTDTC"] >= sv["DTHDTC"])[~sv["VISIT"].str.startswith("SURVIVAL")].any()
    missed = sv.loc[sv["SVOCCUR"].eq("N") & sv["VISIT"].str.startswith("CYCLE")]
    assert missed["SVREASOC"].notna().all()


def test_death_details_are_dated_when_the_site_learned_of_the_death(trial):
    dd = trial.sdtm("DD").merge(trial.sdtm("DM")[["USUBJID", "DTHDTC", "RFPENDTC"]], on="USUBJID")
    assert dd["DDDTC"].str.len().eq(10).all()
    assert (dd["DDDTC"] >= dd["DTHDTC"]).all()
    assert (dd["DDDTC"] <= dd["RFPENDTC"].str[:10]).all()


def test_a_first_line_with_an_inhibitor_ended_before_screening_and_one_without_on_its_last_platinum(trial):
    cm, form = trial.sdtm("CM"), raw(trial, "sclchx").set_index("RecordId")
    lines = cm.loc[cm["CMPRESP"].isna() & (cm["CMSCAT"] == "FIRST LINE")].set_index("CMSPID")
    inhibited = form.loc[lines.index, "PDL1YN_STD"].eq("Y").to_numpy()
    assert inhibited.any()
    assert lines.loc[inhibited, "CMENDTC"].isna().all()
    assert lines.loc[inhibited, ["CMENRTPT", "CMENTPT"]].eq(["BEFORE", "SCREENING"]).all(axis=None)
    assert lines.loc[~inhibited, "CMENDTC"].notna().all()
    assert lines["CMDECOD"].notna().all()


def test_the_summary_has_every_study_drug_as_investigated_and_how_long_responses_must_last(trial):
    ts = trial.sdtm("TS")
    values = ts.groupby("TSPARMCD")["TSVAL"].agg(list)
    assert values["TRT"] == ["Selinexor", "Adebrelimab", "Nab-paclitaxel"]
    assert ts.loc[ts["TSPARMCD"] == "CURTRT", "TSVALNF"].tolist() == ["NA"]
    assert (values["CRMDUR"], values["SDMDUR"], values["ONGOSIND"]) == (["P28D"], ["P42D"], ["Y"])


def test_visits_have_one_name_a_number_and_findings_have_theirs_in_sv(trial):
    sv = trial.sdtm("SV")
    assert not sv.duplicated(["USUBJID", "VISITNUM"]).any()
    known = set(zip(sv["USUBJID"], sv["VISITNUM"], sv["VISIT"], strict=True))
    for name in ("VS", "LB", "TR", "RS", "EC"):
        frame = trial.sdtm(name)
        frame = frame.loc[frame["VISITNUM"].notna()]
        assert set(zip(frame["USUBJID"], frame["VISITNUM"], frame["VISIT"], strict=True)) <= known, name


def test_each_test_has_one_baseline_not_after_the_first_dose(trial):
    lb = trial.sdtm("LB").merge(trial.sdtm("DM")[["USUBJID", "RFXSTDTC"]], on="USUBJID")
    base = lb.loc[lb["LBLOBXFL"] == "Y"]
    assert not base.duplicated(["USUBJID", "LBTESTCD"]).any()
    assert (base["LBDTC"].str[:10] <= base["RFXSTDTC"].str[:10]).all()


def test_the_summary_counts_who_was_enrolled_and_says_why_a_value_is_not_there(trial):
    ts = trial.sdtm("TS").set_index("TSPARMCD")
    assert ts.loc["ACTSUB", "TSVAL"] == str((trial.truth["RANDDT"] != "").sum())
    assert ts.loc["SSTDTC", "TSVAL"] == trial.sdtm("DM")["RFICDTC"].min()[:10]
    assert ts.loc["RANDOM", "TSVAL"] == "N"
    assert (ts["TSVAL"].isna() == ts["TSVALNF"].notna()).all()
    assert ts.loc["DCUTDTC", "TSVAL"] == "2025-06-30"


def test_clinical_progression_is_one_response_a_subject(trial):
    rs = trial.sdtm("RS")
    clinical = rs.loc[rs["RSTESTCD"] == "SYMPTDTR"]
    wanted = raw(trial, "eot").query("EOTCPDAT != ''")["Subject"].nunique()
    assert len(clinical) == clinical["USUBJID"].nunique() == wanted > 0


def test_a_messy_extract_is_built_and_says_what_is_wrong_with_it(messy):
    rules = {f["rule"] for f in of_sdtm(messy.findings) if f["severity"] != "info"}
    assert {"input.subject", "input.duplicate", "value.term"} <= rules
    assert not rules & {"schema.keys", "lookup.multiple", "value.date", "input.column", "visit.unknown"}


def test_a_person_screened_twice_has_one_row_of_the_later_screening(messy):
    dm = messy.sdtm("DM")
    assert dm["USUBJID"].is_unique
    again = raw(messy, "dm").query("PREVSUBJ != ''").drop_duplicates("Subject")
    assert len(again) > 0
    mine = dm.set_index("USUBJID").loc["SEL-SCLC-201-" + again["PREVSUBJ"], "SUBJID"]
    assert mine.tolist() == again["Subject"].tolist()


def test_a_long_description_goes_on_in_suppdv_and_is_whole_with_it(trial):
    dv, supp = trial.sdtm("DV"), trial.sdtm("SUPPDV")
    described = raw(trial, "dv").set_index("RecordId")["DVTERM"]
    long = described[described.str.len() > 200]
    assert len(long) > 0
    rest = supp.loc[supp["QNAM"] == "DVTERM1"].set_index(["USUBJID", "IDVARVAL"])["QVAL"]
    assert len(rest) == len(long)
    assert set(supp.loc[supp["QNAM"] == "DVTERM1", "QLABEL"]) == {"Protocol Deviation Term"}
    for record, whole in long.items():
        (row,) = dv.loc[dv["DVSPID"] == record].to_dict("records")
        assert len(row["DVTERM"]) <= 200
        assert f"{row['DVTERM']} {rest.loc[row['USUBJID'], str(int(row['DVSEQ']))]}" == whole
    short = described[described.str.len() <= 200]
    assert dv.set_index("DVSPID").loc[short.index, "DVTERM"].tolist() == short.tolist()


def test_the_mess_changes_no_number_of_records(trial, messy):
    for name in ("TR", "RS", "VS", "LB", "AE"):
        assert len(messy.sdtm(name)) == len(trial.sdtm(name)), name
    assert messy.sdtm("EX")["EXGRPID"].nunique() == trial.sdtm("EX")["EXGRPID"].nunique()
