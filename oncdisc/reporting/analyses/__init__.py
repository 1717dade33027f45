"""One module per kind of result: from the declaration and the datasets to statistics and table lines."""

from __future__ import annotations

from oncdisc.reporting.analyses.run import outcomes

__all__ = ["outcomes"]
