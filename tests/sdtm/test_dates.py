from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.dates import DateFormatError, pattern_of, read_datetimes, read_parts
from sdtm.extracts import read_form
from specs.columns import TEXT


def column(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


def read(text: str | None, *formats: str) -> tuple[str | None, bool]:
    mapped = read_datetimes(column(text), formats=formats)
    value = mapped.values.iloc[0]
    return None if pd.isna(value) else value, bool(mapped.failed[0])


@pytest.mark.parametrize(
    ("text", "format_", "expected"),
    [
        ("26-Dec-2013", "DD-MMM-YYYY", "2013-12-26"),
        ("26-DECEMBER-2013", "DD-MMM-YYYY", "2013-12-26"),
        ("26 Dec 2013", "DD MON YYYY", "2013-12-26"),
        ("1-sep-2013", "DD-MMM-YYYY", "2013-09-01"),
        ("12/26/2013", "MM/DD/YYYY", "2013-12-26"),
        ("1/5/2014", "MM/DD/YYYY", "2014-01-05"),
        ("1/5/2014", "DD/MM/YYYY", "2014-05-01"),
        ("01-02-2014", "MM-DD-YYYY", "2014-01-02"),
        ("2014-01-02", "YYYY-MM-DD", "2014-01-02"),
        ("20140102", "YYYYMMDD", "2014-01-02"),
        ("26DEC2013", "DDMMMYYYY", "2013-12-26"),
        ("26 Dec 2013 7:25", "DD MMM YYYY HH:MM", "2013-12-26T07:25"),
        ("26 Dec 2013 12:05 am", "DD MMM YYYY HH:MM AM", "2013-12-26T00:05"),
        ("2014-01-02T03:04:05.5", "YYYY-MM-DDTHH:MM:SS", "2014-01-02T03:04:05.5"),
        ("  26-Dec-2013 ", "DD-MMM-YYYY", "2013-12-26"),
    ],
)
def test_complete_dates(text: str, format_: str, expected: str) -> None:
    assert read(text, format_) == (expected, False)


@pytest.mark.parametrize(
    ("text", "format_", "expected"),
    [
        ("UN MAR 2024", "DD MMM YYYY", "2024-03"),
        ("UNK UNK 2024", "DD MMM YYYY", "2024"),
        ("unk-unk-2024", "DD-MMM-YYYY", "2024"),
        ("ND/NK/2024", "DD/MM/YYYY", "2024"),
        ("UN/15/2024", "MM/DD/YYYY", "2024---15"),
        ("15-MAR-UNK", "DD-MMM-YYYY", "--03-15"),
        ("MAR 2024", "DD MMM YYYY", "2024-03"),
        ("-MAR-2024", "DD-MMM-YYYY", "2024-03"),
        ("MAR 2024", "DD MON YYYY", "2024-03"),
        ("03//2024", "MM/DD/YYYY", "2024-03"),
        ("2024-03", "YYYY-MM-DD", "2024-03"),
        ("2024", "YYYY-MM-DD", "2024"),
        ("202403", "YYYYMMDD", "2024-03"),
        ("UNMAR2024", "DDMMMYYYY", "2024-03"),
        ("2024-03-05", "YYYY-MM-DD HH:MM", "2024-03-05"),
        ("2024-03-05 UN:UN", "YYYY-MM-DD HH:MM", "2024-03-05"),
        ("2024-03-05 10:UN", "YYYY-MM-DD HH:MM", "2024-03-05T10"),
    ],
)
def test_partial_dates_stay_partial(text: str, format_: str, expected: str) -> None:
    assert read(text, format_) == (expected, False)


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ("13/45/2014", "MM/DD/YYYY"),
        ("30-FEB-2014", "DD-MMM-YYYY"),
        ("29-FEB-2013", "DD-MMM-YYYY"),
        ("31 APR UNK", "DD MMM YYYY"),
        ("2024", "MM/DD/YYYY"),
        ("03/2024", "MM/DD/YYYY"),
        ("26-Dez-2013", "DD-MMM-YYYY"),
        ("26 Dec 2013", "DD-MMM-YYYY"),
        ("1214", "DDMMYY"),
        ("12/26/13", "MM/DD/YYYY"),
        ("26-Dec-2013 and later", "DD-MMM-YYYY"),
        ("2014-01-02 25:00", "YYYY-MM-DD HH:MM"),
        ("2014-01-02 13:00 PM", "YYYY-MM-DD HH:MM AM"),
        ("soon", "YYYY-MM-DD"),
    ],
)
def test_text_that_is_no_date_is_missing_and_failed(text: str, format_: str) -> None:
    assert read(text, format_) == (None, True)


