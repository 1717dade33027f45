"""Kaplan–Meier curves with censor marks and the numbers at risk below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oncdisc.reporting.figures.style import COLOURS, DASHES, MUTED, Margins, canvas, ticks_to, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_HEIGHT, _LINE = 3.4, 0.19
"""Height of the axes and of a line of the numbers at risk, in inches."""


def draw(data: pd.DataFrame, words: str, unit: str) -> Figure:
    """The curves of `analyses.time_to_event.curves`; times in `unit`."""
    groups = list(dict.fromkeys(data["group"]))
    several = len(groups) > 1
    left = max(0.75, 0.2 + 0.07 * max(map(len, groups))) if several else 0.75
    lines = len(groups) + 1
    figure, axes = canvas(5.9, _HEIGHT, Margins(left=left, right=0.25, bottom=0.62 + _LINE * lines))
    ticks = ticks_to(float(data["time"].max()))
    for number, group in enumerate(groups):
        _curve(axes, data[data["group"] == group], group, number, alone=not several)
    axes.set(xlim=(0, ticks[-1]), ylim=(0, 1.03), xticks=ticks)
    axes.set_xlabel(f"Time, {unit}")
    axes.set_ylabel("Probability of no event")
    title(axes, words)
    axes.axhline(0.5, color=MUTED, lw=0.6, ls=(0, (2, 3)), zorder=0)
    high = float(data.loc[data["time"] >= ticks[-1] / 2, "survival"].mean()) > 0.6
    axes.legend(loc="lower left" if high else "upper right", handlelength=3.2)
    _at_risk(axes, data, groups, ticks)
    return figure


def _curve(axes: Axes, data: pd.DataFrame, group: str, number: int, *, alone: bool) -> None:
    colour, dashes = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    time, survival = data["time"].to_numpy(), data["survival"].to_numpy()
    if alone:
        limits = data.fillna({"lower": 0.0, "upper": 1.0})
        axes.fill_between(time, limits["lower"], limits["upper"], step="post", color=colour, alpha=0.15, lw=0)
    axes.step(time, survival, where="post", color=colour, ls=dashes, lw=1.8, label=group)
    marks = data[data["censored"] > 0]
    axes.plot(marks["time"], marks["survival"], ls="none", marker="|", ms=7, mew=1.1, color=colour)
    if alone and len(marks):
        axes.plot([], [], ls="none", marker="|", ms=7, mew=1.1, color=colour, label="Censored")


def _at_risk(axes: Axes, data: pd.DataFrame, groups: list[str], ticks: list[float]) -> None:
    """Numbers at risk just before each tick, under the axis."""
    from matplotlib.transforms import blended_transform_factory

    place = blended_transform_factory(axes.transData, axes.transAxes)
    first = -0.6 / _HEIGHT
    axes.text(0, first, "Number at risk", transform=axes.transAxes, fontsize=8, fontweight="bold", va="center")
    for number, group in enumerate(groups):
        own = data[data["group"] == group]
        y = first - _LINE / _HEIGHT * (number + 1)
        after = np.searchsorted(own["time"].to_numpy(), ticks, side="left")
        counts = np.append(own["at_risk"].to_numpy(), 0)[after]
        if len(groups) > 1:
            axes.text(-0.035, y, group, transform=axes.transAxes, fontsize=8, va="center", ha="right",
                      color=COLOURS[number % len(COLOURS)])  # fmt: skip
        for tick, count in zip(ticks, counts, strict=True):
            axes.text(tick, y, f"{count:.0f}", transform=place, fontsize=8, ha="center", va="center")
