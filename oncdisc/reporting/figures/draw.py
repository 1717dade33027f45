"""Draws and writes the figures of outcomes: the same data give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from oncdisc.reporting.declaration import Changes
from oncdisc.reporting.figures import forest, km, swimmer, waterfall
from oncdisc.reporting.figures.style import styled
from oncdisc.reporting.statistics import Outcome
from specs.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("svg", "pdf", "png")
_METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def draw(outcome: Outcome, kind: str) -> Figure:
    """One figure of a result."""
    data, result = outcome.figures[kind], outcome.result
    title = result.title
    with styled():
        if kind == "km":
            return km.draw(data, title, _unit(outcome))
        if kind == "forest":
            return forest.draw(data, title, _forest_unit(outcome), _against(outcome))
        if kind == "waterfall":
            return waterfall.draw(data, title, *_changes(result.waterfall))
        if kind == "spider":
            return waterfall.draw_spider(data, title, *_changes(result.spider))
        return swimmer.draw(data, title)


def _changes(wanted: Changes | None) -> tuple[Sequence[float], str]:
    """The reference lines and the words over the legend."""
    response = wanted.response if wanted else None
    return (wanted.lines if wanted else ()), (response.label if response else "Response")


def _unit(outcome: Outcome) -> str:
    return outcome.result.time_to_event.shown if outcome.result.time_to_event else ""


def _forest_unit(outcome: Outcome) -> str:
    kind = str(outcome.figures["forest"]["statistic"].iloc[0])
    return _unit(outcome) if kind == "median" else ""


def _against(outcome: Outcome) -> str:
    shown = set(outcome.figures["forest"]["group"])
    return next((group.name for group in outcome.groups if group.name not in shown), "")


def figure_bytes(outcome: Outcome, kind: str, form: str = "svg") -> bytes:
    """A figure as a file's bytes, without a date."""
    figure = draw(outcome, kind)
    file = io.BytesIO()
    with styled():
        figure.savefig(file, format=form, metadata=_METADATA[form], dpi=200)
    return file.getvalue()


def write_figures(outcomes: Sequence[Outcome], target: Path, formats: tuple[str, ...]) -> list[Path]:
    """Write `figures/` and, in `data/`, what each is drawn from. Raises UsageError for an unknown format."""
    unknown = [form for form in formats if form not in FORMATS]
    if unknown:
        raise UsageError(f"no figures as {unknown[0]}: expected {', '.join(FORMATS)}")
    written: list[Path] = []
    for outcome in outcomes:
        for kind, data in outcome.figures.items():
            if data.empty:
                continue
            name = f"{outcome.id.lower()}_{kind}"
            for form in formats:
                written.append(_write(target / "figures" / f"{name}.{form}", figure_bytes(outcome, kind, form)))
            written.append(
                _write(target / "data" / f"{name}.csv", data.to_csv(index=False, float_format="%.10g").encode())
            )
    return written


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
