"""Waterfall of best change and spider of all changes of the sum of diameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from oncdisc.reporting.declaration import DAYS
from oncdisc.reporting.figures.style import GRID, INK, MUTED, RESPONSES, Margins, canvas, response_style, title
from oncdisc.reporting.stats.survival import Numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CAP = 100.0
"""Increases above this are cut, with their number beside them: one subject would flatten all others."""

_OUTLINED = 120
"""Bars that are outlined and hatched."""
_WHITE = "#ffffff"


_MARGINS = Margins(bottom=1.1)


def draw(data: pd.DataFrame, words: str, lines: Sequence[float], legend: str) -> Figure:
    """Bars of `analyses.courses.best_changes`, the largest change first."""
    figure, axes = canvas(5.9, 3.3, _MARGINS)
    shown = data["change"].clip(upper=_CAP)
    for response in _present(data["response"]):
        chosen = (data["response"] == response).to_numpy()
        axes.bar(np.flatnonzero(chosen), shown[chosen], label=response, **_bar(response, len(data)))
    for place in np.flatnonzero((data["change"] > _CAP).to_numpy()).tolist():
        axes.text(
            place, _CAP + 1.5, f"{data['change'].iloc[place]:.0f}", ha="center", va="bottom", fontsize=7, rotation=90
        )
    _reference(axes, lines)
    if (data["change"] > _CAP).any():
        axes.set_ylim(top=1.14 * _CAP)
    axes.set(xlim=(-0.8, max(len(data), 1) - 0.2), xticks=[])
    axes.set_xlabel(f"Subjects with a measurement after baseline (n={len(data)})")
    axes.set_ylabel("Best change of the sum of diameters, %")
    title(axes, words)
    if len(data):
        _legend(axes, -0.1, legend)
    return figure


def _bar(response: str, bars: int) -> dict[str, Any]:
    """The look of a response's bars; edges and hatches of very many would hide their colours."""
    fill, hatch, _ = response_style(response)
    if bars > _OUTLINED:
        return {"width": 1.0, "color": GRID if fill == _WHITE else fill, "lw": 0}
    return {"width": 0.82, "color": fill, "hatch": hatch, "edgecolor": INK, "lw": 0.5}


def _legend(axes: Axes, below: float, words: str) -> None:
    """The responses in a row under the axis, out of the way of the data."""
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, below), ncols=6, fontsize=8, title=words,
                title_fontsize=8, columnspacing=1.5)  # fmt: skip


def _present(responses: pd.Series) -> list[str]:
    found = set(responses)
    return [*(known for known in RESPONSES if known in found), *sorted(found - set(RESPONSES))]


def _reference(axes: Axes, lines: Sequence[float]) -> None:
    axes.axhline(0, color=INK, lw=0.8)
    for line in lines:
        axes.axhline(line, color=MUTED, lw=0.9, ls=(0, (5, 3)), zorder=0)
        axes.text(1.003, line, f"{line:+.0f}%".replace("-", "−"), transform=axes.get_yaxis_transform(), fontsize=8,
                  color=MUTED, va="center")  # fmt: skip


def draw_spider(data: pd.DataFrame, words: str, lines: Sequence[float], legend: str) -> Figure:
    """Lines of `analyses.courses.changes`, a line a subject, its end marked by best response."""
    figure, axes = canvas(5.9, 3.5, _MARGINS)
    months = data["day"] / DAYS["months"]
    for response in _present(data["response"]):
        chosen = data[data["response"] == response]
        fill, _, marker = response_style(response)
        edge = MUTED if fill == _WHITE else fill
        breaks = chosen["USUBJID"] != chosen["USUBJID"].shift()
        axes.plot(
            *_joined(months[chosen.index], chosen["change"].clip(upper=2 * _CAP), breaks), color=edge, lw=1, alpha=0.9
        )
        ends = chosen.drop_duplicates("USUBJID", keep="last")
        axes.plot(months[ends.index], ends["change"].clip(upper=2 * _CAP), ls="none", marker=marker, ms=6, color=fill,
                  mec=INK, mew=0.5, label=response)  # fmt: skip
    _reference(axes, lines)
    axes.set(xlim=(0, max(float(months.max()) * 1.03, 1.0) if len(data) else 1.0))
    axes.set_xlabel("Time since the start, months")
    axes.set_ylabel("Change of the sum of diameters, %")
    title(axes, words)
    if len(data):
        _legend(axes, -0.16, legend)
    return figure


def _joined(x: pd.Series, y: pd.Series, breaks: pd.Series) -> tuple[Numbers, Numbers]:
    """All lines as one, with a gap before each subject's first point."""
    starts = np.flatnonzero(breaks.to_numpy())
    return np.insert(x.to_numpy(float), starts, np.nan), np.insert(y.to_numpy(float), starts, np.nan)
