"""The example trial built whole, and everything in it read back by software that others wrote."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from small_study import files_of

import oncdisc
from tests.environments import run, xport_python

DATASETS = {"sdtm": "tabulations/sdtm", "adam": "analysis/adam/datasets"}


@pytest.fixture
def trial(example: Path) -> Path:
    return example


def packages(trial: Path) -> list[Path]:
    return [trial / "out" / folder for folder in DATASETS.values()]


def expected(path: Path) -> pd.DataFrame:
    """What was in memory: the Parquet beside the transport file."""
    return pd.read_parquet(path.with_suffix(".parquet"))


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Values as SAS has them: text without missing, numbers, dates as days and times as seconds from 1960."""
    columns: dict[str, Any] = {}
    for name in frame:
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values):
            columns[str(name)] = values.astype("float64").to_numpy()
        elif pd.api.types.is_datetime64_any_dtype(values) or is_dates(values):
            unit = 86400 if str(name).endswith("DTM") else 1
            columns[str(name)] = as_days(values).to_numpy() * unit
        else:
            columns[str(name)] = values.astype(object).fillna("").to_numpy()
    return pd.DataFrame(columns)


def is_dates(values: pd.Series) -> bool:
    return any(isinstance(value, date) for value in values.dropna().head(1))


def as_days(values: pd.Series) -> pd.Series:
    dates = pd.to_datetime(values, errors="coerce")
    return (dates - pd.Timestamp("1960-01-01")) / pd.Timedelta(days=1)


@pytest.mark.parametrize("package", list(DATASETS))
def test_every_transport_file_is_read_by_pyreadstat(trial, package):
    for path in sorted((trial / "out" / DATASETS[package]).glob("*.xpt")):
        theirs, meta = pyreadstat.read_xport(path, disable_datetime_conversion=True)
        mine = plain(expected(path))
        assert meta.table_name == path.stem.upper()
        assert list(theirs.columns) == list(mine.columns)
        pd.testing.assert_frame_equal(plain(theirs), mine, check_dtype=False, obj=path.name)
        assert all(label and len(label) <= 40 for label in meta.column_labels), path.name


@pytest.mark.parametrize("package", list(DATASETS))
def test_every_transport_file_is_read_by_pandas(trial, package):
    for path in sorted((trial / "out" / DATASETS[package]).glob("*.xpt")):
        _, meta = pyreadstat.read_xport(path, metadataonly=True)
        if not len(expected(path)) or sum(meta.variable_storage_width.values()) <= 80:
            continue  # pandas takes blanks in the last 80 bytes for padding where records are that short
        theirs = pd.read_sas(path, format="xport", encoding="ascii")
        numbers = theirs.select_dtypes("number").columns
        theirs[numbers] = theirs[numbers].mask(theirs[numbers].abs() < 1e-70, 0)  # pandas reads 0 as a hair above
        pd.testing.assert_frame_equal(plain(theirs), plain(expected(path)), check_dtype=False, obj=path.name)


@pytest.mark.parametrize("package", list(DATASETS))
def test_define_is_valid_and_read_by_odmlib(trial, package):
    import xmlschema
    from odmlib.define_loader import XMLDefineLoader
    from odmlib.loader import ODMLoader
    from odmlib.oid_generator import create_oid_checker
    from odmlib.schema_manager import get_schema_path

    file = trial / "out" / DATASETS[package] / "define.xml"
    schema = xmlschema.XMLSchema10(get_schema_path("arm", "1.0-define2.1"))
    assert [str(error.reason) for error in schema.iter_errors(str(file))] == []
    loader = ODMLoader(XMLDefineLoader(model_package="define_2_1"))
    loader.open_odm_document(str(file))
    document = loader.root()
    assert document.verify_oids(create_oid_checker("define_2_1"))
    groups = document.Study.MetaDataVersion.ItemGroupDef
    assert {group.Name for group in groups} == {path.stem.upper() for path in file.parent.glob("*.xpt")}


