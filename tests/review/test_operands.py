"""Columns of one variable brought to one representation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from oncdisc.review import ColumnError, Leniency, Options, Table, VariableAttributes, compare, compare_tables
from oncdisc.review.operands import Scale, iso_text, operands, scale_of
from tests.review.builders import table

DATES = {Leniency.DATES}
TEXT_DATES = ["2020-01-01", "2020-03", None]
DAYS = [21915.0, None, None]  # SAS day numbers
AS_DATES = pd.Series(["2020-01-01", None, None], dtype="datetime64[s]")


def number_dates(format_: str | None = "DATE9.") -> Table:
    return table(ADT=DAYS, attributes=[VariableAttributes("ADT", "num", format=format_)])


@pytest.mark.parametrize(
    ("name", "sas_format", "scale"),
    [
        ("ADT", None, "date"),
        ("ADTM", None, "datetime"),
        ("ATM", None, "time"),
        ("AVAL", None, ""),
        ("DT", None, ""),
        ("AVAL", "DATE9.", "date"),
        ("AVAL", "yymmdd10", "date"),
        ("AVAL", "DATETIME20.", "datetime"),
        ("AVAL", "TIME8.", "time"),
        ("ADT", "8.", ""),
        ("ADT", "visitfmt.", ""),
    ],
)
def test_what_a_number_counts(name: str, sas_format: str | None, scale: Scale) -> None:
    assert scale_of(name, sas_format) == scale


def test_a_datetime_column_and_a_sas_number_are_both_numeric_and_it_is_told() -> None:
    found = compare_tables(table(ADT=AS_DATES), number_dates(), Options(keys=()))
    assert found.sysinfo == 0
    assert found.notes[0] == "ADT is date in base and number in compare: compared as SAS date numbers"


def test_moments_are_seconds_where_the_other_side_counts_seconds() -> None:
    moments = pd.Series(["2020-01-01T00:00:00"], dtype="datetime64[s]")
    other = table(X=[21915.0 * 86400], attributes=[VariableAttributes("X", "num", format="DATETIME20.")])
    both = operands(table(X=moments), other, "X", set())
    assert both is not None
    assert both.base.tolist() == [1893456000.0]


def test_text_and_number_conflict_unless_dates_are_declared_lenient() -> None:
    base, compare_ = table(ADT=TEXT_DATES), number_dates()
    assert operands(base, compare_, "ADT", set()) is None
    found = compare_tables(base, compare_, Options(keys=(), lenient=frozenset(DATES)))
    assert found.sysinfo == 4096  # a partial date is not a missing one
    assert found.value("ADT").pairs.tolist() == [1]
    assert [(a.attribute, a.bit) for a in found.attributes] == [("type", 0)]
    assert found.notes[0] == ("ADT is text in base and number in compare: compared as ISO 8601 text, as declared")


def test_a_number_that_is_no_date_meets_no_text() -> None:
    assert operands(table(AVAL=["1"]), table(AVAL=[1]), "AVAL", DATES) is None


def test_sas_numbers_as_iso_text() -> None:
    numbers = np.array([0.0, 21915.0, -1.0, np.nan, 1e12])
    assert iso_text(numbers, "date").to_pylist() == ["1960-01-01", "2020-01-01", "1959-12-31", None, "1000000000000.0"]
    assert iso_text(np.array([86399.0]), "datetime").to_pylist() == ["1960-01-01T23:59:59"]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(["a", "b", None], dtype="object"),
        pd.Series(["a", "b", None], dtype="category"),
        pd.Series(["a", "b", None], dtype="string"),
        pd.Series(["a", "b", ""], dtype="object"),
    ],
    ids=["object", "category", "string", "empty text"],
)
def test_text_of_any_dtype_is_text(values: pd.Series) -> None:
    assert compare_tables(table(X=values), table(X=["a", "b", None]), Options(keys=())).sysinfo == 0


@pytest.mark.parametrize("dtype", ["int64", "Int64", "Float64", "float32", "object", "bool"])
def test_numbers_of_any_dtype_are_numbers(dtype: str) -> None:
    values = pd.Series([1, 0]).astype(dtype)
    assert compare_tables(table(X=values), table(X=[1, 0]), Options(keys=())).sysinfo == 0


def test_a_nullable_integer_that_is_missing_is_missing() -> None:
    values = pd.Series([1, None], dtype="Int64")
    assert compare_tables(table(X=values), table(X=[1, None]), Options(keys=())).sysinfo == 0


def test_python_dates_are_dates() -> None:
    values = pd.Series(["2020-01-01", None, None], dtype="datetime64[s]").dt.date
    assert compare_tables(table(ADT=values), table(ADT=AS_DATES), Options(keys=())).sysinfo == 0


def test_columns_of_other_values_are_refused_with_their_place() -> None:
    mixed = table(X=pd.Series([1, "a"], dtype="object"))
    with pytest.raises(ColumnError, match=r"ADXX\.X: found a column of object with mixed-integer values"):
        mixed.kind("X")
    assert compare_tables(mixed, mixed).error


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["X", "X"])
    with pytest.raises(ColumnError, match="two columns named X"):
        compare(frame, frame)
