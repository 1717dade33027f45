"""`oncdisc trace`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from oncdisc.cli.screen import console, write_text
from specs.errors import UsageError

if TYPE_CHECKING:
    from oncdisc.review.trace import Output

_EXAMPLE = """
\b
Examples:
  oncdisc trace OUT ADTTE USUBJID=ABC-001 PARAMCD=PFS --variable ADT
  oncdisc trace OUT raw:ae RecordId=10000130    what hangs on this record
  oncdisc trace OUT ADTTE --variable ADT --level variable --graph adt.svg
"""


@click.command(epilog=_EXAMPLE)
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("dataset")
@click.argument("where", nargs=-1, metavar="[VARIABLE=VALUE]…")
@click.option("--variable", help="Trace this variable only; default: all that the record says.")
@click.option("--direction", type=click.Choice(["back", "forward", "both"]), help="Default: raw records forward.")
@click.option("--most", type=click.IntRange(1), default=5, show_default=True, help="Records to trace if many match.")
@click.option("--graph", type=click.Path(path_type=Path), help="Draw the lineage as SVG.")
@click.option(
    "--level",
    type=click.Choice(["record", "variable"]),
    default="record",
    show_default=True,
    help="What the graph shows: this record's records, or the variables behind --variable.",
)
@click.option("--json", "json_file", metavar="FILE", help="The trace as JSON; - for stdout.")
@click.option("--html", type=click.Path(path_type=Path), help="The trace as a page.")
def command(
    out: Path,
    dataset: str,
    where: tuple[str, ...],
    variable: str | None,
    direction: Literal["back", "forward", "both"] | None,
    most: int,
    graph: Path | None,
    level: str,
    json_file: str | None,
    html: Path | None,
) -> int:
    """Say where records of DATASET come from, down to the raw record, and what is made from them.

    DATASET is a dataset of the build in OUT, or a raw form (in lower case, or raw:FORM). Nothing but OUT is read.
    """
    from oncdisc.review import trace as room

    output = room.Output(out)
    values = dict(map(_pair, where))
    found = room.trace(output, dataset, values, variable=variable, direction=direction, most=most)
    room.render(found, console())
    if json_file:
        write_text(json_file, room.to_json(found))
    if html:
        html.write_text(room.render_html(found, output), encoding="utf-8")
    if graph:
        drawing = _variables(output, dataset, variable, values) if level == "variable" else None
        graph.write_text(drawing or room.draw_records(output, found), encoding="utf-8")
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise UsageError(f"{text}: expected VARIABLE=VALUE")
    return name, value


def _variables(output: Output, dataset: str, variable: str | None, values: dict[str, str]) -> str:
    from oncdisc.review import trace as room

    if variable is None:
        raise UsageError("--level variable needs --variable")
    return room.draw_variables(output, dataset, variable, values.get("PARAMCD"))
