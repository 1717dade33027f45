"""A report as a workbook: a sheet of counts, one of findings, one of what was accepted.

Values are written as text cells, so that data that begins with an equals sign stays data; the same report gives
the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncdisc.checks.checking import Report
from oncdisc.checks.report.outcome import FoundGroup, groups

if TYPE_CHECKING:
    from openpyxl import Workbook

SUMMARY = ("severity", "rule", "published", "dataset", "variable", "count", "what must hold", "found")
FINDINGS = ("severity", "rule", "published", "dataset", "variable", "usubjid", "value", "message", "source")
ACCEPTED = ("rule", "dataset", "variable", "count", "reason")
WIDTHS = {"sentence": 60, "message": 60, "what must hold": 60, "found": 60, "reason": 60, "usubjid": 24, "source": 40}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f￾￿]")
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_LONGEST = 32767
_MOST = 1_000_000
Cell = str | int


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
    Path(path).write_bytes(_without_times(stream.getvalue()))


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
    return [said.rule, said.dataset, said.variable, item.count, said.reason]


def _sheet(book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(name, 14)
    written = 0
    for row in [list(header), *rows]:
        cells: list[Any] = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_plain(value))
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
        written += 1
        if written >= _MOST:
            break
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{written}"


def _plain(value: Cell) -> Cell:
    return _UNPRINTABLE.sub("�", value)[:_LONGEST] if isinstance(value, str) else value


def _without_times(content: bytes) -> bytes:
    """The workbook's container again, with constant times."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z\2", part)
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), part, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
