"""Interrupted infusions from the form to EC, EX and ADEX: worked by hand on three records, then held on all."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from es_sclc_trial import Trial, build_extract, build_trial

import oncdisc
from oncdisc.trial import simulate

PARTS = ("DM", "EC", "SUPPEC", "EX", "ADSL", "ADEX")
RESUMED = {"EXSTTIM": "10:00", "EXINTSTM": "10:20", "EXINTRTM": "10:50", "EXENTIM": "11:30", "EXPDOSE": "1400",
           "EXLVL": "20", "EXDOSE": "1001", "EXINTDOS": "301", "EXINTREA": "Chills", "EXINTDUR": "30"}  # fmt: skip
ENDED = {"EXSTTIM": "09:00", "EXINTSTM": "09:15", "EXINTRTM": "", "EXENTIM": "09:15", "EXPDOSE": "180",
         "EXLVL": "100", "EXDOSE": "90", "EXINTDOS": "90", "EXINTREA": "Infusion site pain",
         "EXINTDUR": ""}  # fmt: skip
IMPOSSIBLE = {**RESUMED, "EXDOSE": "300"}


def edit(raw: Path, form: str, changes: list[dict[str, str]]) -> list[str]:
    """Change the first records of a form that were given; their numbers."""
    path = raw / f"{form}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    given = [row for row in rows if row["EXYN_STD"] == "Y" and not row["EXINTSTM"]]
    for row, change in zip(given, changes, strict=False):
        row.update({**change, "EXADJ": "Infusion interrupted", "EXADJREA": "Adverse event"})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return [row["RecordId"] for row in given[: len(changes)]]


@pytest.fixture(scope="module")
def records() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory, records: dict[str, str]) -> Trial:
    folder = tmp_path_factory.mktemp("edited")
    simulate("es_sclc", folder / "raw", subjects=4, seed=1)
    records["resumed"], records["impossible"] = edit(folder / "raw", "ex_ade", [RESUMED, IMPOSSIBLE])
    (records["ended"],) = edit(folder / "raw", "ex_nab", [ENDED])
    return build_extract(folder / "raw", folder / "out", only=PARTS)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return build_trial(tmp_path_factory.mktemp("all"), subjects=60, seed=5, messy=True, only=PARTS)


def of(frame: pd.DataFrame, group: str, columns: list[str]) -> list[list[Any]]:
    """The performed records of a planned dose; times without their date."""
    name = "ECGRPID" if "ECGRPID" in frame else "EXGRPID"
    rows = frame.loc[frame[name] == group]
    rows = rows.loc[rows["ECMOOD"] == "PERFORMED"] if "ECMOOD" in rows else rows
    shown = rows[columns].astype(object).where(rows[columns].notna(), None)
    for column in [column for column in columns if column.endswith("DTC")]:
        shown[column] = shown[column].str[11:]
    return shown.to_numpy().tolist()


EC = ["ECOCCUR", "ECSTDTC", "ECENDTC", "ECDOSE", "ECDOSU", "ECREASOC", "ECADJ"]
EX = ["EXSTDTC", "EXENDTC", "EXDOSE", "EXDOSU", "EXADJ"]


def test_an_interruption_is_a_record_of_its_own_between_the_parts_that_were_given(edited, records):
    assert of(edited.sdtm("EC"), records["resumed"], EC) == [
        ["Y", "10:00", "10:20", 301, "mg", None, "ADVERSE EVENT"],
        ["N", "10:20", "10:50", None, None, "CHILLS", None],
        ["Y", "10:50", "11:30", 700, "mg", None, "ADVERSE EVENT"],
    ]


def test_in_protocol_units_there_are_the_two_intervals_of_constant_dosing_and_they_add_up(edited, records):
    # 20 mg/kg are 1,400 mg: 301 mg are 4.3, all 1,001 mg are 14.3 mg/kg
    assert of(edited.sdtm("EX"), records["resumed"], EX) == [
        ["10:00", "10:20", 4.3, "mg/kg", "ADVERSE EVENT"],
        ["10:50", "11:30", 10.0, "mg/kg", "ADVERSE EVENT"],
    ]


def test_an_infusion_that_did_not_go_on_has_no_part_after_and_its_stop_no_end(edited, records):
    assert of(edited.sdtm("EC"), records["ended"], EC) == [
        ["Y", "09:00", "09:15", 90, "mg", None, "ADVERSE EVENT"],
        ["N", "09:15", None, None, None, "INFUSION SITE PAIN", None],
    ]
    assert of(edited.sdtm("EX"), records["ended"], EX) == [["09:00", "09:15", 50.0, "mg/m2", "ADVERSE EVENT"]]


def test_more_before_the_interruption_than_in_all_is_found_and_leaves_no_amount(edited, records):
    (found,) = [finding for finding in edited.findings if finding["rule"] == "value.dose"]
    assert (found["severity"], found["dataset"], found["variable"]) == ("error", "EC", "ECDOSE")
    assert "EXINTDOS is more than EXDOSE" in found["message"]
    last = of(edited.sdtm("EC"), records["impossible"], ["ECOCCUR", "ECDOSE"])[-1]
    assert last == ["Y", None]


def test_minutes_and_parts_stand_in_suppec(edited, records):
    ec, supp = edited.sdtm("EC"), edited.sdtm("SUPPEC")
    rows = ec.loc[ec["ECGRPID"].eq(records["resumed"]) & ec["ECMOOD"].eq("PERFORMED")]
    subject, numbers = rows["USUBJID"].iloc[0], rows["ECSEQ"].astype(int).astype(str).tolist()
    mine = supp.loc[(supp["USUBJID"] == subject) & supp["QNAM"].isin(["ECPART", "ECINTDUR", "ECBEFORE"])]
    found = set(zip(mine["IDVARVAL"], mine["QNAM"], mine["QVAL"], strict=True))
    before, between, after = numbers
    assert {(before, "ECPART", "1"), (between, "ECINTDUR", "30"), (after, "ECPART", "2"), (after, "ECBEFORE", "301")} \
        <= found  # fmt: skip


def test_the_second_part_is_no_dose_of_its_own_in_the_analysis(edited):
    for form, drug in (("ex_ade", "ADE"), ("ex_nab", "NAB")):
        raw = pd.read_csv(edited.raw / f"{form}.csv", dtype=str, keep_default_na=False)
        raw = raw.loc[(raw["EXYN_STD"] == "Y") & (pd.to_datetime(raw["EXSTDAT"], format="%d %b %Y") <= "2025-06-30")]
        wanted = raw.groupby("Subject")["RecordId"].count()
        counted = edited.adam("ADEX", PARAMCD=f"{drug}NDOSE")
        assert counted["AVAL"].to_list() == wanted.to_list()
        assert counted["USUBJID"].str[-7:].to_list() == wanted.index.to_list()


def test_the_cumulative_dose_is_what_the_form_says_was_given(edited):
    raw = pd.read_csv(edited.raw / "ex_nab.csv", dtype=str, keep_default_na=False)
    raw = raw.loc[pd.to_datetime(raw["EXSTDAT"], format="%d %b %Y", errors="coerce") <= "2025-06-30"]
    wanted = pd.to_numeric(raw["EXDOSE"]).groupby(raw["Subject"]).sum()
    assert edited.adam("ADEX", PARAMCD="NABCUM")["AVAL"].to_list() == wanted.to_list()


def test_each_part_leads_to_the_record_of_the_form(edited, records):
    traced = oncdisc.trace(edited.out, "EX", {"EXLNKID": f"{records['resumed']}-2"}, variable="EXDOSE")
    told = str(traced)
    assert records["resumed"] in told
    assert "EXINTDOS" in told


def test_on_all_records_intervals_follow_each_other_and_no_dose_is_zero(trial):
    ec, ex = trial.sdtm("EC"), trial.sdtm("EX")
    done = ec.loc[ec["ECMOOD"] == "PERFORMED"].sort_values(["ECGRPID", "ECSTDTC", "ECSEQ"])
    several = done.loc[done.duplicated("ECGRPID", keep=False)]
    assert several["ECGRPID"].nunique() > 10
    assert (several["ECENDTC"] == several.groupby("ECGRPID")["ECSTDTC"].shift(-1))[
        several.duplicated("ECGRPID", keep="last")
    ].all()
    patterns = several.groupby("ECGRPID")["ECOCCUR"].agg("".join)
    assert set(patterns) == {"YNY", "YN"}
    assert (ex["EXDOSE"] > 0).all()
    assert (ec.loc[ec["ECOCCUR"] == "N", "ECDOSE"].isna()).all()
    assert ec.loc[ec["ECOCCUR"] == "N", "ECREASOC"].notna().all()


def test_on_all_records_first_and_last_dose_are_those_of_the_form(trial):
    forms = [pd.read_csv(trial.raw / f"{form}.csv", dtype=str, keep_default_na=False) for form in
             ("ex_sel", "ex_ade", "ex_nab")]  # fmt: skip
    given = pd.concat(forms).query("EXYN_STD == 'Y'").drop_duplicates("RecordId")
    parts = given[["EXSTDAT_YYYY", "EXSTDAT_MM", "EXSTDAT_DD"]].set_axis(["year", "month", "day"], axis=1)
    days = pd.to_datetime(parts.astype(int)).dt.strftime("%Y-%m-%d").groupby(given["Subject"]).agg(["min", "max"])
    dm = trial.sdtm("DM").set_index("SUBJID").loc[days.index]
    assert dm["RFXSTDTC"].str[:10].to_list() == days["min"].to_list()
    assert dm["RFXENDTC"].str[:10].to_list() == days["max"].to_list()
