"""Delimited text: CSV as EDC systems and people export it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from sdtm.extracts.cells import coded_cells
from sdtm.extracts.errors import EmptyFileError, EncodingError, RaggedRecordError, UnreadableFileError
from sdtm.extracts.quotes import Ints, layout

_DELIMITERS = (",", ";", "\t", "|")
_STEP = 1 << 20
_START = 1 << 12
# Arrow reads a block at a time, and no record may be longer than one: small blocks first, for memory's sake.
_BLOCKS = (1 << 22, 1 << 26)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class RaggedRecord(NamedTuple):
    """A record that can't be read: its number and the lines it stands on, from 1, its fields and text.

    Its fields are too many or too few, or (`open`) a quotation mark in it is not closed, so that it runs on over lines
    that may well be records.
    """

    record: int
    line: int
    expected: int
    found: int
    text: str
    last_line: int
    open: bool = False

    @property
    def problem(self) -> str:
        """What is wrong with it, in words."""
        if self.open:
            return (
                f"a quotation mark that opens on line {self.line} is not closed where its value ends, so lines "
                f"{self.line} to {self.last_line} are read as one record"
            )
        return f"line {self.line} has {self.found} fields, the header has {self.expected}"


Taker = Callable[[RaggedRecord], None]
"""Who takes the records that can't be read."""


def read_delimited(
    path: Path,
    delimiter: str | None,
    encoding: str | None,
    ragged: Taker | None,
    header_row: int = 1,
    skip: int = 0,
) -> tuple[list[tuple[str, pd.Series]], Ints]:
    """Name and values of each column, coded where they repeat, and the number of each record.

    The names stand on row `header_row`, blank lines not counted, and the records `skip` rows below it.

    Raises EmptyFileError, EncodingError, RaggedRecordError, UnreadableFileError.
    """
    encoding = encoding or _found_encoding(path)
    lines = _check_encoding(path, encoding)
    with path.open(encoding=_with_bom(encoding), newline="") as stream:
        header = _header(path, stream, delimiter, header_row, skip)
    bad: list[Any] = []
    table = _table(path, header, encoding, bad, threads=True)
    if bad:
        bad.clear()
        table = _table(path, header, encoding, bad, threads=False)
    exact = not bad and len(table) == lines
    records = np.delete(np.arange(1, len(table) + len(bad) + 1), [row.number - 1 for row in bad]) - header.lead
    bad = [row for row in bad if row.number > header.lead]
    table, records = table.slice(int((records < 1).sum())), records[records > 0]
    if not exact:
        table, records = _without_ragged(path, encoding, header, table, records, bad, ragged)
    columns: list[tuple[str, pd.Series]] = []
    for name in header.names:
        # Each raw column is let go before the next is made, so that no file stands in memory twice.
        columns.append((name, coded_cells(table.column(0))))
        table = table.remove_column(0)
    return columns, records


class _Header(NamedTuple):
    """`lead`: the rows before the first record, those with the names among them."""

    names: list[str]
    delimiter: str
    lead: int


def _found_encoding(path: Path) -> str:
    """By its mark, or by the null byte that UTF-16 has beside each character of ASCII; else UTF-8."""
    with path.open("rb") as stream:
        start = stream.read(_START)
    known = next((name for bom, name in _BOMS if start.startswith(bom)), None)
    return known or _by_nulls(start) or "utf-8"


