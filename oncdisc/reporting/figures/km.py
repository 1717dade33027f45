"""Kaplan–Meier curves with censor marks and the numbers at risk below."""

from __future__ import annotations

from math import ceil, floor
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oncdisc.reporting.figures.style import COLOURS, DASHES, MUTED, Margins, canvas, ticks_to, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_WIDTH, _HEIGHT, _LINE = 5.9, 3.4, 0.19
"""Width and height of the axes and height of a line of words around them, in inches."""
_NAME = 24
"""Letters of an arm's name on a line beside its numbers at risk."""
_KEY = 0.15
"""Of the width, what a key of the legend takes besides its words; a letter takes a ninetieth."""


def draw(data: pd.DataFrame, words: str, unit: str) -> Figure:
    """The curves of `analyses.time_to_event.curves`; times in `unit`."""
    groups = list(dict.fromkeys(data["group"]))
    names = [wrap(group, _NAME) for group in groups] if len(groups) > 1 else [[""]]
    left = max(0.75, 0.2 + 0.07 * max(len(line) for name in names for line in name))
    columns = _columns([*groups, "Censored"])
    keys = ceil((len(groups) + 1) / columns)
    margins = Margins(left, 0.25, 0.4 + _LINE * keys, 0.62 + _LINE * (1 + sum(map(len, names))))
    figure, axes = canvas(_WIDTH, _HEIGHT, margins)
    ticks = ticks_to(float(data["time"].max()))
    for number, group in enumerate(groups):
        _curve(axes, data[data["group"] == group], group, number, alone=len(groups) == 1)
    axes.set(xlim=(0, ticks[-1]), ylim=(0, 1.03), xticks=ticks)
    axes.set_xlabel(f"Time, {unit}")
    axes.set_ylabel("Probability of no event")
    title(axes, words, above=_LINE * keys)
    axes.axhline(0.5, color=MUTED, lw=0.6, ls=(0, (2, 3)), zorder=0)
    _legend(axes, columns, censored=bool((data["censored"] > 0).any()))
    _at_risk(axes, data, dict(zip(groups, names, strict=True)), ticks)
    return figure


def _columns(words: list[str]) -> int:
    """How many keys of the legend stand side by side: all where they have room, else what columns of one width have."""
    if sum(_KEY + len(word) / 90 for word in words) <= 1:
        return len(words)
    return max(1, min(len(words), floor(1 / (_KEY + max(map(len, words)) / 90))))


def _legend(axes: Axes, columns: int, *, censored: bool) -> None:
    """The keys between title and axes: no curve passes there."""
    if censored:
        axes.plot([], [], ls="none", marker="|", ms=7, mew=1.1, color=MUTED, label="Censored")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0, borderpad=0, ncols=columns, fontsize=8,
                handlelength=3.2, columnspacing=1.6, labelspacing=0.35)  # fmt: skip


def _curve(axes: Axes, data: pd.DataFrame, group: str, number: int, *, alone: bool) -> None:
    colour, dashes = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
    time, survival = data["time"].to_numpy(), data["survival"].to_numpy()
    if alone:
        limits = data.fillna({"lower": 0.0, "upper": 1.0})
        axes.fill_between(time, limits["lower"], limits["upper"], step="post", color=colour, alpha=0.15, lw=0)
    axes.step(time, survival, where="post", color=colour, ls=dashes, lw=1.8, label=group)
    marks = data[data["censored"] > 0]
    axes.plot(marks["time"], marks["survival"], ls="none", marker="|", ms=7, mew=1.1, color=colour)


def _at_risk(axes: Axes, data: pd.DataFrame, names: dict[str, list[str]], ticks: list[float]) -> None:
    """Numbers at risk just before each tick, under the axis, beside the lines of each group's name."""
    from matplotlib.transforms import blended_transform_factory

    place = blended_transform_factory(axes.transData, axes.transAxes)
    y, line = -0.6 / _HEIGHT, _LINE / _HEIGHT
    axes.text(0, y, "Number at risk", transform=axes.transAxes, fontsize=8, fontweight="bold", va="center")
    for number, (group, name) in enumerate(names.items()):
        own = data[data["group"] == group]
        after = np.searchsorted(own["time"].to_numpy(), ticks, side="left")
        counts = np.append(own["at_risk"].to_numpy(), 0)[after]
        for tick, count in zip(ticks, counts, strict=True):
            axes.text(tick, y - line, f"{count:.0f}", transform=place, fontsize=8, ha="center", va="center")
        for words in name:
            y -= line
            axes.text(-0.035, y, words, transform=axes.transAxes, fontsize=8, va="center", ha="right",
                      color=COLOURS[number % len(COLOURS)])  # fmt: skip
