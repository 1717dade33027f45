from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sdtm.extracts import DuplicateColumnError, EmptyFileError, UnreadableFileError, other_sheets, read_form


def shown(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else value for value in values]


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_cells_of_a_workbook_as_text(tmp_path: Path) -> None:
    moment = datetime.datetime(2014, 1, 2, 10, 30)
    path = workbook(
        tmp_path / "dm.xlsx",
        DM=[
            ["ID", "AGE", "DAT", "DTM", "TIM", "YES"],
            ["007 ", 63, datetime.date(2014, 1, 2), moment, datetime.time(7, 25), True],
            [None, 1.5, None, None, None, False],
            [None] * 6,
        ],
    )
    frame = read_form(path)
    assert shown(frame.iloc[0]) == ["007", "63", "2014-01-02", "2014-01-02T10:30:00", "07:25:00", "TRUE", 1]
    assert shown(frame["AGE"]) == ["63", "1.5"]
    assert shown(frame["YES"]) == ["TRUE", "FALSE"]


def test_a_sheet_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "all.xlsx", AE=[["T"], ["rash"]], DM=[["S"], ["F"]])
    assert list(read_form(path)) == ["T", "_row"]
    assert list(read_form(path, sheet="DM")) == ["S", "_row"]
    with pytest.raises(UnreadableFileError, match="found the sheets AE, DM; expected a sheet VS"):
        read_form(path, sheet="VS")


def test_a_sheet_without_names(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError, match="no column names"):
        read_form(workbook(tmp_path / "x.xlsx", A=[]))


def test_a_name_twice_in_a_sheet(tmp_path: Path) -> None:
    with pytest.raises(DuplicateColumnError, match="columns 1, 2"):
        read_form(workbook(tmp_path / "x.xlsx", A=[["B", "B"], [1, 2]]))


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"A,B\n")
    with pytest.raises(UnreadableFileError, match="Excel workbook"):
        read_form(tmp_path / "x.xlsx")


def test_columns_of_a_parquet_file_as_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array(["007", " ", None]),
            "n": pa.array([1, None, 3]),
            "x": pa.array([63.0, 1.5, None]),
            "d": pa.array([datetime.date(2014, 1, 2), None, None]),
            "t": pa.array([datetime.datetime(2014, 1, 2, 10, 30), None, None]),
            "c": pa.array(["a", "b", "a"]).dictionary_encode(),
            "dec": pa.array([Decimal("1.50"), None, None]),
            "yes": pa.array([True, False, None]),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    frame = read_form(tmp_path / "x.parquet")
    assert shown(frame["id"]) == ["007", None, None]
    assert shown(frame["n"]) == ["1", None, "3"]
    assert shown(frame["x"]) == ["63", "1.5", None]
    assert shown(frame["d"]) == ["2014-01-02", None, None]
    assert shown(frame["t"]) == ["2014-01-02T10:30:00", None, None]
    assert shown(frame["c"]) == ["a", "b", "a"]
    assert shown(frame["dec"]) == ["1.5", None, None]
    assert shown(frame["yes"]) == ["TRUE", "FALSE", None], "as in a workbook"


def test_a_parquet_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"A,B\n1,2\n3,4\n")
    with pytest.raises(UnreadableFileError, match="Parquet"):
        read_form(tmp_path / "x.parquet")


def test_labels_above_and_below_the_names_of_a_sheet(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Export"], ["A", "B"], ["Label A", "Label B"], [1, 2], [3, 4]]
    frame = read_form(workbook(tmp_path / "x.xlsx", A=rows), header_row=2, skip=1)
    assert frame.to_numpy().tolist() == [["1", "2", 1], ["3", "4", 2]]
    with pytest.raises(EmptyFileError, match="no column names in row 6"):
        read_form(tmp_path / "x.xlsx", header_row=6)


def test_rows_of_names_are_not_declared_of_files_that_have_none(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["x"]}), tmp_path / "x.parquet")
    with pytest.raises(UnreadableFileError, match="header_row or skip declared of parquet"):
        read_form(tmp_path / "x.parquet", skip=1)


def test_sheets_that_nobody_reads_are_counted(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", AE=[["T"], ["rash"], [None], ["cough"]], DM=[["S"], ["F"]], Notes=[["hello"]])
    assert other_sheets(path, [None]) == {"DM": 1}, "None is the first sheet"
    assert other_sheets(path, ["DM"]) == {"AE": 2}
    assert other_sheets(path, ["DM", "AE"]) == {}