@pytest.mark.parametrize("package", list(DATASETS))
def test_define_and_data_agree(trial, package):
    from define import Lookup, read

    folder = trial / "out" / DATASETS[package]
    lookup = Lookup(read(folder / "define.xml"))
    for group in lookup.document.datasets:
        frame, meta = pyreadstat.read_xport(folder / f"{group.name.lower()}.xpt", disable_datetime_conversion=True)
        items = [lookup.items[ref.item] for ref in group.items]
        assert [item.name for item in items] == list(frame.columns), group.name
        assert [item.label for item in items] == meta.column_labels, group.name
        assert (group.label or "")[:40] == (meta.file_label or ""), group.name


def test_the_same_extract_gives_the_same_bytes_in_parts_and_processes(trial, tmp_path):
    whole = files_of(trial / "out")
    again = tmp_path / "again"
    more = {"formats": ("xpt", "parquet"), "partitions": 3, "jobs": 2}
    oncdisc.build("es_sclc", raw=trial / "raw", out=again, **more)
    parted = files_of(again)
    assert sorted(parted) == sorted(whole)
    assert [name for name in whole if parted[name] != whole[name]] == []


def test_records_in_any_order_give_the_same_analysis(trial, tmp_path):
    shuffled = tmp_path / "shuffled"
    shuffled.mkdir()
    order = np.random.default_rng(7)
    for path in sorted((trial / "raw").glob("*.csv")):
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        rows = [rows[position] for position in order.permutation(len(rows))]
        (shuffled / path.name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    oncdisc.build("es_sclc", raw=shuffled, out=tmp_path / "other", formats=("xpt", "parquet"))
    for name in ("adsl", "adrs", "adtte"):
        mine = pd.read_parquet(trial / f"out/analysis/adam/datasets/{name}.parquet")
        theirs = pd.read_parquet(tmp_path / f"other/analysis/adam/datasets/{name}.parquet")
        pd.testing.assert_frame_equal(theirs, mine, obj=name)


def test_every_raw_record_is_used_or_accounted_for(trial):
    record = json.loads((trial / "out/build.json").read_text())
    for entry in record["reconciliation"]["records"]:
        assert entry["read"] == entry["used"] + sum(entry["excluded"].values()), entry
    read = {form["form"]: form["read"] for form in record["reconciliation"]["forms"]}
    lines = {path.stem: len(pd.read_csv(path, dtype=str)) for path in (trial / "raw").glob("*.csv")}
    assert read == {name: count for name, count in lines.items() if name != "truth"}


def test_every_analysis_record_names_its_source(trial):
    adtte = pd.read_parquet(trial / "out/analysis/adam/datasets/adtte.parquet")
    assert adtte["EVNTDESC"].notna().all()
    assert adtte[["SRCDOM", "SRCVAR"]].notna().all(axis=None)
    lineage = pd.read_parquet(trial / "out/lineage/adtte.parquet")
    assert set(range(len(adtte))) <= set(lineage["row"])


READ_WITH_XPORT = """
import json, sys, warnings
warnings.simplefilter("ignore")
import xport.v56
found = {}
for path in sys.argv[1:]:
    with open(path, "rb") as stream:
        (dataset,) = xport.v56.load(stream).values()
    found[path] = [dataset.name, dataset.dataset_label, len(dataset), list(dataset.columns)]
print(json.dumps(found))
"""


@pytest.mark.slow
def test_every_transport_file_is_read_by_xport(trial, tmp_path):
    paths = [path for folder in packages(trial) for path in sorted(folder.glob("*.xpt"))]
    done = run([xport_python(), "-c", READ_WITH_XPORT, *paths], tmp_path)
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout)
    for path in paths:
        mine = expected(path)
        name, label, rows, columns = theirs[str(path)]
        assert (name, columns) == (path.stem.upper(), list(mine.columns))
        assert label, path.name
        # version 5 says nowhere how many records there are: blanks that pad the last 80 bytes may read as one more
        assert rows in (len(mine), len(mine) + 1), path.name
