from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from adam.flags import (
    baseline,
    change,
    extreme,
    group_codes,
    nadir,
    percent_change,
    repeated,
    treatment_emergent,
    up_to_first,
    worst_of_date,
)

SEVERITY = ("NE", "CR", "PR", "SD", "NON-CR/NON-PD", "PD")


def everything(frame):
    return np.ones(len(frame), dtype=bool)


def test_the_worst_of_a_date_is_flagged_then_the_higher_sequence(records):
    frame = records(
        (0, "2024-01-01", "NE", 9),
        (0, "2024-01-01", "CR", 1),
        (0, "2024-02-01", "PD", 3),
        (0, "2024-02-01", "PD", 4),
        (1, "2024-02-01", "SD", 5),
        (1, "2024-02-01", "MISSING", 6),
        (1, None, "PD", 7),
    )
    flagged = worst_of_date(frame, SEVERITY, everything(frame))
    assert flagged.tolist() == [False, True, False, True, True, False, False]


def test_a_record_that_is_not_eligible_never_flags_its_date(records):
    frame = records((0, "2024-01-01", "PD", 1), (0, "2024-01-01", "SD", 2))
    assert worst_of_date(frame, SEVERITY, np.array([False, True])).tolist() == [False, True]
    assert worst_of_date(frame, SEVERITY, np.array([False, False])).tolist() == [False, False]


def test_records_up_to_the_first_progression_by_date(records):
    frame = records(
        (0, "2024-01-01", "SD"),
        (0, "2024-02-01", "PD"),
        (0, "2024-02-01", "SD"),
        (0, "2024-03-01", "PR"),
        (0, None, "PR"),
        (1, "2024-03-01", "PR"),
    )
    kept = up_to_first(frame, (frame["value"] == "PD").to_numpy())
    assert kept.tolist() == [True, True, True, False, False, True]


def test_a_second_progression_on_one_date_does_not_hide_the_first(records):
    # The peers' relative flag drops the flagged record here, so that BOR is MISSING while PD is Y.
    frame = records((0, "2024-02-01", "PD", 1), (0, "2024-02-01", "PD", 2))
    worst = worst_of_date(frame, SEVERITY, everything(frame))
    assert (worst & up_to_first(frame, worst)).tolist() == [False, True]


def test_base_is_the_baseline_record_of_the_group():
    groups = np.array([0, 0, 1, 1, 2, 2])
    value = pd.Series([10.0, 12.0, 7.0, 8.0, 1.0, 2.0])
    flags = np.array([True, False, False, False, True, True])
    base = baseline(value, groups, flags)
    assert base.tolist()[:2] == [10.0, 10.0]
    assert base.isna().tolist() == [False, False, True, True, True, True]
    assert repeated(groups, flags).tolist() == [False, False, False, False, True, True]


def test_change_and_percent_change():
    value, base = pd.Series([12.0, 5.0, np.nan]), pd.Series([10.0, 0.0, 3.0])
    assert change(value, base).tolist()[:2] == [2.0, 5.0]
    percent = percent_change(value, base)
    assert percent[0] == 20.0
    assert percent.isna().tolist() == [False, True, True]


def test_nadir_is_the_smallest_of_earlier_dates(dates):
    when = dates(["2024-03-01", "2024-01-01", "2024-02-01", "2024-03-01", None, "2024-04-01"])
    value = pd.Series([60.0, 100.0, np.nan, 50.0, 1.0, 90.0])
    result = nadir(value, np.zeros(6, dtype=np.int64), when)
    assert result[[0, 2, 3, 5]].tolist() == [100.0, 100.0, 100.0, 50.0]
    assert result[[1, 4]].isna().all()


def test_nadir_does_not_look_into_other_groups(dates):
    when = dates(["2024-01-01", "2024-02-01", "2024-01-15", "2024-02-15"])
    result = nadir(pd.Series([10.0, 20.0, 30.0, 40.0]), np.array([0, 0, 1, 1]), when)
    assert result[[1, 3]].tolist() == [10.0, 30.0]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-01-01", None, True),
        ("2023-12-31", None, False),
        ("2024-03-31", None, True),
        ("2024-04-01", None, False),
        (None, "2023-12-31", False),
        (None, "2024-01-01", True),
        (None, None, True),
    ],
)
def test_treatment_emergence_to_thirty_days_after_the_last_dose(dates, start, end, expected):
    flag = treatment_emergent(
        dates([start]), dates([end]), dates(["2024-01-01"]), dates(["2024-03-01"]), window_days=30
    )
    assert flag.tolist() == [expected]


def test_nothing_is_emergent_without_treatment_and_no_limit_while_on_it(dates):
    start, none = dates(["2026-01-01"]), dates([None])
    assert treatment_emergent(start, none, none, none, window_days=30).tolist() == [False]
    assert treatment_emergent(start, none, dates(["2024-01-01"]), none, window_days=30).tolist() == [True]


@pytest.mark.parametrize("name", ["1", "2", "12"])
def test_treatment_emergence_as_the_peer(admiral, name):
    case = admiral("derive_var_trtemfl")[name]
    rows = pd.DataFrame(case["inputs"]["dataset"])
    moments = {n: pd.to_datetime(rows[n]).astype("datetime64[s]") for n in rows if n.endswith("DTM")}
    worsened = (pd.to_numeric(rows["AETOXGR"]) > pd.to_numeric(rows["AEITOXGR"])).to_numpy()
    arguments = case["args"] or {}
    result = treatment_emergent(
        moments["ASTDTM"],
        moments["AENDTM"],
        moments["TRTSDTM"],
        moments["TRTEDTM"],
        window_days=arguments.get("end_window"),
        worsened=worsened if "intensity" in arguments else None,
    )
    flag = arguments.get("new_var", "TRTEMFL")
    assert result.tolist() == [row[flag] == "Y" for row in case["expected"]]


def test_base_as_the_peer(admiral):
    for name in ("1", "2", "3"):
        case = admiral("derive_var_base")[name]
        rows = pd.DataFrame(case["expected"])
        groups = group_codes(rows[["USUBJID", "PARAMCD", "BASETYPE"]])
        base = baseline(rows["AVAL"].astype(float), groups, (rows["ABLFL"] == "Y").to_numpy())
        np.testing.assert_array_equal(base.to_numpy(), rows["BASE"].to_numpy(float))


@pytest.mark.parametrize(("name", "last"), [("7", False), ("8", True)])
def test_extreme_flag_as_the_peer_with_missing_order_values_last(admiral, name, last):
    rows = pd.DataFrame(admiral("derive_var_extreme_flag")[name]["expected"])
    flagged = extreme(group_codes(rows[["USUBJID"]]), rows[["AVISITN", "AVAL"]], last=last, descending=["AVAL"])
    assert flagged.tolist() == (rows["lastfl" if last else "firstfl"] == "Y").tolist()
