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

from specs.wording import counted, tallied

if TYPE_CHECKING:
    from oncdisc.pipeline import Result
    from specs.findings import Group, Place

_LISTED = 8
"""Places of a severity that are listed; findings.json has them all."""
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
    parts = [Text(tallied(count, name), _STYLES[name] if count else "dim") for name, count in counts.items()]
    screen.print(Text("Findings: ") + Text(", ").join(parts))
    for severity in ("error", "warning"):
        groups = result.findings.causes_first(severity)
        for place, group in groups[:_LISTED]:
            screen.print(_line(place, group), soft_wrap=True)
        if len(groups) > _LISTED:
            screen.print(Text(f"          and {counted(len(groups) - _LISTED, 'more place')}", "dim"))


def _line(place: Place, group: Group) -> Text:
    where = ".".join(name for name in (place.dataset, place.variable) if name)
    first = group.first
    value = f": {first.value}" if first.value else ""
    source = f" ({first.source})" if first.source else ""
    head = Text(f"  {group.count:>6,}  ", _STYLES[place.severity])
    return head + Text(f"{where}  {first.message}{value}{source}", "default")


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
