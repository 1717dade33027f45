"""Tracing records of a small build: back to raw, forward, and what is said of each step."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path
from typing import cast

import pandas as pd
import pytest
import small_study
from rich.console import Console
from small_trial import FILES

import oncdisc
from oncdisc.cli.main import run
from oncdisc.review.trace import Output, Step, Trace, made_from, nodes, render, to_json, trace
from oncdisc.review.trace.steps import Group, Value
from oncdisc.review.trace.tracing import RecordTrace
from specs.errors import UsageError


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trace")
    small_study.write(folder / "study", FILES)
    small_study.write(folder / "raw", small_study.EXTRACT)
    oncdisc.build(folder / "study", raw=folder / "raw", out=folder / "out")
    # a trace reads the output alone
    shutil.rmtree(folder / "study")
    shutil.rmtree(folder / "raw")
    return folder / "out"


def walk(step: Step) -> list[Step]:
    return [step, *(below for child in step.steps for below in walk(child))]


def back(out: Path, table: str, variable: str | None = None, **where: str) -> Step:
    step = trace(out, table, where, variable=variable, direction="back").records[0].back
    assert step is not None
    return step


def test_a_time_to_event_leads_to_its_raw_item_with_the_value_at_each_step(out):
    step = back(out, "ADTTE", "ADT", USUBJID="ABC-2")
    chain = [(s.table, {v.variable: v.value for v in s.values}) for s in walk(step) if not s.again]
    tables = [table for table, _ in chain]
    assert tables[:4] == ["ADTTE", "ADRS", "AE", "ae"]
    # the event lies before the start, and is moved there
    assert chain[0][1] == {"ADT": "2024-01-05"}
    assert chain[1][1]["AVALC"] == "Cough"
    assert chain[2][1]["AESTDTC"] == "2024-01-04"
    assert chain[3][1]["DAT"] == "04-Jan-2024"


def test_the_raw_record_is_named_by_file_number_and_identifier(out):
    raw = next(s for s in walk(back(out, "ADTTE", "ADT", USUBJID="ABC-2")) if s.table == "ae")
    assert (raw.name, raw.row, raw.label) == ("ae.csv record 4 (RECID 4)", 4, "Adverse Events")


def test_of_one_record_looked_at_in_two_parts_only_the_part_that_decided_is_chosen(tmp_path):
    event = "[{from: ADSL, date: RFDT, EVNTDESC: Began}]"
    trial = {"adam/adtte.yaml": re.sub(r"events: .*", f"events: {event}", FILES["adam/adtte.yaml"])}
    small_study.write(tmp_path / "study", {**FILES, **trial})
    small_study.write(tmp_path / "raw", small_study.EXTRACT)
    oncdisc.build(tmp_path / "study", raw=tmp_path / "raw", out=tmp_path / "out")
    step = back(tmp_path / "out", "ADTTE", "ADT", USUBJID="ABC-2")
    looked_at = {group.rule: [record.won for record in group.records] for group in step.groups if group.table == "ADSL"}
    assert looked_at == {"events: Began": [True], "censor: Start": [False]}


def test_the_outcome_is_said_in_words(out):
    assert back(out, "ADTTE", USUBJID="ABC-2").outcome == "event: Cough"
    assert back(out, "ADTTE", USUBJID="ABC-1").outcome == "censored (CNSR 1): Last event; at Last event"


def test_each_value_has_its_sentence_and_its_place_in_the_spec(out):
    record = next(s for s in walk(back(out, "ADTTE", "ADT", USUBJID="ABC-2")) if s.table == "AE")
    value = next(v for v in record.values if v.variable == "AESTDTC")
    assert value.sentence == "DAT in ISO 8601, as complete as collected"
    assert value.spec.startswith("sdtm/ae.yaml:")
    assert value.reads == ("ae.DAT",)
    assert record.sentence == "Each record of ae where AEYN is Y"


def test_what_was_looked_at_is_listed_with_the_one_that_was_chosen(out):
    step = back(out, "ADTTE", USUBJID="ABC-1")
    groups = {group.rule: group for group in step.groups}
    assert set(groups) == {"censor: Last event", "censor: Start"}
    assert [record.won for record in groups["censor: Last event"].records] == [True]
    assert [record.won for record in groups["censor: Start"].records] == [False]


def test_a_record_that_was_only_looked_at_is_not_followed(out):
    output = Output(out)
    row = int(output.frame("ADRS").query("PARAMCD == 'LAST' and USUBJID == 'ABC-2'").index[0])
    start = nodes(0, "ADRS", row, ["ADT"])
    followed = {len(made_from(output, start, looked_at=way)) for way in (False, True)}
    assert len(followed) == 2


def test_a_value_of_the_subject_leads_to_the_subject_s_record(out):
    step = back(out, "AE", "AESTDY", USUBJID="ABC-1")
    subject = next(s for s in walk(step) if s.table == "DM")
    assert subject.rules == ("of the subject",)
    assert {v.variable: v.value for v in subject.values}["RFSTDTC"] == "2024-01-01"


def test_a_count_leads_to_every_record_counted(out):
    step = back(out, "ADSL", "AECOUNT", USUBJID="ABC-2")
    assert sorted(s.row for s in step.steps if "AECOUNT" in s.rules) == [3, 4]


def test_a_raw_record_leads_forward_to_everything_made_from_it(out):
    record = trace(out, "raw:ae", {"RECID": "4"}).records[0]
    assert record.back is None
    reached = {(r.dataset, r.slice): r.variables for r in record.reached}
    assert {("AE", "ae"), ("ADRS", "OVR"), ("ADRS", "LAST"), ("ADTTE", "TTAE")} <= set(reached)
    assert "ADT" in reached["ADTTE", "TTAE"]
    assert reached["ADSL", "DM"] == ("AECOUNT",)


def test_one_item_reaches_only_what_reads_it(out):
    record = trace(out, "ae", {"RECID": "3"}, variable="HOME", direction="forward").records[0]
    assert {r.dataset for r in record.reached} == {"AE", "SUPPAE"}


def test_a_supplemental_qualifier_leads_to_its_parent_and_the_raw_item(out):
    step = back(out, "SUPPAE", "QVAL", USUBJID="ABC-2")
    assert [s.table for s in walk(step) if not s.again][:3] == ["SUPPAE", "AE", "ae"]


def test_a_value_that_went_to_supp_is_shown_where_its_record_is(out):
    home = next(v for v in back(out, "AE", "AEHOME", USUBJID="ABC-2", AETERM="Nausea").values if v.variable == "AEHOME")
    assert home.value == "yes"
    assert len(trace(out, "AE", {"AEHOME": "yes"}).records) == 2


def test_an_sdtm_record_goes_both_ways(out):
    record = trace(out, "AE", {"AETERM": "Cough"}).records[0]
    assert record.back is not None
    assert record.reached


def test_forward_and_back_are_the_same_edges_turned(out):
    output = Output(out)
    forward = trace(output, "ae", {"RECID": "4"}, direction="forward").records[0].edges
    ends = (
        forward[["to_table", "to_row", "to_variable"]].drop_duplicates().set_axis(["table", "row", "variable"], axis=1)
    )
    again = made_from(output, ends.assign(origin=range(len(ends))), looked_at=True)
    raw = again.loc[(again["to_table"] == "ae") & (again["to_row"] == 4), "origin"]
    assert set(raw) == set(range(len(ends)))


@pytest.mark.parametrize(
    ("table", "where", "variable", "message"),
    [
        ("ADXX", {}, None, "no dataset or form ADXX"),
        ("AE", {"NOPE": "1"}, None, "AE has no variable NOPE"),
        ("AE", {"AETERM": "Flu"}, None, "no record of AE has AETERM=Flu; there are Headache"),
        ("AE", {"AETERM": "Cough", "USUBJID": "ABC-1"}, None, "no record of AE has AETERM=Cough USUBJID=ABC-1"),
        ("AE", {}, "NOPE", "AE has no variable NOPE"),
    ],
)
def test_what_is_not_there_is_said(out, table, where, variable, message):
    with pytest.raises(UsageError, match=message):
        trace(out, table, where, variable=variable)


def test_a_folder_that_is_no_build_is_said(tmp_path):
    with pytest.raises(UsageError, match="expected the output of a build"):
        Output(tmp_path)


def test_a_build_without_the_variable_level_is_said(out, tmp_path):
    copy = tmp_path / "old"
    shutil.copytree(out, copy)
    (copy / "lineage" / "spec.json").unlink()
    with pytest.raises(UsageError, match="build it again"):
        Output(copy)


def test_the_same_records_are_traced_from_any_format_and_any_number_of_parts(tmp_path):
    small_study.write(tmp_path / "study", FILES)
    small_study.write(tmp_path / "raw", small_study.EXTRACT)
    texts: list[str] = []
    for name, formats, parts in (("one", ("xpt",), 1), ("two", ("parquet",), 3), ("three", ("dataset-json",), 2)):
        oncdisc.build(tmp_path / "study", raw=tmp_path / "raw", out=tmp_path / name, formats=formats, partitions=parts)
        texts.append(to_json(trace(tmp_path / name, "ADTTE", {"PARAMCD": "TTAE"})))
    assert len(set(texts)) == 1


def test_the_slice_of_every_record_is_kept(out):
    output = Output(out)
    assert output.slices("ADRS").tolist() == output.frame("ADRS")["PARAMCD"].tolist()


def test_dates_and_numbers_are_matched_as_values(out):
    assert trace(out, "ADTTE", {"ADT": "2024-01-05", "CNSR": "0"}, direction="back").matched == 1


def test_the_command_prints_json_and_writes_page_and_drawings(out, tmp_path, capsys):
    files = {name: tmp_path / name for name in ("t.html", "t.svg", "v.svg")}
    where = ["ADTTE", "USUBJID=ABC-2"]
    assert (
        run(["trace", str(out), *where, "--json", "-", "--html", str(files["t.html"]), "--graph", str(files["t.svg"])])
        == 0
    )
    captured = capsys.readouterr()
    assert json.loads(captured.out)["records"][0]["back"]["outcome"] == "event: Cough"
    assert "event: Cough" in captured.err
    assert "04-Jan-2024" in files["t.html"].read_text()
    level = ["--variable", "ADT", "--level", "variable", "--graph", str(files["v.svg"])]
    assert run(["trace", str(out), *where, *level]) == 0
    assert "ae.DAT" in files["v.svg"].read_text()


@pytest.mark.parametrize(
    "arguments", [["ADTTE", "USUBJID"], ["ADTTE", "--level", "variable", "--graph", "x.svg"], ["NO"]]
)
def test_wrong_usage_is_status_2(out, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["trace", str(out), *arguments]) == 2
    assert not (tmp_path / "x.svg").exists()


def printed(step: Step) -> list[str]:
    console = Console(file=io.StringIO(), width=80)
    render(Trace("ABC", step.table, 1, (RecordTrace(step, None, (), pd.DataFrame()),)), console)
    return [line.strip("│├└─ ") for line in cast(io.StringIO, console.file).getvalue().splitlines()]


def looked_at(rule: str, *won: bool) -> Group:
    values = (Value("RSSEQ", "", "1"), Value("X", "", "PR"))
    records = tuple(Step("RS", 1, "RS record 1 (RSSEQ 1)", "", values=values, won=one) for one in won)
    return Group(rule, "RS", len(records), ("RSSEQ", "X"), records)


def test_each_part_of_a_rule_has_its_line():
    sentence = "From A to the earliest of: B (Death); C. Else censored at the latest of: D. AVAL is the date"
    lines = printed(Step("ADTTE", 1, "ADTTE record 1", "", sentence=sentence, spec="adtte.yaml:3"))
    assert lines[1:7] == [
        "rule:  adtte.yaml:3",
        "From A to the earliest of:",
        "B (Death)",
        "C",
        "Else censored at the latest of: D",
        "AVAL is the date",
    ]


def test_groups_of_the_same_records_are_listed_once_unless_another_one_decided():
    groups = (looked_at("assessments", False), looked_at("censor: Last", False), looked_at("events: PD", True))
    lines = printed(Step("ADTTE", 1, "ADTTE record 1", "", groups=groups))
    assert lines[1:5] == [
        "looked at, assessments and censor: Last: 1 of RS",
        "RS record 1 (RSSEQ 1)  X PR",
        "looked at, events: PD: 1 of RS",
        "RS record 1 (RSSEQ 1)  X PR  ◀ chosen",
    ]
