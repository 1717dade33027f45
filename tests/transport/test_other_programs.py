"""Round trips through the xport package (in an environment of its own) and R's haven, where they are at hand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncdisc.transport import TEXT, Variable, missing_letters, read_xpt, special_missing, write_xpt
from tests import environments
from tests.environments import run

READ_WITH_XPORT = """
import json, sys, warnings
warnings.simplefilter("ignore")
import xport.v56
with open(sys.argv[1], "rb") as stream:
    library = xport.v56.load(stream)
(dataset,) = library.values()
columns = {name: dataset[name].tolist() for name in dataset.columns}
print(json.dumps({
    "name": dataset.name,
    "label": dataset.dataset_label,
    "labels": [dataset[name].label for name in dataset.columns],
    "columns": {name: [str(value) for value in values] for name, values in columns.items()},
}))
"""
WRITE_WITH_XPORT = """
import sys, warnings
warnings.simplefilter("ignore")
import pandas, xport, xport.v56
dataset = xport.Dataset(pandas.DataFrame({"A": ["one", "", "three"], "N": [0.1, -118.625, 1e70]}), name="DM")
with open(sys.argv[1], "wb") as stream:
    xport.v56.dump(dataset, stream)
"""
READ_WITH_HAVEN = """
frame <- haven::read_xpt(commandArgs(TRUE)[1])
line <- function(...) cat(..., sep = "|", fill = FALSE, "\\n")
line(attr(frame, "label"))
line(sapply(frame, function(column) attr(column, "label")))
line(frame$AETERM)
line(sprintf("%.17g", frame$AVAL))
line(haven::na_tag(frame$AVAL))
line(as.character(frame$ADT))
line(format(frame$ADTM, "%Y-%m-%dT%H:%M:%S", tz = "UTC"))
"""
WRITE_WITH_HAVEN = """
path <- commandArgs(TRUE)[1]
frame <- data.frame(AETERM = c("one", "", "three"), AVAL = c(0.1, NA, 1e70))
frame$ADT <- structure(c(0, 19782, NA), class = "Date")
attr(frame$AVAL, "label") <- "Analysis Value"
haven::write_xpt(frame, path, version = as.integer(commandArgs(TRUE)[2]), name = "AE", label = "Adverse Events")
"""


def file(folder: Path, version: int = 5) -> Path:
    values = pd.DataFrame(
        {
            "AETERM": pd.Series(["one", None, " two  words"], dtype=TEXT),
            "AVAL": [0.1, special_missing("C"), -1e-70],
            "ADT": np.array(["1960-01-01", "NaT", "2024-02-29"], dtype="datetime64[s]"),
            "ADTM": np.array(["1959-12-31T23:59:59", "NaT", "2024-02-29T12:00:01"], dtype="datetime64[s]"),
        }
    )
    variables = [
        Variable("AETERM", "Reported Term"),
        Variable("AVAL", "Analysis Value", "float"),
        Variable("ADT", "Analysis Date", "date"),
        Variable("ADTM", "Analysis Date/Time", "datetime"),
    ]
    return write_xpt(values, folder / "ae.xpt", name="AE", label="Adverse Events", variables=variables, version=version)


@pytest.fixture(scope="module")
def xport_python() -> Path:
    return environments.xport_python()


@pytest.mark.slow
def test_xport_reads_what_was_written(xport_python: Path, tmp_path: Path) -> None:
    done = run([xport_python, "-c", READ_WITH_XPORT, file(tmp_path)], tmp_path)
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout)
    assert (theirs["name"], theirs["label"]) == ("AE", "Adverse Events")
    assert theirs["labels"] == ["Reported Term", "Analysis Value", "Analysis Date", "Analysis Date/Time"]
    assert theirs["columns"]["AETERM"] == ["one", "", " two  words"]
    values = [float(value) for value in theirs["columns"]["AVAL"][::2]]
    assert values == pytest.approx([0.1, -1e-70], rel=1e-15)
    assert float(theirs["columns"]["ADTM"][0]) == -1.0


@pytest.mark.slow
def test_what_xport_writes_is_read(xport_python: Path, tmp_path: Path) -> None:
    path = tmp_path / "dm.xpt"
    done = run([xport_python, "-c", WRITE_WITH_XPORT, path], tmp_path)
    assert done.returncode == 0, done.stderr
    back = read_xpt(path)
    assert back.name == "DM"
    assert back.frame["A"].fillna("").tolist() == ["one", "", "three"]
    assert back.frame["N"].tolist() == pytest.approx([0.1, -118.625, 1e70], rel=1e-15)


def r(script: str, *arguments: str) -> str:
    """What an R script prints; the test is skipped where R or haven is not installed."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed")
    have = [rscript, "-e", "quit(status = !requireNamespace('haven', quietly = TRUE))"]
    if subprocess.run(have, capture_output=True, check=False).returncode:
        pytest.skip("R's haven is not installed")
    environ = os.environ | {"TZ": "UTC"}
    done = subprocess.run([rscript, "-e", script, *arguments], capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("version", [5, 8])
def test_haven_reads_what_was_written(tmp_path: Path, version: int) -> None:
    lines = r(READ_WITH_HAVEN, str(file(tmp_path, version))).splitlines()
    label, labels, terms, values, tags, dates, times = (line.split("|")[:-1] for line in lines)
    assert label == ["Adverse Events"]
    assert labels == ["Reported Term", "Analysis Value", "Analysis Date", "Analysis Date/Time"]
    assert terms == ["one", "", " two  words"]
    assert [float(values[place]) for place in (0, 2)] == [0.1, -1e-70]
    assert tags == ["NA", "c", "NA"]
    assert dates == ["1960-01-01", "NA", "2024-02-29"]
    assert times == ["1959-12-31T23:59:59", "NA", "2024-02-29T12:00:01"]


@pytest.mark.slow
@pytest.mark.parametrize("version", [5, 8])
def test_what_haven_writes_is_read(tmp_path: Path, version: int) -> None:
    path = tmp_path / "ae.xpt"
    r(WRITE_WITH_HAVEN, str(path), str(version))
    back = read_xpt(path)
    assert (back.name, back.label, back["AVAL"].label) == ("AE", "Adverse Events", "Analysis Value")
    assert back.frame["AETERM"].fillna("").tolist() == ["one", "", "three"]
    assert back.frame["AVAL"].tolist()[::2] == [0.1, 1e70]
    assert missing_letters(back.frame["AVAL"].to_numpy()).tolist() == [0, ord("."), 0]
    assert back.frame["ADT"].tolist()[:2] == [pd.Timestamp("1970-01-01"), pd.Timestamp("2024-02-29")]
