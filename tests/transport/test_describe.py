"""What a frame's columns are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from oncdisc.transport import TEXT, Variable
from oncdisc.transport.describe import describe, is_text, kind_of_column, to_arrow, with_formats

DATES = pd.Series(np.array(["2024-02-29"], dtype="datetime64[s]"))


@pytest.mark.parametrize("dtype", [TEXT, object, "string[python]", "category"])
def test_text_is_known_by_its_type(dtype: object) -> None:
    column = pd.Series(["a", None], dtype=dtype)  # type: ignore[call-overload]
    assert is_text(column)
    assert to_arrow(column).to_pylist() == ["a", None]


def test_numbers_dates_and_categories_of_numbers_are_not_text() -> None:
    assert not any(map(is_text, (pd.Series([1.0]), pd.Series([1], dtype="category"), DATES, pd.Series([True]))))


def test_a_column_of_nothing_but_missing_objects_is_text() -> None:
    assert to_arrow(pd.Series([None, None], dtype=object)).to_pylist() == [None, None]


@pytest.mark.parametrize(
    ("variable", "kind"),
    [
        (Variable("ADT", format="DATETIME20.", type="date"), "datetime"),
        (Variable("ADTM", type="date"), "date"),
        (Variable("ADTM", type="integer", format="DATE9."), "date"),
        (Variable("ADTM", type=""), "datetime"),
        (Variable("RANDDT", type=""), "date"),
    ],
)
def test_dates_are_told_from_datetimes_by_format_then_type_then_name(variable: Variable, kind: str) -> None:
    assert kind_of_column(DATES, variable) == kind


def test_a_frame_describes_itself() -> None:
    frame = pd.DataFrame({"A": pd.Series(["x"], dtype=TEXT), "N": [1.0], "ADT": DATES, "ADTM": DATES})
    assert describe(frame) == [
        Variable("A"),
        Variable("N", type="float"),
        Variable("ADT", type="date", format="DATE9."),
        Variable("ADTM", type="datetime", format="DATETIME20."),
    ]


def test_only_dates_without_a_format_get_one() -> None:
    frame = pd.DataFrame({"N": [1.0], "ADT": DATES, "BDT": DATES, 0: DATES})
    given = [
        Variable("N", type="float"),
        Variable("ADT"),
        Variable("BDT", format="E8601DA10."),
        Variable("C"),
        Variable("0"),
    ]
    assert [item.format for item in with_formats(frame, given)] == [None, "DATE9.", "E8601DA10.", None, None]
