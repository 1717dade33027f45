"""Supplemental qualifiers as columns of the dataset that they are about."""

from __future__ import annotations

import pandas as pd

from specs.columns import text
from specs.qualifiers import with_qualifiers

AE = pd.DataFrame(
    {"USUBJID": text(["1", "1", "2"]), "AESEQ": [1.0, 2.0, 1.0], "AETERM": text(["a", "b", "c"])},
)


def supp(*rows: tuple[str | None, ...]) -> pd.DataFrame:
    names = ("USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL")
    return pd.DataFrame({name: text(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)})


def values(frame: pd.DataFrame, name: str) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in frame[name].tolist()]


def test_a_qualifier_is_a_column_of_the_record_that_it_names() -> None:
    made = with_qualifiers(AE, supp(("1", "AESEQ", "2", "AEIMM", "Y"), ("2", "AESEQ", "1", "AEIMM", "N")))
    assert values(made, "AEIMM") == [None, "Y", "N"]


def test_without_idvar_it_is_about_all_records_of_the_subject() -> None:
    assert values(with_qualifiers(AE, supp(("1", None, None, "RACE1", "ASIAN"))), "RACE1") == ["ASIAN", "ASIAN", None]


def test_one_qualifier_may_be_named_by_several_variables() -> None:
    made = with_qualifiers(AE, supp(("1", "AESEQ", "1", "X", "by number"), ("2", "AETERM", "c", "X", "by term")))
    assert values(made, "X") == ["by number", None, "by term"]


def test_the_first_of_two_values_counts_and_a_variable_of_the_dataset_stays() -> None:
    twice = supp(
        ("1", "AESEQ", "1", "X", "first"), ("1", "AESEQ", "1", "X", "second"), ("1", "AESEQ", "1", "AETERM", "z")
    )
    made = with_qualifiers(AE, twice)
    assert values(made, "X") == ["first", None, None]
    assert values(made, "AETERM") == ["a", "b", "c"]


def test_what_points_at_no_variable_or_record_is_left_out() -> None:
    made = with_qualifiers(AE, supp(("1", "CMSEQ", "1", "X", "v"), ("9", "AESEQ", "1", "X", "v")))
    assert values(made, "X") == [None, None, None]
    assert list(with_qualifiers(AE, AE).columns) == list(AE.columns), "no SUPP-- at all"
