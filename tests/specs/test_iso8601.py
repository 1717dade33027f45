from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs import iso8601
from specs.columns import TEXT, text


def column(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


def moments(*values: str | None) -> list[pd.Timestamp]:
    return [pd.NaT if value is None else pd.Timestamp(value) for value in values]


def shown(values: pd.Series) -> list[object]:
    return [None if pd.isna(value) else value for value in values]


@pytest.mark.parametrize(
    "value",
    [
        "2003",
        "2003-12",
        "2003-12-15",
        "2003-12-15T13",
        "2003-12-15T13:14",
        "2003-12-15T13:14:17",
        "2003-12-15T13:14:17.123",
        "2003-12-15T13:14Z",
        "2003-12-15T13:14+05:30",
        "2003-12-15T13:14+14:00",
        "2003-12-15T13:14-12:00",
        "--12-15",
        "--02-29",
        "2003---15",
        "2003---15T07:15",
        "-----T07:15",
        "2003-12-15T-:15",
        "2004-02-29",
        "2000-02-29",
        "2003-12-01/2003-12-10",
    ],
)
def test_forms_of_the_guide_are_valid(value: str) -> None:
    assert iso8601.is_valid(column(value)).tolist() == [True]


@pytest.mark.parametrize(
    "value",
    [
        "2003-12-15T13:14+14:01",
        "2003-12-15T13:14-12:30",
        "2003-12-15T13:14+99:00",
        "2003-02-30",
        "2003-02-29",
        "1900-02-29",
        "--02-30",
        "--04-31",
        "2003-13",
        "2003-00",
        "2003-12-00",
        "2003-12-15T24:00",
        "2003-12-15T13:60",
        "2003-12-15T13:14:60",
        "0000",
        "2003-",
        "2003--",
        "2003-12-15T-",
        "2003-12-15T13:-",
        "-",
        "",
        "15-12-2003",
        "2003-1-5",
        "2003-12-15 13:14",
        " 2003",
        "UNK",
        "2003-12-10/2003-12-01",
        "2003-12-10/",
        None,
    ],
)
def test_what_is_no_date_time(value: str | None) -> None:
    assert iso8601.is_valid(column(value)).tolist() == [False]


def test_components_of_partial_values() -> None:
    parts = iso8601.parse(column("2003---15T07:05", "--12-15", "2003-02-30", None, "2003-12-15T13:14:17.5"))
    np.testing.assert_array_equal(parts.year, [2003, np.nan, np.nan, np.nan, 2003])
    np.testing.assert_array_equal(parts.month, [np.nan, 12, np.nan, np.nan, 12])
    np.testing.assert_array_equal(parts.day, [15, 15, np.nan, np.nan, 15])
    np.testing.assert_array_equal(parts.hour, [7, np.nan, np.nan, np.nan, 13])
    np.testing.assert_array_equal(parts.second, [np.nan, np.nan, np.nan, np.nan, 17.5])
    assert parts.valid.tolist() == [True, True, False, False, True]


def test_a_column_without_values() -> None:
    nothing = column(None, None)
    assert iso8601.parse(nothing).valid.tolist() == [False, False]
    assert iso8601.to_dates(nothing).isna().all()
    assert len(iso8601.earliest(column())) == 0


def test_compose_cuts_at_the_last_known_component_and_marks_gaps() -> None:
    values = column("2003", "--12-15", "2003---15", "-----T07:15", "2003-12-15T-:15", "2003-12-15T13:14:07.25")
    assert iso8601.compose(iso8601.parse(values)).tolist() == values.tolist()


def test_compose_of_nothing_known_is_missing() -> None:
    assert shown(iso8601.compose(iso8601.parse(column(None, "UNK")))) == [None, None]


def test_parts_of_impossible_components_are_unknown() -> None:
    parts = iso8601.Parts.of({"year": np.array([2014.0, 2014.0]), "month": np.array([13.0, 12.0])})
    assert parts.valid.tolist() == [False, True]
    assert shown(iso8601.compose(parts)) == [None, "2014-12"]


def test_earliest_and_latest_moment() -> None:
    values = column("2003", "2003-02", "2004-02", "2003---31", "2003-12-15T13", "--12-15", None)
    expected = ["2003-01-01", "2003-02-01", "2004-02-01", "2003-01-31", "2003-12-15T13:00", None, None]
    assert iso8601.earliest(values).tolist() == moments(*expected)
    expected = [
        "2003-12-31T23:59:59",
        "2003-02-28T23:59:59",
        "2004-02-29T23:59:59",
        "2003-12-31T23:59:59",
        "2003-12-15T13:59:59",
        None,
        None,
    ]
    assert iso8601.latest(values).tolist() == moments(*expected)


def test_an_interval_reaches_from_its_first_side_to_its_second() -> None:
    values = column("2003-12-01/2003-12")
    assert iso8601.earliest(values).tolist() == moments("2003-12-01")
    assert iso8601.latest(values).tolist() == moments("2003-12-31T23:59:59")


def test_dates_are_missing_where_a_part_is_and_nothing_fills_it() -> None:
    values = column("2003-12-15", "2003-12-15T10:00", "2003-12", "2003", "2003---15", "2003-02-30", None)
    dates = iso8601.to_dates(values)
    assert dates.dtype == np.dtype("datetime64[s]")
    assert dates.tolist() == moments("2003-12-15", "2003-12-15", None, None, None, None, None)


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [
        ("first", "first", ["2004-02-01", "2004-01-01", "2004-01-31"]),
        ("last", "last", ["2004-02-29", "2004-12-31", "2004-12-31"]),
        ("mid", "mid", ["2004-02-15", "2004-06-15", "2004-06-30"]),
        (None, "last", ["2004-02-29", None, None]),
        (7, 31, ["2004-02-29", "2004-07-31", "2004-07-31"]),
    ],
)
def test_missing_month_and_day_filled(month: iso8601.Imputed, day: iso8601.Imputed, expected: list[str | None]) -> None:
    dates = iso8601.to_dates(column("2004-02", "2004", "2004---31"), month, day)
    assert dates.tolist() == moments(*expected)


