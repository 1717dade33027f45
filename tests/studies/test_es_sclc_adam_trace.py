"""The example trial's analysis: where values come from, what must hold between them, and what must not matter."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from es_sclc_trial import Trial, build_extract, build_trial

DATASETS = ("ADSL", "ADRS", "ADTTE", "ADAE", "ADEX")
ONE_A_SUBJECT = (
    "PD", "RSP", "CRSP", "CB", "CCB", "BOR", "CBOR", "BCP", "CBCP", "DCR", "IUPD", "ICPD", "IPD", "IRSP", "ICRSP",
    "ICB", "ICCB", "IBOR", "ICBOR", "DPD", "DRSP", "DCRSP", "DCB", "DBOR",
    "DCBOR", "DEATH", "MDIS",
)  # fmt: skip


@pytest.fixture(scope="module")
def trial(tmp_path_factory) -> Trial:
    return build_trial(tmp_path_factory.mktemp("trial"), subjects=60, seed=9, only=(*DATASETS, "RS", "EC"))


@pytest.fixture(scope="module")
def time_to_event(trial) -> pd.DataFrame:
    return trial.adam("ADTTE")


def dates(frame: pd.DataFrame, parameter: str) -> pd.Series:
    return frame.loc[frame["PARAMCD"] == parameter].set_index("USUBJID")["ADT"]


def test_an_overall_response_leads_to_its_record_in_rs(trial):
    reported = trial.sdtm("RS").set_index(["USUBJID", "RSSEQ"])
    overall = trial.adam("ADRS").query("PARAMCD in ['OVR', 'IOVR']")
    source = reported.loc[pd.MultiIndex.from_frame(overall[["USUBJID", "SRCSEQ"]])]
    assert set(overall["SRCDOM"]) == {"RS"}
    assert source["RSSTRESC"].tolist() == overall["AVALC"].tolist()
    assert source["RSDTC"].tolist() == overall["ADT"].dt.strftime("%Y-%m-%d").tolist()


def test_a_response_parameter_names_the_record_that_met_it(trial):
    records = trial.adam("ADRS")
    reported = trial.sdtm("RS").set_index(["USUBJID", "RSSEQ"])
    met = records.loc[(records["SRCDOM"] == "RS") & records["PARAMCD"].isin(["PD", "RSP", "CRSP", "LSTA", "ICPD"])]
    source = reported.loc[pd.MultiIndex.from_frame(met[["USUBJID", "SRCSEQ"]])]
    assert source["RSDTC"].tolist() == met["ADT"].dt.strftime("%Y-%m-%d").tolist()
    assert set(source["RSSTRESC"][(met["PARAMCD"] == "PD").to_numpy()]) == {"PD"}
    none = (records["AVALC"] == "N") & (records["PARAMCD"] != "DNEW")
    assert records.loc[none, ["SRCDOM", "SRCVAR", "SRCSEQ"]].isna().all(axis=None)


def test_every_event_and_censoring_says_what_it_is(time_to_event):
    assert time_to_event["EVNTDESC"].notna().all()
    assert time_to_event["SRCDOM"].notna().all()
    assert time_to_event["SRCVAR"].notna().all()
    censored = time_to_event["CNSR"] > 0
    assert time_to_event.loc[censored, "CNSDTDSC"].notna().all()
    assert time_to_event.loc[~censored, "CNSDTDSC"].isna().all()
    described = time_to_event.loc[censored & ~time_to_event["PARAMCD"].isin(["OS", "OSM"])]
    assert described.groupby("CNSR")["EVNTDESC"].nunique().max() <= 2


def test_the_source_of_a_time_to_event_holds_its_date(trial, time_to_event):
    responses = trial.adam("ADRS").set_index(["USUBJID", "ASEQ"])
    subjects = trial.adam("ADSL").set_index("USUBJID")
    of_responses = time_to_event.loc[time_to_event["SRCDOM"] == "ADRS"]
    found = responses.loc[pd.MultiIndex.from_frame(of_responses[["USUBJID", "SRCSEQ"]])]
    assert (found["ADT"].to_numpy() == of_responses["ADT"].to_numpy()).all()
    of_subjects = time_to_event.loc[time_to_event["SRCDOM"] == "ADSL"]
    assert set(of_subjects["SRCVAR"]) == {"RANDDT", "DTHDT", "LSTALVDT"}
    for variable, records in of_subjects.groupby("SRCVAR"):
        assert (subjects.loc[records["USUBJID"], variable].to_numpy() == records["ADT"].to_numpy()).all()


def test_days_and_months_are_counted_from_the_start(time_to_event):
    months = time_to_event["PARAMCD"].str.endswith("M")
    days = time_to_event.loc[~months]
    counted = (days["ADT"] - days["STARTDT"]).dt.days + 1
    assert (days["AVAL"] == counted).all()
    long = time_to_event.loc[months]
    counted = ((long["ADT"] - long["STARTDT"]).dt.days + 1) / 30.4375
    assert np.allclose(long["AVAL"], counted)


def test_no_one_progresses_after_the_end_of_survival(time_to_event):
    survival = dates(time_to_event, "OS")
    for parameter in ("PFS", "IPFS", "PFSCP", "PFSTP", "PFSNG", "PFSDW", "TTP", "TTR", "DOR", "DDC"):
        end = dates(time_to_event, parameter)
        assert (end <= survival.loc[end.index]).all(), parameter


def test_what_a_sensitivity_analysis_ignores_can_only_end_later(time_to_event):
    """Without a rule that stops observation the date is the same or later; with another event it is no later."""
    primary = dates(time_to_event, "PFS")
    assert (dates(time_to_event, "PFSTP") >= primary).all()
    assert (dates(time_to_event, "PFSNG") >= primary).all()
    assert (dates(time_to_event, "PFSDW") <= primary).all()
    events = time_to_event.loc[time_to_event["CNSR"] == 0].groupby("PARAMCD").size()
    assert events["PFSNG"] >= events["PFS"] >= events["TTP"]
    assert events["PFSCP"] >= events["PFS"] >= events["PFSDW"]


@pytest.mark.parametrize(("confirmed", "plain"), [("CRSP", "RSP"), ("CCB", "CB"), ("ICRSP", "IRSP"), ("ICPD", "IUPD")])
def test_what_is_confirmed_is_there_and_no_earlier(trial, confirmed, plain):
    records = trial.adam("ADRS").set_index("USUBJID")
    strict, loose = (records.loc[records["PARAMCD"] == code] for code in (confirmed, plain))
    yes = strict.index[strict["AVALC"] == "Y"]
    assert len(yes) > 0
    assert set(loose.loc[yes, "AVALC"]) == {"Y"}
    assert (strict.loc[yes, "ADT"] >= loose.loc[yes, "ADT"]).all()


def test_the_best_response_agrees_with_the_response(trial):
    records = trial.adam("ADRS").pivot_table(index="USUBJID", columns="PARAMCD", values="AVALC", aggfunc="first")
    for best, response in (("BOR", "RSP"), ("CBOR", "CRSP"), ("BOR", "BCP"), ("CBOR", "CBCP")):
        assert (records[best].isin(["CR", "PR"]) == (records[response] == "Y")).all(), (best, response)
    for best, response in (("IBOR", "IRSP"), ("ICBOR", "ICRSP")):
        assert (records[best].isin(["iCR", "iPR"]) == (records[response] == "Y")).all(), (best, response)
    assert set(records["CBCP"]) == {"Y", "N"}


def test_each_enrolled_subject_has_one_record_of_each_parameter(trial):
    subjects = trial.adam("ADSL", ITTFL="Y")["USUBJID"]
    records = trial.adam("ADRS")
    counts = Counter(records["PARAMCD"])
    assert {counts[code] for code in ONE_A_SUBJECT} == {len(subjects)}
    assert not records.loc[records["PARAMCD"].isin(ONE_A_SUBJECT)].duplicated(["USUBJID", "PARAMCD"]).any()


def test_adverse_events_are_emergent_within_their_window(trial):
    events = trial.adam("ADAE")
    after = (events["ASTDT"] - events["TRTEDT"]).dt.days
    window = events["AEIMMUNE"].eq("Y").map({True: 90, False: 30})
    inside = (events["ASTDT"] >= events["TRTSDT"]) & (after <= window)
    assert (events["TRTEMFL"].eq("Y") == inside).all()
    assert events["TRTEMFL"].isna().any()


def test_partial_starts_of_events_stay_within_what_was_collected_and_known(trial):
    events = trial.adam("ADAE")
    imputed = events.loc[events["ASTDTF"].notna()]
    assert len(imputed) > 0
    shown = imputed["ASTDT"].dt.strftime("%Y-%m-%d")
    agrees = [day.startswith(text) for day, text in zip(shown, imputed["AESTDTC"], strict=True)]
    assert all(agrees)
    assert not (imputed["ASTDT"] > imputed["AENDT"]).any()


def test_the_exposure_of_a_drug_is_the_sum_of_its_doses(trial):
    exposure = trial.adam("ADEX")
    given = trial.sdtm("EC").query("ECMOOD == 'PERFORMED' and ECOCCUR == 'Y' and ECSTDTC < '2025-07'")
    for code, drug in (("SEL", "SELINEXOR"), ("ADE", "ADEBRELIMAB"), ("NAB", "NAB-PACLITAXEL")):
        of_drug = given.loc[given["ECTRT"] == drug].groupby("USUBJID")
        total = exposure.loc[exposure["PARAMCD"] == f"{code}CUM"].set_index("USUBJID")["AVAL"]
        doses = exposure.loc[exposure["PARAMCD"] == f"{code}NDOSE"].set_index("USUBJID")["AVAL"]
        assert np.allclose(total.sort_index(), of_drug["ECDOSE"].sum().sort_index())
        assert (doses.sort_index().to_numpy() == of_drug["ECGRPID"].nunique().sort_index().to_numpy()).all()
        share = exposure.loc[exposure["PARAMCD"] == f"{code}COMP", "AVAL"]
        assert share.between(1, 130).all()


def shuffled(raw: Path, folder: Path, seed: int) -> Path:
    """The extract with the records of each form in another order."""
    order = random.Random(seed)
    folder.mkdir()
    for path in sorted(raw.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *records = list(csv.reader(file))
        order.shuffle(records)
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *records])
    return folder


def test_the_order_of_the_raw_records_changes_nothing(trial, tmp_path):
    again = build_extract(shuffled(trial.raw, tmp_path / "raw", seed=1), tmp_path / "out", only=DATASETS)
    for name in DATASETS:
        pd.testing.assert_frame_equal(again.adam(name), trial.adam(name))
