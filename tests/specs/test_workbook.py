"""Workbooks: text is text, the same content the same bytes."""

from __future__ import annotations

import io

import openpyxl

from specs.workbook import LONGEST_CELL, append_row, without_times


def written(rows, title="A"):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        append_row(sheet, row)
    stream = io.BytesIO()
    book.save(stream)
    return without_times(stream.getvalue())


def test_text_is_never_a_formula_and_always_fits():
    sheet = openpyxl.load_workbook(io.BytesIO(written([["=1+1", "a\x01b", "x" * 40000, 5, None]]))).active
    cells = next(iter(sheet.iter_rows()))
    assert [cell.value for cell in cells[:2]] == ["=1+1", "a\ufffdb"]
    assert cells[0].data_type == "s"
    assert len(cells[2].value) == LONGEST_CELL
    assert cells[3].value == 5


def test_the_same_content_gives_the_same_bytes():
    assert written([["a", 1]]) == written([["a", 1]])
