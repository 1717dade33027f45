"""`oncdisc diff`."""

from __future__ import annotations

from pathlib import Path

import click

from oncdisc.cli.screen import console, write_text

_EXAMPLE = """
\b
Example:
  oncdisc diff builds/yesterday builds/today --html diff.html
"""


@click.command(epilog=_EXAMPLE)
@click.argument("out_a", type=click.Path(path_type=Path))
@click.argument("out_b", type=click.Path(path_type=Path))
@click.option("--json", "json_file", metavar="FILE", help="The difference as JSON; - for stdout.")
@click.option("--html", type=click.Path(path_type=Path), help="The difference as a page.")
def command(out_a: Path, out_b: Path, json_file: str | None, html: Path | None) -> int:
    """Say what changed from the build in OUT_A to that in OUT_B: datasets, and subject by subject the endpoints.

    Each change names the raw records that caused it. Exit status 0: no dataset differs; 1: some do.
    """
    from oncdisc.review import builds

    found = builds.diff(out_a, out_b)
    builds.render(found, console())
    if json_file:
        write_text(json_file, builds.to_json(found))
    if html:
        html.write_text(builds.render_html(found), encoding="utf-8")
    return 0 if found.equal else 1
