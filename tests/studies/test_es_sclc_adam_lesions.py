"""The example trial's lesions: what is derived from them against what was reported, sums, changes and the waterfall."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
from es_sclc_trial import Trial, build_extract, build_trial


@pytest.fixture(scope="module")
def trial(tmp_path_factory) -> Trial:
    return build_trial(
        tmp_path_factory.mktemp("trial"), subjects=60, seed=13, only=("ADSL", "ADRS", "ADTTE", "ADTR", "TR")
    )


@pytest.fixture(scope="module")
def measurements(trial) -> pd.DataFrame:
    return trial.adam("ADTR")


@pytest.mark.parametrize(("reported", "derived"), [("OVR", "DOVR"), ("IOVR", "DIOVR")])
def test_the_response_derived_from_the_lesions_is_the_reported_one(trial, reported, derived):
    """The simulator reports without error (docs/es_sclc.md), so a difference is one of rules."""
    records = trial.adam("ADRS")
    after = records.loc[records["ANL01FL"] == "Y", ["USUBJID", "PARAMCD", "ADT", "AVALC"]]
    one, other = (after.loc[after["PARAMCD"] == code] for code in (reported, derived))
    both = one.merge(other, on=["USUBJID", "ADT"], how="outer", suffixes=("", "_derived"))
    assert len(both) > 100
    assert both["AVALC"].tolist() == both["AVALC_derived"].tolist()


def test_each_component_is_held_against_the_reported_one(trial):
    records = trial.adam("ADRS").set_index("PARAMCD")
    for code in ("DTRG", "DNTRG", "DNEW", "DOVR", "DIOVR"):
        assert records.loc[code, "REPRESP"].tolist() == records.loc[code, "AVALC"].tolist(), code
    assert records["DIFFRSN"].isna().all()
    assert not [f for f in trial.findings if f["rule"] == "response.differs"]


def test_a_response_that_the_lesions_do_not_bear_is_a_finding_with_its_numbers(trial, tmp_path):
    raw = tmp_path / "raw"
    shutil.copytree(trial.raw, raw)
    table = pd.read_csv(raw / "rs.csv", dtype=str, keep_default_na=False)
    stable = table.index[(table["OVRLRESP_STD"] == "SD") & (table["RSDAT_YYYY"] == "2024")][0]
    table.loc[stable, ["TRGRESP_STD", "OVRLRESP_STD"]] = "PD"
    table.to_csv(raw / "rs.csv", index=False)
    wrong = build_extract(raw, tmp_path / "out", only=("ADRS",))
    found = [f for f in wrong.findings if f["rule"] == "response.differs"]
    assert len(found) == 2
    assert all("PD reported, SD derived; sum " in f["value"] and "nadir" in f["value"] for f in found)


def test_endpoints_by_derived_responses_are_those_by_reported_ones(trial):
    records, times = trial.adam("ADRS"), trial.adam("ADTTE")
    best = records.pivot_table(index="USUBJID", columns="PARAMCD", values="AVALC", aggfunc="first")
    for reported in ("BOR", "CBOR", "RSP", "CRSP", "CB", "PD"):
        assert best[reported].tolist() == best[f"D{reported}"].tolist(), reported
    columns = ["USUBJID", "STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC"]
    primary, derived = (
        times.loc[times["PARAMCD"] == code, columns].reset_index(drop=True) for code in ("PFS", "PFSDR")
    )
    pd.testing.assert_frame_equal(primary, derived)


def test_the_sum_of_the_lesions_is_the_sum_that_the_site_added(measurements):
    derived = measurements.loc[(measurements["PARAMCD"] == "SDIAM") & measurements["TRGRESP"].notna()]
    reported = measurements.loc[measurements["PARAMCD"] == "SDIAMR"]
    both = derived.loc[derived["AVAL"].notna()].merge(reported, on=["USUBJID", "ADT"], how="outer")
    assert len(both) > 50
    assert both["AVAL_x"].tolist() == both["AVAL_y"].tolist()


def test_the_diameters_of_new_lesions_are_those_of_tr_and_have_no_baseline(trial, measurements):
    new = measurements.loc[measurements["PARAMCD"] == "NDIAM"]
    recorded = trial.sdtm("TR").query("TRGRPID == 'NEW' and TRTESTCD == 'LDIAM' and TRDTC <= '2025-06-30'")
    assert len(new) == len(recorded) > 5
    source = recorded.set_index(["USUBJID", "TRSEQ"]).loc[pd.MultiIndex.from_frame(new[["USUBJID", "SRCSEQ"]])]
    assert source["TRLNKID"].tolist() == new["TRLNKID"].tolist()
    assert source["TRSTRESN"].tolist() == new["AVAL"].tolist()
    assert (new["ADT"] > new["RANDDT"]).all()
    assert new[["ABLFL", "BASE", "CHG", "PCHG", "NADIR"]].isna().all(axis=None)


def test_an_incomplete_assessment_has_no_sum(measurements):
    sums = measurements.loc[measurements["PARAMCD"] == "SDIAM"]
    incomplete = sums.loc[sums["AVAL"].isna()]
    assert len(incomplete) > 0
    assert set(incomplete["TRGRESP"]) <= {"NE", "PD"}
    assert incomplete[["CHG", "PCHG", "ANL01FL"]].isna().all(axis=None)


@pytest.mark.parametrize("parameter", ["DIAMT01", "DIAMT02", "SDIAM"])
def test_changes_are_from_the_one_baseline(measurements, parameter):
    rows = measurements.loc[measurements["PARAMCD"] == parameter]
    baseline = rows.loc[rows["ABLFL"] == "Y"]
    assert not baseline.duplicated("USUBJID").any()
    assert (baseline["AVAL"] == baseline["BASE"]).all()
    assert (baseline["ADT"] <= baseline["RANDDT"]).all()
    known = rows.dropna(subset=["AVAL", "BASE"])
    assert np.allclose(known["CHG"], known["AVAL"] - known["BASE"])
    assert np.allclose(known["PCHG"], 100 * (known["AVAL"] - known["BASE"]) / known["BASE"])


def test_the_nadir_is_the_smallest_complete_sum_before(measurements):
    rows = measurements.loc[(measurements["PARAMCD"] == "SDIAM")].sort_values(["USUBJID", "ADT"])
    smallest = rows.groupby("USUBJID")["AVAL"].cummin().groupby(rows["USUBJID"]).ffill()
    before = smallest.groupby(rows["USUBJID"]).shift()
    later = rows["ABLFL"].isna()
    assert np.allclose(rows.loc[later, "NADIR"], before[later])


def test_the_waterfall_shows_the_best_change_of_each_subject(measurements):
    best = measurements.loc[measurements["PARAMCD"] == "BPCHG"].set_index("USUBJID")
    sums = measurements.loc[(measurements["PARAMCD"] == "SDIAM") & (measurements["ANL01FL"] == "Y")]
    assert best["AVAL"].to_dict() == sums.groupby("USUBJID")["PCHG"].min().to_dict()
    source = sums.set_index(["USUBJID", "ASEQ"]).loc[pd.MultiIndex.from_arrays([best.index, best["SRCSEQ"]])]
    assert source["PCHG"].tolist() == best["AVAL"].tolist()
    assert best["AVAL"].min() >= -100
