"""Acceptances, the page, the workbook, the command."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from oncdisc import checks
from oncdisc.checks.core import fold
from oncdisc.cli.main import run
from specs.errors import UsageError
from specs.findings import Finding, Findings
from specs.models import Acceptance
from tests.checks.builders import package

BAD = {"DM": "USUBJID SEX / 1 =1+1 / 2 <b>Q</b>"}


def report(*accept: Acceptance) -> checks.Report:
    found = package(BAD)
    return checks.settle(found, checks.run(found, ["terminology.closed"]), accept)


@pytest.mark.parametrize("rule", ["terminology.closed", "FDA CT2001"])
def test_an_accepted_finding_is_set_aside_with_its_reason(rule: str) -> None:
    accepted = report(Acceptance(rule=rule, reason="known", dataset="DM", variable="SEX"))
    assert accepted.exit_status == 0
    assert [(item.count, item.acceptance.reason) for item in accepted.accepted] == [(2, "known")]


def test_an_acceptance_that_matches_nothing_is_reported() -> None:
    open_ = report(Acceptance(rule="terminology.closed", reason="known", dataset="AE"))
    assert open_.exit_status == 1
    assert [row.dataset for row in open_.findings.rows() if row.rule == "acceptance.unmatched"] == ["AE"]


def test_an_acceptance_of_what_comes_and_goes_is_information_where_there_is_none_and_sets_aside_what_there_is() -> None:
    gone = report(Acceptance(rule="terminology.closed", reason="known", dataset="AE", always=False))
    (said,) = [row for row in gone.findings.rows() if row.rule == "acceptance.unmatched"]
    assert (said.severity, said.dataset) == ("info", "AE")
    there = report(Acceptance(rule="terminology.closed", reason="known", dataset="DM", always=False))
    assert (there.exit_status, [item.count for item in there.accepted]) == (0, [2])


def test_an_acceptance_of_a_rule_that_did_not_run_is_not_reported() -> None:
    engine = Acceptance(rule="CORE-000701", reason="known")
    found = package(BAD)
    without, by_it = (checks.settle(found, Findings(), [engine], core) for core in ("", "the engine 1.0"))
    assert not without.findings.rows()
    assert [row.rule for row in by_it.findings.rows()] == ["acceptance.unmatched"]
    some = checks.settle(found, Findings(), [Acceptance(rule="death.flag", reason="known")], whole=False)
    assert not some.findings.rows()


def test_the_acceptances_that_a_build_brings_are_honoured(built: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(built, tmp_path / "out"))
    record = json.loads((out / "build.json").read_text())
    place = checks.check(out).findings.counts()[-1]
    said = {name: place[name] for name in ("rule", "dataset", "variable")}
    (out / "build.json").write_text(json.dumps({**record, "accept": [{**said, "reason": "known"}]}))
    report = checks.check(out)
    assert [(item.acceptance.reason, item.count) for item in report.accepted] == [("known", place["count"])]
    assert not [row for row in report.findings.counts() if {name: row[name] for name in said} == said]


def test_the_page_escapes_what_comes_from_data_and_shows_the_records() -> None:
    page = checks.render_html(report())
    assert "&lt;b&gt;Q&lt;/b&gt;" in page
    assert "<b>Q</b>" not in page
    assert "record 2" in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_workbook_holds_no_formula_and_is_the_same_each_time(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.xlsx", "b.xlsx")]
    for path in paths:
        checks.write_excel(report(), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    sheet = openpyxl.load_workbook(paths[0])["Findings"]
    cells = [row[6] for row in sheet.iter_rows(min_row=2)]
    assert {cell.value for cell in cells} == {"=1+1", "<b>Q</b>"}
    assert {cell.data_type for cell in cells} == {"s"}


def test_counts_are_exact_beyond_what_is_shown() -> None:
    frame = pd.DataFrame({"USUBJID": [str(n) for n in range(2500)], "SEX": ["Q"] * 2500})
    found = checks.run(checks.package_of({"DM": frame}), ["terminology.closed"])
    assert found.count("error") == 2500
    assert len(found.rows()) == 1000


def test_the_command_keeps_a_builds_findings_and_says_so_by_its_status(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Path(shutil.copytree(built, tmp_path / "out"))
    before = json.loads((out / "findings.json").read_text())
    status = run(["check", str(out), "--json", "-"])
    data = json.loads(capsys.readouterr().out)
    assert status == int(any(row["severity"] == "error" for row in data["findings"]))
    assert data == json.loads((out / "findings.json").read_text())
    assert {row["rule"] for row in before["findings"]} <= {row["rule"] for row in data["findings"]}
    assert (out / "findings.html").is_file()
    assert (out / "findings.xlsx").is_file()
    kept = (out / "findings.json").read_bytes()
    run(["check", str(out)])
    assert (out / "findings.json").read_bytes() == kept


def test_the_command_never_writes_into_other_folders(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text("USUBJID,SEX\n1,Q\n")
    assert run(["check", str(tmp_path), "--rule", "terminology.closed"]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["dm.csv"]
    assert run(["check", str(tmp_path / "nowhere")]) == 2
    assert run(["check", str(tmp_path), "--core"]) == 2


def test_what_the_engine_finds_too_is_said_once() -> None:
    ours, theirs = Findings(), Findings()
    ours.add([Finding("error", "death.flag", "m", "DM", published="CG0131, CG0435")])
    theirs.add([Finding("warning", "CORE-000007", "m", "DM", published="CG0435")])
    theirs.add([Finding("warning", "CORE-000007", "m", "AE", published="CG0435")])
    assert [(row.rule, row.dataset) for row in fold(ours, theirs).rows()] == [
        ("death.flag", "DM"),
        ("CORE-000007", "AE"),
    ]


def test_the_guide_has_each_finding_with_its_explanation() -> None:
    text = checks.to_guide(report(Acceptance(rule="terminology.closed", reason="known | seen", dataset="DM")))
    row = next(line for line in text.splitlines() if line.startswith("| terminology.closed"))
    cells = [cell.strip() for cell in row.replace("\\|", "¦").strip("|").split("|")]
    assert (cells[2:5], cells[6], cells[7]) == (["error", "DM", "SEX"], "2", "known ¦ seen")
    assert text.index("(cSDRG)") < text.index(row) < text.index("(ADRG)"), "under the tabulations"
    assert "Not explained: open" in checks.to_guide(report())


def test_the_workbook_can_be_read_as_it_opens(tmp_path: Path) -> None:
    checks.write_excel(report(), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for sheet in book:
        last = openpyxl.utils.get_column_letter(sheet.max_column)
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:{last}{sheet.max_row}")
        assert all(cell.font.bold for cell in sheet[1])
    found = book["Summary"]["H2"]
    assert (found.alignment.wrap_text, found.alignment.vertical) == (True, "top")
    assert book["Summary"].column_dimensions["H"].width >= 40


def test_what_is_found_is_said_once_where_it_is_the_same_for_all() -> None:
    differ = package({"DM": "USUBJID SEX / 1 male / 2 female"})
    page = checks.render_html(checks.settle(differ, checks.run(differ, ["terminology.closed"]), []))
    assert '<th scope="col">found</th>' in page, "the nearest terms differ"
    same = package({"DM": "USUBJID SEX AGE AGEU / 1 M 5 . / 2 M 6 ."})
    assert "found</th>" not in checks.render_html(checks.settle(same, checks.run(same, ["dm.age"]), []))


def test_the_terminal_says_the_severity_and_the_id_that_the_command_takes() -> None:
    from rich.console import Console

    screen = Console(record=True, width=200, file=io.StringIO())
    checks.render(report(), screen)
    line = next(line for line in screen.export_text().splitlines() if "DM.SEX" in line)
    assert line.split()[0] == "error"
    assert "[terminology.closed, " in line


def test_the_engine_is_asked_for_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--core needs"):
        checks.check(tmp_path / "nowhere", core=True)
