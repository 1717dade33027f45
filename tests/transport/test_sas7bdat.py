"""SAS's own datasets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncdisc.transport import DamagedFileError, missing_letters, read_dataset, read_sas7bdat


def test_types_formats_and_dates(shared: Path) -> None:
    dataset = read_dataset(shared / "data" / "raw_samples" / "sas" / "sample.sas7bdat")
    assert [item.type for item in dataset.variables] == ["text", "float", "date", "datetime", "float", "float", "time"]
    assert [item.format for item in dataset.variables[:3]] == ["$1.", "BEST12.", "YYMMDD10."]
    assert dataset.frame["mydate"].iloc[0] == pd.Timestamp("2018-05-06")
    assert dataset.frame["mytime"].iloc[0] == 36610.0


def test_compressed_is_the_same(shared: Path) -> None:
    folder = shared / "data" / "raw_samples" / "sas"
    plain, packed = (
        read_sas7bdat(folder / name).frame for name in ("sample.sas7bdat", "sample_bincompressed.sas7bdat")
    )
    pd.testing.assert_frame_equal(plain, packed)


def test_special_missing_values_keep_their_letters(shared: Path) -> None:
    frame = read_sas7bdat(shared / "data" / "raw_samples" / "sas" / "missing_test.sas7bdat").frame
    letters = [chr(missing_letters(frame[name].to_numpy())[0]) for name in frame.columns[:7]]
    assert letters == ["A", "B", "C", "X", "Y", "Z", "_"]
    assert not np.isnan(frame["var9"].iloc[0])


def test_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.sas7bdat"
    path.write_bytes(b"nothing")
    with pytest.raises(DamagedFileError, match="a sas7bdat file"):
        read_sas7bdat(path)
