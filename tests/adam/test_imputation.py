from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adam.imputation import (
    Bounds,
    DateRule,
    TimeRule,
    date_flag,
    impute_date,
    impute_datetime,
    time_flag,
)
from specs.columns import TEXT


def text(*values):
    return pd.Series(list(values), dtype=TEXT)


def iso(series, unit="D"):
    return [None if pd.isna(v) else str(np.datetime64(v, unit)) for v in series.to_numpy()]


def flags(series):
    return [None if pd.isna(v) else v for v in series]


PARTIAL = ("2024-03-05", "2024-03", "2024", "2024---07", "--03-05", None, "2024-02-30", "05MAR2024")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (DateRule(""), ["2024-03-05", None, None, None]),
        (DateRule("D", "first"), ["2024-03-05", "2024-03-01", None, None]),
        (DateRule("D", "last"), ["2024-03-05", "2024-03-31", None, None]),
        (DateRule("M", "first"), ["2024-03-05", "2024-03-01", "2024-01-01", "2024-01-07"]),
        (DateRule("M", "mid"), ["2024-03-05", "2024-03-15", "2024-06-30", "2024-06-07"]),
        (DateRule("M", "last"), ["2024-03-05", "2024-03-31", "2024-12-31", "2024-12-07"]),
        (DateRule("M", "02-30"), ["2024-03-05", "2024-03-30", "2024-02-29", "2024-02-07"]),
    ],
    ids=str,
)
def test_missing_parts_are_filled_by_rule_and_collected_ones_stay(rule, expected):
    assert iso(impute_date(text(*PARTIAL), rule)) == [*expected, None, None, None, None]


def test_what_is_no_date_is_never_imputed_whatever_the_bounds(dates):
    bounds = Bounds(lower=[dates(["2024-01-01"] * 2)])
    result = impute_date(text("05MAR2024", "2024-02-30"), DateRule("Y"), bounds)
    assert iso(result) == [None, None]


def test_the_last_day_of_february_in_a_leap_year():
    assert iso(impute_date(text("2024-02", "2023-02", "1900-02"), DateRule("D", "last"))) == [
        "2024-02-29", "2023-02-28", "1900-02-28",
    ]  # fmt: skip


def test_an_imputed_date_is_never_before_a_lower_bound(dates):
    bounds = Bounds(lower=[dates(["2024-03-10"] * 4)])
    values = text("2024-03", "2024", "2024-04", "2024-03-05")
    result = impute_date(values, DateRule("M"), bounds)
    assert iso(result) == ["2024-03-10", "2024-03-10", "2024-04-01", "2024-03-05"]


def test_a_bound_outside_of_what_was_collected_takes_the_nearest_or_is_ignored(dates):
    lower = [dates(["2024-05-10", None])]
    values = text("2024-03", "2024-03")
    assert iso(impute_date(values, DateRule("M"), Bounds(lower))) == ["2024-03-31", "2024-03-01"]
    assert iso(impute_date(values, DateRule("M"), Bounds(lower, beyond="ignore"))) == ["2024-03-01"] * 2


def test_death_is_the_later_of_the_first_and_the_day_after_last_alive_within_the_month(dates):
    alive = dates(["2024-02-11", "2024-03-11", "2024-04-02", "2024-03-31"]) + pd.Timedelta(days=1)
    result = impute_date(text(*["2024-03"] * 4), DateRule("M"), Bounds(lower=[alive]))
    assert iso(result) == ["2024-03-01", "2024-03-12", "2024-03-31", "2024-03-31"]


def test_an_imputed_date_is_never_after_an_upper_bound_and_that_wins(dates):
    bounds = Bounds(lower=[dates(["2024-03-20"])], upper=[dates(["2024-03-12"]), dates(["2024-03-25"])])
    assert iso(impute_date(text("2024-03"), DateRule("M", "last"), bounds)) == ["2024-03-12"]


def test_a_date_of_which_nothing_is_known_is_the_bound_or_missing(dates):
    lower, upper = dates(["2024-01-05", None]), dates(["2024-02-05", None])
    values = text(None, "--03-05")
    first = impute_date(values, DateRule("Y"), Bounds([lower], [upper]))
    assert iso(first) == ["2024-01-05", None]
    last = impute_date(values, DateRule("Y", "last"), Bounds([lower], [upper]))
    assert iso(last) == ["2024-02-05", None]
    assert iso(impute_date(text("--03-05"), DateRule("Y"), Bounds([dates(["2024-01-05"])]))) == ["2024-01-05"]


