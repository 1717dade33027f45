"""Text that goes into XML: escaped so that the same text is read back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from define.errors import InvalidTextError

if TYPE_CHECKING:
    from markupsafe import Markup

# XML 1.0, production [2] Char: no other character can stand in a document, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Parsers turn a carriage return into a line feed, and any white space of an attribute into a space.
_TEXT = {"\r": "&#13;", "&#39;": "'", "&#34;": '"'}
_ATTRIBUTE = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


def escaped(value: object, keep: dict[str, str]) -> Markup:
    """A value as XML text, with the keys of `keep` written as their values.

    Raises `InvalidTextError` where a character has no place in XML.
    """
    from markupsafe import Markup, escape

    if isinstance(value, Markup):
        return value
    words = str(value)
    found = _FORBIDDEN.search(words)
    if found:
        place = f"character U+{ord(found[0]):04X} at position {found.start() + 1}"
        raise InvalidTextError(f"XML cannot hold {place} of {words[:80]!r}")
    result = str(escape(words))
    for character, reference in keep.items():
        result = result.replace(character, reference)
    return Markup(result)  # noqa: S704 - escaped above


def text(value: object) -> Markup:
    """A value as the text of an element; quotes need no reference there and stay readable."""
    return escaped(value, _TEXT)


def attributes(**values: object) -> Markup:
    """Attributes in the order given, each after a space; `def_Class` is written `def:Class`.

    None and False leave the attribute out, True is `Yes`; whole floats are written without a point.
    """
    from markupsafe import Markup

    parts: list[str] = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        words = "Yes" if value is True else value
        if isinstance(words, float):
            words = f"{words:g}" if words.is_integer() else repr(words)
        parts.append(f' {name.replace("_", ":", 1)}="{escaped(words, _ATTRIBUTE)}"')
    return Markup("".join(parts))  # noqa: S704 - each value escaped above
