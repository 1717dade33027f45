"""TS: parameters of the study, its design and its data."""

from __future__ import annotations

import pandas as pd
import pytest

from sdtm.trial_summary import frequency, of_data, summary
from specs.columns import text
from specs.profile import Profile

CT = "2025-03-28"


def profile(**columns):
    known = Profile()
    for name, values in columns.items():
        known.add("DM", "dm", name, text(values))
    return known


def values(entries):
    return [(e["TSPARMCD"], e.get("TSVAL"), e.get("TSVALNF")) for e in entries]


def test_what_the_data_say_of_the_trial():
    known = profile(
        ARMCD=["A", None, "A"], RFICDTC=["2024-02-01T09:00", "2024-01-05", None], RFPENDTC=["2025-01-01"] * 3,
        COUNTRY=["USA", "CHN", "USA"],
    )  # fmt: skip
    assert values(of_data(known, ended=True)) == [
        ("ACTSUB", "2", None),
        ("SSTDTC", "2024-01-05", None),
        ("SENDTC", "2025-01-01", None),
        ("FCNTRY", "CHN", None),
        ("FCNTRY", "USA", None),
    ]


def test_a_study_that_goes_on_has_no_end_and_one_without_consents_no_start():
    known = values(of_data(profile(ARMCD=[None], RFPENDTC=["2025-01-01"]), ended=False))
    assert ("SENDTC", None, "NAV") in known
    assert ("SSTDTC", None, "UNK") in known


def test_parameters_are_numbered_named_and_coded():
    entries = [{"TSPARMCD": "TTYPE", "TSVAL": "SAFETY"}, {"TSPARMCD": "REGID", "TSVALNF": "NA"}]
    got = summary([*entries, {"TSPARMCD": "TTYPE", "TSVAL": "EFFICACY"}], CT)
    assert got["TSPARMCD"].tolist() == ["REGID", "TTYPE", "TTYPE"]
    assert got["TSSEQ"].tolist() == [1, 1, 2]
    assert got["TSPARM"].tolist() == ["Registry Identifier", "Trial Type", "Trial Type"]
    assert got["TSVCDREF"].fillna("").tolist() == ["", "CDISC CT", "CDISC CT"]
    assert got["TSVCDVER"].fillna("").tolist() == ["", CT, CT]
    assert got["TSVALCD"].iloc[1:].str.match(r"C\d+").all()
    assert pd.isna(got["TSVALCD"].iloc[0])


def test_dates_and_durations_are_by_iso_8601_and_a_value_outside_its_codelist_has_no_code():
    got = summary([{"TSPARMCD": "AGEMIN", "TSVAL": "P18Y"}, {"TSPARMCD": "TBLIND", "TSVAL": "PEEKING"}], CT)
    assert got["TSVCDREF"].fillna("").tolist() == ["ISO 8601", ""]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([1, 8, 15], "EVERY WEEK"),
        ([1], "EVERY 3 WEEKS"),
        ([1, 8], "DAYS 1 AND 8 OF A 21-DAY CYCLE"),
        ([2], "DAY 2 OF A 21-DAY CYCLE"),
    ],
)
def test_the_frequency_of_a_schedule(days, expected):
    assert frequency(days, 21) == expected
