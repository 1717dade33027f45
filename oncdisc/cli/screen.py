"""What people read while a command works and when it is done; all of it goes to stderr."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from oncdisc.pipeline import Result

_LISTED = 8
"""How many kinds of findings of a severity are shown, the most frequent first."""
_STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}


def console() -> Console:
    """The console on stderr."""
    return Console(stderr=True, highlight=False)


def write_text(file: str, text: str) -> None:
    """Write text to a file, or to stdout where the file is `-`."""
    if file == "-":
        click.echo(text, nl=False)
    else:
        Path(file).write_text(text, encoding="utf-8")


@contextmanager
def progress(screen: Console, title: str) -> Generator[ProgressLine]:
    """A line that shows what is being done; plain lines where there is no terminal."""
    line = ProgressLine(screen, title)
    if not screen.is_terminal:
        yield line
        return
    with screen.status(title, spinner="dots") as status:
        line.status = status
        yield line


class ProgressLine:
    """Says each step once."""

    def __init__(self, screen: Console, title: str) -> None:
        self._screen = screen
        self._title = title
        self._last = ""
        self.status: Status | None = None

    def __call__(self, step: str, detail: str) -> None:
        if self.status is not None:
            self.status.update(f"{self._title}: {step} {detail}")
        elif step != self._last:
            self._screen.print(f"{self._title}: {step}")
        self._last = step


def show_result(screen: Console, result: Result) -> None:
    """The datasets that were built, what was found, and what to open."""
    from oncdisc.pipeline.build import why_not

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("dataset")
    table.add_column("label")
    table.add_column("records", justify="right")
    for dataset in result.spec.datasets.values():
        if dataset.name in result.rows:
            table.add_row(dataset.name, dataset.label, f"{result.rows[dataset.name]:,}")
    screen.print()
    screen.print(table)
    screen.print()
    for name, why in result.not_built.items():
        style = "dim" if all(lacks.isupper() for lacks in why) else "red"
        screen.print(Text(f"{name} not built: {why_not(why)}", style))
    _findings(screen, result)
    _open(screen, result.out)


def _findings(screen: Console, result: Result) -> None:
    counts = {severity: result.findings.count(severity) for severity in ("error", "warning", "info")}  # type: ignore[arg-type]
    parts = [
        Text(f"{count:,} {name}{'s' if count != 1 and name != 'info' else ''}", _STYLES[name] if count else "dim")
        for name, count in counts.items()
    ]
    screen.print(Text("Findings: ") + Text(", ").join(parts))
    # what is amiss with an input comes first: it may well be the cause of the rest
    groups = sorted(
        result.findings.counts(), key=lambda row: (not str(row["rule"]).startswith("input."), -int(row["count"]))
    )
    for severity in ("error", "warning"):
        listed = [row for row in groups if row["severity"] == severity]
        for row in listed[:_LISTED]:
            place = ".".join(str(row[k]) for k in ("dataset", "variable") if row[k])
            first = _first(result, row)
            line = Text(f"  {row['count']:>6,}  ", _STYLES[severity]) + Text(f"{place}  {first}", "default")
            screen.print(line, soft_wrap=True)
        if len(listed) > _LISTED:
            rest = sum(int(row["count"]) for row in listed[_LISTED:])
            screen.print(Text(f"  {rest:>6,}  ", _STYLES[severity]) + Text("more, which findings.json has", "default"))


def _first(result: Result, row: dict[str, str | int]) -> str:
    keys = ("severity", "rule", "dataset", "variable")
    for finding in result.findings.rows():
        if all(getattr(finding, key) == row[key] for key in keys):
            value = f": {finding.value}" if finding.value else ""
            place = f" ({finding.source})" if finding.source else ""
            return f"{finding.message}{value}{place}"
    return str(row["rule"])


def _open(screen: Console, out: Path) -> None:
    screen.print()
    for name, what in (
        ("report.html", "the page to open first"),
        ("tabulations/sdtm/define.html", "SDTM, with its define.xml"),
        ("analysis/adam/datasets/define.html", "ADaM, with its define.xml"),
        ("findings.json", "every finding"),
        ("build.json", "what was built from what"),
    ):
        if (out / name).exists():
            screen.print(f"  [bold]{out / name}[/bold]  [dim]{what}[/dim]", soft_wrap=True)
