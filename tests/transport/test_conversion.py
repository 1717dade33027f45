"""Conversion between the formats: lossless or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncdisc.transport import (
    EXTENSIONS,
    TEXT,
    InvalidDatasetError,
    LossyConversionError,
    UnknownMemberError,
    UnsupportedFormatError,
    Variable,
    convert,
    missing_letters,
    read_dataset,
    special_missing,
    write_csv,
    write_dataset,
    write_dataset_json,
    write_parquet,
    write_xpt,
)
from oncdisc.transport.differences import differences

VARIABLES = (
    Variable("USUBJID", "Unique Subject Identifier", length=10, format="$10."),
    Variable("AESEQ", "Sequence Number", "integer"),
    Variable("AVAL", "Analysis Value", "float", format="8.2"),
    Variable("ADT", "Analysis Date", "date", format="DATE9."),
    Variable("ADTM", "Analysis Date/Time", "datetime", format="DATETIME20."),
)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": pd.Series(["ONC-01", None, "ONC-03"], dtype=TEXT),
            "AESEQ": [1.0, 2.0, np.nan],
            "AVAL": [0.1, np.nan, 3.0],
            "ADT": np.array(["1582-10-15", "NaT", "2024-02-29"], dtype="datetime64[s]"),
            "ADTM": np.array(["1899-12-31T23:59:59", "NaT", "2024-02-29T12:00:01"], dtype="datetime64[s]"),
        }
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_xpt(frame(), tmp_path / "ae.xpt", name="AE", label="Events", variables=VARIABLES)


def test_through_every_format_and_back_is_the_same_file(source: Path, tmp_path: Path) -> None:
    path = source
    for extension in (".json", ".parquet", ".csv", ".ndjson", ".dsjc", ".parquet", ".json"):
        (path,) = convert(path, tmp_path / f"step{extension}")
        assert differences(read_dataset(source), read_dataset(path)) == []
    (tmp_path / "back").mkdir()
    (back,) = convert(path, tmp_path / "back" / "ae.xpt")
    assert back.read_bytes() == source.read_bytes()


def test_whole_numbers_of_xpt_become_integers(source: Path, tmp_path: Path) -> None:
    convert(source, tmp_path / "ae.json")
    back = read_dataset(tmp_path / "ae.json")
    assert (back["AESEQ"].type, back["AVAL"].type) == ("integer", "float")


def test_a_folder_becomes_a_folder_of_the_format(source: Path, tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"N": [1.0]}), tmp_path / "dm.csv", name="DM")
    written = convert(tmp_path, tmp_path / "json", format="dataset-json")
    assert [path.name for path in written] == ["ae.json", "dm.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ae.xpt", "dm.csv", "dm.variables.json", "json"]


def test_csv_comes_with_its_metadata(source: Path, tmp_path: Path) -> None:
    convert(source, tmp_path / "out", format="csv")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["ae.csv", "ae.variables.json"]


def test_every_format_writes_and_reads(source: Path, tmp_path: Path) -> None:
    for name, extension in EXTENSIONS.items():
        (path,) = convert(source, tmp_path / name, format=name)
        assert path == tmp_path / name / f"ae{extension}"


def test_trailing_blanks_are_a_loss(tmp_path: Path) -> None:
    path = write_parquet(pd.DataFrame({"A": pd.Series(["a "], dtype=TEXT)}), tmp_path / "a.parquet", name="A")
    with pytest.raises(LossyConversionError, match="A: 1 values, the first in record 1: 'a ' would become 'a'"):
        convert(path, tmp_path / "a.xpt")
    assert [item.name for item in tmp_path.iterdir()] == ["a.parquet"]


def test_special_missing_goes_to_parquet_but_not_to_json(tmp_path: Path) -> None:
    path = write_xpt(pd.DataFrame({"N": [special_missing("A")]}), tmp_path / "a.xpt", name="A")
    (kept,) = convert(path, tmp_path / "a.parquet")
    assert missing_letters(read_dataset(kept).frame["N"].to_numpy()).tolist() == [ord("A")]
    with pytest.raises(InvalidDatasetError, match="special missing value"):
        convert(path, tmp_path / "a.json")


def test_what_xpt_cannot_hold_is_refused(tmp_path: Path) -> None:
    long = pd.DataFrame({"A": pd.Series(["é" * 150], dtype=TEXT)})
    path = write_dataset_json(long, tmp_path / "a.json", name="A")
    with pytest.raises(InvalidDatasetError, match="300 bytes"):
        convert(path, tmp_path / "a.xpt", encoding="utf-8")
    (made,) = convert(path, tmp_path / "a.xpt", encoding="utf-8", version=8)
    assert read_dataset(made).frame["A"].iloc[0] == "é" * 150


def test_gbk_is_read_and_written_where_it_is_named(tmp_path: Path) -> None:
    values = pd.DataFrame({"A": pd.Series(["恶心"], dtype=TEXT)})
    json = write_dataset_json(values, tmp_path / "a.json", name="A", variables=[Variable("A", "不良", length=4)])
    (made,) = convert(json, tmp_path / "a.xpt", encoding="gbk")
    assert "恶心".encode("gbk") in made.read_bytes()
    (back,) = convert(made, tmp_path / "back.json", encoding="gbk")
    assert read_dataset(back).frame["A"].tolist() == ["恶心"]


def test_a_file_of_several_datasets_becomes_a_folder(source: Path, tmp_path: Path) -> None:
    other = write_xpt(pd.DataFrame({"N": [1.0]}), tmp_path / "dm.xpt", name="DM")
    both = tmp_path / "both.xpt"
    both.write_bytes(source.read_bytes() + other.read_bytes()[240:])
    with pytest.raises(UnknownMemberError, match="found AE, DM, expected one dataset"):
        convert(both, tmp_path / "one.json")
    written = convert(both, tmp_path / "out", format="parquet")
    assert [path.name for path in written] == ["ae.parquet", "dm.parquet"]


def test_parquet_of_another_program_becomes_json_with_a_time(tmp_path: Path) -> None:
    pd.DataFrame({"A": ["x"], "N": [1.5]}).to_parquet(tmp_path / "lb.parquet")
    (made,) = convert(tmp_path / "lb.parquet", tmp_path / "lb.json")
    assert read_dataset(made).created is not None


def test_a_failed_conversion_of_a_folder_writes_nothing(source: Path, tmp_path: Path) -> None:
    write_xpt(pd.DataFrame({"N": [special_missing("A")]}), tmp_path / "b.xpt", name="B")
    with pytest.raises(InvalidDatasetError):
        convert(tmp_path, tmp_path / "json", format="dataset-json")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["ae.xpt", "b.xpt"]


def test_unknown_formats(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormatError, match=r"found \.txt"):
        read_dataset(tmp_path / "x.txt")
    with pytest.raises(UnsupportedFormatError, match=r"found \.sas7bdat"):
        write_dataset(read_dataset(source), tmp_path / "x.sas7bdat")
    with pytest.raises(UnsupportedFormatError, match="found format sas"):
        convert(source, tmp_path, format="sas")
    with pytest.raises(UnsupportedFormatError, match="expected a format"):
        convert(source, tmp_path)
    with pytest.raises(UnsupportedFormatError, match="found no dataset"):
        convert((tmp_path / "empty").mkdir() or tmp_path / "empty", tmp_path / "out", format="csv")


def test_submissions_of_cdisc_convert_to_every_format(shared: Path, tmp_path: Path) -> None:
    for path in sorted((shared / "data" / "submissions" / "dataset-json-examples" / "sdtm").glob("*.xpt")):
        for name in EXTENSIONS:
            (made,) = convert(path, tmp_path, format=name)
        assert (tmp_path / path.name).stat().st_size == path.stat().st_size
        assert made.exists()