@pytest.mark.parametrize("fill", ["13-01", "12:01", "middle", "00"])
def test_a_fill_that_is_no_date_is_refused(fill):
    with pytest.raises(ValueError, match="no date to fill with"):
        DateRule("M", fill)


def test_a_fill_without_a_month_is_refused_where_months_are_filled():
    with pytest.raises(ValueError, match="missing month or year"):
        DateRule("M", "01")
    assert DateRule("D", "15").fill == "15"


def test_times_are_filled_by_rule():
    values = text("2024-03-05T13:14:15", "2024-03-05T13:14", "2024-03-05T13", "2024-03-05", "2024-03")
    first = impute_datetime(values, DateRule("M", "last"))
    assert iso(first, "s")[1:] == [
        "2024-03-05T13:14:00", "2024-03-05T13:00:00", "2024-03-05T00:00:00", "2024-03-31T00:00:00",
    ]  # fmt: skip
    minutes = impute_datetime(values, DateRule(""), TimeRule("M", "last"))
    assert iso(minutes, "s") == [
        "2024-03-05T13:14:15", "2024-03-05T13:14:59", "2024-03-05T13:59:59", None, None,
    ]  # fmt: skip


def test_a_moment_is_held_between_its_bounds(dates):
    values = text("2024-03-05T13", "2024-03-05T13:14:15")
    bounds = Bounds(lower=[dates(["2024-03-05T13:30:00"] * 2)])
    assert iso(impute_datetime(values, DateRule(), bounds=bounds), "s") == [
        "2024-03-05T13:30:00", "2024-03-05T13:14:15",
    ]  # fmt: skip


def test_flags_name_the_largest_part_imputed():
    values = text("2024-03-05T13:14:15", "2024-03-05T13:14", "2024-03-05", "2024-03", "2024---07", "--03-05")
    result = impute_datetime(values, DateRule())
    assert flags(date_flag(values, result)) == [None, None, None, "D", "M", None]
    assert flags(time_flag(values, result)) == [None, "S", "H", "H", "H", None]
    assert flags(time_flag(values, result, seconds_collected=False))[:3] == [None, None, "H"]


PARTIAL_TEXT = st.builds(lambda date, length: date.isoformat()[:length], st.dates(), st.sampled_from([4, 7, 10]))


@given(st.lists(PARTIAL_TEXT, min_size=1, max_size=6), st.dates(), st.sampled_from(["first", "mid", "last"]))
def test_no_imputed_date_leaves_what_was_collected_or_passes_a_bound_it_could_meet(values, bound, fill):
    series = text(*values)
    lower = pd.Series(np.full(len(values), np.datetime64(bound, "s")))
    result = impute_date(series, DateRule("M", fill), Bounds(lower=[lower]))
    assert all(str(d).startswith(v) for d, v in zip(iso(result), values, strict=True))
    partial = series.str.len() < 10
    last_possible = impute_date(series, DateRule("M", "last"))
    assert (result[partial] >= np.minimum(lower, last_possible)[partial]).all()


# ------------------------------------------------------------------ the peer's unit tests

KEPT = {
    # The peer drops the day of "2019---07" unless told to preserve it; what was collected stays here.
    "2019---07": {"2019-01-01": "2019-01-07", "2019-06-30": "2019-06-07", "2019-12-31": "2019-12-07"},
}


def peer_dates(values):
    return [None if v is None else v[:19] for v in values]


@pytest.mark.parametrize("name", ["1", "2", "2.1", "3", "4", "5", "6", "7", "11", "30"])
def test_dates_as_the_peer(admiral, name, dates):
    case = admiral("impute_dtc_dt")[name]
    arguments = case["args"]
    values = text(*arguments["dtc"])
    bounds = {
        side: [dates(bound) for bound in arguments.get(f"{key}_dates") or []]
        for side, key in (("lower", "min"), ("upper", "max"))
    }
    highest = arguments.get("highest_imputation", "n").replace("n", "")
    rule = DateRule(highest, (arguments.get("date_imputation") or "first").lower())
    result = impute_date(values, rule, Bounds(**bounds, beyond="ignore"))
    expected = [
        KEPT.get(collected, {}).get(date, date)
        for collected, date in zip(arguments["dtc"], case["expected_value"], strict=True)
    ]
    assert iso(result) == expected


