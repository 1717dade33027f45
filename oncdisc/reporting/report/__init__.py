"""`report.html`: one self-contained page for a build, the one to open first."""

from __future__ import annotations

from oncdisc.reporting.report.page import write_report

__all__ = ["write_report"]
