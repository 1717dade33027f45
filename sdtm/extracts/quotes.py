"""Quotation marks of delimited text: where each record starts, and which records an open mark has run on into."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
_LONGEST = 2**31 - 1
_ENDS = (ord("\n"), ord("\r"))
_QUOTE = ord('"')


class Layout(NamedTuple):
    """The lines of a file's records, column names first.

    `starts`, `ends`: the first and last line of each, from 1. `broken`: the positions of those with line ends between
    quotation marks that do not belong together, since one of them is missing.
    """

    starts: Ints
    ends: Ints
    broken: Ints


def layout(path: Path, encoding: str, delimiter: str) -> Layout:
    """On which lines the records stand, blank lines left out; `encoding` opens the file without a mark before it."""
    content = path.read_bytes() if encoding == "utf-8-sig" else path.read_text(encoding).encode()
    data = np.frombuffer(content.removeprefix(b"\xef\xbb\xbf"), dtype=np.uint8)
    if _paired(data, delimiter):
        return _by_pairs(data)
    return _by_parsing(path, encoding, delimiter)


def _paired(data: npt.NDArray[np.uint8], delimiter: str) -> bool:
    """Whether every mark opens at the start of a value, closes at its end or doubles another one."""
    marks = np.flatnonzero(data == _QUOTE)
    if len(marks) % 2 or len(delimiter.encode()) > 1:
        return False
    framed = np.concatenate([[_ENDS[0]], data, [_ENDS[0]]])
    around = np.array([ord(delimiter), *_ENDS, _QUOTE], dtype=np.uint8)
    before, after = framed[marks[0::2]], framed[marks[1::2] + 2]
    return bool(np.isin(before, around).all() and np.isin(after, around).all())


def _by_pairs(data: npt.NDArray[np.uint8]) -> Layout:
    breaks = np.flatnonzero(data == ord("\n"))
    marks = np.searchsorted(np.flatnonzero(data == _QUOTE), breaks)
    closed = np.flatnonzero(marks % 2 == 0)
    lines = np.append(closed + 1, len(breaks) + 1)
    first = np.append(0, breaks[closed] + 1)
    padded = np.append(data, [ord("\n")] * 2)
    blank = (padded[first] == _ENDS[0]) | ((padded[first] == _ENDS[1]) & (padded[first + 1] == _ENDS[0]))
    return Layout(np.append(1, lines[:-1] + 1)[~blank], lines[~blank], np.empty(0, dtype=np.int64))


def _by_parsing(path: Path, encoding: str, delimiter: str) -> Layout:
    """As the standard library reads the file, which takes the same marks for text as Arrow does."""
    with path.open(encoding=encoding, newline="") as stream:
        lines = stream.readlines()
    limit = csv.field_size_limit(_LONGEST)
    try:
        reader = csv.reader(lines, delimiter=delimiter)
        kinds = [("end", np.int64), ("fields", np.int64)]
        found = np.fromiter(((reader.line_num, len(row)) for row in reader), dtype=kinds)
        starts = np.append(1, found["end"][:-1] + 1)
        there = found["fields"] > 0
        starts, ends = starts[there], found["end"][there]
        long = np.flatnonzero(ends > starts)
        spans = zip((starts[long] - 1).tolist(), ends[long].tolist(), strict=True)
        broken = np.array([_is_broken(lines[start:end], delimiter) for start, end in spans], dtype=bool)
    finally:
        csv.field_size_limit(limit)
    return Layout(starts, ends, long[broken])


def _is_broken(lines: list[str], delimiter: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False
