"""Version 8 of the format, and encodings beyond ASCII."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from oncdisc.transport import TEXT, DamagedFileError, InvalidDatasetError, Variable, read_members, read_xpt, write_xpt

VARIABLES = (
    Variable("UniqueSubjectIdentifier_32_bytes", "x" * 256, length=300),
    Variable("shown", "short", "float", 8, "VERYLONGFORMATNAME8.2", "BEST12."),
    Variable("ADT", "y" * 41, "date", 8, "DATE9."),
)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            VARIABLES[0].name: pd.Series(["a" * 300, None], dtype=TEXT),
            "shown": [1.5, 2.0],
            "ADT": pd.to_datetime(pd.Series(["2024-02-29", None])).astype("datetime64[s]"),
        }
    )


def test_long_names_labels_text_and_formats_come_back(tmp_path: Path) -> None:
    path = write_xpt(frame(), tmp_path / "longdatasetname.xpt", name="LONGDATASETNAME", variables=VARIABLES, version=8)
    back = read_xpt(path)
    assert back.name == "LONGDATASETNAME"
    assert back.variables == VARIABLES
    pd.testing.assert_frame_equal(back.frame, frame())


@pytest.mark.parametrize("label", ["short", "x" * 41])
def test_pyreadstat_reads_version_8(tmp_path: Path, label: str) -> None:
    values = pd.DataFrame({"LongVariableName": pd.Series(["v" * 250, "w"], dtype=TEXT), "N": [0.1, 2.0]})
    variables = [Variable("LongVariableName", label), Variable("N", "number", "float")]
    path = write_xpt(values, tmp_path / "a.xpt", name="A", label="Set", variables=variables, version=8)
    theirs, meta = pyreadstat.read_xport(str(path))
    pd.testing.assert_frame_equal(theirs, values.astype({"LongVariableName": object}), check_dtype=False)
    assert meta.column_labels == [label, "number"]
    assert meta.file_label == "Set"


def test_the_record_count_is_in_the_header_and_keeps_blank_last_records(tmp_path: Path) -> None:
    values = pd.DataFrame({"A": pd.Series(["a", None, None], dtype=TEXT)})
    path = write_xpt(values, tmp_path / "a.xpt", name="A", version=8)
    assert b"OBSV8   HEADER RECORD!!!!!!!              3 " in path.read_bytes()
    pd.testing.assert_frame_equal(read_xpt(path).frame, values)


def test_fewer_records_than_announced_are_damage(tmp_path: Path) -> None:
    path = write_xpt(pd.DataFrame({"N": [1.0] * 20}), tmp_path / "a.xpt", name="A", version=8)
    path.write_bytes(path.read_bytes()[:-80])
    with pytest.raises(DamagedFileError, match="found the end after 10 of 20 records"):
        read_xpt(path)


def test_sas_macros_files_are_read_in_the_order_of_their_variables(shared: Path) -> None:
    back = read_xpt(shared / "data" / "raw_samples" / "sas" / "dates_xpt_v8.xpt")
    assert len(back.frame) == 19
    assert back["dt"].label.startswith("a very long label for testing accuracy of")
    assert back.frame["string_dates"].iloc[-1] == "2038-10-08"
    assert back.frame["dates"].iloc[-1] == pd.Timestamp("2038-10-08")
    (plain,) = read_members(shared / "data" / "raw_samples" / "sas" / "sas.xpt8")
    assert len(plain.frame) == 10


def test_version_8_has_its_limits_too(tmp_path: Path) -> None:
    values = pd.DataFrame({"A" * 33: [1.0], "B": pd.Series(["x" * 32768], dtype=TEXT)})
    variables = [Variable("A" * 33, type="float"), Variable("B", "y" * 257)]
    with pytest.raises(InvalidDatasetError) as caught:
        write_xpt(values, tmp_path / "a.xpt", name="A", variables=variables, version=8)
    rules = [item.rule for item in caught.value.violations]
    assert rules == ["variable name", "variable label", "value longer than its variable"]


@pytest.mark.parametrize(("encoding", "width"), [("utf-8", 12), ("gbk", 8), ("GB18030", 8)])
def test_text_and_labels_in_another_encoding_are_counted_in_its_bytes(
    tmp_path: Path, encoding: str, width: int
) -> None:
    values = pd.DataFrame({"A": pd.Series(["恶心呕吐", None, "ok", "恶心"], dtype=TEXT), "N": 1.0})
    variables = [Variable("A", "不良事件"), Variable("N", type="float")]
    path = write_xpt(values, tmp_path / "ae.xpt", name="AE", label="不良事件", variables=variables, encoding=encoding)
    back = read_xpt(path, encoding=encoding)
    pd.testing.assert_frame_equal(back.frame, values)
    assert (back.label, back["A"].label, back["A"].length) == ("不良事件", "不良事件", width)


def test_a_label_is_limited_in_bytes_not_characters(tmp_path: Path) -> None:
    values, variables = pd.DataFrame({"N": [1.0]}), [Variable("N", "不" * 14, "float")]
    with pytest.raises(InvalidDatasetError, match="42 bytes"):
        write_xpt(values, tmp_path / "a.xpt", name="A", variables=variables, encoding="utf-8")
    write_xpt(values, tmp_path / "a.xpt", name="A", variables=variables, encoding="gbk")


def test_what_an_encoding_cannot_hold_is_named(tmp_path: Path) -> None:
    values = pd.DataFrame({"A": pd.Series(["ok", "ünï😀"], dtype=TEXT)})
    with pytest.raises(InvalidDatasetError, match=r"character outside gbk \(A, record 2\)"):
        write_xpt(values, tmp_path / "a.xpt", name="A", encoding="gbk")
    with pytest.raises(LookupError):
        write_xpt(values, tmp_path / "a.xpt", name="A", encoding="no such encoding")


def test_there_is_no_version_6(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="found version 6, expected one of 5, 8"):
        write_xpt(frame(), tmp_path / "a.xpt", name="A", version=6)
