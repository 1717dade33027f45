"""A check's report: JSON for programs, a page, a workbook, a summary in the terminal."""

from __future__ import annotations

from oncdisc.checks.checking import Report
from oncdisc.checks.report.excel import write_excel
from oncdisc.checks.report.guide import to_guide
from oncdisc.checks.report.html import render_html
from oncdisc.checks.report.outcome import groups, to_json
from oncdisc.checks.report.terminal import render

__all__ = ["groups", "keep", "render", "render_html", "to_guide", "to_json", "write_excel"]


def keep(report: Report) -> None:
    """Write findings.json, findings.html and findings.xlsx into the build that was checked."""
    root = report.package.root
    (root / "findings.json").write_text(to_json(report), encoding="utf-8")
    (root / "findings.html").write_text(render_html(report), encoding="utf-8")
    write_excel(report, root / "findings.xlsx")
