"""Rows that would pair if one key were left out."""

from __future__ import annotations

from oncdisc.review import Comparison, Options, Table, compare_tables
from tests.review.builders import table

SUBJECTS = ["01", "02", "03", "04"]


def visits(dates: list[str], subjects: list[str] | None = None) -> Table:
    return table(USUBJID=subjects or SUBJECTS, PARAMCD=["OVR"] * 4, ADTC=dates, AVAL=[1, 2, 3, 4])


BASE = visits(["2020-01-01", "2020-01-31", "2020-03-01", "2020-04-01"])


def compared(compare: Table, keys: tuple[str, ...] = ("USUBJID", "PARAMCD", "ADTC")) -> Comparison:
    return compare_tables(BASE, compare, Options(keys=keys))


def test_the_key_that_differs_is_named_with_its_reason() -> None:
    found = compared(visits(["2020-01-02", "2020-02-01", "2020-03-02", "2020-04-01"]))
    assert found.sysinfo == 64 + 128
    assert found.hints == (
        "of 3 rows only in base and 3 only in compare, 3 would pair but for ADTC: "
        "all 3 differ by one day (compare is later)",
    )


def test_without_a_common_reason_only_the_key_is_named() -> None:
    subjects = ["91", "77", "85", "60"]
    found = compared(visits(["2020-01-01", "2020-01-31", "2020-03-01", "2020-04-01"], subjects))
    assert found.hints == ("of 4 rows only in base and 4 only in compare, 4 would pair but for USUBJID",)


def test_rows_that_differ_in_more_than_one_key_are_no_near_pairs() -> None:
    found = compared(visits(["2021-01-01", "2021-01-31", "2021-03-01", "2021-04-01"], ["91", "92", "93", "94"]))
    assert found.hints == ()


def test_one_key_alone_cannot_be_left_out() -> None:
    assert compared(visits(["2020-01-01"] * 4, ["91", "92", "93", "94"]), ("USUBJID",)).hints == ()


def test_nothing_to_say_where_only_one_side_has_rows() -> None:
    fewer = Table("ADXX", BASE.frame.head(2))
    assert compared(fewer).hints == ()
