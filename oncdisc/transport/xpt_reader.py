"""Reads SAS transport files, versions 5 and 8, a block of records at a time, and says where one is damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import ibm
from .arrays import text_series
from .arrow import Array, pa, pc
from .errors import DamagedFileError, UndecodableTextError, UnknownMemberError
from .fixed import text_bytes, trim
from .layout import RECORD, Field, fewest_records
from .model import Dataset
from .moments import as_moments
from .parse import Extent, Reading, extents

BLOCK_BYTES = 1 << 21


def read_xpt(
    path: str | os.PathLike[str], *, member: str | None = None, encoding: str | None = None, dates: bool = True
) -> Dataset:
    """The one dataset of a transport file, or the one called `member`.

    Text is the pyarrow string type with blank as missing, numbers are float64 (special missing values
    keep their letter), and numbers with a date or datetime format are datetime64[s], unless `dates` is
    false or a value is none (a fraction, a special missing). A file says nothing of its encoding: without
    one given it is UTF-8, and Windows-1252, in which SAS wrote most old files, if it cannot be UTF-8.

    Raises DamagedFileError with the offset where the bytes stop making sense, UnknownMemberError if there is not
    exactly one dataset to return.
    """

    def wanted(extent: Extent) -> bool:
        return member in (None, extent.member.name)

    found = _read_all(Path(path), encoding, dates, wanted)
    if len(found) != 1:
        names = ", ".join(dataset.name for dataset in found) or "none"
        raise UnknownMemberError(f"{path}: found {names}, expected one dataset{f' {member}' if member else ''}")
    return found[0]


def read_members(
    path: str | os.PathLike[str], *, encoding: str | None = None, dates: bool = True
) -> tuple[Dataset, ...]:
    """Every dataset of a transport file, in its order."""
    return _read_all(Path(path), encoding, dates, lambda _: True)


def _read_all(path: Path, encoding: str | None, dates: bool, wanted: Callable[[Extent], bool]) -> tuple[Dataset, ...]:
    try:
        return _read_in(path, encoding or "utf-8", dates, wanted)
    except UndecodableTextError:
        if encoding is not None:
            raise
        return _read_in(path, "windows-1252", dates, wanted)


def _read_in(path: Path, encoding: str, dates: bool, wanted: Callable[[Extent], bool]) -> tuple[Dataset, ...]:
    with path.open("rb") as stream:
        if not path.stat().st_size:
            raise DamagedFileError(path, 0, "an empty file", "a SAS transport file")
        with mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
            reading = Reading(path, data, encoding)
            return tuple(_read(reading, extent, dates) for extent in extents(reading) if wanted(extent))


def _read(reading: Reading, extent: Extent, dates: bool) -> Dataset:
    member = extent.member
    records = _count_records(reading, extent)
    columns = _columns(reading, extent, records)
    made = [
        as_moments(values, field.variable) if dates else (values, field.variable)
        for values, field in zip(columns, member.fields, strict=True)
    ]
    names = [field.variable.name for field in member.fields]
    if len(set(names)) < len(names):
        raise DamagedFileError(reading.path, extent.start, "two variables of one name", "names that differ")
    frame = pd.DataFrame(
        {name: values for name, (values, _) in zip(names, made, strict=True)}, index=pd.RangeIndex(records)
    )
    return Dataset(
        member.name,
        member.label,
        frame,
        tuple(variable for _, variable in made),
        member.type,
        member.created,
        member.modified,
        reading.encoding,
    )


def _count_records(reading: Reading, extent: Extent) -> int:
    """How many records lie in the extent; what is left over must be blanks that fill the last 80 bytes."""
    length, size = extent.member.record_length, extent.stop - extent.start
    announced = extent.member.records
    count = size // length if announced is None else announced

    def refuse(offset: int, found: str) -> NoReturn:
        expected = f"records of {length} bytes, then blanks that fill the last {RECORD} bytes"
        raise DamagedFileError(reading.path, offset, found, expected)

    if size % RECORD:
        refuse(extent.stop, f"the end of the file within {RECORD} bytes")
    if size < count * length:
        refuse(extent.stop, f"the end after {size // length} of {count} records")
    tail = reading.data[extent.start + count * length : extent.stop]
    if tail.strip(b" "):
        where = extent.stop - len(tail.lstrip(b" "))
        refuse(where, f"{tail[:20].lstrip(b' ')!r} after record {count}")
    if len(tail) >= RECORD:
        refuse(extent.stop - len(tail), f"{len(tail)} blanks after record {count}")
    if announced is None:
        count = _without_padding(reading, extent, count)
    last = extent.start + (count - 1) * length
    numeric = not all(field.character for field in extent.member.fields)
    if count and numeric and not reading.data[last : last + length].strip(b" "):
        refuse(last, f"blanks instead of the numbers of record {count}")
    return count


def _without_padding(reading: Reading, extent: Extent, count: int) -> int:
    """Records less than 80 bytes long may be padding: blank ones at the end, as many as fit in 79 bytes."""
    length, size = extent.member.record_length, extent.stop - extent.start
    fewest = fewest_records(size, length)
    last = reading.data[extent.start + fewest * length : extent.start + count * length]
    return fewest + -(-len(last.rstrip(b" ")) // length)


def _columns(reading: Reading, extent: Extent, records: int) -> list[pd.Series]:
    """The data, column by column, laid out from one block of records after another."""
    fields = extent.member.fields
    length = extent.member.record_length
    numbers = [None if field.character else np.empty(records, np.float64) for field in fields]
    texts: list[list[Array]] = [[] for _ in fields]
    rows = max(1, BLOCK_BYTES // length)
    for start in range(0, records, rows):
        stop = min(start + rows, records)
        stored = reading.data[extent.start + start * length : extent.start + stop * length]
        block = np.frombuffer(stored, np.uint8).reshape(stop - start, length)
        for place, field in enumerate(fields):
            piece = block[:, field.position : field.position + field.width]
            target = numbers[place]
            if target is None:
                texts[place].append(_decoded(reading, trim(piece), field, extent, start))
            else:
                target[start:stop] = ibm.decode(_whole_numbers(piece))
    return [
        # Taking each column's pieces out of the list lets them go as soon as they are joined.
        text_series(pa.chunked_array(_taken(texts, place), pa.large_string()))
        if values is None
        else pd.Series(values, copy=False)
        for place, values in enumerate(numbers)
    ]


def _taken(texts: list[list[Array]], place: int) -> list[Array]:
    pieces, texts[place] = texts[place], []
    return pieces


def _whole_numbers(piece: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Big-endian numbers of two to eight bytes as native integers, the bytes that were cut being zero."""
    count, width = piece.shape
    if width < 8:
        whole = np.zeros((count, 8), np.uint8)
        whole[:, :width] = piece
        piece = whole
    return np.ascontiguousarray(piece).view(">u8").ravel().astype(np.uint64)


def _decoded(reading: Reading, stored: Array, field: Field, extent: Extent, start: int) -> Array:
    """The values as text, from the encoding the file is in."""
    data = text_bytes(stored)
    if not len(data) or data.max() < 0x80:
        return stored.view(pa.large_string())
    distinct = pc.unique(stored).drop_null()
    words: list[str] = []
    for value in distinct.to_pylist():
        try:
            words.append(value.decode(reading.encoding))
        except UnicodeDecodeError as error:
            record = start + pc.index(stored, pa.scalar(value, pa.large_binary())).as_py()
            where = extent.start + record * extent.member.record_length + field.position
            found = f"{value!r} in {field.variable.name}, record {record + 1}"
            raise UndecodableTextError(reading.path, where, found, f"text in {reading.encoding}") from error
    return pc.take(pa.array(words, pa.large_string()), pc.index_in(stored, distinct))
