from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.extracts import (
    DuplicateColumnError,
    EmptyFileError,
    EncodingError,
    MissingFileError,
    RaggedRecord,
    RaggedRecordError,
    UnreadableFileError,
    read_form,
)
from specs.columns import TEXT


def written(folder: Path, content: bytes, name: str = "form.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def records(frame: pd.DataFrame) -> list[list[object]]:
    values = frame.drop(columns="_row").astype(object)
    return values.where(values.notna(), None).to_numpy().tolist()


def test_everything_is_text_and_nothing_inferred(tmp_path: Path) -> None:
    frame = read_form(written(tmp_path, b"A,B,C\n001,1.0,NA\nTRUE,2014-01-02,\n"))
    assert records(frame) == [["001", "1.0", "NA"], ["TRUE", "2014-01-02", None]]
    assert frame["A"].dtype == TEXT
    assert frame["_row"].tolist() == [1, 2]
    assert isinstance(frame.index, pd.RangeIndex)


def test_blanks_around_values_are_cut_and_blank_is_missing(tmp_path: Path) -> None:
    frame = read_form(written(tmp_path, 'A, B \n x  ,"  "\n\u00a0y,z z\n'.encode()))
    assert list(frame) == ["A", "B", "_row"]
    assert records(frame) == [["x", None], ["y", "z z"]]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_line_ends_and_byte_order_mark_are_found_out(
    tmp_path: Path, bom: bytes, end: str, delimiter: str
) -> None:
    others = "".join(mark for mark in ",;\t|" if mark != delimiter) * 3
    text = f'"A{others}"#B{end}1#é{end}'.replace("#", delimiter)
    frame = read_form(written(tmp_path, bom + text.encode()))
    assert records(frame) == [["1", "é"]]
    assert frame.columns[1] == "B"


def test_a_declared_delimiter_and_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, "A~B,C\n1~Ménière\n".encode("cp1252"))
    frame = read_form(path, delimiter="~", encoding="cp1252")
    assert list(frame) == ["A", "B,C", "_row"]
    assert records(frame) == [["1", "Ménière"]]


def test_utf16_is_known_by_its_byte_order_mark(tmp_path: Path) -> None:
    frame = read_form(written(tmp_path, "A,B\n1,世界\n".encode("utf-16")))
    assert records(frame) == [["1", "世界"]]


def test_quoted_line_ends_delimiters_and_quotes(tmp_path: Path) -> None:
    frame = read_form(written(tmp_path, b'A,B\n"one\r\ntwo","a,b"\n"say ""x""",2\n'))
    assert records(frame) == [["one\r\ntwo", "a,b"], ['say "x"', "2"]]
    assert frame["_row"].tolist() == [1, 2]


def test_a_file_with_column_names_only_has_no_records(tmp_path: Path) -> None:
    frame = read_form(written(tmp_path, b"A,B\r\n"))
    assert list(frame) == ["A", "B", "_row"]
    assert len(frame) == 0
    assert frame["A"].dtype == TEXT


def test_a_column_without_a_name_is_named_by_its_place(tmp_path: Path) -> None:
    assert list(read_form(written(tmp_path, b",B\n1,2\n"))) == ["column 1", "B", "_row"]


def test_ten_megabytes_in_one_cell(tmp_path: Path) -> None:
    frame = read_form(written(tmp_path, b'A,B\n1,"' + b"word\n" * 2_000_000 + b'"\n2,x\n'))
    assert len(frame["B"].iloc[0]) == 10_000_000 - 1
    assert frame["_row"].tolist() == [1, 2]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"nothing\.csv: found no such file"):
        read_form(tmp_path / "nothing.csv")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \r\n"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptyFileError, match="expected column names and records"):
        read_form(written(tmp_path, content))


def test_bytes_that_are_not_utf8_are_named_with_their_line(tmp_path: Path) -> None:
    content = b"A,B\n" + b"x,y\n" * 400_000 + "1,Ménière\n".encode("cp1252") + b"x,y\n"
    with pytest.raises(EncodingError, match=rf"line 400002: found the byte 0xE9 at offset {4 + 1_600_000 + 3}"):
        read_form(written(tmp_path, content))


