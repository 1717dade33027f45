"""Conformance: what an agency would reject, found before it is sent."""

from __future__ import annotations

from oncdisc.checks.acceptance import Accepted
from oncdisc.checks.checking import Report, check, run, settle
from oncdisc.checks.data import Data
from oncdisc.checks.package import Package
from oncdisc.checks.reading import package_of, read_package
from oncdisc.checks.registry import Applies, Breach, Rule, all_rules
from oncdisc.checks.report import keep, render, render_html, to_guide, to_json, write_excel

__all__ = [
    "Accepted",
    "Applies",
    "Breach",
    "Data",
    "Package",
    "Report",
    "Rule",
    "all_rules",
    "check",
    "keep",
    "package_of",
    "read_package",
    "render",
    "render_html",
    "run",
    "settle",
    "to_guide",
    "to_json",
    "write_excel",
]