def test_a_date_without_its_year_is_never_filled() -> None:
    assert iso8601.to_dates(column("--12-15"), "first", "first").isna().all()


def test_study_day_has_no_day_0() -> None:
    days = iso8601.study_day(
        column("2014-01-01", "2014-01-02", "2014-01-02T23:59", "2014-01-03"),
        column("2014-01-02", "2014-01-02", "2014-01-02T08:00", "2014-01-02"),
    )
    assert days.tolist() == [-1, 1, 1, 2]


def test_study_day_needs_complete_dates_on_both_sides() -> None:
    days = iso8601.study_day(
        column("2014-01", "2014-01-02", None, "--01-02"),
        column("2014-01-02", "2014", "2014-01-02", "2014-01-02"),
    )
    assert days.isna().all()


def test_results_keep_the_rows_of_the_column() -> None:
    values = pd.Series(["2014-01-02", "2014-01-03"], index=[7, 3], dtype=TEXT)
    assert iso8601.study_day(values, values).index.tolist() == [7, 3]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("2014-01-01", "2014-01-02", -1),
        ("2014-02", "2014-01-31", 1),
        ("2014-01", "2014-01-15", np.nan),
        ("2014", "2014", np.nan),
        ("2013", "2014", -1),
        ("2014-01-01", "2014-01-01", np.nan),
        ("2014-01-01T10:00:00", "2014-01-01T10:00:00", 0),
        ("2014-01-01T10", "2014-01-01T11", -1),
        ("--01-02", "2014-01-02", np.nan),
        (None, "2014-01-02", np.nan),
        ("2014-01-01/2014-01-05", "2014-01-06", -1),
    ],
)
def test_comparison_is_unknown_unless_certain(left: str | None, right: str, expected: float) -> None:
    np.testing.assert_array_equal(iso8601.compare(column(left), column(right)), [expected])


def test_comparison_by_day_leaves_the_time_out() -> None:
    result = iso8601.compare(
        column("2014-01-01T10:00", "2014-01-01", "2014-01"),
        column("2014-01-01", "2014-01-01", "2014-01"),
        by="day",
    )
    np.testing.assert_array_equal(result, [0, 0, np.nan])


