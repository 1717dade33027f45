"""Forest plot of a result in subgroups: hazard ratios, medians or percentages with their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oncdisc.reporting.figures.style import COLOURS, INK, MARKERS, MUTED, Margins, canvas
from oncdisc.reporting.tables import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LABELS = {"hr": "Hazard ratio (95% CI)", "median": "Median (95% CI)", "pct": "Percentage (95% CI)"}


_LEFT, _WIDTH, _RIGHT, _ROW = 2.7, 3.0, 1.75, 0.22
"""Inches for the words on the left, the axis, the numbers on the right, and the height of a row."""
_START = -_LEFT / _WIDTH + 0.03
"""Where the words begin, as a share of the axis."""


def draw(data: pd.DataFrame, words: str, unit: str, against: str) -> Figure:
    """Rows of `analyses.subgroups`; `against` names the arm that hazard ratios compare with."""
    kind = str(data["statistic"].iloc[0])
    groups = list(dict.fromkeys(data["group"]))
    rows = _rows(data, groups)
    last = float(rows["y"].max())
    legend = 0.32 if len(groups) > 1 else 0.0
    figure, axes = canvas(_WIDTH, _ROW * (last + 2), Margins(_LEFT, _RIGHT, 0.4, 0.55 + legend))
    # the reference arm has the first colour in all figures
    for number, group in enumerate(groups, start=1 if kind == "hr" else 0):
        _limits(axes, rows[rows["group"] == group], data, number, kind)
    _axis(axes, data, kind, unit)
    _words(axes, rows, kind)
    axes.set_ylim(last + 0.6, -1.4)
    height = _ROW * (last + 2)
    words += f", against {against}" if kind == "hr" else ""
    above = 1 + 0.12 / height
    axes.text(_START, above, words, transform=axes.transAxes, fontweight="bold", fontsize=10.5)
    if len(groups) > 1:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.5 / height), ncols=3, fontsize=8)
    return figure


def _rows(data: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    """`y` of each row: a heading for each subgroup, its levels below, the groups of a level close together."""
    order = {group: number for number, group in enumerate(groups)}
    heads = (data["subgroup"] != data["subgroup"].shift()) & (data["subgroup"] != "")
    return data.assign(y=np.arange(len(data)) + heads.cumsum().to_numpy(), head=heads, place=data["group"].map(order))


def _limits(axes: Axes, own: pd.DataFrame, data: pd.DataFrame, number: int, kind: str) -> None:
    """The estimates of a group with their limits; an arrow where a limit lies beyond the axis or isn't known."""
    colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
    axes.plot([], [], ls="none", marker=marker, color=colour, mec=INK, mew=0.5, label=str(own["group"].iloc[0]))
    known = own[own["value"].notna()]
    far = _far(data, kind)
    for side, end, arrow in (("lower", far[0], "<"), ("upper", far[1], ">")):
        limit = known[side].fillna(end).clip(*far)
        axes.hlines(known["y"], known["value"].clip(*far), limit, color=colour, lw=1.4)
        beyond = known[side].isna() | (known[side] < far[0]) | (known[side] > far[1])
        axes.plot(limit[beyond], known["y"][beyond], ls="none", marker=arrow, ms=5, color=colour, clip_on=False)
    sizes = 16 + 50 * known["n"] / max(float(data["n"].max()), 1.0)
    points = known["value"].clip(*far)
    axes.scatter(points, known["y"], s=sizes, marker=marker, color=colour, edgecolor=INK, lw=0.5, zorder=3)


def _far(data: pd.DataFrame, kind: str) -> tuple[float, float]:
    """The ends of the axis; limits beyond them get an arrow."""
    if kind == "pct":
        return 0.0, 100.0
    if kind == "hr":
        return 0.05, 20.0
    known = data[["value", "upper"]].to_numpy(float)
    return 0.0, float(np.nanmax(known)) * 1.08 if np.isfinite(known).any() else 1.0


def _axis(axes: Axes, data: pd.DataFrame, kind: str, unit: str) -> None:
    whole = data.loc[data["subgroup"] == "", "value"]
    if kind == "hr":
        axes.set_xscale("log")
        axes.set_xticks([0.1, 0.2, 0.5, 1, 2, 5, 10], ["0.1", "0.2", "0.5", "1", "2", "5", "10"])
        axes.minorticks_off()
        axes.axvline(1, color=INK, lw=0.8, zorder=0)
    elif len(whole) == 1 and whole.notna().all():
        axes.axvline(float(whole.iloc[0]), color=MUTED, lw=0.8, ls=(0, (4, 3)), zorder=0)
    axes.set_xlim(*_far(data, kind))
    axes.set_xlabel(_LABELS[kind] + (f", {unit}" if unit else ""))
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])


def _words(axes: Axes, rows: pd.DataFrame, kind: str) -> None:
    """Subgroups and levels on the left, counts and the numbers on the right."""
    across = axes.get_yaxis_transform()
    digits = ".2f" if kind == "hr" else ".1f"
    middle, right = -0.04, 1.05
    share = "n / N" if kind == "pct" else "Events / N"
    for x, words, align in ((middle, share, "right"), (right, _LABELS[kind], "left")):
        axes.text(x, -0.95, words, transform=across, fontsize=8, fontweight="bold", ha=align, va="center")
    columns = [rows[name].tolist() for name in ("y", "head", "subgroup", "level", "place", "n", "events")]
    limits = rows[["value", "lower", "upper"]].to_numpy(float)
    for (y, head, subgroup, level, place, n, events), (value, low, high) in zip(
        zip(*columns, strict=True), limits, strict=True
    ):
        if head:
            axes.text(_START, y - 1, subgroup, transform=across, fontsize=8, fontweight="bold", va="center")
        if place == 0:
            weight = "normal" if subgroup else "bold"
            indent = "    " if subgroup else ""
            axes.text(_START, y, indent + level, transform=across, fontsize=8, va="center", fontweight=weight)
        axes.text(middle, y, f"{events} / {n}", transform=across, fontsize=8, ha="right", va="center")
        text = f"{shown(value, digits)} ({shown(low, digits)}, {shown(high, digits)})"
        axes.text(right, y, text, transform=across, fontsize=8, va="center")
