"""What a check says when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oncdisc.checks.checking import Report
from oncdisc.checks.report.outcome import SEVERITIES, FoundGroup, groups
from specs.wording import counted, tallied

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}
_LISTED = {"error": 25, "warning": 10, "info": 5}
_WIDTH = len("warning")


def render(report: Report, screen: Console) -> None:
    """A line of counts, the most frequent findings of each severity, what was accepted."""
    from rich.text import Text

    found = groups(report)
    records = sum(len(data) for data in report.package)
    datasets = len(report.package.datasets)
    screen.print(f"{counted(datasets, 'dataset')}, {counted(records, 'record')} checked{_also(report)}")
    if report.package.single:
        screen.print("[dim]One file alone: what asks for other datasets is not checked[/dim]")
    counts = [(name, report.findings.count(name)) for name in SEVERITIES]  # type: ignore[arg-type]
    parts = [Text(tallied(count, name), _STYLES[name] if count else "dim") for name, count in counts]
    screen.print(Text("Findings: ") + Text(", ").join(parts))
    for severity, most in _LISTED.items():
        of_it = [group for group in found if group.severity == severity]
        for group in of_it[:most]:
            screen.print(_line(group), soft_wrap=True)
        if len(of_it) > most:
            screen.print(Text(f"  {'':{_WIDTH}} {'':6}  and {counted(len(of_it) - most, 'more place')}", "dim"))
    for item in report.accepted:
        said = f"  {'':{_WIDTH}} {item.count:>6,}  accepted: {item.acceptance.rule}, {item.acceptance.reason}"
        screen.print(Text(said, "dim"), soft_wrap=True)


def _line(group: FoundGroup) -> object:
    from rich.text import Text

    place = ".".join(part for part in (group.dataset, group.variable) if part)
    names = ", ".join(name for name in (group.rule, group.published.partition(",")[0]) if name)
    said = group.examples[0]
    more = f": {said}" if said != group.sentence else ""
    head = Text(f"  {group.severity:{_WIDTH}} {group.count:>6,}  ", _STYLES[group.severity])
    return head + Text(f"{place}  {group.sentence}{more} ", "default") + Text(f"[{names}]", "dim")


def _also(report: Report) -> str:
    return f", and by {report.core}" if report.core else ""