def test_durations_from_number_and_unit() -> None:
    number = column("3", "-15", "1.50", "2", "x", "4", None, "5")
    unit = column("days", "MIN", " Hours ", "weeks", "days", "M", "days", None)
    expected = ["P3D", "-PT15M", "PT1.5H", "P2W", None, None, None, None]
    assert shown(iso8601.duration(number, unit)) == expected


def test_every_duration_made_is_a_duration() -> None:
    units = list(iso8601.DURATION_UNITS)
    made = iso8601.duration(column(*["2.5"] * len(units)), column(*units))
    assert iso8601.is_duration(made).all()


def test_durations_between_two_values() -> None:
    start = column("2014-01-01", "2014-01-01", "2014-01-01T10:00", "2014-01-01T10:00", "2014-01-01T10:00:05")
    end = column("2014-01-15", "2014-01-01", "2014-01-01T09:45", "2014-01-03T10:00", "2014-01-01T11:00:05")
    assert shown(iso8601.duration_between(start, end)) == ["P14D", "P0D", "-PT15M", "P2D", "PT1H"]


def test_no_duration_where_one_side_is_partial_or_only_one_has_a_time() -> None:
    start = column("2014-01", "2014-01-01", "2014-01-01T10", None)
    end = column("2014-02-01", "2014-01-02T10:00", "2014-01-01T11", "2014-01-01")
    assert iso8601.duration_between(start, end).isna().all()


@pytest.mark.parametrize("value", ["P", "PT", "P1DT", "1D", "P1H", "PT1D", "P1W2D", "", None])
def test_what_is_no_duration(value: str | None) -> None:
    assert iso8601.is_duration(column(value)).tolist() == [False]


@pytest.mark.parametrize("value", ["P1D", "P3Y6M4DT12H30M5S", "-PT15M", "P2W", "PT0.5S"])
def test_what_is_a_duration(value: str) -> None:
    assert iso8601.is_duration(column(value)).tolist() == [True]


@given(st.datetimes(min_value=datetime.datetime(1, 1, 1)))
def test_a_complete_value_means_itself(moment: datetime.datetime) -> None:
    moment = moment.replace(microsecond=0)
    values = column(moment.isoformat())
    assert iso8601.compose(iso8601.parse(values)).tolist() == values.tolist()
    assert iso8601.earliest(values).to_numpy().astype("datetime64[s]").item() == moment
    assert iso8601.latest(values).to_numpy().astype("datetime64[s]").item() == moment


@given(st.dates(), st.integers(min_value=0, max_value=2))
def test_a_partial_value_spans_the_dates_it_may_mean(date: datetime.date, hidden: int) -> None:
    values = column(date.isoformat()[: (10, 7, 4)[hidden]])
    first, last = (
        bound(values).to_numpy().astype("datetime64[D]").item() for bound in (iso8601.earliest, iso8601.latest)
    )
    assert first <= date <= last
    assert (first == last) == (hidden == 0)
    assert iso8601.to_dates(values, "first", "first").to_numpy().astype("datetime64[D]").item() == first
    assert iso8601.to_dates(values, "last", "last").to_numpy().astype("datetime64[D]").item() == last


def test_an_age_is_of_completed_years() -> None:
    birth = text(["1960-03-15", "1960-03-15", "1960-03-15", "1960-02-29", None])
    at = text(["2024-03-14", "2024-03-15", "2024-03-16T08:00", "2023-02-28", "2024-03-14"])
    assert iso8601.completed_years(birth, at).tolist()[:4] == [63, 64, 64, 62]
    assert iso8601.completed_years(birth, at).isna().tolist() == [False] * 4 + [True]


def test_the_age_by_a_partial_date_is_that_of_all_its_days_or_none() -> None:
    birth = text(["1960", "1960", "1960-03", "1960-03", "1960-03-15", "1960---15"])
    at = text(["2024-01-01", "2024-12-31", "2024-02-29", "2024-03-20", "2024", "2024-12-20"])
    # born on the last day of 1960 one is 63 on the last of 2024; on the first, 63 on the first of it
    years = iso8601.completed_years(birth, at)
    assert [None if pd.isna(value) else value for value in years] == [None, 64, 63, None, None, 64]
