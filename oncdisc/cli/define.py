"""`oncdisc define`."""

from __future__ import annotations

from pathlib import Path

import click

from oncdisc.cli.screen import console
from specs.wording import counted


@click.group()
def command() -> None:
    """A page from any define.xml; two defines compared."""


@command.command("html", epilog="\b\nExample:\n  oncdisc define html define.xml --out define.html")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The page; default: define.html beside FILE.")
def html(file: Path, out: Path | None) -> int:
    """Write a self-contained page from FILE, any define.xml of version 2.0 or 2.1."""
    from define import html_from

    page = out or file.with_suffix(".html")
    page.write_text(html_from(file), encoding="utf-8")
    console().print(f"[bold]{page}[/bold] written")
    return 0


@command.command("diff", epilog="\b\nExample:\n  oncdisc define diff before/define.xml after/define.xml")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
def diff(before: Path, after: Path) -> int:
    """Say what changed from BEFORE to AFTER. Exit status 0: nothing; 1: something."""
    from define import differences, read

    changes = differences(read(before), read(after))
    for change in changes:
        click.echo(str(change))
    console().print(counted(len(changes), "change"))
    return 1 if changes else 0
