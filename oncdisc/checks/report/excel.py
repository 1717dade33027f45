"""A report as a workbook: a sheet of counts, one of findings, one of what was accepted.

Values are written as text cells, so that data that begins with an equals sign stays data; the same report gives
the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncdisc.checks.checking import Report
from oncdisc.checks.report.outcome import FoundGroup, groups
from specs.workbook import Cell, append_row, without_times

if TYPE_CHECKING:
    from openpyxl import Workbook

SUMMARY = ("severity", "rule", "published", "dataset", "variable", "count", "what must hold", "found")
FINDINGS = ("severity", "rule", "published", "dataset", "variable", "usubjid", "value", "message", "source")
ACCEPTED = ("rule", "dataset", "variable", "only", "count", "reason")
WIDTHS = {
    "severity": 10, "rule": 28, "published": 24, "dataset": 11, "variable": 12, "count": 9, "what must hold": 50,
    "found": 60, "usubjid": 24, "value": 28, "message": 60, "source": 44, "only": 40, "reason": 80,
}  # fmt: skip
_WRAPPED = ("published", "what must hold", "found", "value", "message", "only", "reason")
_MOST = 1_000_000


def write_excel(report: Report, path: str | Path) -> None:
    """Write the workbook; each group's first thousand findings, and exact counts in the summary."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    found = groups(report)
    _sheet(book, "Summary", SUMMARY, map(_summary, found))
    _sheet(book, "Findings", FINDINGS, (list(finding) for finding in _findings(found)))
    _sheet(book, "Accepted", ACCEPTED, (_accepted(item) for item in report.accepted))
    stream = io.BytesIO()
    book.save(stream)
    Path(path).write_bytes(without_times(stream.getvalue()))


def _summary(group: FoundGroup) -> list[Cell]:
    return [
        group.severity, group.rule, group.published, group.dataset, group.variable, group.count, group.sentence,
        "\n".join(group.examples),
    ]  # fmt: skip


def _findings(found: list[FoundGroup]) -> Iterable[Sequence[Cell]]:
    for group in found:
        for finding in group.shown:
            said = finding.as_dict()
            yield [said[name] for name in FINDINGS]


def _accepted(item: Any) -> list[Cell]:
    said = item.acceptance
    return [said.rule, said.dataset, said.variable, item.narrowed, item.count, said.reason]


def _sheet(book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    head, top, wrapped = Font(bold=True), Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)

    def dress(place: int, cell: Any) -> None:
        cell.alignment = wrapped if header[place] in _WRAPPED else top

    def dress_head(place: int, cell: Any) -> None:
        cell.font, cell.alignment = head, wrapped

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS[name]
    append_row(sheet, list(header), dress_head)
    written = 1
    for row in rows:
        append_row(sheet, row, dress)
        written += 1
        if written >= _MOST:
            break
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{written}"
