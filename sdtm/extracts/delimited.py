"""Delimited text: CSV as EDC systems and people export it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from sdtm.extracts.cells import coded_cells
from sdtm.extracts.errors import EmptyFileError, EncodingError, RaggedRecordError, UnreadableFileError

Ints = npt.NDArray[np.int64]
_DELIMITERS = (",", ";", "\t", "|")
_STEP = 1 << 20
# Arrow reads a block at a time, and no record may be longer than one: small blocks first, for memory's sake.
_BLOCKS = (1 << 22, 1 << 26)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class RaggedRecord(NamedTuple):
    """A record with too many or too few fields: its number and the line it starts on, both from 1."""

    record: int
    line: int
    expected: int
    found: int
    text: str


def read_delimited(
    path: Path, delimiter: str | None, encoding: str | None, ragged: Callable[[RaggedRecord], None] | None
) -> tuple[list[tuple[str, pd.Series]], Ints]:
    """Name and values of each column, coded where they repeat, and the number of each record.

    Raises EmptyFileError, EncodingError, RaggedRecordError, UnreadableFileError.
    """
    encoding = encoding or _found_encoding(path)
    _check_encoding(path, encoding)
    with path.open(encoding=_with_bom(encoding), newline="") as stream:
        header = _header(path, stream, delimiter)
    bad: list[Any] = []
    table = _table(path, header, encoding, bad, threads=True)
    if bad:
        bad.clear()
        table = _table(path, header, encoding, bad, threads=False)
    _check_end(path, table)
    skipped = _ragged(path, encoding, bad, ragged) if bad else np.empty(0, dtype=np.int64)
    records = np.delete(np.arange(1, len(table) + len(skipped) + 1), skipped - 1)
    columns: list[tuple[str, pd.Series]] = []
    for name in header.names:
        # Each raw column is let go before the next is made, so that no file stands in memory twice.
        columns.append((name, coded_cells(table.column(0))))
        table = table.remove_column(0)
    return columns, records


def _check_end(path: Path, table: Any) -> None:
    """Refuse a file whose last value has swallowed the records after it: a quotation mark that is never closed."""
    last = [column[-1].as_py() or "" for column in table.columns] if len(table) else []
    lines = max((value.count("\n") for value in last), default=0)
    if not lines:
        return
    content = path.read_bytes()
    if content.count(b'"') % 2:
        found = f"a quotation mark that is never closed: {lines} lines stand in one value"
        raise UnreadableFileError(path, found, "a closing mark for each opening one", content.count(b"\n") - lines + 1)


class _Header(NamedTuple):
    names: list[str]
    delimiter: str


def _found_encoding(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(4)
    return next((name for bom, name in _BOMS if start.startswith(bom)), "utf-8")


def _with_bom(encoding: str) -> str:
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _check_encoding(path: Path, encoding: str) -> None:
    """Read the file once as text: the place of the first byte that is none is worth the time."""
    try:
        decoder = codecs.getincrementaldecoder(_python_name(encoding))()
    except LookupError:
        raise EncodingError(path, f"the encoding {encoding!r}", "one that is known, such as utf-8 or cp1252") from None
    done = 0
    lines = 1
    with path.open("rb") as stream:
        while True:
            block = stream.read(_STEP)
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                offset = done - held + error.start
                line = lines + block[: max(error.start - held, 0)].count(b"\n")
                raise EncodingError(
                    path,
                    f"the byte 0x{error.object[error.start]:02X} at offset {offset}, which is not {encoding} text",
                    "UTF-8, or the file's encoding declared (such as cp1252, gb18030, shift_jis)",
                    line,
                ) from error
            if not block:
                return
            done += len(block)
            lines += block.count(b"\n")


def _header(path: Path, stream: io.TextIOBase, delimiter: str | None) -> _Header:
    lines = [next((line for line in stream if line.strip()), "")]
    if not lines[0]:
        raise EmptyFileError(path, "nothing but blank lines", "column names and records")
    quoted = lines[0].count('"') % 2
    while quoted and (more := stream.readline()):
        quoted ^= more.count('"') % 2
        lines.append(more)
    header = "".join(lines)
    outside = "".join(header.split('"')[::2])
    delimiter = delimiter or max(_DELIMITERS, key=outside.count)
    try:
        return _Header(next(csv.reader(io.StringIO(header, newline=""), delimiter=delimiter)), delimiter)
    except csv.Error as error:
        raise UnreadableFileError(path, f"column names that can't be read ({error})", "column names", 1) from error


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
            table = arrow_csv.read_csv(
                path,
                arrow_csv.ReadOptions(
                    use_threads=threads, block_size=block, column_names=names, encoding=_python_name(encoding)
                ),
                arrow_csv.ParseOptions(delimiter=header.delimiter, newlines_in_values=True, invalid_row_handler=skip),
                arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, kind), check_utf8=False),
            )
            return table.slice(1)
        except pa.ArrowInvalid as error:
            bad.clear()
            problem = error
    expected = f"records of {len(names)} fields, {header.delimiter!r} between them, each under 64 MB"
    raise UnreadableFileError(path, str(problem), expected) from problem


def _python_name(encoding: str) -> str:
    return "utf8" if codecs.lookup(encoding).name in {"utf-8", "utf-8-sig", "ascii"} else encoding


def _ragged(path: Path, encoding: str, bad: list[Any], ragged: Callable[[RaggedRecord], None] | None) -> Ints:
    """Numbers of the records that do not fit, each handed on; without a taker the first is an error."""
    numbers = np.array([row.number - 1 for row in bad], dtype=np.int64)
    lines = _lines(path, encoding, numbers)
    for row, number, line in zip(bad, numbers.tolist(), lines.tolist(), strict=True):
        record = RaggedRecord(number, line, row.expected_columns, row.actual_columns, row.text)
        if ragged is None:
            found = f"{record.found} fields in record {number} ({record.text[:80]!r})"
            raise RaggedRecordError(path, found, f"{record.expected} fields, as the header has", line)
        ragged(record)
    return numbers


def _lines(path: Path, encoding: str, records: Ints) -> Ints:
    """The line on which each record starts, from 1: quoted line ends and blank lines are no records."""
    text = path.read_bytes() if _python_name(encoding) == "utf8" else path.read_text(encoding).encode()
    content = np.frombuffer(text, dtype=np.uint8)
    breaks = np.flatnonzero(content == ord("\n"))
    quotes = np.searchsorted(np.flatnonzero(content == ord('"')), breaks)
    ends = np.flatnonzero(quotes % 2 == 0)
    starts = np.append(0, ends + 1)
    first_byte = np.append(0, breaks[ends] + 1)
    at = np.minimum(first_byte, len(content) - 1)
    following = np.minimum(at + 1, len(content) - 1)
    blank = (content[at] == ord("\n")) | ((content[at] == ord("\r")) & (content[following] == ord("\n")))
    return starts[~blank][records] + 1
