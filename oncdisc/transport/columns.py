"""A frame's columns made ready for a transport file: checked whole, then encoded a block of rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import ibm
from .arrow import Array, ChunkedArray, pa, pc
from .breaches import Breaches, shown
from .describe import kind_of_column, text_values
from .fixed import pad, text_bytes, text_lengths
from .layout import Version
from .model import Variable

DAY = 86400
UNIX_EPOCH_DAYS = 3653
"""Days from SAS's day zero, 1960-01-01, to 1970-01-01."""
EXACT_INTEGER = 2**53
NUMBER_BYTES = 8


@dataclass(frozen=True, slots=True)
class TextColumn:
    """Character values as one or more large_string or large_binary arrays, and the width of the field."""

    variable: Variable
    values: ChunkedArray
    width: int

    def block(self, start: int, stop: int) -> NDArray[np.void]:
        """Rows start to stop as fields of `width` bytes."""
        chunks = self.values.slice(start, stop - start).combine_chunks()
        return pad(_one_array(chunks), self.width)

    def blank(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Where rows start to stop hold nothing but blanks."""
        fields = self.block(start, stop).view(np.uint8).reshape(stop - start, self.width)
        return (fields == 0x20).all(axis=1)


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """Numbers, dates (stored as days) or datetimes (stored as seconds) and the bytes kept of each."""

    variable: Variable
    values: NDArray[Any]
    kind: str
    width: int = NUMBER_BYTES

    def numbers(self, start: int, stop: int) -> NDArray[np.float64]:
        """Rows start to stop as SAS numbers: days or seconds since 1960 for dates and datetimes."""
        values = self.values[start:stop]
        if self.kind == "number":
            return values.astype(np.float64, copy=False)
        missing = np.isnat(values)
        seconds = values.astype("datetime64[s]").astype(np.int64)
        seconds[missing] = 0
        counted = (seconds + UNIX_EPOCH_DAYS * DAY) / (DAY if self.kind == "date" else 1)
        counted[missing] = np.nan
        return counted

    def block(self, start: int, stop: int) -> NDArray[Any]:
        """Rows start to stop as IBM numbers: unsigned integers, or the leading bytes of each."""
        stored = ibm.encode(self.numbers(start, stop))
        if self.width == NUMBER_BYTES:
            return stored
        leading = stored.astype(">u8").view(np.uint8).reshape(-1, NUMBER_BYTES)[:, : self.width]
        return np.ascontiguousarray(leading).view(f"V{self.width}").ravel()


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """Character values that repeat: the distinct ones as fields, a blank one last, and each record's place in them."""

    variable: Variable
    fields: NDArray[np.void]
    codes: NDArray[np.signedinteger[Any]]
    width: int

    def block(self, start: int, stop: int) -> NDArray[np.void]:
        """Rows start to stop as fields of `width` bytes."""
        return self.fields[self.codes[start:stop]]

    def blank(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Where rows start to stop hold nothing but blanks."""
        blank = (self.fields.view(np.uint8).reshape(len(self.fields), self.width) == 0x20).all(axis=1)
        return blank[self.codes[start:stop]]


Column = TextColumn | CodedColumn | NumberColumn


def _one_array(values: Any) -> Array:
    """combine_chunks gives an Array or, in some versions, a ChunkedArray of one chunk at most."""
    if not isinstance(values, pa.ChunkedArray):
        return values
    return values.chunk(0) if values.num_chunks else pa.array([], values.type)


def prepare_text(
    column: pd.Series, variable: Variable, version: Version, encoding: str, breaches: Breaches
) -> TextColumn | CodedColumn:
    """The column in the file's encoding, with its width; each value that does not fit is a breach."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        coded = _prepare_coded(column, variable, version, encoding)
        if coded is not None:
            return coded
    values = text_values(column, variable, breaches)
    if encoding not in ("ascii", "utf-8"):
        values = _encoded(column, values, variable, encoding, breaches)
    limit = min(variable.length or version.text_bytes, version.text_bytes)
    longest, first = 1, 0
    for chunk in values.chunks:
        lengths = text_lengths(chunk)
        longest = max(longest, int(lengths.max(initial=0)))
        _check_text(column, chunk, lengths, first, (variable, limit, encoding), breaches)
        first += len(chunk)
    return TextColumn(variable, values, min(variable.length or longest, version.text_bytes))


def _prepare_coded(column: pd.Series, variable: Variable, version: Version, encoding: str) -> CodedColumn | None:
    """A categorical made ready value by value; None if one does not fit: then each record is looked at."""
    used: Any = column.cat.remove_unused_categories().array
    distinct = pd.Series(used.categories.array)
    scratch = Breaches("", pd.DataFrame())
    made = prepare_text(distinct, variable, version, encoding, scratch)
    if scratch.count:
        return None
    blank = np.full(made.width, 0x20, dtype=np.uint8).view(f"V{made.width}")
    return CodedColumn(variable, np.append(made.block(0, len(distinct)), blank), used.codes, made.width)


def _check_text(
    column: pd.Series,
    chunk: Array,
    lengths: NDArray[np.int64],
    first: int,
    rule: tuple[Variable, int, str],
    breaches: Breaches,
) -> None:
    variable, limit, encoding = rule

    def words(rows: NDArray[np.intp]) -> list[str]:
        return [shown(value) for value in column.iloc[rows].tolist()]

    def sizes(rows: NDArray[np.intp]) -> list[str]:
        bytes_long = lengths[rows - first].tolist()
        return [f"{size} bytes: {word}" for size, word in zip(bytes_long, words(rows), strict=True)]

    if lengths.max(initial=0) > limit:
        rows = np.flatnonzero(lengths > limit) + first
        breaches.add_records("value longer than its variable", variable.name, rows, sizes, f"at most {limit} bytes")
    stored = text_bytes(chunk)
    if encoding == "ascii" and len(stored) and stored.max() > 0x7F:
        plain = pc.fill_null(pc.string_is_ascii(chunk), True)
        rows = np.flatnonzero(~plain.to_numpy(zero_copy_only=False)) + first
        breaches.add_records("character outside ASCII", variable.name, rows, words, "ASCII, or another encoding")
    if len(stored) and not stored.min():
        held = pc.fill_null(pc.match_substring(chunk.cast(pa.large_binary()), "\0"), False)
        rows = np.flatnonzero(held.to_numpy(zero_copy_only=False)) + first
        breaches.add_records("null character", variable.name, rows, words, "text, which ends before a null")


def _encoded(
    column: pd.Series, values: ChunkedArray, variable: Variable, encoding: str, breaches: Breaches
) -> ChunkedArray:
    """The values in an encoding other than UTF-8; each distinct value is encoded once."""
    distinct = pc.unique(values).drop_null()
    stored = [value.encode(encoding, "replace") for value in distinct.to_pylist()]
    changed = [new.decode(encoding) != old for new, old in zip(stored, distinct.to_pylist(), strict=True)]
    position = pc.index_in(values, distinct)
    if any(changed):
        bad = pc.fill_null(pc.take(pa.array(changed), position), False)
        rows = np.flatnonzero(bad.to_numpy())
        breaches.add_records(
            f"character outside {encoding}",
            variable.name,
            rows,
            lambda some: [shown(value) for value in column.iloc[some].tolist()],
            f"text that {encoding} can hold",
        )
    return pc.take(pa.array(stored, pa.large_binary()), position)


def prepare_numbers(column: pd.Series, variable: Variable, breaches: Breaches) -> NumberColumn | None:
    """The column as numbers; None, and a breach, if it is of a type that has no place in a transport file."""
    dtype = column.dtype
    if pd.api.types.is_datetime64_dtype(dtype):
        values = column.to_numpy()
        ready = NumberColumn(variable, values, kind_of_column(column, variable))
        _check_moments(ready, breaches)
    elif pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype):
        values = _as_numbers(column)
        ready = NumberColumn(variable, values, "number", variable.length or NUMBER_BYTES)
        _check_numbers(ready, breaches)
    else:
        breaches.add("type without a place in the format", str(dtype), "text, numbers or dates", variable.name)
        return None
    return ready


def _as_numbers(column: pd.Series) -> NDArray[Any]:
    if pd.api.types.is_extension_array_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return column.to_numpy()


def _check_moments(column: NumberColumn, breaches: Breaches) -> None:
    values, name = column.values, column.variable.name
    whole = values.astype("datetime64[s]")
    present = ~np.isnat(values)
    fraction = present & (whole.astype(values.dtype) != values)

    def words(rows: NDArray[np.intp]) -> list[str]:
        return [str(value) for value in values[rows]]

    breaches.add_records("fraction of a second", name, np.flatnonzero(fraction), words, "whole seconds")
    if column.kind == "date":
        timed = present & (whole.astype(np.int64) % DAY != 0)
        breaches.add_records("time in a date", name, np.flatnonzero(timed), words, "midnight, or a datetime format")


def _check_numbers(column: NumberColumn, breaches: Breaches) -> None:
    values, variable = column.values, column.variable

    def words(rows: NDArray[np.intp]) -> list[str]:
        return [repr(value) for value in values[rows].tolist()]

    def report(rule: str, bad: NDArray[np.bool_], expected: str) -> None:
        breaches.add_records(rule, variable.name, np.flatnonzero(bad), words, expected)

    if values.dtype.kind in "iu":
        beyond = (values > EXACT_INTEGER) | (values < -EXACT_INTEGER if values.dtype.kind == "i" else False)
        report("integer that a double cannot hold", beyond, "at most 2**53 in size")
    numbers = values.astype(np.float64, copy=False)
    bad = ibm.unstorable(numbers)
    report("number out of range", bad, "0, or a size from 16**-65 to below 16**63")
    if variable.type == "integer":
        fraction = np.isfinite(numbers) & (numbers != np.floor(numbers))
        report("fraction in an integer", fraction, "a whole number")
    if column.width < NUMBER_BYTES and not bad.any():
        lost = np.uint64((1 << 8 * (NUMBER_BYTES - column.width)) - 1)
        short = (ibm.encode(numbers) & lost) != 0
        report("number longer than its variable", short, f"a number that {column.width} bytes hold")
