"""A trace as one self-contained page: each record can be opened, with the drawing above."""

from __future__ import annotations

from pathlib import Path

from oncdisc.review.trace.graphs import draw_records
from oncdisc.review.trace.output import Output
from oncdisc.review.trace.tracing import Trace

TEMPLATES = Path(__file__).parents[1] / "templates"


def render_html(found: Trace, output: Output) -> str:
    """The page, without scripts or anything from elsewhere; what comes from data is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawing = draw_records(output, found)
    return environment.get_template("trace.html").render(found=found, drawing=drawing)