@pytest.mark.parametrize("text", [None, "", "  ", "UNK", "UN-UNK", "UN-UNK-UNK"])
def test_nothing_known_is_missing_and_not_failed(text: str | None) -> None:
    assert read(text, "DD-MMM-YYYY") == (None, False)


def test_the_first_declared_format_wins_where_both_read_a_date() -> None:
    assert read("01/05/2014", "MM/DD/YYYY", "DD/MM/YYYY") == ("2014-01-05", False)
    assert read("01/05/2014", "DD/MM/YYYY", "MM/DD/YYYY") == ("2014-05-01", False)


def test_a_later_format_reads_what_no_earlier_one_can() -> None:
    assert read("26/12/2013", "MM/DD/YYYY", "DD/MM/YYYY") == ("2013-12-26", False)


def test_without_a_declared_format_only_complete_iso_8601_is_read() -> None:
    assert read("26-12-2013") == (None, True)
    assert read("2013-12-26") == ("2013-12-26", False)


@pytest.mark.parametrize(
    ("text", "format_", "expected"),
    [
        ("2018-05-06T10:10:10", "YYYY-MM-DD", "2018-05-06T10:10:10"),
        ("2018-05-06T10:10:10.25", "DD-MMM-YYYY", "2018-05-06T10:10:10.25"),
        ("2018-05-06T10:10", "YYYY-DD-MM", "2018-05-06T10:10"),
        ("2018-05-06", "DD-MMM-YYYY", "2018-05-06"),
        ("2018-05-06", "YYYY-DD-MM", "2018-06-05"),
        ("2018-05-31", "YYYY-DD-MM", None),
        ("2018-05", "DD-MMM-YYYY", None),
        ("2018-02-30", "DD-MMM-YYYY", None),
        ("2018-05-06T25:00:00", "YYYY-MM-DD", None),
        ("2018-05-06T10:10:10Z", "YYYY-MM-DD", None),
        ("2018-05-06T10:10:10+09:00", "YYYY-MM-DD", None),
    ],
)
def test_complete_iso_8601_reads_whatever_is_declared(text: str, format_: str, expected: str | None) -> None:
    assert read(text, format_) == (expected, expected is None)


@pytest.mark.parametrize(
    ("formats", "expected"), [(["HH:MM"], "-----T07:25:10"), (["HHMM"], "-----T07:25:10"), (["HH:MM AM"], None)]
)
def test_a_typed_time_reads_unless_the_clock_has_twelve_hours(formats: list[str], expected: str | None) -> None:
    got = read_datetimes(None, column("07:25:10"), time_formats=formats)
    assert got.values.isna().tolist() == [expected is None] == got.failed.tolist()
    assert got.values.fillna("").tolist() == [expected or ""]


def test_a_time_in_a_column_of_dates_is_no_date() -> None:
    assert read("07:25:10", "DD-MMM-YYYY") == (None, True)


def test_two_digit_years_lie_in_the_hundred_years_from_the_first() -> None:
    values = column("16-May-15", "16-May-39", "16-May-40")
    read_from = {
        first: read_datetimes(values, formats=["DD-MMM-YY"], first_year=first).values.str[:4].tolist()
        for first in (1940, 1910)
    }
    assert read_from == {1940: ["2015", "2039", "1940"], 1910: ["1915", "1939", "1940"]}


def test_date_and_time_columns() -> None:
    mapped = read_datetimes(
        column("26-Dec-2013", "26-Dec-2013", "26-Dec-2013", "26-Dec-2013", "UN-Dec-2013", None, None),
        column("7:25", None, "UN:UN", "07:25:30", "10:00", "10:00", None),
        formats=["DD-MMM-YYYY"],
    )
    expected = [
        "2013-12-26T07:25",
        "2013-12-26",
        "2013-12-26",
        "2013-12-26T07:25:30",
        "2013-12--T10:00",
        "-----T10:00",
    ]
    assert mapped.values.tolist()[:6] == expected
    assert mapped.values.isna().tolist() == [False] * 6 + [True]
    assert not mapped.failed.any()


def test_an_unreadable_time_keeps_the_date_and_fails() -> None:
    mapped = read_datetimes(column("26-Dec-2013"), column("25:00"), formats=["DD-MMM-YYYY"])
    assert (mapped.values.tolist(), mapped.failed.tolist()) == (["2013-12-26"], [True])


def test_an_unreadable_date_takes_its_time_with_it() -> None:
    mapped = read_datetimes(column("99-Dec-2013"), column("10:00"), formats=["DD-MMM-YYYY"])
    assert (mapped.values.isna().tolist(), mapped.failed.tolist()) == ([True], [True])


