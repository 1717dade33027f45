"""`oncdisc convert`."""

from __future__ import annotations

from pathlib import Path

import click

from oncdisc.cli.screen import console
from specs.errors import DataError

_EXAMPLE = """
\b
Examples:
  oncdisc convert adsl.xpt adsl.json
  oncdisc convert adsl.json adsl.parquet
"""


@click.command(epilog=_EXAMPLE)
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
def command(source: Path, target: Path) -> int:
    """Convert IN to OUT, by their suffixes: xpt, json, ndjson, dsjc, parquet, csv. Lossless, or refused."""
    from oncdisc.transport import TransportError, convert

    try:
        convert(source, target)
    except TransportError as error:
        raise DataError(str(error)) from error
    console().print(f"[bold]{target}[/bold] written")
    return 0
