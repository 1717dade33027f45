"""`oncdisc build`."""

from __future__ import annotations

from pathlib import Path

import click

from oncdisc.cli.options import names, words
from oncdisc.cli.screen import console, progress, show_result, write_text
from specs.errors import UsageError

_EXAMPLE = """
\b
Examples:
  oncdisc build es_sclc --raw extracts/ --out out/
  oncdisc build cdiscpilot --sdtm sdtm/ --out out/ --formats xpt,dataset-json
  oncdisc build ./my_study --raw extracts/ --out out/ --only DM,AE
"""


@click.command(epilog=_EXAMPLE)
@click.argument("study")
@click.option("--raw", type=click.Path(path_type=Path), help="Folder of raw extracts.")
@click.option("--sdtm", type=click.Path(path_type=Path), help="Folder of existing SDTM datasets: builds ADaM.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to build; replaced as a whole.")
@click.option("--only", callback=names, default="", metavar="DATASET,…", help="Only these; others stay if not stale.")
@click.option("--formats", callback=words, default="xpt", show_default=True, help="Of xpt, dataset-json, parquet, csv.")
@click.option("--partitions", type=int, help="Build in this many parts, not as its size asks; the same bytes come out.")
@click.option("--jobs", default=1, show_default=True, help="Parts built side by side.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True)
@click.option("--scheduler", metavar="ADDR", help="Address of a Dask scheduler.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="A build option of the study's spec.")
@click.option("--json", "json_file", metavar="FILE", help="Write build.json there too; - for stdout.")
def command(
    study: str,
    raw: Path | None,
    sdtm: Path | None,
    out: Path,
    only: tuple[str, ...],
    formats: tuple[str, ...],
    partitions: int | None,
    jobs: int,
    engine: str,
    scheduler: str | None,
    options: tuple[str, ...],
    json_file: str | None,
) -> int:
    """Build STUDY's datasets, define.xml and findings.

    STUDY is a folder with study.yaml, or the name of a study that ships: es_sclc, cdiscpilot.
    """
    from oncdisc.pipeline import build

    _require_folder(json_file)
    with progress(screen := console(), f"Building {study}") as line:
        result = build(
            study,
            out=out,
            raw=raw,
            sdtm=sdtm,
            only=only,
            formats=formats,
            partitions=partitions,
            jobs=jobs,
            engine="dask" if engine == "dask" else "local",
            scheduler=scheduler,
            options=dict(map(_option, options)),
            progress=line,
        )
    show_result(screen, result)
    if json_file:
        write_text(json_file, (out / "build.json").read_text(encoding="utf-8"))
    return result.exit_status


def _require_folder(json_file: str | None) -> None:
    """A build takes long; what would fail at its end is said at its start."""
    if json_file and json_file != "-" and not Path(json_file).parent.is_dir():
        raise UsageError(f"--json {json_file}: no folder {Path(json_file).parent}")


def _option(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"--option {text}: expected NAME=VALUE")
    return name, value
