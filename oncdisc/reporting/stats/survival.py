"""Kaplan–Meier curves, their quantiles and rates, as R's survival and SAS's PROC LIFETEST give them.

The product-limit estimate comes from lifelines. What lifelines leaves out is added here: Greenwood's standard
error, log-log limits, quantiles by the midpoint rule, Brookmeyer–Crowley limits of quantiles.
Sources: Kaplan & Meier 1958; Brookmeyer & Crowley 1982; Kalbfleisch & Prentice 1980, section 1.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_EQUAL = 1.5e-8
"""S counts as equal to p within this: products of fractions are not exact (the tolerance of R's survival)."""


@dataclass(frozen=True)
class Estimate:
    """An estimate and its confidence limits; NaN where it can't be estimated."""

    value: float
    lower: float = np.nan
    upper: float = np.nan


@dataclass(frozen=True)
class Curve:
    """A Kaplan–Meier curve: one entry per distinct time, ascending.

    `at_risk` counts just before the time, `survival` holds from the time on, `std_err` is Greenwood's,
    `lower` and `upper` are log-log limits (NaN where S is 0).
    """

    time: Numbers
    at_risk: Numbers
    events: Numbers
    censored: Numbers
    survival: Numbers
    std_err: Numbers
    lower: Numbers
    upper: Numbers

    @property
    def n(self) -> int:
        """The number of subjects."""
        return int(self.at_risk[0]) if len(self.at_risk) else 0

    def risk_at(self, times: Numbers) -> Numbers:
        """The number at risk just before each of the times."""
        after = np.searchsorted(self.time, times, side="left")
        return np.append(self.at_risk, 0.0)[after]


def kaplan_meier(times: Numbers, events: Flags, confidence: float = 0.95) -> Curve:
    """The curve of times (any unit, not missing) of which `events` are events and the others censored."""
    if not len(times):
        empty = np.zeros(0)
        return Curve(*(empty for _ in range(8)))
    from lifelines import KaplanMeierFitter

    fitted = KaplanMeierFitter().fit(times, events)
    # lifelines starts its table at time 0, where nobody may have left
    table = fitted.event_table.iloc[0 if (times == 0).any() else 1 :]
    at_risk = table["at_risk"].to_numpy(np.float64)
    observed = table["observed"].to_numpy(np.float64)
    survival = fitted.survival_function_["KM_estimate"].to_numpy(np.float64)[-len(table) :]
    survival = np.where(survival < _EQUAL, 0.0, survival)
    # a subject at time 0 enters and leaves in one row of lifelines' table
    at_risk[0] = len(times)
    std_err, lower, upper = _limits(survival, at_risk, observed, confidence)
    censored = table["censored"].to_numpy(np.float64)
    return Curve(table.index.to_numpy(np.float64), at_risk, observed, censored, survival, std_err, lower, upper)


def _limits(survival: Numbers, at_risk: Numbers, events: Numbers, confidence: float) -> tuple[Numbers, ...]:
    """Greenwood's standard error, and limits on the scale log(-log S); both limits 1 while S is 1."""
    z = normal_quantile(confidence)
    left = at_risk - events
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(left > 0, events / (at_risk * left), np.nan))
        std_err = survival * np.sqrt(greenwood)
        spread = z * np.sqrt(greenwood) / np.abs(np.log(survival))
        lower, upper = survival ** np.exp(spread), survival ** np.exp(-spread)
    whole, gone = survival == 1, survival == 0
    lower = np.where(whole, 1.0, np.where(gone, np.nan, lower))
    upper = np.where(whole, 1.0, np.where(gone, np.nan, upper))
    return np.where(gone, np.nan, std_err), lower, upper


def normal_quantile(confidence: float) -> float:
    """The standard normal quantile of a two-sided confidence level: 1.96 for 0.95."""
    from scipy.stats import norm

    return float(norm.ppf(0.5 + confidence / 2))


def quantile(curve: Curve, share: float) -> Estimate:
    """The time by which a share (0.5: the median) has had the event, with Brookmeyer–Crowley limits.

    Where the curve runs level at exactly 1 − share, the middle of that stretch; where that stretch is the
    curve's last, its end is the last time seen (R's survival does so; SAS does not say). The limits are the
    times at which the log-log limits of the curve cross 1 − share, by the same rule.
    """
    return Estimate(
        *(_crossing(curve.time, height, 1 - share) for height in (curve.survival, curve.lower, curve.upper))
    )


def _crossing(time: Numbers, height: Numbers, level: float) -> float:
    """The first time at which a step function is at the level or below it."""
    reached = np.flatnonzero(height <= level + _EQUAL)  # NaN is never reached
    if not len(reached):
        return np.nan
    first = int(reached[0])
    if height[first] < level - _EQUAL:
        return float(time[first])
    below = np.flatnonzero(~(np.abs(height[first:] - level) <= _EQUAL))
    end = first + int(below[0]) if len(below) else len(time) - 1
    return float((time[first] + time[end]) / 2)


def rate_at(curve: Curve, time: float) -> Estimate:
    """The share without the event at a time, with log-log limits; NaN after the last time seen, unless all had it."""
    if not len(curve.time):
        return Estimate(np.nan)
    last = int(np.searchsorted(curve.time, time, side="right")) - 1
    if last < 0:
        return Estimate(1.0, 1.0, 1.0)
    if time > curve.time[-1] and curve.survival[-1] > 0:
        return Estimate(np.nan)
    return Estimate(float(curve.survival[last]), float(curve.lower[last]), float(curve.upper[last]))
