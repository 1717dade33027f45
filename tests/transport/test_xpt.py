"""What the writer puts in a file, byte for byte, and everything it refuses."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from oncdisc.transport import TEXT, InvalidDatasetError, Variable, read_xpt, special_missing, write_xpt


def text(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


def moments(*values: str) -> pd.Series:
    return pd.Series(np.array(values, dtype="datetime64[s]"))


def adverse_events() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": text("ONC-01", "ONC-01", "ONC-02"),
            "AETERM": text("Nausea", None, "Febrile neutropenia"),
            "AESEQ": [1.0, 2.0, 1.0],
            "ASTDT": moments("2024-02-29", "NaT", "1959-12-31"),
            "ASTDTM": moments("2024-02-29T23:59:59", "NaT", "1960-01-01T00:00:01"),
        }
    )


VARIABLES = (
    Variable("USUBJID", "Unique Subject Identifier", length=10),
    Variable("AETERM", "Reported Term for the Adverse Event", informat="$40."),
    Variable("AESEQ", "Sequence Number", "integer", format="8."),
    Variable("ASTDT", "Analysis Start Date", "date"),
    Variable("ASTDTM", "Analysis Start Date/Time", "datetime", format="E8601DT19."),
)


def write(folder: Path, frame: pd.DataFrame, variables: tuple[Variable, ...] | None = None, **more: object) -> Path:
    return write_xpt(frame, folder / "ae.xpt", name="AE", variables=variables, **more)  # type: ignore[arg-type]


def violations(folder: Path, frame: pd.DataFrame, variables: tuple[Variable, ...] | None = None, **more: object):
    with pytest.raises(InvalidDatasetError) as caught:
        write(folder, frame, variables, **more)
    assert list(folder.iterdir()) == []
    return caught.value


def test_header_holds_names_label_type_and_times(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7)
    data = write(
        tmp_path, adverse_events(), VARIABLES, label="Adverse Events", created=moment, type="DATA"
    ).read_bytes()
    assert data[:80] == b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + b"0" * 30 + b"  "
    assert data[80:104] == b"SAS     SAS     SASLIB  "
    assert data[144:176] == b"04MAR26:05:06:0704MAR26:05:06:07"
    assert data[240:320] == b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!000000000000000001600000000140  "
    assert data[400:424] == b"SAS     AE      SASDATA "
    assert data[512:560] == b"Adverse Events".ljust(40) + b"DATA    "
    assert data[560:640] == b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!000000000500000000000000000000  "
    assert len(data) % 80 == 0


def test_variable_descriptor_holds_kind_length_label_format_and_informat(tmp_path: Path) -> None:
    data = write(tmp_path, adverse_events(), VARIABLES).read_bytes()
    term, date = data[640 + 140 : 640 + 280], data[640 + 420 : 640 + 560]
    assert term[:16] == b"\0\2\0\0\0\x13\0\2AETERM  "
    assert term[16:56] == b"Reported Term for the Adverse Event     "
    assert term[56:64] == b" " * 8
    assert term[72:88] == b"$       \0\x28\0\0\0\0\0\x0a"
    assert date[:8] == b"\0\1\0\0\0\x08\0\4"
    assert date[56:68] == b"DATE    \0\x09\0\0"


def test_records_are_blank_padded_text_and_ibm_numbers(tmp_path: Path) -> None:
    data = write(tmp_path, adverse_events(), VARIABLES).read_bytes()
    start = 640 + 5 * 140 + 20 + 80
    record = 10 + 19 + 3 * 8
    assert data[start - 80 : start] == b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!" + b"0" * 30 + b"  "
    first, second = data[start : start + record], data[start + record : start + 2 * record]
    assert first[:29] == b"ONC-01    Nausea             "
    assert first[29:37] == bytes.fromhex("4110000000000000")
    assert first[37:45] == bytes.fromhex("445b8b0000000000")  # day 23435
    assert first[45:53] == bytes.fromhex("4878b111ff000000")  # second 2,024,870,399
    assert second[10:29] == b" " * 19
    assert second[37:53] == (b"." + bytes(7)) * 2
    assert data[start + 3 * record :] == b" " * (-3 * record % 80)


def test_same_data_are_same_bytes_and_time_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    plain = write(tmp_path, adverse_events()).read_bytes()
    assert plain == write(tmp_path, adverse_events()).read_bytes()
    assert plain[144:160] == b"01JAN60:00:00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert write(tmp_path, adverse_events()).read_bytes()[144:160] == b"01JAN26:00:00:00"


def test_object_category_and_arrow_text_give_the_same_bytes(tmp_path: Path) -> None:
    values = ["a", None, "longer", ""]
    arrow = write(tmp_path, pd.DataFrame({"A": text(*values), "N": 1})).read_bytes()
    for dtype in (object, "category", "string[python]", "string[pyarrow]"):
        frame = pd.DataFrame({"A": pd.Series(values, dtype=dtype), "N": 1})
        assert write(tmp_path, frame).read_bytes() == arrow


def test_numbers_of_every_dtype_give_the_same_bytes(tmp_path: Path) -> None:
    doubles = write(tmp_path, pd.DataFrame({"N": [1.0, 2.0, 120.0]})).read_bytes()
    for dtype in ("int8", "int64", "uint8", "float32", "Int64", "Float64"):
        frame = pd.DataFrame({"N": pd.Series([1, 2, 120], dtype=dtype)})
        assert write(tmp_path, frame).read_bytes() == doubles


def test_index_is_not_data(tmp_path: Path) -> None:
    frame = adverse_events()
    assert write(tmp_path, frame.set_axis([5, 5, 9])).read_bytes() == write(tmp_path, frame).read_bytes()


def test_columns_follow_the_variables(tmp_path: Path) -> None:
    path = write(tmp_path, adverse_events()[["AESEQ", "ASTDTM", "USUBJID", "ASTDT", "AETERM"]], VARIABLES)
    assert list(read_xpt(path).frame.columns) == [variable.name for variable in VARIABLES]


def test_text_of_one_chunk_or_many_gives_the_same_bytes(tmp_path: Path) -> None:
    whole = pd.concat([adverse_events()] * 3, ignore_index=True)
    assert whole["USUBJID"].array.__arrow_array__().num_chunks > 1  # type: ignore[attr-defined]
    single = whole.astype({"USUBJID": object, "AETERM": object}).astype({"USUBJID": TEXT, "AETERM": TEXT})
    assert write(tmp_path, whole).read_bytes() == write(tmp_path, single).read_bytes()


def test_short_numbers_keep_their_leading_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, pd.DataFrame({"N": [1.0, 8192.0, np.nan]}), (Variable("N", type="float", length=3),))
    assert path.read_bytes()[880:889] == bytes.fromhex("411000 442000 2e0000")
    back = read_xpt(path)
    assert back.frame["N"].tolist()[:2] == [1.0, 8192.0]
    assert back["N"].length == 3


def test_every_violation_is_listed_with_record_and_subject(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "USUBJID": text("ONC-01", "ONC-02", "ONC-03"),
            "AETERM": text("fine", "Fièvre", "x" * 201),
            "aeser": text("Y", "N", "Y"),
            "AESEVERITY": [1.0, 2.0, 3.0],
            "AEDUR": [1.0, np.inf, 1e76],
        }
    )
    error = violations(tmp_path, frame, label="x" * 41)
    assert [(item.rule, item.variable, item.record, item.usubjid) for item in error.violations] == [
        ("dataset label", None, None, None),
        ("variable name", "aeser", None, None),
        ("variable name", "AESEVERITY", None, None),
        ("value longer than its variable", "AETERM", 3, "ONC-03"),
        ("character outside ASCII", "AETERM", 2, "ONC-02"),
        ("number out of range", "AEDUR", 2, "ONC-02"),
        ("number out of range", "AEDUR", 3, "ONC-03"),
    ]
    assert error.count == 7
    assert "AETERM, record 2, USUBJID ONC-02): found 'Fièvre'" in str(error)


def test_a_rule_lists_a_thousand_records_and_counts_all(tmp_path: Path) -> None:
    error = violations(tmp_path, pd.DataFrame({"A": pd.Series(["é"] * 1500, dtype=TEXT)}))
    assert (error.count, len(error.violations), error.violations[-1].record) == (1500, 1000, 1000)


@pytest.mark.parametrize(
    ("column", "variable", "rule"),
    [
        (text("abc"), Variable("A", length=2), "value longer than its variable"),
        (text("a\0b"), Variable("A"), "null character"),
        (text("a"), Variable("A", length=201), "variable length"),
        (text("a"), Variable("A", length=0), "variable length"),
        (text("a"), Variable("A", type="integer"), "type"),
        (text("a"), Variable("A", format="DATE9."), "variable format"),
        (text("a"), Variable("A", format="nonsense"), "variable format"),
        (text("a"), Variable("A", informat="$VERYLONGNAME8."), "variable informat"),
        (text("a"), Variable("A", "é"), "variable label"),
        (text("a"), Variable("A", "x" * 41), "variable label"),
        (pd.Series([1.0]), Variable("A"), "type"),
        (pd.Series([1.5]), Variable("A", type="integer"), "fraction in an integer"),
        (pd.Series([1.0]), Variable("A", type="float", format="$8."), "variable format"),
        (pd.Series([1.0]), Variable("A", type="float", length=9), "variable length"),
        (pd.Series([0.1]), Variable("A", type="float", length=4), "number longer than its variable"),
        (pd.Series([5e-324]), Variable("A", type="float"), "number out of range"),
        (pd.Series([2**53 + 1]), Variable("A", type="integer"), "integer that a double cannot hold"),
        (pd.Series([True]), Variable("A", type="integer"), "type without a place in the format"),
        (pd.Series([1], dtype=object), Variable("A"), "value that is not text"),
        (moments("2024-01-01T00:00:01"), Variable("A", type="date"), "time in a date"),
        (moments("2024-01-01"), Variable("A", type="date", format="8."), "variable format"),
        (pd.Series(pd.to_datetime(["2024-01-01T00:00:00.5"])), Variable("A", type="datetime"), "fraction of a second"),
        (
            pd.Series(pd.to_datetime(["2024-01-01"]).tz_localize("UTC")),
            Variable("A", type="datetime"),
            "type without a place in the format",
        ),
    ],
)
def test_one_violation(tmp_path: Path, column: pd.Series, variable: Variable, rule: str) -> None:
    error = violations(tmp_path, pd.DataFrame({"A": column}), (variable,))
    assert [item.rule for item in error.violations] == [rule]


def test_columns_and_variables_must_pair_off(tmp_path: Path) -> None:
    frame = pd.DataFrame({"A": [1.0], "B": [2.0]})
    error = violations(tmp_path, frame, (Variable("A", type="float"), Variable("C", type="float")))
    assert [(item.rule, item.variable) for item in error.violations] == [
        ("variable without a column", "C"),
        ("column without a variable", "B"),
    ]
    twice = pd.DataFrame([[1.0, 2.0]], columns=["A", "A"])
    assert violations(tmp_path, twice).violations[0].rule == "column more than once"
    assert violations(tmp_path, pd.DataFrame(index=range(3))).violations[0].rule == "no variables"


def test_column_names_must_be_text(tmp_path: Path) -> None:
    first = violations(tmp_path, pd.DataFrame([[1.0]])).violations[0]
    assert (first.rule, first.found) == ("column name", "int 0")


def test_bytes_are_not_text(tmp_path: Path) -> None:
    error = violations(tmp_path, pd.DataFrame({"A": pd.Series([b"x", "y"], dtype=object)}))
    assert [(item.rule, item.record) for item in error.violations] == [("value that is not text", 1)]
    error = violations(tmp_path, pd.DataFrame({"A": pd.Series([b"x"], dtype=object)}))
    assert error.violations[0].rule == "value that is not text"


@pytest.mark.parametrize("name", ["ae", "1AE", "ADVERSEEV", "A E", "É", ""])
def test_dataset_name_must_be_short_upper_case_ascii(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidDatasetError, match="dataset name"):
        write_xpt(adverse_events(), tmp_path / f"{name.lower()}.xpt", name=name)


@pytest.mark.parametrize("file", ["AE.xpt", "ae.XPT", "adae.xpt", "ae"])
def test_file_must_be_called_as_the_dataset(tmp_path: Path, file: str) -> None:
    with pytest.raises(InvalidDatasetError, match=r"file name.*expected ae\.xpt"):
        write_xpt(adverse_events(), tmp_path / file, name="AE")


def test_a_failed_write_leaves_the_earlier_file(tmp_path: Path) -> None:
    before = write(tmp_path, adverse_events()).read_bytes()
    with pytest.raises(InvalidDatasetError):
        write(tmp_path, pd.DataFrame({"A": text("é")}))
    assert (tmp_path / "ae.xpt").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["ae.xpt"]


def test_blank_last_records_that_padding_would_swallow_are_refused(tmp_path: Path) -> None:
    error = violations(tmp_path, pd.DataFrame({"A": text("a", None, "b", None, None)}))
    assert [(item.rule, item.record) for item in error.violations] == [
        ("blank last record", 4),
        ("blank last record", 5),
    ]


def test_blank_last_record_is_kept_where_padding_cannot_hold_it(tmp_path: Path) -> None:
    wide = pd.DataFrame({"A": text("a", None), "B": text("x" * 80, None)})
    assert len(read_xpt(write(tmp_path, wide)).frame) == 2
    whole = pd.DataFrame({"A": text(*["x" * 40, "x" * 40, None])})
    assert len(read_xpt(write(tmp_path, whole)).frame) == 3
    numeric = pd.DataFrame({"A": text("a", None), "N": [1.0, np.nan]})
    assert len(read_xpt(write(tmp_path, numeric)).frame) == 2


def test_pyreadstat_and_pandas_read_what_was_written(tmp_path: Path) -> None:
    frame = adverse_events()
    path = write(tmp_path, frame, VARIABLES, label="Adverse Events")
    theirs, meta = pyreadstat.read_xport(str(path))
    assert meta.table_name == "AE"
    assert meta.file_label == "Adverse Events"
    assert meta.column_names_to_labels == {item.name: item.label for item in VARIABLES}
    assert meta.original_variable_types["ASTDTM"] == "E8601DT19"
    assert theirs["AETERM"].tolist() == ["Nausea", "", "Febrile neutropenia"]
    assert theirs["AESEQ"].tolist() == [1.0, 2.0, 1.0]
    assert str(theirs["ASTDT"].iloc[2]) == "1959-12-31"
    pandas = pd.read_sas(path, encoding="ascii")
    assert pandas["USUBJID"].tolist() == frame["USUBJID"].tolist()
    assert pandas["ASTDT"].tolist()[::2] == [23435.0, -1.0]
    assert pandas["ASTDTM"].tolist()[2] == 1.0


def test_special_missing_values_reach_the_file(tmp_path: Path) -> None:
    frame = pd.DataFrame({"N": [special_missing("A"), special_missing("_"), np.nan, special_missing(".Z")]})
    data = write(tmp_path, frame).read_bytes()
    assert [data[880 + 8 * row : 888 + 8 * row] for row in range(4)] == [
        letter + bytes(7) for letter in (b"A", b"_", b".", b"Z")
    ]
