"""`oncdisc demo`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import click

from oncdisc.cli.screen import console, progress, show_result
from specs.wording import counted

_EXAMPLE = """
\b
Example:
  oncdisc demo --out demo/ --subjects 60 --seed 1
"""


@click.command(epilog=_EXAMPLE)
@click.option("--out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True)
@click.option("--subjects", default=60, show_default=True, help="Subjects screened.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same trial.")
def command(out: Path, subjects: int, seed: int) -> int:
    """Simulate the example trial and build all of it.

    The trial is fictional: second-line therapy of extensive-stage small cell lung cancer with selinexor,
    adebrelimab and nab-paclitaxel. Its raw extracts and the truth behind them are left under OUT/raw.
    """
    from oncdisc.pipeline import build
    from oncdisc.pipeline.output import check_target
    from oncdisc.trial import simulate

    check_target(out)
    screen = console()
    with tempfile.TemporaryDirectory() as folder, progress(screen, "Example trial es_sclc") as line:
        raw = Path(folder) / "raw"
        line("simulate", counted(subjects, "subject"))
        simulate("es_sclc", raw, subjects=subjects, seed=seed)
        result = build("es_sclc", raw=raw, out=out, progress=line, extras=lambda target: _keep(raw, target))
    show_result(screen, result)
    return result.exit_status


def _keep(raw: Path, target: Path) -> None:
    """Keep the simulated extracts beside what was built from them."""
    shutil.copytree(raw, target / "raw")