def test_a_time_alone_has_no_date() -> None:
    mapped = read_datetimes(None, column("7:25 PM", "12:00AM", "12:00 pm"), time_formats=["H:MM AM"])
    assert mapped.values.tolist() == ["-----T19:25", "-----T00:00", "-----T12:00"]


def test_unknown_words_of_the_study() -> None:
    mapped = read_datetimes(column("00-MAR-2024"), formats=["DD-MMM-YYYY"], unknown=["00"])
    assert mapped.values.tolist() == ["2024-03"]


def test_parts_in_columns_of_their_own() -> None:
    mapped = read_parts(
        {
            "year": column("2024", "2024", "2024.0", "2024", None),
            "month": column("MAR", "UN", "3", "march", "UNK"),
            "day": column("UN", "5", "31", "07", None),
        }
    )
    assert mapped.values.tolist()[:4] == ["2024-03", "2024---05", "2024-03-31", "2024-03-07"]
    assert mapped.values.isna().tolist() == [False, False, False, False, True]
    assert not mapped.failed.any()


def test_parts_with_a_time() -> None:
    parts = {"year": column("2024", "2024", "x", None), "month": column("3", "UN", "1", None)}
    mapped = read_parts(parts, column("7:25", "99:00", "10:00", "10:00"))
    assert mapped.values.tolist()[:2] == ["2024-03--T07:25", "2024"]
    assert mapped.values.tolist()[3] == "-----T10:00"
    assert mapped.values.isna().tolist() == [False, False, True, False]
    assert mapped.failed.tolist() == [False, True, True, False]


def test_parts_that_make_no_date_fail_as_a_whole() -> None:
    mapped = read_parts(
        {
            "year": column("2024", "2023", "x", "2024.5"),
            "month": column("13", "2", "1", "1"),
            "day": column("1", "29", "1", "1"),
        }
    )
    assert mapped.values.isna().all()
    assert mapped.failed.all()


@pytest.mark.parametrize("format_", ["", "dd-mmm-yyyy", "DD-MM-MM", "--"])
def test_a_format_that_cannot_be_read_is_the_studys_error(format_: str) -> None:
    with pytest.raises(DateFormatError, match="expected each of YYYY"):
        pattern_of(format_)


def test_rows_keep_their_places() -> None:
    values = pd.Series(["26-Dec-2013", "27-Dec-2013"], index=[5, 2], dtype=TEXT)
    mapped = read_datetimes(values, formats=["DD-MMM-YYYY"])
    assert mapped.values.to_dict() == {5: "2013-12-26", 2: "2013-12-27"}


def test_a_column_with_no_rows() -> None:
    assert len(read_datetimes(column(), column(), formats=["DD-MMM-YYYY"]).values) == 0


def test_dates_of_a_form_that_others_made(shared: Path) -> None:
    form = read_form(shared / "data" / "raw_samples" / "oak" / "cm_raw_data.csv")
    mapped = read_datetimes(form["MDBDR"], form["MDBTM"], formats=["DD-MMM-YY", "DD MMM YYYY"])
    read = dict(zip(form["MDBDR"].dropna(), mapped.values[form["MDBDR"].notna()], strict=True))
    assert not mapped.failed.any()
    assert (read["15-Sep-20"], read["UN UNK 2019"], read["20 UNK 2019"]) == ("2020-09-15", "2019", "2019---20T10:00")


@given(
    st.datetimes(min_value=datetime.datetime(1900, 1, 1)),
    st.sampled_from(
        [
            ("%d-%b-%Y %H:%M", "DD-MMM-YYYY HH:MM"),
            ("%m/%d/%Y %H:%M", "MM/DD/YYYY HH:MM"),
            ("%d.%m.%Y %I:%M %p", "DD.MM.YYYY HH:MM AM"),
            ("%Y%m%d%H%M", "YYYYMMDDHHMM"),
        ]
    ),
)
def test_what_a_format_writes_it_reads(moment: datetime.datetime, written: tuple[str, str]) -> None:
    python_format, format_ = written
    text = moment.strftime(python_format).replace(moment.strftime("%Y"), f"{moment.year:04}")
    assert read(text, format_) == (moment.strftime("%Y-%m-%dT%H:%M"), False)


@given(st.text(max_size=20))
def test_whatever_is_read_is_a_valid_date(text: str) -> None:
    from specs.iso8601 import is_valid

    mapped = read_datetimes(column(text), formats=["DD-MMM-YYYY", "MM/DD/YYYY", "YYYY-MM-DD HH:MM"])
    assert mapped.values.isna().all() or is_valid(mapped.values).all()
