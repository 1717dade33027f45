"""The comparison in the terminal, as JSON, as a page and as a workbook."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from rich.console import Console

from oncdisc.review import (
    Comparison,
    FolderComparison,
    Options,
    Table,
    VariableAttributes,
    as_dict,
    compare_tables,
    comparison_findings,
    headline,
    render,
    render_html,
    to_json,
    write_excel,
)
from tests.review.builders import table

EVIL = "=1+1<script>alert(1)</script>[bold]"


def adae(terms: list[str | None], label: str) -> Table:
    return table(
        "ADAE",
        label=label,
        attributes=[VariableAttributes("AETERM", "char", label=label)],
        USUBJID=["01", "02", "03"][: len(terms)],
        AETERM=terms,
    )


@pytest.fixture
def compared() -> Comparison:
    base = adae(["Nausea", EVIL, "Rash"], "Term")
    compare = adae(["NAUSEA", "+2"], "Terms")
    return compare_tables(base, compare, Options(keys=("USUBJID",)))


def printed(result: Comparison | FolderComparison) -> str:
    stream = io.StringIO()
    render(result, Console(file=stream, width=200, force_terminal=False))
    return stream.getvalue()


def test_terminal_says_the_gravest_first_and_why(compared: Comparison) -> None:
    lines = printed(compared).splitlines()
    assert lines[0].startswith("ADAE: values differ; base has rows that compare does not have")
    assert "1 of 2 is upper case in compare" in printed(compared)
    assert "sysinfo 4193 (VALUE BASEOBS LABEL DSLABEL)" in printed(compared)


def test_terminal_shows_data_as_it_is_not_as_markup(compared: Comparison) -> None:
    assert EVIL in printed(compared)


def test_terminal_of_equal_datasets_is_one_line_and_warnings(compared: Comparison) -> None:
    same = compare_tables(compared.base, compared.base, Options(keys=("USUBJID",)))
    assert printed(same) == "ADAE: equal: 3 rows, 2 variables\n"


def test_terminal_of_a_comparison_that_could_not_be_done(compared: Comparison) -> None:
    failed = compare_tables(compared.base, compared.compare, Options(keys=("NONE",)))
    assert printed(failed).startswith("ADAE: not compared: ADAE: found no key variable NONE in base")


def test_folder_puts_the_worst_dataset_first(compared: Comparison) -> None:
    same = compare_tables(table("ADSL", A=[1]), table("ADSL", A=[1]), Options(keys=()))
    folder = FolderComparison("a", "b", (same, compared), base_only=("adtte",))
    lines = printed(folder).splitlines()
    assert lines[0] == "adtte: only in base"
    assert lines[1].startswith("ADAE:")
    assert lines[-1].startswith("different; sysinfo 36961 (ERROR VALUE")
    assert folder.sysinfo == 32768 + 4193


def test_json_is_stable_and_complete(compared: Comparison) -> None:
    found = json.loads(to_json(compared))
    assert found == as_dict(compared)
    assert found["sysinfo"] == 4193
    assert found["bits"] == ["VALUE", "BASEOBS", "LABEL", "DSLABEL"]
    (dataset,) = found["datasets"]
    assert dataset["rows"] == {
        "base": 3,
        "compare": 2,
        "paired": 2,
        "unequal": 2,
        "only_in_base": 1,
        "only_in_compare": 0,
        "duplicate_keys_in_base": 0,
        "duplicate_keys_in_compare": 0,
    }
    assert [variable["unequal"] for variable in dataset["variables"]] == [0, 2]
    assert to_json(compared) == to_json(compared)


def test_findings_have_the_common_shape(compared: Comparison) -> None:
    rows = [finding.as_dict() for finding in comparison_findings(compared).rows()]
    assert {tuple(row) for row in rows} == {
        ("severity", "rule", "message", "dataset", "variable", "usubjid", "value", "source", "published")
    }
    value = next(row for row in rows if row["rule"] == "COMPARE.VALUE")
    assert value == {
        "severity": "error",
        "rule": "COMPARE.VALUE",
        "message": "base has 'Nausea', compare has 'NAUSEA' (upper_case)",
        "dataset": "ADAE",
        "variable": "AETERM",
        "usubjid": "01",
        "value": "NAUSEA",
        "source": "base row 1, compare row 1; USUBJID=01",
        "published": "PROC COMPARE VALUE",
    }
    assert [row["rule"] for row in rows if row["severity"] == "warning"] == ["COMPARE.ATTRIBUTE"] * 2


def test_findings_are_counted_exactly_where_a_thousand_are_shown() -> None:
    base, compare = (table(X=[float(shift + 2 * n) for n in range(1500)]) for shift in (0, 1))
    found = comparison_findings(compare_tables(base, compare, Options(keys=())))
    assert found.count("error") == 1500
    assert len([row for row in found.rows() if row.rule == "COMPARE.VALUE"]) == 1000


def test_page_escapes_data_and_needs_nothing_else(compared: Comparison) -> None:
    page = render_html(compared)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
    assert "1 of 2 is upper case in compare" in page
    assert '<tr class="unequal"><td>AETERM</td><td>Nausea</td><td>NAUSEA</td></tr>' in page
    assert "1 rows only in base" in page


def test_page_of_a_folder_lists_every_dataset(compared: Comparison) -> None:
    same = compare_tables(table("ADSL", A=[1]), table("ADSL", A=[1]), Options(keys=()))
    page = render_html(FolderComparison("a", "b", (same, compared), compare_only=("adtte",)))
    assert page.index('href="#ADAE"') < page.index('href="#ADSL"')
    assert "<strong>adtte</strong> is only in compare" in page


def test_page_of_by_groups(compared: Comparison) -> None:
    page = render_html(compare_tables(compared.base, compared.compare, Options(keys=(), by=("USUBJID",))))
    assert "BY groups" in page


def test_workbook_holds_data_as_text_never_as_formulas(compared: Comparison, tmp_path: Path) -> None:
    path = tmp_path / "comparison.xlsx"
    write_excel(compared, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Summary", "Variables", "Values", "Rows", "Attributes"]
    rows = list(book["Values"].iter_rows(min_row=2))
    assert [[cell.value for cell in row] for row in rows] == [
        ["ADAE", "AETERM", 1, 1, "USUBJID=01", "Nausea", "NAUSEA", "upper_case"],
        ["ADAE", "AETERM", 2, 2, "USUBJID=02", EVIL, "+2", "other"],
    ]
    assert {cell.data_type for row in rows for cell in row} == {"s", "n"}
    assert [cell.value for cell in book["Rows"][2]] == ["ADAE", "base", 3, "USUBJID=03"]


def test_workbook_survives_control_characters(tmp_path: Path) -> None:
    base, compare = table(X=["a\x01b"]), table(X=["ab"])
    write_excel(compare_tables(base, compare, Options(keys=())), tmp_path / "comparison.xlsx")
    book = openpyxl.load_workbook(tmp_path / "comparison.xlsx")
    assert book["Values"]["F2"].value == "a\ufffdb"


def test_workbook_notes_no_time_so_that_the_same_comparison_has_the_same_bytes(
    compared: Comparison, tmp_path: Path
) -> None:
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_excel(compared, first)
    write_excel(compared, second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as container:
        assert {part.date_time for part in container.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        moments = re.findall(rb">(\d{4}-[^<]*Z)<", container.read("docProps/core.xml"))
    assert set(moments) == {b"1980-01-01T00:00:00Z"}


def test_headline_of_order_alone() -> None:
    found = compare_tables(table(A=[1], B=[2]), table(B=[2], A=[1]), Options(keys=()))
    assert headline(found) == "the variables' order differs"
