"""Regular expressions over text columns, in linear time whatever pattern and text (RE2, by way of arrow)."""

from __future__ import annotations

import re

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from specs.columns import TEXT
from specs.errors import UsageError


class PatternError(UsageError, ValueError):
    """A regular expression that can't be read."""


def groups(values: pd.Series, pattern: str) -> pd.DataFrame:
    """The named groups of the first match in each value, one text column a group.

    A group that took no part in the match, or took nothing, is missing, and so is a value without a match.
    Raises PatternError where the pattern is wrong or names no group.
    """
    names = list(_compiled(pattern).groupindex)
    if not names:
        raise PatternError(f"the pattern {pattern!r} has no named group; expected one, such as (?P<value>...)")
    options = pc.ExtractRegexOptions(pattern)
    try:
        found = pc.call_function("extract_regex", [pa.array(values)], options)
    except pa.ArrowInvalid as error:
        raise PatternError(f"the pattern {pattern!r} can't be read: {error}") from error
    columns = {
        name: pc.call_function("struct_field", [found], pc.StructFieldOptions([place]))
        for place, name in enumerate(names)
    }
    frame = pd.DataFrame({name: pd.Series(column, dtype=TEXT) for name, column in columns.items()})
    return frame.mask(frame == "").set_axis(values.index, axis=0)


def matches(values: pd.Series, pattern: str) -> pd.Series:
    """Whether the pattern is found in each value, plain booleans; false where missing."""
    _compiled(pattern)
    return values.str.contains(pattern, regex=True, na=False).astype(bool)


def named(pattern: str) -> str:
    """The pattern itself if it names a group, else with all of it in a group `value`."""
    return pattern if "(?P<" in pattern else f"(?P<value>{pattern})"


def check(pattern: str) -> None:
    """Raise PatternError where a pattern can't be used."""
    groups(pd.Series([""], dtype=TEXT), named(pattern))


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise PatternError(f"the pattern {pattern!r} can't be read: {error}") from error
