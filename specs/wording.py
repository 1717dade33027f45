"""Names and numbers as sentences say them."""

from __future__ import annotations

from collections.abc import Sequence


def joined(names: Sequence[str]) -> str:
    """Names as a sentence lists them: `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), *names[-1:]] if len(names) > 1 else names)


def counted(number: int, noun: str) -> str:
    """A number of things: `1 record`, `2 records`, `1,024 records`; a noun that takes an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