def _by_nulls(start: bytes) -> str | None:
    """The kind of UTF-16 that a file's start looks like: null bytes at every second place, and no others."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    most = max(even, odd)
    if most * 4 < len(start) // 2 or min(even, odd) * 10 > most or not most:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _with_bom(encoding: str) -> str:
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _check_encoding(path: Path, encoding: str) -> int:
    """Read the file once as text, for the place of the first byte that is none; gives the number of lines."""
    try:
        decoder = codecs.getincrementaldecoder(_python_name(encoding))()
    except LookupError:
        raise EncodingError(path, f"the encoding {encoding!r}", "one that is known, such as utf-8 or cp1252") from None
    done, breaks, last = 0, 0, ""
    with path.open("rb") as stream:
        while True:
            block = stream.read(_STEP)
            if not done:
                _refuse_utf_16(path, encoding, block)
            held = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                offset = done - held + error.start
                line = 1 + breaks + block[: max(error.start - held, 0)].count(b"\n")
                raise EncodingError(
                    path,
                    f"the byte 0x{error.object[error.start]:02X} at offset {offset}, which is not {encoding} text",
                    "UTF-8, or the file's encoding declared (such as cp1252, gb18030, shift_jis)",
                    line,
                ) from error
            if not block:
                return breaks + (last != "\n")
            done += len(block)
            breaks += text.count("\n")
            last = text[-1:] or last


def _refuse_utf_16(path: Path, encoding: str, start: bytes) -> None:
    """Every byte of UTF-16 is a character of an encoding of single bytes, too: the nulls show what it is."""
    looks = _by_nulls(start[:_START])
    if looks and not codecs.lookup(encoding).name.startswith("utf-16"):
        found = f"a null byte at every second place, as {looks} text has"
        raise EncodingError(path, found, f"{encoding} text, or `encoding: {looks}` declared for the form", 1)


def _header(path: Path, stream: io.TextIOBase, delimiter: str | None, row: int, skip: int) -> _Header:
    for _ in range(row - 1):
        _next_row(stream)
    header = _next_row(stream)
    if not header:
        found = "nothing but blank lines" if row == 1 else f"no column names on row {row}"
        raise EmptyFileError(path, found, "column names and records")
    outside = "".join(header.split('"')[::2])
    delimiter = delimiter or max(_DELIMITERS, key=outside.count)
    try:
        names = next(csv.reader(io.StringIO(header, newline=""), delimiter=delimiter))
        return _Header(names, delimiter, row + skip)
    except csv.Error as error:
        raise UnreadableFileError(path, f"column names that can't be read ({error})", "column names", 1) from error


def _next_row(stream: io.TextIOBase) -> str:
    """The next line that is not blank, with those that a quotation mark makes part of it; empty at the end."""
    lines = [next((line for line in stream if line.strip()), "")]
    quoted = lines[0].count('"') % 2
    while quoted and (more := stream.readline()):
        quoted ^= more.count('"') % 2
        lines.append(more)
    return "".join(lines)


def _table(path: Path, header: _Header, encoding: str, bad: list[Any], *, threads: bool) -> Any:
    """The file as an arrow table of text in dictionaries; records that do not fit go to `bad`."""

    def skip(row: Any) -> str:
        bad.append(row)
        return "skip"

    # Arrow wants types by name, so columns are named by their place: a header may hold a name twice.
    names = [str(place) for place in range(len(header.names))]
    kind = pa.dictionary(pa.int32(), pa.string())
    problem = pa.ArrowInvalid("")
    for block in _BLOCKS:
        try:
            return arrow_csv.read_csv(
                path,
                arrow_csv.ReadOptions(
                    use_threads=threads, block_size=block, column_names=names, encoding=_python_name(encoding)
                ),
                arrow_csv.ParseOptions(delimiter=header.delimiter, newlines_in_values=True, invalid_row_handler=skip),
                arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, kind), check_utf8=False),
            )
        except pa.ArrowInvalid as error:
            bad.clear()
            problem = error
    found = layout(path, _with_bom(encoding), header.delimiter)
    if len(found.broken):
        start, end = int(found.starts[found.broken[0]]), int(found.ends[found.broken[0]])
        said = f"a quotation mark that is not closed where its value ends: {end - start} more lines stand in it"
        raise UnreadableFileError(path, said, "a closing mark for each opening one", start) from problem
    expected = f"records of {len(names)} fields, {header.delimiter!r} between them, each under 64 MB"
    raise UnreadableFileError(path, str(problem), expected) from problem


def _python_name(encoding: str) -> str:
    return "utf8" if codecs.lookup(encoding).name in {"utf-8", "utf-8-sig", "ascii"} else encoding


def _without_ragged(
    path: Path, encoding: str, header: _Header, table: Any, records: Ints, bad: list[Any], ragged: Taker | None
) -> tuple[Any, Ints]:
    """The table and its record numbers without those that an open quotation mark has run together.

    These and those that do not fit are handed on in their order; without a taker the first is an error.
    """
    found = layout(path, _with_bom(encoding), header.delimiter)
    if len(found.broken) and found.broken[0] < header.lead:
        end = found.ends[found.broken[0]]
        said = f"a quotation mark among the column names that is not closed: they go on to line {end}"
        raise UnreadableFileError(path, said, "a closing mark for each opening one", 1)
    expected = len(header.names)
    before = header.lead - 1
    fields = {row.number - 1: (row.actual_columns, row.text) for row in bad}
    joined = np.setdiff1d(found.broken, [*fields]).astype(np.int64)
    at = np.searchsorted(records + before, joined)
    for number, place in zip(joined.tolist(), at.tolist(), strict=True):
        text = header.delimiter.join(column[place].as_py() or "" for column in table.columns)
        fields[number] = (expected, text)
    for number in sorted(fields):
        lines = int(found.starts[number]), int(found.ends[number])
        record = RaggedRecord(number - before, lines[0], expected, *fields[number], lines[1], number in found.broken)
        if ragged is None:
            raise _not_taken(path, record)
        ragged(record)
    kept = np.ones(len(records), dtype=bool)
    kept[at] = False
    return (table.filter(pa.array(kept)), records[kept]) if len(at) else (table, records)


def _not_taken(path: Path, record: RaggedRecord) -> RaggedRecordError:
    if record.open:
        return RaggedRecordError(path, record.problem, "a closing mark for each opening one", record.line)
    found = f"{record.found} fields in record {record.record} ({record.text[:80]!r})"
    return RaggedRecordError(path, found, f"{record.expected} fields, as the header has", record.line)
