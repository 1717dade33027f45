"""Text out of text: joined, cut, found by a pattern, and split where it is too long for a variable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sdtm.mapped import Mapped
from sdtm.patterns import groups, named
from specs.columns import TEXT, text

LIMIT = 200


class Pieces(NamedTuple):
    """Long text in pieces: `first`, one per row, and `rest` with columns row (position), number (from 1), text."""

    first: pd.Series
    rest: pd.DataFrame


def concatenate(columns: Sequence[pd.Series], separator: str = "") -> pd.Series:
    """The columns' texts one after another; what is missing is left out, its separator too."""
    joined = columns[0]
    for column in columns[1:]:
        both = joined + (separator + column)
        joined = both.where(joined.notna() & column.notna(), joined.where(joined.notna(), column))
    return joined.astype(TEXT)


def substring(values: pd.Series, start: int, length: int | None = None) -> pd.Series:
    """Characters from `start` (the first is 1), at most `length` of them; missing where none is left."""
    if start < 1:
        raise ValueError(f"the first character is 1, found start {start}")
    part = values.str.slice(start - 1, None if length is None else start - 1 + length)
    return part.mask(part == "").astype(TEXT)


def pattern(values: pd.Series, expression: str) -> Mapped:
    """What the first named group of a regular expression catches, or its whole match if it names none.

    Text that it does not match, or in which the group catches nothing, is missing and has failed.
    Raises PatternError.
    """
    found = groups(values, named(expression))
    caught = found.iloc[:, 0]
    said = (values.notna() & (values != "")).to_numpy()
    return Mapped(caught, said & caught.isna().to_numpy())


def upper(values: pd.Series) -> pd.Series:
    """Text in upper case."""
    return values.str.upper().astype(TEXT)


def split_long(values: pd.Series, limit: int = LIMIT) -> Pieces:
    """Text cut at word ends into pieces of at most `limit` bytes of UTF-8.

    The blank at a cut is dropped; a word longer than a piece is cut between characters. SDTMIG 3.4, 4.5.3.2:
    the first piece stays in the variable, the others go to SUPP--.
    """
    # A character has at most four bytes: only texts that may be too long are measured.
    maybe = np.flatnonzero(values.str.len().fillna(0).to_numpy() > limit // 4)
    texts = values.to_numpy(dtype=object)
    cut = {row: _cut(texts[row].encode(), limit) for row in maybe.tolist()}
    longer = {row: pieces for row, pieces in cut.items() if pieces != [texts[row]]}
    texts[list(longer)] = [pieces[0] for pieces in longer.values()]
    rest = [(row, number, piece) for row, pieces in longer.items() for number, piece in enumerate(pieces[1:], start=1)]
    frame = pd.DataFrame(rest, columns=["row", "number", "text"])
    return Pieces(
        text(pd.Series(texts, index=values.index, dtype=TEXT)) if longer else values,
        frame.astype({"row": "int64", "number": "int64", "text": TEXT}),
    )


def _cut(line: bytes, limit: int) -> list[str]:
    pieces: list[str] = []
    start = 0
    while len(line) - start > limit:
        end = line.rfind(b" ", start, start + limit + 1)
        if end <= start:
            end = start + limit
            # The bytes of a character after its first all begin with the bits 10.
            while line[end] & 0xC0 == 0x80:
                end -= 1
        pieces.append(line[start:end].decode().rstrip())
        start = end
        while line[start : start + 1] == b" ":
            start += 1
    pieces.append(line[start:].decode())
    return [piece for piece in pieces if piece.strip()] or [""]
