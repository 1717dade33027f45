"""The jinja2 environment of the room's templates, escaping by default."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from define import xmltext

if TYPE_CHECKING:
    from jinja2 import Environment


def joined(words: tuple[str, ...]) -> str | None:
    """Words with a space between, or None where there are none."""
    return " ".join(words) if words else None


@cache
def environment(finalize: Callable[[object], object] | None = xmltext.text) -> Environment:
    """Templates of `define/templates`; an undefined name is an error, never an empty string."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("define"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=finalize,
    )
    own: dict[str, Any] = {"attributes": xmltext.attributes, "joined": joined}
    made.globals.update(own)
    return made
