"""A check's report: JSON for programs, a page, a workbook, a summary in the terminal."""

from __future__ import annotations

from oncdisc.checks.report.excel import write_excel
from oncdisc.checks.report.html import render_html
from oncdisc.checks.report.outcome import groups, to_json
from oncdisc.checks.report.terminal import render

__all__ = ["groups", "render", "render_html", "to_json", "write_excel"]
