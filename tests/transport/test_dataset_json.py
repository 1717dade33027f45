"""Dataset-JSON as the standard writes it, and back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oncdisc.transport import (
    TEXT,
    DamagedFileError,
    InvalidDatasetError,
    Variable,
    read_dataset,
    read_dataset_json,
    special_missing,
    write_dataset_json,
    write_ndjson,
)
from oncdisc.transport.dataset_json import format_decimal
from oncdisc.transport.differences import differences

MOMENT = datetime(2026, 3, 4, 5, 6, 7)
SCHEMA_WHEEL = "cdisc-rules-engine==0.17.1"
VARIABLES = (
    Variable("USUBJID", "Unique Subject Identifier", length=10, key=1),
    Variable("AEDTC", "Date of Collection", "partialDate"),
    Variable("AESEQ", "Sequence Number", "integer", key=2, oid="IT.AE.SEQ"),
    Variable("AVAL", "Analysis Value", "float", format="8.2"),
    Variable("DOSE", "Dose", "decimal"),
    Variable("ADT", "Analysis Date", "date"),
    Variable("ADTM", "Analysis Date/Time", "datetime", format="E8601DT19."),
)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": pd.Series(["ONC-01", "ONC-02"], dtype=TEXT),
            "AEDTC": pd.Series(["2024-02", None], dtype=TEXT),
            "AESEQ": [1.0, np.nan],
            "AVAL": [0.1, np.nan],
            "DOSE": [1e-7, 1200.0],
            "ADT": np.array(["2024-02-29", "NaT"], dtype="datetime64[s]"),
            "ADTM": np.array(["1959-12-31T23:59:59", "NaT"], dtype="datetime64[s]"),
        }
    )


def write(folder: Path, name: str = "ae.json") -> Path:
    writer = write_dataset_json if name.endswith(".json") else write_ndjson
    return writer(
        frame(),
        folder / name,
        name="AE",
        label="Adverse Events",
        variables=VARIABLES,
        created=MOMENT,
        attributes={"studyOID": "S.1", "originator": "Sponsor"},
    )


def test_metadata_and_rows_are_as_the_standard_asks(tmp_path: Path) -> None:
    document = json.loads(write(tmp_path).read_text())
    columns = {column.pop("name"): column for column in document.pop("columns")}
    assert document.pop("sourceSystem")["name"] == "oncdisc"
    assert document == {
        "datasetJSONCreationDateTime": "2026-03-04T05:06:07",
        "datasetJSONVersion": "1.1.0",
        "dbLastModifiedDateTime": "2026-03-04T05:06:07",
        "originator": "Sponsor",
        "studyOID": "S.1",
        "itemGroupOID": "IG.AE",
        "records": 2,
        "name": "AE",
        "label": "Adverse Events",
        "rows": [
            ["ONC-01", "2024-02", 1, 0.1, "0.0000001", "2024-02-29", "1959-12-31T23:59:59"],
            ["ONC-02", "", None, None, "1200.0", None, None],
        ],
    }
    assert columns["USUBJID"] == {
        "itemOID": "IT.AE.USUBJID",
        "label": "Unique Subject Identifier",
        "dataType": "string",
        "length": 10,
        "keySequence": 1,
    }
    assert columns["AEDTC"] == {"itemOID": "IT.AE.AEDTC", "label": "Date of Collection", "dataType": "date"}
    assert columns["AESEQ"]["itemOID"] == "IT.AE.SEQ"
    assert columns["DOSE"]["targetDataType"] == columns["DOSE"]["dataType"] == "decimal"
    assert columns["ADT"]["targetDataType"] == "integer"
    assert columns["ADT"]["displayFormat"] == "DATE9."
    assert columns["ADTM"]["dataType"] == "datetime"


@pytest.mark.parametrize("name", ["ae.json", "ae.ndjson", "ae.dsjc"])
def test_each_form_comes_back_whole(tmp_path: Path, name: str) -> None:
    back = read_dataset_json(write(tmp_path, name))
    pd.testing.assert_frame_equal(back.frame, frame(), check_exact=True)
    assert (back.name, back.label, back.created) == ("AE", "Adverse Events", MOMENT)
    assert back.attributes["studyOID"] == "S.1"
    assert back["AESEQ"] == VARIABLES[2]
    assert (back["AEDTC"].type, back["ADT"].format) == ("date", "DATE9.")


def test_the_forms_hold_the_same_text(tmp_path: Path) -> None:
    lines = write(tmp_path, "ae.ndjson").read_bytes()
    assert zlib.decompress(write(tmp_path, "ae.dsjc").read_bytes()) == lines
    head, *rows = lines.decode().splitlines()
    assert json.loads(head) | {"rows": [json.loads(row) for row in rows]} == json.loads(write(tmp_path).read_text())
    assert b'": ' not in lines


def test_same_data_are_same_bytes(tmp_path: Path) -> None:
    for name in ("ae.json", "ae.ndjson", "ae.dsjc"):
        assert write(tmp_path, name).read_bytes() == write(tmp_path, name).read_bytes()


def test_no_rows_and_more_rows_than_a_block(tmp_path: Path) -> None:
    for records in (0, 1, 20_000, 20_001):
        values = pd.DataFrame({"A": pd.Series(np.arange(records).astype(str), dtype=TEXT)})
        for file in ("a.json", "a.ndjson"):
            writer = write_dataset_json if file == "a.json" else write_ndjson
            back = read_dataset_json(writer(values, tmp_path / file, name="A"))
            pd.testing.assert_frame_equal(back.frame, values)


def test_times_booleans_and_strings_of_decimals_are_read(tmp_path: Path) -> None:
    columns = [
        {"itemOID": "1", "name": "T", "label": "", "dataType": "time", "targetDataType": "integer"},
        {"itemOID": "2", "name": "B", "label": "", "dataType": "boolean"},
        {"itemOID": "3", "name": "D", "label": "", "dataType": "decimal", "targetDataType": "decimal"},
        {"itemOID": "4", "name": "U", "label": "", "dataType": "URI"},
    ]
    head = {"datasetJSONVersion": "1.1.0", "itemGroupOID": "IG.X", "records": 2, "name": "X", "label": ""}
    rows = [["01:00:01", True, "1.50", "u"], [None, None, None, ""]]
    path = tmp_path / "x.json"
    path.write_text(json.dumps(head | {"columns": columns, "rows": rows}))
    back = read_dataset_json(path).frame
    assert back["T"].tolist()[0] == 3601.0
    assert back["B"].tolist() == [True, pd.NA]
    assert back["D"].tolist()[0] == 1.5
    assert back["U"].isna().tolist() == [False, True]


def test_times_of_day_are_times_and_longer_ones_numbers(tmp_path: Path) -> None:
    values = pd.DataFrame({"T": [3601.0, np.nan], "LONG": [90000.0, 0.0]})
    variables = [Variable(name, type="time", format="TIME8.") for name in ("T", "LONG")]
    document = json.loads(write_dataset_json(values, tmp_path / "x.json", name="X", variables=variables).read_text())
    assert [column["dataType"] for column in document["columns"]] == ["time", "float"]
    assert document["rows"] == [["01:00:01", 90000.0], [None, 0.0]]
    pd.testing.assert_frame_equal(read_dataset_json(tmp_path / "x.json").frame, values)


def test_what_the_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    values = pd.DataFrame({"N": [special_missing("A"), np.inf], "USUBJID": pd.Series(["S1", "S2"], dtype=TEXT)})
    with pytest.raises(InvalidDatasetError) as caught:
        write_dataset_json(values, tmp_path / "a.json", name="A", attributes={"colour": "red"})
    assert [(item.rule, item.usubjid, item.found) for item in caught.value.violations] == [
        ("number out of range", "S2", "inf"),
        ("special missing value", "S1", ".A"),
        ("attribute", None, "colour"),
    ]
    assert list(tmp_path.iterdir()) == []


HEAD = {"datasetJSONVersion": "1.1.0", "itemGroupOID": "IG.X", "records": 1, "name": "X", "label": ""}
COLUMN = {"itemOID": "1", "name": "A", "label": "", "dataType": "integer"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected JSON"),
        ("[1]", "expected an object"),
        ('{"records": 1}', "found no datasetJSONVersion"),
        (json.dumps(HEAD | {"columns": [COLUMN], "rows": []}), "found 0 rows, expected the 1 announced"),
        (json.dumps(HEAD | {"columns": [COLUMN], "rows": [[1, 2]]}), "found 2 values a row, expected 1 columns"),
        (json.dumps(HEAD | {"columns": [COLUMN], "rows": [["x"]]}), "found A: .* expected values of type integer"),
        (json.dumps(HEAD | {"records": 2, "columns": [COLUMN], "rows": [[1], []]}), "expected rows of one length"),
        (json.dumps(HEAD | {"columns": [COLUMN | {"dataType": "text"}], "rows": [[1]]}), "unknown dataType 'text'"),
        (json.dumps(HEAD | {"columns": [COLUMN]}) + "\n[1", "expected one row of JSON a line"),
        (json.dumps(HEAD | {"columns": [COLUMN], "rows": [[1]]})[:-9], "expected JSON"),
        ("x\x9c", "bytes that do not unpack"),
    ],
)
def test_damaged_files_say_what_was_expected(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(DamagedFileError, match=expected):
        read_dataset_json(path)


def test_a_partial_date_is_no_sas_date(tmp_path: Path) -> None:
    column = {"itemOID": "1", "name": "ADT", "label": "", "dataType": "date", "targetDataType": "integer"}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(HEAD | {"columns": [column], "rows": [["2024-02"]]}))
    with pytest.raises(DamagedFileError, match="found ADT"):
        read_dataset_json(path)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_decimals_are_the_same_double_without_an_exponent(value: float) -> None:
    words = format_decimal(value)
    assert float(words) == value
    assert "e" not in words.lower()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(min_size=1), st.floats(-1e70, 1e70).filter(lambda x: abs(x) > 1e-70 or x == 0))))
def test_any_text_and_number_comes_back(tmp_path: Path, rows: list[tuple[str, float]]) -> None:
    values = pd.DataFrame(
        {"A": pd.Series([row[0] for row in rows], dtype=TEXT), "N": np.array([row[1] for row in rows], dtype=float)}
    )
    back = read_dataset_json(write_ndjson(values, tmp_path / "a.ndjson", name="A")).frame
    pd.testing.assert_frame_equal(back, values, check_exact=True)


def test_odmlib_reads_it(tmp_path: Path) -> None:
    from odmlib.dataset_json_1_1 import model

    document = json.loads(write(tmp_path).read_text())
    columns = [model.Column(**column) for column in document.pop("columns")]
    document["sourceSystem"] = model.SourceSystem(**document["sourceSystem"])
    theirs = model.DatasetJSON(**document, columns=columns)
    assert [column.name for column in theirs.columns] == [variable.name for variable in VARIABLES]
    assert theirs.rows[0][0] == "ONC-01"


@pytest.mark.slow
def test_valid_against_the_published_schemas(tmp_path: Path) -> None:
    schemas = published_schemas()
    document = json.loads(write(tmp_path).read_text())
    whole = jsonschema.Draft201909Validator(schemas["dataset.schema.json"])
    whole.validate(document)
    head = json.loads(write(tmp_path, "ae.ndjson").read_text().splitlines()[0])
    jsonschema.Draft201909Validator(schemas["dataset-ndjson-schema.json"]).validate(head)
    with pytest.raises(jsonschema.ValidationError):
        whole.validate(document | {"records": "2"})


def published_schemas() -> dict[str, dict[str, dict[str, object]]]:
    """CDISC's two schemas out of the rules engine's wheel, fetched once and kept."""
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "oncdisc"
    folder = Path(os.environ.get("ONCDISC_CACHE", default)) / SCHEMA_WHEEL.replace("==", "-")
    if not list(folder.glob("*.whl")):
        options = ["--no-deps", "--python-version", "3.12", "--only-binary=:all:", "-d", str(folder)]
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", *options, SCHEMA_WHEEL], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        names = ("dataset.schema.json", "dataset-ndjson-schema.json")
        return {name: json.loads(wheel.read(f"resources/schema/{name}")) for name in names}


def test_cdiscs_examples_are_the_same_in_every_form(shared: Path) -> None:
    folder = shared / "data" / "submissions" / "dataset-json-examples"
    compared = 0
    for path in sorted(folder.glob("*/*.json")):
        ours = read_dataset(path)
        for other in (path.with_suffix(".ndjson"), path.with_suffix(".dsjc")):
            if other.exists():
                assert differences(ours, read_dataset(other)) == [], other
                compared += 1
    assert compared > 50


def test_cdiscs_xpt_written_as_json_carries_what_theirs_does(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "submissions" / "dataset-json-examples"
    compared = 0
    for path in sorted(folder.glob("*/*.xpt")):
        source = read_dataset(path)
        mine = write_dataset_json(
            source.frame, tmp_path / "x.json", name=source.name, label=source.label, variables=source.variables
        )
        theirs, back = read_dataset(path.with_suffix(".json")), read_dataset(mine)
        found = differences(theirs, back)
        if path.parent.name == "adam":  # their two files differ in labels and formats, not in data
            found = [line for line in found if " values, " in line or ": storage " in line]
        assert found == [], path
        compared += 1
    assert compared > 20
