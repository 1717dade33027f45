"""The example trial's ADSL, ADRS and ADTTE against the truth that its simulator wrote by rules of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from es_sclc_trial import Trial, build_trial, differences

import specs
from specs._yaml import load_yaml

STUDY = Path(specs.__file__).parent / "studies" / "es_sclc"


@pytest.fixture(scope="module")
def trial(tmp_path_factory) -> Trial:
    return build_trial(tmp_path_factory.mktemp("trial"), subjects=60, seed=5)


def test_every_endpoint_of_every_subject_is_the_true_one(trial):
    assert differences(trial) == []


def test_a_clean_extract_leaves_no_errors_in_the_analysis_datasets(trial):
    wrong = [f for f in trial.findings if f["severity"] == "error" and f["dataset"].startswith("AD")]
    assert wrong == []


@pytest.mark.slow
def test_a_clean_extract_builds_into_all_datasets_without_errors(tmp_path):
    """Seed 3 has a subject who was never treated and has an unscheduled scan: a visit without a first dose."""
    trial = build_trial(tmp_path, subjects=200, seed=3, only=())
    assert [f for f in trial.findings if f["severity"] == "error"] == []
    assert differences(trial) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_500_subjects_have_their_true_endpoints(tmp_path, seed):
    trial = build_trial(tmp_path, subjects=500, seed=seed)
    assert differences(trial) == []
    assert len(trial.truth) > 490


@pytest.mark.slow
def test_a_messy_extract_has_the_same_truth(tmp_path):
    trial = build_trial(tmp_path, subjects=200, seed=4, messy=True)
    assert differences(trial) == []
    assert {"input.subject", "input.duplicate"} <= {f["rule"] for f in trial.findings}


def test_screen_failures_have_no_endpoint_and_no_arm(trial):
    failures = trial.truth.index[trial.truth["RANDDT"] == ""]
    subjects = trial.adam("ADSL").set_index("USUBJID").loc[failures]
    assert len(failures) > 0
    assert set(subjects["ENRLFL"]) | set(subjects["ITTFL"]) | set(subjects["SAFFL"]) == {"N"}
    assert subjects[["ARM", "TRT01P", "TRT01A", "RANDDT", "EOSSTT"]].isna().all(axis=None)
    assert not trial.adam("ADTTE")["USUBJID"].isin(failures).any()
    reported = trial.adam("ADRS")
    assert not reported.loc[reported["PARAMCD"] != "OVR", "USUBJID"].isin(failures).any()


def test_who_was_never_treated_is_analysed_as_enrolled(trial):
    never = trial.truth.index[trial.truth["FEATURES"].str.contains("NEVER TREATED")]
    subjects = trial.adam("ADSL").set_index("USUBJID").loc[never]
    assert len(never) > 0
    assert set(subjects["ITTFL"]) == {"Y"}
    assert set(subjects["SAFFL"]) | set(subjects["RESPFL"]) == {"N"}
    assert subjects[["TRTSDT", "TRT01A", "EOTSTT"]].isna().all(axis=None)
    assert set(never) <= set(trial.adam("ADTTE", PARAMCD="PFS")["USUBJID"])


def test_nothing_in_the_analysis_lies_after_the_cutoff(trial):
    cutoff = pd.Timestamp("2025-06-30")
    for name in ("ADSL", "ADRS", "ADTTE"):
        dates = trial.adam(name).select_dtypes("datetime")
        assert len(dates.columns) > 1
        assert not (dates > cutoff).any(axis=None), name


def test_records_left_out_are_accounted_for_by_condition(trial):
    accounts = trial.record()["reconciliation"]["records"]
    assert all(a["read"] == a["used"] + sum(a["excluded"].values()) for a in accounts)
    overall = next(a for a in accounts if a["dataset"] == "ADRS" and a["slice"] == "OVR")
    late = [count for rule, count in overall["excluded"].items() if "2025-06-30" in rule]
    assert late
    assert late[0] > 0


@pytest.fixture(scope="module")
def two_arms(tmp_path_factory) -> Path:
    """The trial's spec with a second arm, randomized."""
    folder = tmp_path_factory.mktemp("study") / "es_sclc_two_arms"
    shutil.copytree(STUDY, folder)
    study = load_yaml(folder / "study.yaml")
    design = study["design"]
    study["options"]["milestone"] = "RANDOMIZED"
    design["randomized"] = True
    treatment = {"ETCD": "NAB", "EPOCH": "TREATMENT"}
    first, _, last = design["arms"][0]["elements"]
    control = {"ARMCD": "NAB", "ARM": "Nab-paclitaxel", "ratio": 1, "drugs": ["nab"]}
    branch = {**first, "TABRANCH": "Randomized to Nab-paclitaxel"}
    design["arms"].append({**control, "elements": [branch, treatment, last]})
    design["elements"].append(
        {"ETCD": "NAB", "ELEMENT": "Nab-paclitaxel", "TESTRL": "First dose", "TEENRL": "Last dose"}
    )
    (folder / "study.yaml").write_text(json.dumps(study), encoding="utf-8")
    return folder


def test_a_randomized_trial_of_two_arms_builds_from_the_same_spec(two_arms, tmp_path):
    trial = build_trial(tmp_path, subjects=60, seed=8, study=two_arms)
    subjects = trial.adam("ADSL").set_index("USUBJID")
    arms = trial.truth["ARMCD"].replace("", None)
    assert differences(trial) == []
    assert subjects["ARMCD"].to_dict() == arms.where(arms.notna(), subjects["ARMCD"]).to_dict()
    assert set(subjects["TRT01P"].dropna()) == {"Nab-paclitaxel", "Selinexor + Adebrelimab + Nab-paclitaxel"}
    control = subjects.loc[(subjects["ARMCD"] == "NAB").to_numpy()]
    assert control[["SELSDT", "ADESDT", "SELSTT"]].isna().all(axis=None)
    assert control["NABSDT"].notna().any()