def test_a_character_cut_by_the_end_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(EncodingError, match="line 2: found the byte 0xC3 at offset 6"):
        read_form(written(tmp_path, b"A,B\n1,\xc3"))


def test_an_encoding_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(EncodingError, match="found the encoding 'utf-99'"):
        read_form(written(tmp_path, b"A\n1\n"), encoding="utf-99")


@pytest.mark.parametrize(("bad", "fields"), [("3", 1), ("3,4,5", 3)])
def test_a_ragged_record_is_named_by_record_and_line(tmp_path: Path, bad: str, fields: int) -> None:
    content = f'A,B\n\n"x\ny",2\n\r\n1,2\n{bad}\n5,6\n'
    with pytest.raises(
        RaggedRecordError, match=rf"line 7: found {fields} fields in record 3 .* expected 2 fields"
    ) as caught:
        read_form(written(tmp_path, content.encode()))
    assert (caught.value.file, caught.value.line) == ("form.csv", 7)


def test_ragged_records_can_be_taken_and_the_rest_read(tmp_path: Path) -> None:
    taken: list[RaggedRecord] = []
    content = b"A,B\n" + b"1,2\n" * 300_000 + b"1,2,3\n" + b"4,5\n" * 300_000 + b"6\n7,8\n"
    frame = read_form(written(tmp_path, content), ragged=taken.append)
    assert taken == [RaggedRecord(300_001, 300_002, 2, 3, "1,2,3"), RaggedRecord(600_002, 600_003, 2, 1, "6")]
    assert len(frame) == 600_001
    assert frame["_row"].iloc[[299_999, 300_000, -1]].tolist() == [300_000, 300_002, 600_003]


def test_ragged_records_of_a_utf16_file(tmp_path: Path) -> None:
    taken: list[RaggedRecord] = []
    read_form(written(tmp_path, "A,B\n1,世\n2\n".encode("utf-16")), ragged=taken.append)
    assert [(bad.record, bad.line) for bad in taken] == [(2, 3)]


def test_a_column_name_twice(tmp_path: Path) -> None:
    with pytest.raises(DuplicateColumnError, match="found the name A on columns 1, 3"):
        read_form(written(tmp_path, b"A,B,A \n1,2,3\n"))


def test_the_reserved_column_name(tmp_path: Path) -> None:
    with pytest.raises(DuplicateColumnError, match="_row numbers the records"):
        read_form(written(tmp_path, b"A,_row\n1,2\n"))


def test_a_suffix_that_says_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, b"A\n1\n", "form.log")
    with pytest.raises(UnreadableFileError, match=r"the suffix '\.log'"):
        read_form(path)
    assert records(read_form(path, format="csv")) == [["1"]]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=5))
def test_what_a_csv_writer_writes_is_read_cell_by_cell(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["A", "B"], *rows])
        assert records(read_form(path)) == [[stripped(cell) for cell in row] for row in rows]


def stripped(cell: str) -> str | None:
    trimmed = pc.utf8_trim_whitespace(cell).as_py()
    return trimmed or None


def test_the_public_raw_forms(shared: Path) -> None:
    sizes = {
        path.name: read_form(path).shape for path in sorted((shared / "data" / "pharmaverse" / "raw").glob("*.csv"))
    }
    assert sizes == {
        "ae_raw.csv": (1191, 33),
        "dm_raw.csv": (306, 14),
        "ds_raw.csv": (850, 14),
        "ec_raw.csv": (591, 15),
        "vs_raw.csv": (12978, 16),
    }


def test_a_mapping_table_that_begins_with_a_byte_order_mark(shared: Path) -> None:
    frame = read_form(shared / "data" / "raw_samples" / "oak" / "cm_sdtm_oak_spec.csv")
    assert frame.columns[0] == "study_number"


def test_a_quotation_mark_that_is_never_closed_swallows_no_record(tmp_path):
    path = written(tmp_path, b'A,B\n1,x\n2,"y\n3,z\n4,w\n')
    with pytest.raises(UnreadableFileError, match=r"line 3: found a quotation mark that is never closed: 3 lines"):
        read_form(path)


def test_a_quotation_mark_within_a_value_is_text(tmp_path):
    assert read_form(written(tmp_path, b'A,B\n1,x\n2,5" nail\n'))["B"].tolist() == ["x", '5" nail']
