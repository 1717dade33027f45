"""Figures of results, drawn from the results' own data and written beside it."""

from __future__ import annotations

from oncdisc.reporting.figures.draw import FORMATS, draw, figure_bytes, write_figures

__all__ = ["FORMATS", "draw", "figure_bytes", "write_figures"]
