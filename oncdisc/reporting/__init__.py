"""Results, figures and the report of a build.

from oncdisc.reporting import results
frame = results("out/")          # one statistic a row
"""

from __future__ import annotations

from oncdisc.reporting.arm import with_displays
from oncdisc.reporting.load import load_declaration
from oncdisc.reporting.report import write_report
from oncdisc.reporting.write import Results, make_results, results, spec_of, write_results

__all__ = [
    "Results",
    "load_declaration",
    "make_results",
    "results",
    "spec_of",
    "with_displays",
    "write_report",
    "write_results",
]