@pytest.mark.parametrize("name", ["12", "12.1", "12.3"])
def test_rules_refused_as_by_the_peer(admiral, name):
    arguments = admiral("impute_dtc_dt")[name]["args"]
    with pytest.raises(ValueError, match=r"fill with|does not say"):
        DateRule(arguments["highest_imputation"], arguments["date_imputation"])


def test_a_day_beyond_its_month_is_the_last_one_where_the_peer_stops(admiral):
    arguments = admiral("impute_dtc_dt")["12.5"]["args"]
    assert arguments["date_imputation"] == "31"
    assert iso(impute_date(text("2020-02"), DateRule("D", "31"))) == ["2020-02-29"]


@pytest.mark.parametrize("name", ["1", "2", "2.1", "3", "3.1", "4", "5", "6", "7"])
def test_datetimes_as_the_peer(admiral, name):
    case = admiral("impute_dtc_dtm")[name]
    arguments = case["args"]
    level = arguments.get("highest_imputation", "h")
    date_rule = DateRule(level if level in "DMY" else "", (arguments.get("date_imputation") or "first").lower())
    time_rule = TimeRule(
        level.upper() if level in "hms" else "H", (arguments.get("time_imputation") or "first").lower()
    )
    result = iso(impute_datetime(text(*arguments["dtc"]), date_rule, time_rule), "s")
    # Fractions of a second are dropped (DATETIME20. has none), a collected day stays as in KEPT, and so do the
    # minutes of an unknown hour, the seconds of an unknown minute and the time of an unknown day, which the
    # peer overwrites.
    argued = {"2019---07", "2003-12-15T-:15:18", "2003-12-15T13:-:19", "2020-07--T00:00"}
    compared = [
        (ours, theirs)
        for value, ours, theirs in zip(arguments["dtc"], result, peer_dates(case["expected_value"]), strict=True)
        if value not in argued
    ]
    assert [ours for ours, _ in compared] == [theirs for _, theirs in compared]
    if "2003-12-15T13:-:19" in arguments["dtc"] and arguments.get("time_imputation") is None:
        assert result[arguments["dtc"].index("2003-12-15T13:-:19")] == "2003-12-15T13:00:19"


def test_date_flags_as_the_peer(admiral, dates):
    case = admiral("compute_dtf")["14"]
    result = date_flag(text(*case["args"]["dtc"]), dates(case["args"]["dt"]))
    assert flags(result) == case["expected_value"]


@pytest.mark.parametrize("name", ["15", "17"])
def test_time_flags_as_the_peer(admiral, name, dates):
    case = admiral("compute_tmf")[name]
    collected = not case["args"].get("ignore_seconds_flag")
    result = time_flag(text(*case["args"]["dtc"]), dates(case["args"]["dtm"]), seconds_collected=collected)
    assert flags(result) == case["expected_value"]


@pytest.mark.parametrize("name", ["18", "19", "20", "22", "25", "26", "27", "29", "31"])
def test_date_variables_and_their_flags_as_the_peer(admiral, name):
    case = admiral("derive_vars_dt")[name]
    arguments, rows = case["args"], pd.DataFrame(case["expected"])
    column = arguments["dtc"]
    bounds = {
        side: [
            pd.to_datetime(rows[named["expr"] if isinstance(named, dict) else named]).astype("datetime64[s]")
            for named in np.atleast_1d(arguments.get(f"{key}_dates") or []).tolist()
        ]
        for side, key in (("lower", "min"), ("upper", "max"))
    }
    rule = DateRule(arguments["highest_imputation"], (arguments.get("date_imputation") or "first").lower())
    collected = rows[column].astype(TEXT)
    result = impute_date(collected, rule, Bounds(**bounds, beyond="ignore"))
    prefix = arguments["new_vars_prefix"]
    expected = [
        KEPT.get(value, {}).get(date, date) for value, date in zip(rows[column], rows[f"{prefix}DT"], strict=True)
    ]
    assert iso(result)[: len(expected)] == [None if pd.isna(date) else date for date in expected]
    if f"{prefix}DTF" in rows:
        assert flags(date_flag(collected, result)) == [None if pd.isna(f) else f for f in rows[f"{prefix}DTF"]]
