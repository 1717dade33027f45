"""The hazard ratio of two groups from Cox's model, fitted by lifelines; ties by Efron's method."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oncdisc.reporting.stats.comparison import Codes
from oncdisc.reporting.stats.survival import Flags, Numbers, normal_quantile


@dataclass(frozen=True)
class HazardRatio:
    """exp(coefficient) with Wald limits and p-value; NaN where it can't be estimated."""

    value: float = np.nan
    lower: float = np.nan
    upper: float = np.nan
    p_value: float = np.nan


def hazard_ratio(
    times: Numbers, events: Flags, treated: Flags, strata: Codes | None = None, confidence: float = 0.95
) -> HazardRatio:
    """The hazard of the treated over that of the others, with a baseline hazard for each stratum.

    Not estimable (NaN) where either group has no event: the likelihood has no maximum.
    """
    if not (events & treated).any() or not (events & ~treated).any():
        return HazardRatio()
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError
    from scipy.stats import norm

    layers = np.zeros(len(times), dtype=int) if strata is None else strata
    data = pd.DataFrame(
        {"time": times, "event": events.astype(int), "treated": treated.astype(float), "stratum": layers}
    )
    try:
        with warnings.catch_warnings():
            # lifelines warns of what is looked at below: a coefficient that runs away
            warnings.simplefilter("ignore")
            fitted = CoxPHFitter().fit(data, "time", "event", strata=["stratum"], fit_options={"precision": 1e-10})
    except ConvergenceError:
        return HazardRatio()
    coefficient, error = float(fitted.params_["treated"]), float(fitted.standard_errors_["treated"])
    if not np.isfinite(error) or abs(coefficient) > 15:
        return HazardRatio()
    z = normal_quantile(confidence)
    ratio, lower, upper = (float(np.exp(x)) for x in (coefficient, coefficient - z * error, coefficient + z * error))
    return HazardRatio(ratio, lower, upper, float(2 * norm.sf(abs(coefficient / error))))
