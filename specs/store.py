"""What a build has in memory: raw forms, datasets given, and datasets being built, all read the same way.

A row of a table is named by an integer id: for a form or a given dataset its position, for a dataset being
built `slice << 32 | position`. Ids are what lineage is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs.coded import empty_coded, from_codes, split, stack
from specs.columns import TEXT

Ints = npt.NDArray[np.int64]
NOWHERE = -1
RECORD = "_record"
"""The column of a form with the number of each record in its file, from 1."""
_SHIFT = 32
_POSITION = (1 << _SHIFT) - 1


def take(values: pd.Series, positions: Ints) -> pd.Series:
    """The values at the positions, missing at NOWHERE."""
    if len(positions) == len(values) and bool((positions == np.arange(len(values))).all()):
        return pd.Series(values.array.copy(), copy=False)
    taken = values.array.take(positions, allow_fill=True)
    return pd.Series(taken, copy=False)


def concat(columns: Sequence[pd.Series], length: int) -> pd.Series:
    """Columns one below the other; nothing at all is missing text."""
    kept = [column for column in columns if len(column)]
    if not kept:
        return columns[0].reset_index(drop=True) if columns else empty_coded(length)
    return stack(kept)


@dataclass(frozen=True)
class Subjects:
    """The subjects of a part in byte-wise order; a subject's code is its position."""

    ids: tuple[str, ...]

    def codes(self, usubjid: pd.Series) -> Ints:
        """The code of each USUBJID, NOWHERE for those that are not of the study."""
        own, texts = split(usubjid)
        known = pd.Index(self.ids, dtype=object).get_indexer(pd.Index(texts.astype(object))).astype(np.int64)
        return np.append(known, NOWHERE)[own]

    def names(self, codes: Ints) -> pd.Series:
        """The USUBJID of each code."""
        return from_codes(codes, pd.Series(list(self.ids), dtype=TEXT))

    def __len__(self) -> int:
        return len(self.ids)


@dataclass
class Sheet:
    """A stretch of rows: a form, a given dataset, or one slice of a dataset being built.

    `rest`: of a variable with long text, what goes on after its first piece: row, number (from 1), text.
    """

    subject: Ints
    columns: dict[str, pd.Series] = field(default_factory=dict[str, pd.Series])
    produced: dict[str, pd.Series] = field(default_factory=dict[str, pd.Series])
    sources: tuple[str, ...] = ()
    source: npt.NDArray[np.int16] | None = None
    row: Ints | None = None
    rest: dict[str, pd.DataFrame] = field(default_factory=dict[str, pd.DataFrame])

    def __len__(self) -> int:
        return len(self.subject)


@dataclass
class Table:
    """A form, a given dataset or a dataset being built: its sheets, one below the other."""

    name: str
    sheets: dict[str, Sheet] = field(default_factory=dict[str, Sheet])
    numbers: dict[str, int] = field(default_factory=dict[str, int])
    file: str = ""

    def sheet(self, slice_id: str) -> Sheet:
        return self.sheets[slice_id]

    def add(self, slice_id: str, sheet: Sheet, number: int) -> None:
        self.sheets[slice_id] = sheet
        self.numbers[slice_id] = number

    def ids(self, slices: Iterable[str]) -> Ints:
        """The row ids of some slices, in order."""
        parts = [(np.int64(self.numbers[s]) << _SHIFT) + np.arange(len(self.sheets[s]), dtype=np.int64) for s in slices]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def records(self, ids: Ints) -> Ints:
        """The record numbers in the file, from 1, of the rows of a form or given dataset; 0 for none."""
        positions = ids & _POSITION
        known = self.sheets[""].columns.get(RECORD)
        numbers = positions + 1 if known is None else known.to_numpy(dtype=np.int64)[np.where(ids < 0, 0, positions)]
        return np.where(ids < 0, 0, numbers)

    def gather(self, name: str, ids: Ints) -> pd.Series | None:
        """A column's values at row ids; None where no slice has the column."""
        holders = [(self.numbers[s], sheet) for s, sheet in self.sheets.items() if name in sheet.columns]
        if not holders:
            return None
        if len(self.sheets) == 1:
            number, sheet = holders[0]
            # the ids of the first sheet, a form's say, are positions as they stand
            return take(sheet.columns[name], np.where(ids < 0, NOWHERE, ids & _POSITION) if number else ids)
        starts: dict[int, int] = {}
        length = 0
        for number, sheet in holders:
            starts[number] = length
            length += len(sheet)
        values = concat([sheet.columns[name] for _, sheet in holders], length)
        table = np.full(max(self.numbers.values()) + 1, -1, dtype=np.int64)
        for number, start in starts.items():
            table[number] = start
        start = np.where(ids < 0, -1, table[np.where(ids < 0, 0, ids >> _SHIFT)])
        return take(values, np.where(start < 0, NOWHERE, start + (ids & _POSITION)))


def single(name: str, frame: pd.DataFrame, subject: Ints, file: str = "") -> Table:
    """A table of one sheet: a form or a given dataset."""
    columns = {str(column): frame[column].reset_index(drop=True) for column in frame.columns}
    table = Table(name, file=file)
    table.add("", Sheet(subject, columns), 0)
    return table


def split_ids(ids: Ints) -> tuple[Ints, Ints]:
    """Slice number and position of row ids (-1 and -1 for NOWHERE)."""
    return np.where(ids < 0, NOWHERE, ids >> _SHIFT), np.where(ids < 0, NOWHERE, ids & _POSITION)
