from __future__ import annotations

import csv
import io
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
    assert taken == [
        RaggedRecord(300_001, 300_002, 2, 3, "1,2,3", 300_002),
        RaggedRecord(600_002, 600_003, 2, 1, "6", 600_003),
    ]
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


def spoilt(folder: Path, text: str) -> tuple[list[list[object]], list[tuple[int, int, int, bool]]]:
    """The records read, and of those that can't be: number, first and last line, whether a mark is open."""
    taken: list[RaggedRecord] = []
    frame = read_form(written(folder, text.encode()), ragged=taken.append)
    return records(frame), [(bad.record, bad.line, bad.last_line, bad.open) for bad in taken]


def test_a_quotation_mark_that_is_never_closed_swallows_no_record(tmp_path: Path) -> None:
    text = 'A,B\n1,x\n2,"y\n3,z\n4,w\n'
    with pytest.raises(
        RaggedRecordError, match=r"opens on line 3 is not closed .* lines 3 to 5 are read as one record"
    ):
        read_form(written(tmp_path, text.encode()))
    assert spoilt(tmp_path, text) == ([["1", "x"]], [(2, 3, 5, True)])


@pytest.mark.parametrize("value", ['2,"y,v', '"2,y,v', '2,y,"v'])
def test_an_open_mark_that_a_later_quoted_value_seems_to_close(tmp_path: Path, value: str) -> None:
    later = ["4", "w", "v"]
    later[next(place for place, part in enumerate(value.split(",")) if '"' in part)] = '"q"'
    text = f"A,B,C\n1,x,v\n{value}\n3,z,v\n{','.join(later)}\n5,u,v\n"
    assert spoilt(tmp_path, text) == ([["1", "x", "v"], ["5", "u", "v"]], [(2, 3, 5, True)])


def test_an_open_mark_in_the_middle_to_the_end_of_the_file(tmp_path: Path) -> None:
    assert spoilt(tmp_path, 'A,B,C\n1,"x,v\n2,y,v\n3,z,v\n') == ([], [(1, 2, 4, True)])


def test_an_open_mark_among_the_column_names(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="line 1: found a quotation mark among the column names"):
        read_form(written(tmp_path, b'A,"B\n1,2\n'))


def test_an_open_mark_that_runs_on_for_longer_than_a_record_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdtm.extracts.delimited._BLOCKS", (64, 128))
    path = written(tmp_path, b'A,B\n1,x\n2,"y\n' + b"3,4567\n" * 1000)
    with pytest.raises(UnreadableFileError, match=r"line 3: found a quotation mark that is not closed.* 1000 more"):
        read_form(path)


def test_marks_within_values_do_not_shift_the_lines_of_what_cannot_be_read(tmp_path: Path) -> None:
    text = 'A,B\n1,5" tube\n2,"one\ntwo"\n3\n4,"he\nsaid ""no"""\n\n5,6,7\n'
    good = [["1", '5" tube'], ["2", "one\ntwo"], ["4", 'he\nsaid "no"']]
    assert spoilt(tmp_path, text) == (good, [(3, 5, 5, False), (5, 9, 9, False)])
    assert spoilt(tmp_path, text.replace('5" tube', "tube")) == (
        [["1", "tube"], *good[1:]],
        [(3, 5, 5, False), (5, 9, 9, False)],
    )


def test_a_high_byte_of_utf_16_is_no_quotation_mark(tmp_path: Path) -> None:
    assert records(read_form(written(tmp_path, 'A,B\n1,"≥\n5"\n'.encode("utf-16")))) == [["1", "≥\n5"]]


pieces = st.lists(st.sampled_from(["a", ",", '"', "\n", "\r\n", "x,y\n", 'x,"y\n']), max_size=20).map("".join)


@given(pieces)
def test_every_line_is_in_a_record_or_in_one_that_cannot_be_read(text: str) -> None:
    """Read with the standard library, the good records are the same and each line is accounted for."""
    with tempfile.TemporaryDirectory() as folder:
        read, lost = spoilt(Path(folder), f"A,B\n{text}")
    broken = {number for number, *_ in lost}
    rows = [row for row in csv.reader(io.StringIO(f"A,B\n{text}", newline="")) if row][1:]
    expected = [[stripped(cell) for cell in row] for number, row in enumerate(rows, 1) if number not in broken]
    assert read == expected
    assert all(len(row) == 2 for row in expected)


@pytest.mark.parametrize(("encoding", "name"), [("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")])
def test_utf16_without_a_mark_is_known_by_its_null_bytes(tmp_path: Path, encoding: str, name: str) -> None:
    path = written(tmp_path, "SUBJ,TERM\n1,世界\n".encode(encoding))
    assert records(read_form(path)) == [["1", "世界"]]
    assert records(read_form(path, encoding=name)) == [["1", "世界"]]
    with pytest.raises(EncodingError, match=f"null byte at every second place, as {name} text has; expected cp1252"):
        read_form(path, encoding="cp1252")


def test_a_null_byte_here_and_there_makes_no_utf16(tmp_path: Path) -> None:
    assert records(read_form(written(tmp_path, b"A,B\n1,x\0y\n"))) == [["1", "x\0y"]]


def test_a_quotation_mark_within_a_value_is_text(tmp_path):
    assert read_form(written(tmp_path, b'A,B\n1,x\n2,5" nail\n'))["B"].tolist() == ["x", '5" nail']


LABELLED = b'"Site, code",Subject number,Term\nSITE,SUBJ,TERM\n01,1,Rash\n\n01,2,"a\nb"\n'


def test_labels_above_the_names(tmp_path: Path) -> None:
    frame = read_form(written(tmp_path, LABELLED), header_row=2)
    assert list(frame) == ["SITE", "SUBJ", "TERM", "_row"]
    assert records(frame) == [["01", "1", "Rash"], ["01", "2", "a\nb"]]
    assert frame["_row"].tolist() == [1, 2]


def test_labels_below_the_names(tmp_path: Path) -> None:
    frame = read_form(written(tmp_path, b'A,B\n"Label\nof A",Label of B\n1,2\n3,4\n'), skip=1)
    assert records(frame) == [["1", "2"], ["3", "4"]]
    assert frame["_row"].tolist() == [1, 2]


def test_a_title_above_the_names_need_not_have_their_number_of_fields(tmp_path: Path) -> None:
    ragged: list[RaggedRecord] = []
    content = b"Export of study X; 2024\nA;B;C\nLabels\n1;2;3\n4;5\n7;8;9\n"
    frame = read_form(written(tmp_path, content), header_row=2, skip=1, ragged=ragged.append)
    assert records(frame) == [["1", "2", "3"], ["7", "8", "9"]]
    assert frame["_row"].tolist() == [1, 3]
    assert [(one.record, one.line, one.found) for one in ragged] == [(2, 5, 2)]


def test_an_open_mark_below_labels_names_its_record_and_line(tmp_path: Path) -> None:
    ragged: list[RaggedRecord] = []
    content = b'Label,Other\nA,B\n1,2\n3,"x\n5,6\n7,y"z\n8,9\n'
    read_form(written(tmp_path, content), header_row=2, ragged=ragged.append)
    assert [(one.record, one.line, one.open) for one in ragged] == [(2, 4, True)]


def test_names_on_a_row_that_the_file_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(EmptyFileError, match="no column names on row 3"):
        read_form(written(tmp_path, b"A,B\n1,2\n"), header_row=3)
