"""Parquet and CSV with their metadata."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oncdisc.transport import (
    TEXT,
    DamagedFileError,
    InvalidDatasetError,
    Variable,
    missing_letters,
    read_csv,
    read_parquet,
    special_missing,
    write_csv,
    write_parquet,
)

VARIABLES = (
    Variable("USUBJID", "Unique Subject Identifier", length=10, informat="$10.", key=1),
    Variable("AVAL", "Analysis Value", "float", 8, "8.2"),
    Variable("ADT", "Analysis Date", "date", format="DATE9."),
    Variable("ADTM", "Analysis Date/Time", "datetime", format="DATETIME20."),
)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": pd.Series(['say "no", or\nNA', None, " é"], dtype=TEXT),
            "AVAL": [0.1, np.nan, -0.0],
            "ADT": np.array(["0001-01-01", "NaT", "2024-02-29"], dtype="datetime64[s]"),
            "ADTM": np.array(["1899-12-31T23:59:59", "NaT", "2024-02-29T12:00:01"], dtype="datetime64[s]"),
        }
    )


@pytest.mark.parametrize(("write", "read"), [(write_parquet, read_parquet), (write_csv, read_csv)])
def test_data_and_metadata_come_back_whole(tmp_path: Path, write, read) -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7)
    path = write(
        frame(),
        tmp_path / "ae.data",
        name="AE",
        label="Events",
        variables=VARIABLES,
        created=moment,
        attributes={"a": 1},
    )
    back = read(path)
    pd.testing.assert_frame_equal(back.frame, frame(), check_exact=True)
    assert back.variables == VARIABLES
    assert (back.name, back.label, back.created, back.attributes) == ("AE", "Events", moment, {"a": 1})
    assert (
        write(frame(), tmp_path / "b", name="AE").read_bytes() == write(frame(), tmp_path / "c", name="AE").read_bytes()
    )


def test_parquet_fields_carry_label_type_and_format(tmp_path: Path) -> None:
    schema = parquet.read_schema(write_parquet(frame(), tmp_path / "ae.parquet", name="AE", variables=VARIABLES))
    assert [str(kind) for kind in schema.types] == ["large_string", "double", "date32[day]", "timestamp[ms]"]
    assert schema.field("AVAL").metadata[b"label"] == b"Analysis Value"
    assert schema.field("USUBJID").metadata[b"length"] == b"10"
    assert schema.field("ADT").metadata[b"format"] == b"DATE9."


def test_parquet_keeps_special_missing_values(tmp_path: Path) -> None:
    values = pd.DataFrame({"N": [special_missing("Q"), np.nan, 1.0]})
    path = write_parquet(values, tmp_path / "a.parquet", name="A")
    assert missing_letters(read_parquet(path).frame["N"].to_numpy()).tolist() == [ord("Q"), ord("."), 0]
    assert parquet.read_table(path)["N"].null_count == 1


def test_parquet_of_another_program_is_described_by_its_types(tmp_path: Path) -> None:
    path = tmp_path / "lb.parquet"
    pd.DataFrame(
        {"A": ["x", ""], "N": [1, 2], "C": pd.Categorical(["u", "v"]), "D": pd.to_datetime(["2024-01-01", None])}
    ).to_parquet(path)
    back = read_parquet(path)
    assert back.name == "LB"
    assert [str(dtype) for dtype in back.frame.dtypes] == ["str", "float64", "str", "datetime64[s]"]
    assert back.frame["A"].isna().tolist() == [False, True]
    assert [variable.type for variable in back.variables] == ["text", "float", "text", "date"]


def test_csv_of_another_program_is_text_as_collected(tmp_path: Path) -> None:
    path = tmp_path / "dm.csv"
    path.write_text('\ufeffSUBJID,AGE,NOTE\n001,"64",NA\n002,,"two\nlines"\n', encoding="utf-8")
    back = read_csv(path)
    assert back.name == "DM"
    assert back.frame["SUBJID"].tolist() == ["001", "002"]
    assert back.frame["AGE"].isna().tolist() == [False, True]
    assert back.frame["NOTE"].tolist() == ["NA", "two\nlines"]
    assert (back.frame.dtypes == TEXT).all()


def test_csv_keeps_empty_last_rows_of_one_column(tmp_path: Path) -> None:
    values = pd.DataFrame({"A": pd.Series(["a", None, None], dtype=TEXT)})
    pd.testing.assert_frame_equal(read_csv(write_csv(values, tmp_path / "a.csv", name="A")).frame, values)


def test_csv_has_no_special_missing_values(tmp_path: Path) -> None:
    with pytest.raises(InvalidDatasetError, match=r"found \.B"):
        write_csv(pd.DataFrame({"N": [special_missing("B")]}), tmp_path / "a.csv", name="A")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["A,A\n1,2\n", "A,B\n1\n", ""])
def test_damaged_csv(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(DamagedFileError):
        read_csv(path)


def test_csv_whose_metadata_is_of_other_columns(tmp_path: Path) -> None:
    path = write_csv(pd.DataFrame({"A": [1.0]}), tmp_path / "a.csv", name="A")
    path.write_text("B\n1\n")
    with pytest.raises(DamagedFileError, match="the columns that its metadata names"):
        read_csv(path)
    assert json.loads((tmp_path / "a.variables.json").read_text())["name"] == "A"


def test_damaged_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 no")
    with pytest.raises(DamagedFileError, match="a Parquet file"):
        read_parquet(path)


words = st.text(min_size=1).filter(lambda value: not {"\r", "\0"} & set(value))
numbers = st.floats(-1e70, 1e70).filter(lambda value: abs(value) > 1e-70 or value == 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(words, numbers)))
def test_any_text_and_number_comes_back_from_csv(tmp_path: Path, rows: list[tuple[str, float]]) -> None:
    values = pd.DataFrame(
        {"A": pd.Series([row[0] for row in rows], dtype=TEXT), "N": np.array([row[1] for row in rows], dtype=float)}
    )
    back = read_csv(write_csv(values, tmp_path / "a.csv", name="A")).frame
    pd.testing.assert_frame_equal(back, values, check_exact=True)
