"""What options of several commands take: lists of words with commas between them; blank ones count for nothing."""

from __future__ import annotations

import click


def names(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Datasets or variables, in upper case; None where the option is not given and has no default."""
    return None if value is None else _words(value.upper())


def words(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, ...]:
    """Formats and other words of oncdisc's own, in lower case."""
    return _words(value.lower())


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))
