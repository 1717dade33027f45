"""The log-rank test of two or more groups, over strata if there are any.

lifelines has no stratified test: observed minus expected and its covariance are summed over strata here.
Source: Kalbfleisch & Prentice 1980, section 1.4; Mantel 1966 for the strata.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oncdisc.reporting.stats.survival import Flags, Numbers

Codes = npt.NDArray[np.int_]


@dataclass(frozen=True)
class LogRank:
    """Events observed and expected in each group, the chi-square, its degrees of freedom and p-value."""

    observed: Numbers
    expected: Numbers
    variance: Numbers
    chi_square: float
    df: int
    p_value: float


def log_rank(times: Numbers, events: Flags, groups: Codes, strata: Codes | None = None) -> LogRank:
    """Compare groups, coded 0 … k−1; subjects are compared within their stratum only.

    The p-value is NaN where nothing can be compared: one group, or no event while two groups are at risk.
    """
    from scipy.stats import chi2

    count = int(groups.max()) + 1 if len(groups) else 0
    layers = np.zeros(len(times), dtype=int) if strata is None else strata
    parts = [_stratum(times[layers == s], events[layers == s], groups[layers == s], count) for s in np.unique(layers)]
    observed = np.sum([part[0] for part in parts], axis=0) if parts else np.zeros(0)
    expected = np.sum([part[1] for part in parts], axis=0) if parts else np.zeros(0)
    variance = np.sum([part[2] for part in parts], axis=0) if parts else np.zeros((0, 0))
    # a group that never is at risk at an event adds nothing and has no degree of freedom
    used = expected > 0
    df = int(used.sum()) - 1
    if df < 1 or not np.any(variance):
        return LogRank(observed, expected, variance, np.nan, max(df, 0), np.nan)
    difference, inner = (observed - expected)[used][1:], variance[np.ix_(used, used)][1:, 1:]
    chi_square = float(difference @ np.linalg.pinv(inner) @ difference)
    return LogRank(observed, expected, variance, chi_square, df, float(chi2.sf(chi_square, df)))


def _stratum(times: Numbers, events: Flags, groups: Codes, count: int) -> tuple[Numbers, Numbers, Numbers]:
    """Observed, expected and covariance of one stratum: hypergeometric at each event time."""
    at = np.unique(times[events])
    member = groups[:, None] == np.arange(count)
    died = (times[:, None] == at) & events[:, None]
    d = died.T.astype(float) @ member
    n = (times[:, None] >= at).T.astype(float) @ member
    deaths, risk = d.sum(axis=1), n.sum(axis=1)
    share = n / risk[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(risk > 1, deaths * (risk - deaths) / (risk - 1), 0.0)
    scaled = share * factor[:, None]
    variance = np.diag(scaled.sum(axis=0)) - scaled.T @ share
    return d.sum(axis=0), (share * deaths[:, None]).sum(axis=0), variance
