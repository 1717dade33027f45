"""Statistics of survival and response: pure functions over arrays, in agreement with R's survival and with SAS."""

from __future__ import annotations

from oncdisc.reporting.stats.comparison import LogRank, log_rank
from oncdisc.reporting.stats.hazard import HazardRatio, hazard_ratio
from oncdisc.reporting.stats.proportion import Proportion, clopper_pearson
from oncdisc.reporting.stats.survival import Curve, Estimate, kaplan_meier, quantile, rate_at

__all__ = [
    "Curve",
    "Estimate",
    "HazardRatio",
    "LogRank",
    "Proportion",
    "clopper_pearson",
    "hazard_ratio",
    "kaplan_meier",
    "log_rank",
    "quantile",
    "rate_at",
]
