"""Names and numbers as sentences say them."""

from __future__ import annotations

from collections.abc import Sequence


def joined(names: Sequence[str]) -> str:
    """Names as a sentence lists them: `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), *names[-1:]] if len(names) > 1 else names)


def few(names: Sequence[str], most: int = 5) -> str:
    """The first of many names, and how many more there are: `a, b and 3 more`."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def counted(number: int, noun: str) -> str:
    """A number of things: `1 record`, `2 records`, `1,024 records`; a noun that takes an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def tallied(number: int, severity: str) -> str:
    """A number of findings by their severity: `1 error`, `2 warnings`, `4 info`."""
    return f"{number:,} info" if severity == "info" else counted(number, severity)
