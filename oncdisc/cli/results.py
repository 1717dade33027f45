"""`oncdisc results`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oncdisc.cli.options import words
from oncdisc.cli.screen import console, write_text
from specs.wording import counted

if TYPE_CHECKING:
    from oncdisc.reporting import Results
    from specs.resolved import Spec

_EXAMPLE = """
\b
Examples:
  oncdisc results out/
  oncdisc results out/ --figures svg,pdf --rtf
  oncdisc results out/ --json - | jq '.results[] | select(.statistic == "median")'
"""


@click.command(epilog=_EXAMPLE)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--study", metavar="STUDY", help="A spec to make them by; default: the one it was built with.")
@click.option("--figures", callback=words, default="svg", show_default=True, help="Of svg, pdf, png.")
@click.option("--rtf", is_flag=True, help="Tables also as RTF (needs the extra oncdisc[rtf]).")
@click.option("--json", "json_file", metavar="FILE", help="Write the statistics there too; - for stdout.")
def command(out: Path, study: str | None, figures: tuple[str, ...], rtf: bool, json_file: str | None) -> int:
    """Efficacy tables and figures of a build, and its report.

    OUT is a folder that `oncdisc build` or `oncdisc demo` made. What its study declares in results.yaml is made
    from the analysis datasets alone, into OUT/results; OUT/report.html is the page to open. To try a results.yaml
    that has changed since, name its study with --study.
    """
    from oncdisc.engines import load_spec
    from oncdisc.reporting import spec_of, write_report, write_results

    spec = load_spec(study) if study else spec_of(out)
    found = write_results(out, spec, rtf=rtf, formats=figures)
    page = write_report(out, spec, found)
    screen = console()
    for name, dataset in found.lacking.items():
        screen.print(f"[dim]{name} not made: the build has no {dataset}[/dim]")
    screen.print(_made(found, spec), soft_wrap=True)
    for path in (out / "results" / "tables.html", page):
        if path.is_file():
            screen.print(f"  [bold]{path}[/bold]", soft_wrap=True)
    if json_file and (out / "results" / "results.json").is_file():
        write_text(json_file, (out / "results" / "results.json").read_text(encoding="utf-8"))
    return 0


def _made(found: Results, spec: Spec) -> str:
    if found.outcomes:
        return f"{counted(len(found.frame), 'statistic')} of {counted(len(found.outcomes), 'result')}"
    if found.lacking:
        return "No results were made, only the report"
    return f"{spec.study.study} declares no results (its study has no results.yaml): only the report was made"
