"""Review: two datasets compared as PROC COMPARE does."""

from __future__ import annotations

from oncdisc.review.comparison import Comparison, FolderComparison, GroupComparison, ValueComparison
from oncdisc.review.errors import ColumnError, ComparisonError, GroupsError, KeysError, OptionError
from oncdisc.review.excel import write_excel
from oncdisc.review.files import compare, compare_files, compare_folders, compare_paths
from oncdisc.review.html import render_html
from oncdisc.review.keys import define_keys, propose_keys
from oncdisc.review.options import (
    Leniency,
    Method,
    Options,
    Tolerance,
    parse_leniencies,
    parse_tolerances,
    tolerance,
)
from oncdisc.review.patterns import Pattern
from oncdisc.review.procedure import compare_tables
from oncdisc.review.reported import as_dict, comparison_findings, headline, to_json
from oncdisc.review.sources import read_table, table_from_dataset
from oncdisc.review.sysinfo import SysInfo, bit_names
from oncdisc.review.tables import Table, VariableAttributes
from oncdisc.review.terminal import render

__all__ = [
    "ColumnError",
    "Comparison",
    "ComparisonError",
    "FolderComparison",
    "GroupComparison",
    "GroupsError",
    "KeysError",
    "Leniency",
    "Method",
    "OptionError",
    "Options",
    "Pattern",
    "SysInfo",
    "Table",
    "Tolerance",
    "ValueComparison",
    "VariableAttributes",
    "as_dict",
    "bit_names",
    "compare",
    "compare_files",
    "compare_folders",
    "compare_paths",
    "compare_tables",
    "comparison_findings",
    "define_keys",
    "headline",
    "parse_leniencies",
    "parse_tolerances",
    "propose_keys",
    "read_table",
    "render",
    "render_html",
    "table_from_dataset",
    "to_json",
    "tolerance",
    "write_excel",
]
