from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from adam.durations import duration, months
from specs.iso8601 import day_number


def test_days_count_both_ends(dates):
    start, end = dates(["2024-01-01", "2024-01-01", "2024-01-02", None]), dates(
        ["2024-01-01", "2024-01-31", "2024-01-01", "2024-01-01"]
    )  # fmt: skip
    result = duration(start, end)
    assert result.tolist()[:3] == [1.0, 31.0, -1.0]
    assert np.isnan(result[3])


def test_calendar_months_and_the_rest_as_part_of_the_next(dates):
    result = duration(
        dates(["2024-01-31", "2024-01-15", "2024-01-01"]),
        dates(["2024-02-29", "2024-02-29", "2023-12-01"]),
        "months",
        add_one=False,
        calendar=True,
    )
    assert result[0] == 1.0
    assert result[1] == pytest.approx(1 + 14 / 29)
    assert result[2] == -1.0


def test_days_as_months_by_the_declared_convention(dates):
    assert months(duration(dates(["2024-01-01"]), dates(["2024-03-31"])))[0] == pytest.approx(91 / 30.4375)
    assert months(duration(dates(["2024-01-01"]), dates(["2024-03-31"])), 30.0)[0] == pytest.approx(91 / 30)


UNITS = {"YRS": "years", "MOS": "months", "wks": "weeks", "H": "hours", "min": "minutes", "sec": "seconds"}


@pytest.mark.parametrize("number", range(22))
def test_durations_as_the_peer(admiral, number, dates):
    case = list(admiral("compute_duration").values())[number]
    arguments = case["args"]
    start = re.sub(r'^.*"(.*)"\)$', r"\1", arguments["start_date"]).replace("T9", "T09")
    unit = arguments.get("out_unit", "days")
    result = duration(
        dates([start]),
        dates([arguments["end_date"]]),
        UNITS.get(unit, unit),
        add_one=arguments.get("add_one", True),
        whole_days=arguments.get("floor_in", True),
        # Ages are given in calendar years and months: the peer's default there is its interval.
        calendar=arguments.get("type") == "interval" or arguments.get("trunc_out", False),
        truncate=arguments.get("trunc_out", False),
    )
    assert result[0] == pytest.approx(case["expected_value"][0])


@pytest.mark.parametrize("name", ["1", "3", "4", "5", "6", "7", "9"])
def test_study_days_as_the_peer(admiral, name):
    case = admiral("derive_vars_dy")[name]
    rows = pd.DataFrame(case["expected"])
    reference = pd.to_datetime(rows[case["args"]["reference_date"]]).astype("datetime64[s]")
    days = [column for column in rows if column.endswith("DY")]
    assert days
    for column in days:
        source = next(c for c in (f"{column[:-2]}DT", f"{column[:-2]}DTM") if c in rows)
        result = day_number(pd.to_datetime(rows[source]).astype("datetime64[s]"), reference)
        np.testing.assert_array_equal(result.to_numpy(), rows[column].to_numpy(float))
