"""What a transport file demands of names, labels, types and formats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from .breaches import Breaches, shown
from .describe import is_text
from .formats import format_name, kind_of_format, parse_format
from .layout import FORMAT_NAME_BYTES, Version
from .model import Variable

NUMERIC_TYPES = frozenset({"integer", "float", "decimal", "double"})
SHORTEST_NUMBER = 2
"""SAS keeps two to eight bytes of a number; the FDA expects eight."""
_V5_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_V8_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_dataset(name: str, label: str, kind: str, version: Version, encoding: str, breaches: Breaches) -> None:
    """The dataset's name (as a variable's), its label (40 bytes in either version) and SAS type (8)."""
    _check_name("dataset name", name, version, breaches, None)
    _check_label("dataset label", label, 40, encoding, breaches, None)
    if len(kind) > 8 or not kind.isascii():
        breaches.add("dataset type", shown(kind), "at most 8 ASCII characters")


def check_variables(
    frame: pd.DataFrame, variables: Sequence[Variable], version: Version, encoding: str, breaches: Breaches
) -> bool:
    """Names, labels, lengths, formats; whether columns and variables pair off so that data can be checked."""
    paired = check_pairs(frame, [variable.name for variable in variables], breaches)
    for variable in variables:
        _check_name("variable name", variable.name, version, breaches, variable.name)
        _check_label("variable label", variable.label, version.label_bytes, encoding, breaches, variable.name)
        for attribute, text in (("format", variable.format), ("informat", variable.informat)):
            _check_format(attribute, text, version, breaches, variable.name)
    return paired


def check_pairs(frame: pd.DataFrame, names: Sequence[str], breaches: Breaches) -> bool:
    """Whether each column has one variable, and each variable one column."""
    before = breaches.count
    labels: list[object] = list(frame.columns)
    columns = [str(label) for label in labels]
    if not names:
        breaches.add("no variables", "none", "one or more")
    for label in labels:
        if not isinstance(label, str):
            breaches.add("column name", f"{type(label).__name__} {label!r}", "text", str(label))
    for rule, held in (("column more than once", columns), ("variable more than once", names)):
        for name, times in Counter(held).items():
            if times > 1:
                breaches.add(rule, str(times), "one", name)
    held, wanted = set(columns), set(names)
    for name in names:
        if name not in held:
            breaches.add("variable without a column", "no column", "a column of that name", name)
    for name in columns:
        if name not in wanted:
            breaches.add("column without a variable", "a column", "a variable that describes it", name)
    return breaches.count == before


def _check_name(rule: str, name: str, version: Version, breaches: Breaches, variable: str | None) -> None:
    longest = 8 if variable is None and version.number == 5 else version.name_bytes
    pattern = _V5_NAME if version.number == 5 else _V8_NAME
    if len(name) > longest or pattern.fullmatch(name) is None:
        case = "upper-case letters" if version.number == 5 else "letters"
        expected = f"1 to {longest} {case}, digits and underscores, a letter first"
        breaches.add(rule, shown(name), expected, variable)


def _check_label(rule: str, label: str, longest: int, encoding: str, breaches: Breaches, variable: str | None) -> None:
    try:
        size = len(label.encode(encoding))
    except UnicodeEncodeError:
        breaches.add(rule, shown(label), f"text that {encoding} can hold", variable)
        return
    if size > longest:
        breaches.add(rule, f"{size} bytes: {shown(label)}", f"at most {longest} bytes", variable)


def _check_format(attribute: str, text: str | None, version: Version, breaches: Breaches, variable: str) -> None:
    try:
        name, _, _ = parse_format(text)
    except ValueError:
        breaches.add(f"variable {attribute}", shown(text), "a SAS format such as DATE9., 8.2 or $20.", variable)
        return
    longest = FORMAT_NAME_BYTES if version.number == 5 else version.name_bytes
    if len(name) > longest:
        breaches.add(f"variable {attribute}", shown(text), f"a name of at most {longest} characters", variable)


def check_storage(column: pd.Series, variable: Variable, version: Version, breaches: Breaches) -> None:
    """Whether the declared type, length and format suit the column that holds the values."""
    name, text = variable.name, is_text(column)
    if text and variable.type in NUMERIC_TYPES:
        breaches.add("type", "a text column", f"numbers, since the variable is {variable.type}", name)
    if not text and variable.type == "text":
        breaches.add("type", f"a column of {column.dtype}", "text, since the variable is text", name)
    smallest, largest = (1, version.text_bytes) if text else (SHORTEST_NUMBER, 8)
    if variable.length is not None and not smallest <= variable.length <= largest:
        breaches.add("variable length", str(variable.length), f"{smallest} to {largest} bytes", name)
    _check_kind(column, variable, breaches)


def _check_kind(column: pd.Series, variable: Variable, breaches: Breaches) -> None:
    form = format_name(variable.format)
    if form and form.startswith("$") != is_text(column):
        what = "text" if is_text(column) else "numbers"
        breaches.add("variable format", shown(variable.format), f"a format for {what}", variable.name)
    is_moment = pd.api.types.is_datetime64_any_dtype(column.dtype)
    if is_moment and variable.format and kind_of_format(variable.format) not in ("date", "datetime"):
        expected = "a date or datetime format, since the column holds dates"
        breaches.add("variable format", shown(variable.format), expected, variable.name)
    if is_moment and variable.length not in (None, 8):
        breaches.add("variable length", str(variable.length), "8 bytes for a date", variable.name)
