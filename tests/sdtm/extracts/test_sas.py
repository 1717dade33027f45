from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from sdtm.extracts import UnreadableFileError, read_form
from specs.columns import TEXT


def shown(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else value for value in values]


def test_a_transport_file_as_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"SUBJ": ["01", " 02 ", ""], "AGE": [63.0, 54.25, np.nan]})
    pyreadstat.write_xport(frame, str(tmp_path / "dm.xpt"), file_format_version=5)
    read = read_form(tmp_path / "dm.xpt")
    assert shown(read["SUBJ"]) == ["01", "02", None]
    assert shown(read["AGE"]) == ["63", "54.25", None]
    assert read["AGE"].dtype == TEXT
    assert read["_row"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("name", ["sample.sas7bdat", "sample_bincompressed.sas7bdat", "sample.xpt"])
def test_files_that_sas_wrote(shared: Path, name: str) -> None:
    frame = read_form(shared / "data" / "raw_samples" / "sas" / name).rename(columns=str.lower)
    assert shown(frame["mynum"])[:3] == ["1.1", "1.2", "-1000.3"]
    assert shown(frame["mydate"])[:3] == ["2018-05-06", "1880-05-06", "1960-01-01"]
    assert shown(frame["dtime"])[:3] == ["2018-05-06T10:10:10", "1880-05-06T10:10:10", "1960-01-01T00:00:00"]
    assert shown(frame["mytime"])[:3] == ["10:10:10", "23:10:10", "00:00:00"]


def test_special_missing_values_are_missing(shared: Path) -> None:
    frame = read_form(shared / "data" / "raw_samples" / "sas" / "missing_test.sas7bdat")
    assert shown(frame.drop(columns="_row").iloc[0]) == [None] * 8 + ["1"]


@pytest.mark.parametrize("name", ["sas.xpt5", "sas.xpt8"])
def test_transport_files_by_declared_format(shared: Path, name: str) -> None:
    frame = read_form(shared / "data" / "raw_samples" / "sas" / name, format="xpt")
    assert shown(frame.iloc[:, 0]) == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize(("name", "expected"), [("x.xpt", "transport file"), ("x.sas7bdat", "SAS dataset")])
def test_a_file_that_sas_did_not_write(tmp_path: Path, name: str, expected: str) -> None:
    (tmp_path / name).write_bytes(b"A,B\n1,2\n" * 100)
    with pytest.raises(UnreadableFileError, match=expected):
        read_form(tmp_path / name)
