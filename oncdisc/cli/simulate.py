"""`oncdisc simulate`."""

from __future__ import annotations

from pathlib import Path

import click

from oncdisc.cli.screen import console, progress
from specs.wording import counted

_EXAMPLE = """
\b
Example:
  oncdisc simulate es_sclc --out raw/ --subjects 500 --seed 7 --messy
"""


@click.command(epilog=_EXAMPLE)
@click.argument("study")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the extracts; must be new or empty."
)
@click.option("--subjects", default=60, show_default=True, help="Subjects screened.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same trial.")
@click.option("--messy", is_flag=True, help="With what real sites do: duplicates, mixed formats, unknown subjects.")
def command(study: str, out: Path, subjects: int, seed: int, messy: bool) -> int:
    """Write STUDY's raw extracts as an EDC would export them, and truth.csv beside them.

    The simulator knows each subject's truth from its own event model, not from this package's derivations.
    """
    from oncdisc.trial import simulate
    from specs.errors import UsageError

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there already: name a new or empty folder")
    screen = console()
    with progress(screen, f"Simulating {study}") as line:
        line("simulate", counted(subjects, "subject"))
        simulate(study, out, subjects=subjects, seed=seed, messy=messy)
    screen.print(f"{counted(len(list(out.glob('*.csv'))), 'file')} in [bold]{out}[/bold]")
    return 0
