"""`oncdisc check`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from oncdisc.cli.screen import console, progress, write_text
from specs.errors import UsageError

if TYPE_CHECKING:
    from oncdisc.checks import Report

_EXAMPLE = """
\b
Examples:
  oncdisc check demo/
  oncdisc check submission/m5/datasets --ct "SDTM Terminology.txt" --html findings.html
  oncdisc check demo/ --core --json -
"""


@click.command(epilog=_EXAMPLE)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--ct", multiple=True, type=click.Path(path_type=Path),
              help="Terminology as NCI publishes it: text, Excel or ODM-XML. Repeatable.")  # fmt: skip
@click.option("--core", is_flag=True, help="Run CDISC's rules engine too; docs/checks.md says how to set it up.")
@click.option("--core-home", type=click.Path(path_type=Path), help="Its environment; default $ONCDISC_CORE.")
@click.option("--core-cache", type=click.Path(path_type=Path), help="Its rules; default $ONCDISC_CORE_CACHE.")
@click.option("--study", type=click.Path(path_type=Path), help="The study: what it accepts, what its spec derives.")
@click.option("--rule", "only", multiple=True, metavar="ID", help="Only this rule or family of rules. Repeatable.")
@click.option("--json", "json_file", metavar="FILE", help="The findings as JSON; - for stdout.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="The findings as a page.")
@click.option("--xlsx", "xlsx_file", type=click.Path(path_type=Path), help="The findings as a workbook.")
@click.option("--guide", "guide_file", type=click.Path(path_type=Path),
              help="The tables of a reviewer's guide, as Markdown.")  # fmt: skip
def command(
    out: Path,
    ct: tuple[Path, ...],
    core: bool,
    core_home: Path | None,
    core_cache: Path | None,
    study: Path | None,
    only: tuple[str, ...],
    json_file: str | None,
    html_file: Path | None,
    xlsx_file: Path | None,
    guide_file: Path | None,
) -> int:
    """Check a build, or any folder of datasets with or without define.xml, for what an agency would reject.

    A build keeps its findings: findings.json, .html and .xlsx are written into it. Exit status 0: no error
    finding is open; 1: there are some; 2: what was asked is wrong, nothing was checked; 3: it could not finish, such
    as where a file could not be written.
    """
    from oncdisc import checks

    _refuse_unwritable(*(Path(file) for file in (json_file, html_file, xlsx_file, guide_file) if file and file != "-"))
    screen = console()
    with progress(screen, f"Check {out}") as line:
        report = checks.check(
            out,
            ct=ct,
            only=only,
            study=study,
            core=core,
            core_home=core_home,
            core_cache=core_cache,
            progress=line,
        )
    checks.render(report, screen)
    if report.package.build is not None and not only:
        checks.keep(report)
        screen.print(f"  [bold]{out / 'findings.html'}[/bold]  [dim]every finding, searchable[/dim]", soft_wrap=True)
    _reports(report, json_file, html_file, xlsx_file, guide_file)
    return report.exit_status


def _refuse_unwritable(*files: Path) -> None:
    """Raises UsageError before the check where a report could not be written after it."""
    for file in files:
        if file.is_dir():
            raise UsageError(f"{file}: found a folder; expected a file to write")
        if not file.parent.is_dir():
            raise UsageError(f"{file}: found no folder {file.parent}; it must be there to write the file into")
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise UsageError(f"{file}: may not be written")


def _reports(
    report: Report, json_file: str | None, html_file: Path | None, xlsx_file: Path | None, guide_file: Path | None
) -> None:
    from oncdisc import checks

    if json_file:
        write_text(json_file, checks.to_json(report))
    for file, rendered in ((html_file, checks.render_html), (guide_file, checks.to_guide)):
        if file:
            file.write_text(rendered(report), encoding="utf-8")
    if xlsx_file:
        checks.write_excel(report, xlsx_file)
