"""The 80-byte header records of a transport file and its 140-byte variable descriptors.

Sources: SAS technical note TS-140 (version 5) and its successor for version 8, which gives names 32 bytes,
labels 256 through a section of their own, text 32767, and the number of records in the last header.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .formats import parse_format
from .model import Variable

RECORD = 80
NAMESTR = struct.Struct(">hhhh8s40s8shhh2s8shhi32sh18s")
CHARACTER, NUMERIC = 2, 1
FORMAT_NAME_BYTES = 8
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_CENTURY_TURN = 60
"""Two-digit years from 60 on are 1960 to 1999, since nothing is older than SAS's day zero."""


@dataclass(frozen=True, slots=True)
class Version:
    """The words and limits by which the two versions of the format differ; limits in bytes."""

    number: int
    library: bytes
    member: bytes
    descriptor: bytes
    namestr: bytes
    observations: bytes
    name_bytes: int
    label_bytes: int
    text_bytes: int


V5 = Version(5, b"LIBRARY", b"MEMBER", b"DSCRPTR", b"NAMESTR", b"OBS", 8, 40, 200)
V8 = Version(8, b"LIBV8", b"MEMBV8", b"DSCPTV8", b"NAMSTV8", b"OBSV8", 32, 256, 32767)
VERSIONS = {5: V5, 8: V8}


@dataclass(frozen=True, slots=True)
class Field:
    """A variable with the place it takes in each record: `position` and `width` in bytes."""

    variable: Variable
    character: bool
    position: int
    width: int


@dataclass(frozen=True, slots=True)
class Member:
    """What a file says of one of its datasets before the records."""

    name: str
    label: str
    type: str
    created: datetime | None
    modified: datetime | None
    fields: tuple[Field, ...]
    records: int | None = None

    @property
    def record_length(self) -> int:
        """Bytes of one record."""
        return sum(item.width for item in self.fields)


def header(kind: bytes, digits: bytes = b"0" * 30) -> bytes:
    """The record that opens a section."""
    return b"HEADER RECORD*******" + kind.ljust(8) + b"HEADER RECORD!!!!!!!" + digits.ljust(32)


def timestamp(moment: datetime) -> bytes:
    """The 16 bytes ddMMMyy:hh:mm:ss, with English month names whatever the locale."""
    return (
        f"{moment.day:02}{_MONTHS[moment.month - 1]}{moment.year % 100:02}"
        f":{moment.hour:02}:{moment.minute:02}:{moment.second:02}"
    ).encode()


def parse_timestamp(text: bytes) -> datetime | None:
    """The time in a header; None where the program that wrote the file left none."""
    words = text.decode("latin-1")
    month = words[2:5].upper()
    if month not in _MONTHS or not (words[:2] + words[5:7]).isdigit():
        return None
    year = int(words[5:7])
    century = 1900 if year >= _CENTURY_TURN else 2000
    try:
        return datetime.strptime(
            f"{century + year} {_MONTHS.index(month) + 1} {words[:2]} {words[8:16]}", "%Y %m %d %H:%M:%S"
        )
    except ValueError:
        return None


def library_header(version: Version, created: datetime, modified: datetime) -> bytes:
    """The three records that open a file."""
    system = b"SAS     SAS     SASLIB  9.4     PYTHON".ljust(64)
    return header(version.library) + system + timestamp(created) + timestamp(modified).ljust(RECORD)


def member_header(version: Version, member: Member, encoding: str) -> bytes:
    """Everything between the library's header, or the last dataset, and the first record."""
    created, modified = member.created, member.modified
    if created is None or modified is None:
        raise ValueError("a member is written with the times it was created and modified")
    name_width = 8 if version.number == 5 else 32
    # Version 5 fills the record with 24 blanks after the system, version 8 gives 24 bytes to the name.
    description = (b"SAS     " + member.name.encode().ljust(name_width) + b"SASDATA 9.4     PYTHON  ").ljust(
        64
    ) + timestamp(created)
    label = member.label.encode(encoding).ljust(40) + member.type.encode().ljust(8)
    head = header(version.member, b"000000000000000001600000000140")
    head += header(version.descriptor) + description + timestamp(modified).ljust(32) + label
    head += header(version.namestr, f"{len(member.fields):010}".encode().ljust(30, b"0"))
    namestrs = b"".join(pack_namestr(version, item, number, encoding) for number, item in enumerate(member.fields, 1))
    return head + blank_padded(namestrs) + _long_labels(version, member.fields, encoding) + _last(version, member)


def _last(version: Version, member: Member) -> bytes:
    if version.number == 5:
        return header(version.observations)
    return header(version.observations, f"{member.records:>15}".encode())


def pack_namestr(version: Version, item: Field, number: int, encoding: str) -> bytes:
    """The descriptor of the variable that stands at `number`, counted from 1."""
    variable = item.variable
    name, label = variable.name.encode(), variable.label.encode(encoding)
    form, form_width, form_decimals = parse_format(variable.format)
    informat, informat_width, informat_decimals = parse_format(variable.informat)
    extra = (name.ljust(32), len(label)) if version.number == 8 else (bytes(32), 0)
    return NAMESTR.pack(
        CHARACTER if item.character else NUMERIC,
        0,
        item.width,
        number,
        name[:8].ljust(8),
        label[:40].ljust(40),
        form.encode()[:FORMAT_NAME_BYTES].ljust(FORMAT_NAME_BYTES),
        form_width,
        form_decimals,
        0,
        bytes(2),
        informat.encode()[:FORMAT_NAME_BYTES].ljust(FORMAT_NAME_BYTES),
        informat_width,
        informat_decimals,
        item.position,
        *extra,
        bytes(18),
    )


def _long_labels(version: Version, fields: Sequence[Field], encoding: str) -> bytes:
    """Version 8's section for the labels of more than 40 bytes and the formats of more than 8."""
    if version.number == 5:
        return b""
    numbered = [(number, item.variable) for number, item in enumerate(fields, 1)]
    wide = [pair for pair in numbered if _needs_label_section(pair[1], encoding)]
    if not wide:
        return b""
    formats = any(_has_long_format(variable) for _, variable in wide)
    parts = [_long_label(number, variable, encoding, formats) for number, variable in wide]
    kind = b"LABELV9" if formats else b"LABELV8"
    return header(kind, str(len(wide)).encode()) + blank_padded(b"".join(parts))


def _has_long_format(variable: Variable) -> bool:
    names = (parse_format(variable.format)[0], parse_format(variable.informat)[0])
    return any(len(name) > FORMAT_NAME_BYTES for name in names)


def _needs_label_section(variable: Variable, encoding: str) -> bool:
    return len(variable.label.encode(encoding)) > 40 or _has_long_format(variable)


def _long_label(number: int, variable: Variable, encoding: str, formats: bool) -> bytes:
    parts = [variable.name.encode(), variable.label.encode(encoding)]
    if formats:
        parts += [(variable.format or "").encode(), (variable.informat or "").encode()]
    lengths = [number, *(len(part) for part in parts)]
    return struct.pack(f">{len(lengths)}h", *lengths) + b"".join(parts)


def blank_padded(section: bytes) -> bytes:
    """The bytes of a section, filled with blanks to whole records."""
    return section + b" " * (-len(section) % RECORD)


def fewest_records(size: int, length: int) -> int:
    """How many records of `length` bytes a section of `size` holds at least, were the rest padding."""
    return max(0, -(-(size - RECORD + 1) // length))
