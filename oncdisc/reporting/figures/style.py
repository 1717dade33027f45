"""One look for all figures: colours that the colour-blind tell apart, each with a line style and a marker of its own.

Colours are Okabe and Ito's; they differ in lightness too, so that figures read in black and white.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, GRID = "#1b1f24", "#5b636d", "#d9dde2"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)), (0, (1, 1)), (0, (8, 3, 1, 3, 1, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P")
RESPONSES: dict[str, tuple[str, str, str]] = {
    "CR": ("#00441b", "", "*"),
    "PR": ("#41ab5d", "///", "^"),
    "SD": ("#9ecae1", "", "s"),
    "NON-CR/NON-PD": ("#c6dbef", "...", "D"),
    "PD": ("#D55E00", "xxx", "X"),
    "NE": ("#ffffff", "", "o"),
}
"""Fill, hatch and marker of each response; lightness falls from NE to CR, progression is hatched."""
OTHER = ("#e8e8e8", "", "o")
_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so the same everywhere
    "font.size": 9,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "hatch.linewidth": 0.5,
    "legend.frameon": False,
    "svg.hashsalt": "oncdisc",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def styled() -> Generator[None]:
    """The settings, while a figure is drawn or saved."""
    import matplotlib as mpl

    with mpl.rc_context(_SETTINGS):
        yield


@dataclass(frozen=True)
class Margins:
    """What lies around the axes, in inches."""

    left: float = 0.75
    right: float = 0.55
    top: float = 0.4
    bottom: float = 0.55


_MARGINS = Margins()


def canvas(width: float, height: float, margins: Margins = _MARGINS) -> tuple[Figure, Axes]:
    """A figure with one pair of axes of `width` by `height` inches within its margins; needs no window system."""
    from matplotlib.figure import Figure

    whole = (width + margins.left + margins.right, height + margins.top + margins.bottom)
    figure = Figure(figsize=whole)
    place = (margins.left / whole[0], margins.bottom / whole[1], width / whole[0], height / whole[1])
    return figure, figure.add_axes(place)


def title(axes: Axes, words: str, above: float = 0.0) -> None:
    """The figure's title, flush with the left end of the axes, so many inches further up than it would be."""
    axes.set_title(words, loc="left", fontweight="bold", fontsize=10.5, pad=6 + 72 * above)


def response_style(response: str) -> tuple[str, str, str]:
    """Fill, hatch and marker of a response."""
    return RESPONSES.get(response, OTHER)


def ticks_to(last: float) -> list[float]:
    """Ticks from 0 to the last time or just past it, in steps that leave at most 9 of them."""
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if last / step <= 8), 120)
    return [float(step * number) for number in range(max(ceil(last / step), 1) + 1)]
