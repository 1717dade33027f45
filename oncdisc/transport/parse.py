"""Reads the headers of a transport file: what each dataset is called, and where its records lie."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import NoReturn

from .errors import DamagedFileError, UndecodableTextError
from .formats import compose_format, kind_of_format
from .layout import CHARACTER, NAMESTR, NUMERIC, RECORD, V5, V8, Field, Member, Version, parse_timestamp
from .model import Variable

_OPENING = 48
"""Bytes of a header record that never differ; what follows are counts."""
_BLANKS = b" \0"
_VMS_NAMESTR = 136


@dataclass(frozen=True, slots=True)
class Extent:
    """A dataset in a file: its header, and the bytes from `start` to `stop` that hold its records."""

    member: Member
    version: Version
    start: int
    stop: int


class Reading:
    """The bytes of a file and the place reached in them."""

    def __init__(self, path: Path, data: mmap, encoding: str) -> None:
        self.path = path
        self.data = data
        self.encoding = encoding
        self.at = 0

    def take(self, size: int, what: str) -> bytes:
        """The next bytes; DamagedFileError if the file ends before."""
        left = len(self.data) - self.at
        if left < size:
            raise DamagedFileError(
                self.path, len(self.data), "the end of the file", f"{size - left} more bytes of {what}"
            )
        self.at += size
        return self.data[self.at - size : self.at]

    def section(self, size: int, what: str) -> bytes:
        """The next bytes, with the blanks that fill them up to whole records taken too."""
        return self.take(size + -size % RECORD, what)[:size]

    def header(self, kind: bytes) -> bytes:
        """The counts of the header record that must follow."""
        record = self.take(RECORD, f"the {kind.decode()} header")
        if record[:_OPENING] != opening(kind):
            self.fail(-RECORD, repr(record[:_OPENING]), f"the {kind.decode()} header record")
        return record[_OPENING:]

    def number(self, digits: bytes, what: str) -> int:
        """A count in the header record that was just read."""
        words = digits.strip(_BLANKS)
        if not words.isdigit():
            self.fail(-RECORD, repr(digits), what)
        return int(words)

    def words(self, stored: bytes) -> str:
        """Text of a header, without the blanks or nulls that fill it."""
        try:
            return stored.rstrip(_BLANKS).decode(self.encoding)
        except UnicodeDecodeError as error:
            found = repr(stored.rstrip(_BLANKS))
            raise UndecodableTextError(self.path, self.at - len(stored), found, f"text in {self.encoding}") from error

    def fail(self, back: int, found: str, expected: str) -> NoReturn:
        """Raise DamagedFileError at `back` bytes from here."""
        raise DamagedFileError(self.path, self.at + back, found, expected)


def opening(kind: bytes) -> bytes:
    """The 48 bytes that open a section."""
    return b"HEADER RECORD*******" + kind.ljust(8) + b"HEADER RECORD!!!!!!!"


def extents(reading: Reading) -> Iterator[Extent]:
    """Each dataset of the file in turn."""
    version = _library(reading)
    while True:
        yield _member(reading, version)
        if reading.at >= len(reading.data):
            return


def _library(reading: Reading) -> Version:
    record = reading.take(RECORD, "a transport file's first record")
    for version in (V5, V8):
        if record[:_OPENING] == opening(version.library):
            reading.take(2 * RECORD, "the library's description")
            return version
    return reading.fail(-RECORD, repr(record[:_OPENING]), "the LIBRARY header record of a SAS transport file")


def _member(reading: Reading, version: Version) -> Extent:
    digits = reading.header(version.member)
    size = reading.number(digits[26:30], "the bytes of a variable's description, 140")
    if size not in (NAMESTR.size, _VMS_NAMESTR):
        reading.fail(-RECORD, str(size), "140 bytes for the description of a variable")
    reading.header(version.descriptor)
    first, second = reading.take(RECORD, "the description"), reading.take(RECORD, "the description")
    stop = 16 if version.number == 5 else 40
    name, label = reading.words(first[8:stop]), reading.words(second[32:72])
    created, modified = parse_timestamp(first[64:80]), parse_timestamp(second[:16])
    count = reading.number(reading.header(version.namestr)[:10], "the number of variables")
    fields = _fields(reading, version, count, size)
    if version.number == 8:
        fields = _with_long_labels(reading, fields)
    records = _record_count(reading, version)
    member = Member(name, label, reading.words(second[72:80]), created, modified, fields, records)
    start = reading.at
    reading.at = _next_member(reading, version)
    return Extent(member, version, start, reading.at)


def _fields(reading: Reading, version: Version, count: int, size: int) -> tuple[Field, ...]:
    """The variables, whose values stand side by side in this order.

    The position that a description states is not read: SAS's own macros write that of the dataset the
    file was made from, where numbers come first.
    """
    start = reading.at
    section = reading.section(count * size, "the variables' descriptions")
    fields: list[Field] = []
    position = 0
    for number in range(count):
        stored = section[number * size : (number + 1) * size].ljust(NAMESTR.size, b"\0")
        fields.append(_field(reading, version, stored, position, start + number * size))
        position += fields[-1].width
    if not fields:
        reading.fail(0, "no variables", "one or more")
    return tuple(fields)


def _field(reading: Reading, version: Version, stored: bytes, position: int, offset: int) -> Field:
    (kind, _, width, _, name, label, form, form_width, form_decimals, _, _,
     informat, informat_width, informat_decimals, _, long_name, _, _) = NAMESTR.unpack(stored)  # fmt: skip
    longest = 8 if kind == NUMERIC else version.text_bytes
    if kind not in (NUMERIC, CHARACTER) or not 1 <= width <= longest:
        raise DamagedFileError(
            reading.path, offset, f"a variable of kind {kind} and {width} bytes", "kind 1 (number) or 2 (text)"
        )
    if version.number == 8 and long_name.strip(_BLANKS):
        name = long_name
    shown = compose_format(reading.words(form), form_width, form_decimals)
    read = compose_format(reading.words(informat), informat_width, informat_decimals)
    character = kind == CHARACTER
    logical = "text" if character else _logical_type(shown)
    variable = Variable(reading.words(name), reading.words(label), logical, width, shown, read)
    return Field(variable, character, position, width)


def _logical_type(shown: str | None) -> str:
    return kind_of_format(shown) or "float"


def _with_long_labels(reading: Reading, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Version 8's section for long labels and formats, where there is one."""
    ahead = reading.data[reading.at : reading.at + _OPENING]
    if ahead not in (opening(b"LABELV8"), opening(b"LABELV9")):
        return fields
    parts = 4 if ahead == opening(b"LABELV9") else 2
    count = reading.number(reading.take(RECORD, "the labels' header")[_OPENING:], "the number of long labels")
    start = reading.at
    changed = list(fields)
    for _ in range(count):
        lengths = struct.unpack(f">{parts + 1}h", reading.take(2 * parts + 2, "a long label"))
        words = [reading.words(reading.take(max(0, size), "a long label")) for size in lengths[1:]]
        if not 1 <= lengths[0] <= len(fields):
            reading.fail(0, f"a label for variable {lengths[0]}", f"1 to {len(fields)}")
        changed[lengths[0] - 1] = _relabelled(changed[lengths[0] - 1], words)
    reading.take(-(reading.at - start) % RECORD, "the long labels")
    return tuple(changed)


def _relabelled(field: Field, words: list[str]) -> Field:
    variable = dataclasses.replace(field.variable, name=words[0], label=words[1])
    if len(words) > 2:
        shown, read = words[2] or None, words[3] or None
        logical = "text" if field.character else _logical_type(shown)
        variable = dataclasses.replace(variable, format=shown, informat=read, type=logical)
    return dataclasses.replace(field, variable=variable)


def _record_count(reading: Reading, version: Version) -> int | None:
    """Version 8's count of records; None in version 5, and where a program left zeros or blanks."""
    digits = reading.header(version.observations)[:15].strip(_BLANKS)
    if version.number == 5 or not digits.strip(b"0"):
        return None
    return reading.number(digits, "the number of records")


def _next_member(reading: Reading, version: Version) -> int:
    """Where the next dataset's header starts, on a whole record from here, or the end of the file."""
    place = reading.data.find(opening(version.member), reading.at)
    while place >= 0 and (place - reading.at) % RECORD:
        place = reading.data.find(opening(version.member), place + 1)
    return place if place >= 0 else len(reading.data)
