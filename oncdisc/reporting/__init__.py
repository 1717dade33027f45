"""Results, figures and the report of a build.

from oncdisc.reporting import results
frame = results("out/")          # one statistic a row
"""

from __future__ import annotations

from oncdisc.reporting.load import load_declaration
from oncdisc.reporting.statistics import COLUMNS, Outcome, Statistic

__all__ = ["COLUMNS", "Outcome", "Statistic", "load_declaration"]
