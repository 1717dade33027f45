"""What comes back from a transport file: ours, SAS's, R's, and damaged ones."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oncdisc.transport import (
    TEXT,
    DamagedFileError,
    Dataset,
    InvalidDatasetError,
    TransportError,
    UndecodableTextError,
    UnknownMemberError,
    Variable,
    missing_letters,
    read_members,
    read_xpt,
    special_missing,
    write_xpt,
)

VARIABLES = (
    Variable("USUBJID", "Unique Subject Identifier", length=12, informat="$12."),
    Variable("AETERM", "Reported Term for the Adverse Event", length=30),
    Variable("AVAL", "Analysis Value", "float", 8, "8.2", "BEST12."),
    Variable("ADT", "Analysis Date", "date", 8, "DATE9."),
    Variable("ADTM", "Analysis Date/Time", "datetime", 8, "DATETIME20."),
)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": pd.Series(["ONC-01", "ONC-02", None], dtype=TEXT),
            "AETERM": pd.Series([" leading blank", None, "two  blanks"], dtype=TEXT),
            "AVAL": [0.1, special_missing("R"), -1e-70],
            "ADT": np.array(["0001-01-01", "NaT", "9999-12-31"], dtype="datetime64[s]"),
            "ADTM": np.array(["1899-12-31T23:59:59", "NaT", "2024-02-29T12:00:01"], dtype="datetime64[s]"),
        }
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    moment = datetime(2024, 5, 6, 7, 8, 9)
    return write_xpt(
        frame(),
        tmp_path / "adae.xpt",
        name="ADAE",
        label="AE Analysis",
        variables=VARIABLES,
        type="DATA",
        created=moment,
    )


def same_numbers(ours: pd.Series, theirs: pd.Series) -> bool:
    a, b = ours.to_numpy(dtype=float), theirs.to_numpy(dtype=float)
    return bool((a.view(np.uint64) == b.view(np.uint64)).all())


def test_data_and_metadata_come_back_whole(file: Path) -> None:
    back = read_xpt(file)
    pd.testing.assert_frame_equal(back.frame, frame(), check_exact=True)
    assert back.frame["AETERM"].dtype == TEXT
    assert back.frame["ADT"].dtype == np.dtype("datetime64[s]")
    assert back.variables == VARIABLES
    assert (back.name, back.label, back.type, back.encoding) == ("ADAE", "AE Analysis", "DATA", "utf-8")
    assert back.created == back.modified == datetime(2024, 5, 6, 7, 8, 9)
    assert missing_letters(back.frame["AVAL"].to_numpy()).tolist() == [0, ord("R"), 0]


def test_dates_may_stay_numbers(file: Path) -> None:
    back = read_xpt(file, dates=False).frame
    assert back["ADT"].dtype == np.float64
    assert back["ADTM"].iloc[2] == (datetime(2024, 2, 29, 12, 0, 1) - datetime(1960, 1, 1)).total_seconds()


@pytest.mark.parametrize("value", [0.5, special_missing("A"), 1e9])
def test_a_number_that_is_no_date_keeps_its_column_numeric(tmp_path: Path, value: float) -> None:
    variable = Variable("ADT", type="date", format="DATE9.")
    path = write_xpt(pd.DataFrame({"ADT": [1.0, value]}), tmp_path / "a.xpt", name="A", variables=[variable])
    back = read_xpt(path)
    assert same_numbers(back.frame["ADT"], pd.Series([1.0, value]))
    assert back["ADT"] == dataclasses.replace(variable, type="float", length=8)


@pytest.mark.parametrize("rows", [0, 1, 2, 79, 80, 81])
@pytest.mark.parametrize("width", [1, 8, 79, 80, 81])
def test_every_row_count_and_width_around_the_padding(tmp_path: Path, rows: int, width: int) -> None:
    values = pd.DataFrame({"A": pd.Series(["x" * width] * rows, dtype=TEXT)})
    path = write_xpt(values, tmp_path / "a.xpt", name="A", variables=[Variable("A", length=width)])
    assert path.stat().st_size % 80 == 0
    pd.testing.assert_frame_equal(read_xpt(path).frame, values)


def test_ten_thousand_columns(tmp_path: Path) -> None:
    values = pd.DataFrame(np.arange(20_000.0).reshape(2, 10_000), columns=[f"V{i:04}" for i in range(10_000)])
    variables = [Variable(name, type="float") for name in values]
    path = write_xpt(values, tmp_path / "a.xpt", name="A", variables=variables)
    pd.testing.assert_frame_equal(read_xpt(path).frame, values)


def test_records_of_more_than_one_block(tmp_path: Path) -> None:
    rows = 40_000
    values = pd.DataFrame(
        {"A": pd.Series(np.arange(rows).astype(str), dtype=TEXT), "B": pd.Series(["x" * 100] * rows, dtype=TEXT)}
    )
    path = write_xpt(values, tmp_path / "a.xpt", name="A")
    pd.testing.assert_frame_equal(read_xpt(path).frame, values)


def test_several_members(tmp_path: Path) -> None:
    first = write_xpt(frame(), tmp_path / "adae.xpt", name="ADAE", variables=VARIABLES).read_bytes()
    other = pd.DataFrame({"N": [1.0, 2.0]})
    second = write_xpt(other, tmp_path / "dm.xpt", name="DM", label="Demographics").read_bytes()
    both = tmp_path / "both.xpt"
    both.write_bytes(first + second[240:])
    members = read_members(both)
    assert [(member.name, member.label, len(member.frame)) for member in members] == [
        ("ADAE", "", 3),
        ("DM", "Demographics", 2),
    ]
    pd.testing.assert_frame_equal(read_xpt(both, member="DM").frame, other)
    with pytest.raises(UnknownMemberError, match="found ADAE, DM"):
        read_xpt(both)
    with pytest.raises(UnknownMemberError, match="expected one dataset AE"):
        read_xpt(both, member="AE")


def test_text_that_is_not_utf8_is_windows_1252_unless_the_encoding_is_given(tmp_path: Path) -> None:
    path = write_xpt(pd.DataFrame({"A": pd.Series(["ok", "Alzheimer's"], dtype=TEXT)}), tmp_path / "a.xpt", name="A")
    path.write_bytes(path.read_bytes().replace(b"'", b"\x92"))
    back = read_xpt(path)
    assert (back.encoding, back.frame["A"].iloc[1]) == ("windows-1252", "Alzheimer’s")
    with pytest.raises(UndecodableTextError, match=r"A, record 2, expected text in utf-8") as caught:
        read_xpt(path, encoding="utf-8")
    assert path.read_bytes()[caught.value.offset :].startswith(b"Alzheimer\x92s")


@pytest.mark.parametrize("keep", [0, 1, 79, 80, 239, 300, 640, 1000, 1339, 1400, 1500])
def test_a_file_cut_short_says_where_it_ends(file: Path, keep: int) -> None:
    data = file.read_bytes()
    assert keep < len(data)
    file.write_bytes(data[:keep])
    with pytest.raises(DamagedFileError, match=rf"at byte {keep if keep else 0}: found") as caught:
        read_xpt(file)
    assert caught.value.offset == keep


@pytest.mark.parametrize(
    ("offset", "change", "expected"),
    [
        (0, b"PK", "LIBRARY header"),
        (240, b"header", "MEMBER header"),
        (320, b"HEADEX", "DSCRPTR header"),
        (560, b"HEADEX", "NAMESTR header"),
        (316 - 2, b"0200", "140 bytes"),
        (560 + 54, b"00x5", "the number of variables"),
        (560 + 54, b"0000", "one or more"),
        (560 + 54, b"0004", "OBS header"),
        (560 + 54, b"0999", "more bytes of the variables' descriptions"),
        (640, b"\0\7", "kind 1"),
        (644, b"\0\0", "kind 1"),
        (640 + 280 + 4, b"\0\x09", "kind 1"),
        (644, b"\0\xc8", "blanks that fill"),
    ],
)
def test_a_wrong_header_is_named_with_its_offset(file: Path, offset: int, change: bytes, expected: str) -> None:
    data = bytearray(file.read_bytes())
    data[offset : offset + len(change)] = change
    file.write_bytes(data)
    with pytest.raises(DamagedFileError, match=expected):
        read_xpt(file)


@pytest.mark.parametrize("garbage", [b"x", b"x" * 80, b" " * 160, b"\x1a" * 80])
def test_trailing_garbage_is_an_error(file: Path, garbage: bytes) -> None:
    file.write_bytes(file.read_bytes() + garbage)
    with pytest.raises(DamagedFileError, match=r"blanks that fill the last 80 bytes|within 80 bytes"):
        read_xpt(file)


def test_two_variables_of_one_name_are_an_error(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"AETERM  ", b"USUBJID "))
    with pytest.raises(DamagedFileError, match="names that differ"):
        read_xpt(file)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_raises_anything_but_a_transport_error(file: Path, data: st.DataObject) -> None:
    good = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    other = file.with_name("damaged.xpt")
    other.write_bytes(good[: data.draw(st.integers(0, len(good)))])
    try:
        members = read_members(other)
    except TransportError:
        return
    assert all(isinstance(member, Dataset) for member in members)


storable = st.floats(allow_infinity=False, allow_nan=False).filter(lambda x: x == 0 or 16.0**-65 <= abs(x) < 16.0**63)
ascii_text = st.none() | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(ascii_text, storable | st.just(float("nan")), ascii_text), max_size=30))
def test_any_frame_comes_back_and_others_read_the_same(
    tmp_path: Path, rows: list[tuple[str | None, float, str | None]]
) -> None:
    one, number, two = ([row[place] for row in rows] for place in range(3))
    values = pd.DataFrame(
        {"A": pd.Series(one, dtype=TEXT), "N": np.array(number, dtype=float), "B": pd.Series(two, dtype=TEXT)}
    )
    path = write_xpt(values, tmp_path / "a.xpt", name="A")
    pd.testing.assert_frame_equal(read_xpt(path).frame, values, check_exact=True)
    theirs, _ = pyreadstat.read_xport(str(path))
    assert theirs["A"].tolist() == [value or "" for value in one]
    np.testing.assert_allclose(theirs["N"].to_numpy(float), values["N"], rtol=1e-15)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(values=st.lists(st.none() | st.just("x"), max_size=40), blank=st.integers(0, 40), width=st.integers(1, 100))
def test_text_alone_comes_back_or_is_refused_for_its_blank_last_records(
    tmp_path: Path, values: list[str | None], blank: int, width: int
) -> None:
    rows = pd.DataFrame({"A": pd.Series([*values, *[None] * blank], dtype=TEXT)})
    for path in tmp_path.iterdir():
        path.unlink()
    try:
        path = write_xpt(rows, tmp_path / "a.xpt", name="A", variables=[Variable("A", length=width)])
    except InvalidDatasetError as error:
        lost = [item.record for item in error.violations]
        assert lost == list(range(len(rows) - len(lost) + 1, len(rows) + 1))
        assert rows["A"].tail(len(lost)).isna().all()
        assert len(lost) * width < 80
        return
    pd.testing.assert_frame_equal(read_xpt(path).frame, rows)


def test_files_of_sas_and_r_are_read_whole(shared: Path) -> None:
    paths = sorted((shared / "data").rglob("*.xpt"))
    assert len(paths) > 40
    for path in paths:
        ours = read_xpt(path, dates=False)
        encoding = "windows-1252" if ours.encoding == "windows-1252" else "utf-8"
        theirs, meta = pyreadstat.read_xport(str(path), disable_datetime_conversion=True, encoding=encoding)
        assert list(ours.frame.columns) == list(theirs.columns), path
        assert len(ours.frame) == len(theirs), path
        assert [variable.label for variable in ours.variables] == [label or "" for label in meta.column_labels]
        for name in theirs:
            column = ours.frame[name]
            if column.dtype == TEXT:
                assert column.fillna("").tolist() == theirs[name].tolist(), (path, name)
            else:
                np.testing.assert_array_equal(column.to_numpy(float), theirs[name].to_numpy(float))


def test_what_sas_and_r_wrote_is_written_back_byte_for_byte(shared: Path, tmp_path: Path) -> None:
    """Everything but the name of the system in two headers, and what the strict rules refuse."""
    paths = sorted((shared / "data" / "submissions").rglob("*.xpt"))
    written = 0
    for path in paths:
        theirs = read_xpt(path)
        if theirs.encoding != "utf-8" or not theirs.name.isupper():
            continue
        back = write_xpt(
            theirs.frame,
            tmp_path / path.name,
            name=theirs.name,
            label=theirs.label,
            variables=theirs.variables,
            type=theirs.type,
            created=theirs.created,
            modified=theirs.modified,
        )
        source, ours = path.read_bytes(), back.read_bytes()
        start = source.index(b"HEADER RECORD*******OBS     ")
        assert source[start:] == ours[start:], path
        assert source[544:640] == ours[544:640], path
        written += 1
    assert written > 35
