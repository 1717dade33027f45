"""The sheets of a workbook hold what people edit, and come back as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import define
from define.model import Document, Term
from define.workbook import SHEETS, WorkbookError, sheets
from oncdisc.engines import load_spec

ANALYSIS = "rconsortium-pilot3/analysis/adam/datasets/define.xml"


@pytest.fixture
def book(example: Document, tmp_path: Path) -> Callable[[Callable[[Any], None]], Path]:
    """The example's workbook, changed by a function of the open book."""

    def change(edit: Callable[[Any], None]) -> Path:
        path = define.write_workbook([example], tmp_path / "spec.xlsx")
        opened = openpyxl.load_workbook(path)
        edit(opened)
        opened.save(path)
        return path

    return change


def test_the_sheets_have_the_usual_names_and_a_header(example: Document, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(define.write_workbook([example], tmp_path / "spec.xlsx"))
    assert book.sheetnames == list(SHEETS)
    assert [cell.value for cell in book["Variables"][1]][:4] == ["Order", "Dataset", "Variable", "Label"]


def test_a_published_define_comes_back_without_a_change(shared: Path, tmp_path: Path) -> None:
    document = define.read(shared / "data" / "submissions" / ANALYSIS)
    (found,) = define.read_workbook(define.write_workbook([document], tmp_path / "spec.xlsx"))
    assert define.differences(document, found) == ()


def test_a_workbook_read_and_written_again_is_the_same_bytes(example: Document, tmp_path: Path) -> None:
    first = define.write_workbook([example], tmp_path / "first.xlsx")
    second = define.write_workbook(define.read_workbook(first), tmp_path / "second.xlsx")
    third = define.write_workbook(define.read_workbook(second), tmp_path / "third.xlsx")
    assert second.read_bytes() == third.read_bytes()


def test_what_comes_back_of_every_element(example: Document, tmp_path: Path) -> None:
    (found,) = define.read_workbook(define.write_workbook([example], tmp_path / "spec.xlsx"))
    kept = define.Lookup(found)
    assert kept.where_clauses["WC.OTHER"].checks == define.Lookup(example).where_clauses["WC.OTHER"].checks
    terms = define.Lookup(example).codelists["CL.PARAMCD"].terms
    assert kept.codelists["CL.PARAMCD"].terms == tuple(replace(term, description=None) for term in terms)
    assert kept.codelists["CL.MEDDRA"].external.name == "MedDRA"  # type: ignore[union-attr]
    assert [ref.key_sequence for ref in found.datasets[0].items] == [1, 2, None, None]


def test_text_that_looks_like_a_formula_stays_text(example: Document, tmp_path: Path) -> None:
    codelist = replace(define.Lookup(example).codelists["CL.SITE"], terms=(Term('=HYPERLINK("x")', order=1),))
    document = replace(example, codelists=(codelist, *(one for one in example.codelists if one.oid != "CL.SITE")))
    path = define.write_workbook([document], tmp_path / "spec.xlsx")
    cells = [cell for row in openpyxl.load_workbook(path)["Codelists"] for cell in row]
    assert [cell.data_type for cell in cells if str(cell.value).startswith("=HYPERLINK")] == ["s"]
    (found,) = define.read_workbook(path)
    assert define.Lookup(found).codelists["CL.SITE"].terms == codelist.terms


def test_a_study_s_spec_and_back_loads(tmp_path: Path) -> None:
    documents = list(define.study_documents(load_spec("cdiscpilot")).values())
    found = define.read_workbook(define.write_workbook(documents, tmp_path / "spec.xlsx"))
    assert [define.differences(old, new) for old, new in zip(documents, found, strict=True)] == [(), ()]
    define.write_spec(found, tmp_path / "study")
    assert set(load_spec(tmp_path / "study").datasets) == {group.name for one in documents for group in one.datasets}


def test_codelists_of_one_name_stand_apart_where_their_terms_differ(example: Document) -> None:
    site = define.Lookup(example).codelists["CL.SITE"]
    other = replace(example, codelists=tuple(
        replace(one, terms=(Term("Z", order=1),)) if one is site else one for one in example.codelists
    ))  # fmt: skip
    rows = [row for row in sheets([example, other])["Codelists"] if row["Name"] == "Site"]
    assert [row["Term"] for row in rows] == ["A", "B", "Z"]
    assert len({row["ID"] for row in rows}) == 2


def test_a_blank_cell_that_is_needed_is_named(book: Callable[..., Path]) -> None:
    def blank(opened: Any) -> None:
        opened["Codelists"]["A3"] = None

    with pytest.raises(WorkbookError, match="sheet Codelists, row 3: ID is blank"):
        define.read_workbook(book(blank))


def test_a_value_level_without_its_where_clause_is_named(book: Callable[..., Path]) -> None:
    def lost(opened: Any) -> None:
        opened["ValueLevel"]["D2"] = "WC.LOST"

    with pytest.raises(WorkbookError, match=r"sheet ValueLevel, row 2: no where clause WC\.LOST"):
        define.read_workbook(book(lost))


def test_a_number_that_is_none_is_named(book: Callable[..., Path]) -> None:
    def wrong(opened: Any) -> None:
        opened["Variables"]["A2"] = "first"

    with pytest.raises(WorkbookError, match="sheet Variables, row 2: Order is 'first', expected a whole number"):
        define.read_workbook(book(wrong))


def test_columns_may_stand_in_any_order_and_case(example: Document, book: Callable[..., Path]) -> None:
    def moved(opened: Any) -> None:
        sheet = opened["Comments"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        opened.remove(sheet)
        new = opened.create_sheet("COMMENTS")
        for number, row in enumerate(rows):
            new.append([str(cell).upper() if number == 0 else cell for cell in reversed(row)])

    (found,) = define.read_workbook(book(moved))
    assert define.Lookup(found).comments["COM.AVAL"].description == "About AVAL"


def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "spec.xlsx"
    path.write_text("not a workbook")
    with pytest.raises(WorkbookError, match="cannot be read as a workbook"):
        define.read_workbook(path)


def test_a_workbook_without_the_sheets(tmp_path: Path) -> None:
    path = tmp_path / "spec.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(WorkbookError, match="no sheets Datasets and Variables with rows; found sheet"):
        define.read_workbook(path)
