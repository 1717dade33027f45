"""The difference of two builds in the terminal: first who is concerned, then subject by subject why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oncdisc.review.builds.difference import BuildDifference
from specs.wording import counted, few

if TYPE_CHECKING:
    from rich.console import Console

MOST_SUBJECTS, MOST_CHANGES, MOST_CAUSES, MOST_NAMES = 25, 15, 4, 6


def render(found: BuildDifference, console: Console) -> None:
    """Print what changed; the JSON and the page have all of it."""
    if found.equal:
        _print(console, "no dataset differs", "bold green")
        return
    for name, was, now in found.options:
        _print(console, f"{name}: {was or '(none)'} → {now or '(none)'}", "yellow")
    _inputs(found, console)
    _datasets(found, console)
    _kinds(found, console)
    _subjects(found, console)


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)


def _inputs(found: BuildDifference, console: Console) -> None:
    _print(console, "Inputs", "bold")
    for form, counts in found.raw_counts.items():
        _print(console, f"  {form}: {', '.join(f'{count:,} {kind}' for kind, count in sorted(counts.items()))}")
    if not found.raw:
        _print(console, "  no record that was used differs")


def _datasets(found: BuildDifference, console: Console) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, pad_edge=False)
    for name in ("dataset", "before", "after", "added", "removed", "changed", "variables"):
        table.add_column(name, justify="left" if name in ("dataset", "variables") else "right", overflow="fold")
    for change in found.datasets:
        counts = (change.before, change.after, change.added, change.removed, change.changed)
        words = [f"{name} {count:,}" for name, count in sorted(change.variables.items(), key=lambda v: (-v[1], v[0]))]
        more = [f"and {len(words) - MOST_NAMES} more"] if len(words) > MOST_NAMES else []
        only = [f"only in one: {', '.join(change.columns)}"] if change.columns else []
        numbered = ["numbering"] if change.numbered else []
        said = ", ".join([*words[:MOST_NAMES], *more, *numbered, *only])
        table.add_row(change.name, *(f"{count:,}" for count in counts), said)
    console.print(table)


def _kinds(found: BuildDifference, console: Console) -> None:
    for kind, subjects in found.kinds.items():
        _print(console, f"{kind}: {counted(len(subjects), 'subject')}: {few(subjects, MOST_NAMES)}", "bold")


def _subjects(found: BuildDifference, console: Console) -> None:
    subjects = found.subjects
    for subject, changes in list(subjects.items())[:MOST_SUBJECTS]:
        _print(console, "")
        _print(console, subject, "bold cyan")
        previous: tuple[str, ...] = ()
        for change in changes[:MOST_CHANGES]:
            place = f"{change.dataset} {change.parameter}".strip()
            _print(console, f"  {place}: {change.text}  [{change.kind}]")
            causes = tuple(str(cause) for cause in change.causes) or (change.reason,)
            if causes != previous:
                more = (f"and {len(causes) - MOST_CAUSES} more",) if len(causes) > MOST_CAUSES else ()
                for cause in (*causes[:MOST_CAUSES], *more):
                    _print(console, f"      because {cause}", "dim")
            previous = causes
        if len(changes) > MOST_CHANGES:
            _print(console, f"  and {counted(len(changes) - MOST_CHANGES, 'more change')}")
    if len(subjects) > MOST_SUBJECTS:
        _print(console, f"\nand {counted(len(subjects) - MOST_SUBJECTS, 'more subject')}; --json and --html have all")
