"""The difference of two builds as one self-contained page."""

from __future__ import annotations

from pathlib import Path

from oncdisc.review.builds.difference import BuildDifference

TEMPLATES = Path(__file__).parents[1] / "templates"


def render_html(found: BuildDifference) -> str:
    """The page, without scripts or anything from elsewhere; what comes from data is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("builds.html").render(found=found)
