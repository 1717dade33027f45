"""Coded text: a text column as its distinct values and, for each record, the place of its value.

Collected text repeats: a visit, a unit, a date stand on thousands of records. The store keeps such columns as pandas
categoricals of text, one or two bytes a record; what maps a value to a value then works on the distinct ones alone.
A categorical never leaves the store unasked: `Scope.column` gives plain text, `Scope.coded` what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs.columns import TEXT

Codes: TypeAlias = npt.NDArray[np.intp]
Booleans: TypeAlias = npt.NDArray[np.bool_]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
MOST = 1 << 17
"""A column with more distinct values than this stays plain, as does one whose values hardly repeat."""


def is_coded(values: pd.Series) -> bool:
    """Whether a column is stored as codes."""
    return isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.categories.dtype == TEXT


def is_text(values: pd.Series) -> bool:
    """Whether a column is text, coded or plain."""
    return values.dtype == TEXT or is_coded(values)


def coded(values: pd.Series) -> pd.Series:
    """A text column as codes; one whose values hardly repeat, and any other column, as it is."""
    if values.dtype != TEXT:
        return values
    codes, distinct = pd.factorize(values)
    if not _repeats(len(distinct), len(values)):
        return values
    return from_codes(codes, pd.Series(distinct, dtype=TEXT), values.index)


def coded_or_plain(codes: npt.NDArray[Any], values: pd.Series) -> pd.Series:
    """Codes as a column: coded where values repeat, else plain text."""
    if _repeats(len(values), len(codes)):
        return from_codes(codes, values)
    return pd.Series(values.array.take(codes.astype(np.intp), allow_fill=True))


def _repeats(distinct: int, records: int) -> bool:
    return distinct <= min(MOST, records // 2 + 1)


def plain(values: pd.Series) -> pd.Series:
    """A column as derivations see it: text where it is stored as codes."""
    if not is_coded(values):
        return values
    codes, distinct = _parts(values)
    return pd.Series(distinct.array.take(codes, allow_fill=True), index=values.index)


def plain_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with its coded columns as text."""
    return frame.assign(**{str(name): plain(frame[name]) for name in frame.columns if is_coded(frame[name])})


def coded_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with its columns of text as codes, where values repeat."""
    return frame.assign(**{str(name): coded(frame[name]) for name in frame.columns if frame[name].dtype == TEXT})


def in_order(values: pd.Series) -> pd.Series:
    """A coded column with its values in code point order and none to spare: the same however it came about."""
    codes, texts = split(values)
    used = np.flatnonzero(np.bincount(codes + 1, minlength=1)[1:])
    names = texts.iloc[used].to_numpy(dtype=object)
    order = np.argsort(names, kind="stable")
    place = np.full(len(texts) + 1, -1, dtype=np.intp)
    place[used[order]] = np.arange(len(used))
    return _made(place[codes], pd.Series(names[order], dtype=TEXT), values.index)


def from_codes(codes: npt.NDArray[Any], values: pd.Series, index: pd.Index | None = None) -> pd.Series:
    """Codes as a column; `values` may be missing or stand twice, code -1 is missing."""
    places, distinct = pd.factorize(values)
    if len(distinct) < len(values):
        codes = np.append(places, -1)[codes]
    return _made(codes, pd.Series(distinct, dtype=TEXT), index)


def _made(codes: npt.NDArray[Any], categories: pd.Series, index: pd.Index | None) -> pd.Series:
    made = pd.Categorical.from_codes(codes, pd.Index(categories))  # type: ignore[arg-type]
    return pd.Series(made, index=index, copy=False)


def split(values: pd.Series) -> tuple[Codes, pd.Series]:
    """The code of each record (-1: missing) and the values they stand for, as plain text (or what the column holds)."""
    if is_coded(values):
        return _parts(values)
    codes, found = pd.factorize(values)
    return codes, pd.Series(found, dtype=values.dtype)


def each_value(values: pd.Series) -> pd.Series:
    """The texts to look at to know of all: the distinct ones of a coded column, all of a plain one."""
    return _texts(values) if is_coded(values) else values


def by_value(values: pd.Series, function: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """A function from text to text over a column: over its distinct values where it is coded."""
    if not is_coded(values):
        return function(values)
    codes, texts = _parts(values)
    return from_codes(codes, function(texts), values.index)


def mask_by_value(values: pd.Series, function: Callable[[pd.Series], Booleans], missing: bool) -> Booleans:
    """What holds of each record by its value alone; `missing` is what holds of a missing one."""
    codes, texts = _parts(values)
    return np.append(np.asarray(function(texts), dtype=bool), missing)[codes]


def stack(columns: Sequence[pd.Series]) -> pd.Series:
    """Columns one below the other, coded where each of them is."""
    if len(columns) == 1:
        return columns[0].reset_index(drop=True)
    if not all(is_coded(column) for column in columns):
        return pd.concat([plain(column) for column in columns], ignore_index=True)
    arrays: list[Any] = [column.array for column in columns]
    texts = pd.concat([pd.Series(array.categories) for array in arrays], ignore_index=True)
    places, categories = pd.factorize(texts)
    narrow = np.append(places, -1).astype(np.min_scalar_type(-max(len(categories), 1)))
    ends = np.cumsum([len(array.categories) for array in arrays])
    moved = [
        np.append(narrow[end - len(array.categories) : end], narrow[-1:])[array.codes]
        for array, end in zip(arrays, ends, strict=True)
    ]
    return _made(np.concatenate(moved), pd.Series(categories, dtype=TEXT), None)


def below(frames: Sequence[pd.DataFrame], done: Callable[[], None] | None = None) -> pd.DataFrame:
    """Frames of the same columns one below the other, coded columns where each of them is.

    The frames are used up: a column leaves them when it stands in the whole, so that nothing is there twice, and
    then `done` is called.
    """
    length = sum(map(len, frames))
    columns: dict[Any, pd.Series] = {}
    for name in list(frames[0].columns):
        columns[name] = stack([frame.pop(name) for frame in frames])
        if done:
            done()
    return pd.DataFrame(columns, index=pd.RangeIndex(length), copy=False)


def choose(mask: Booleans, chosen: pd.Series, other: pd.Series) -> pd.Series:
    """`chosen` where the mask holds, else `other`; coded if both are, text by Arrow, which pandas takes one by one."""
    if is_coded(chosen) and is_coded(other):
        both = stack([chosen, other])
        array: Any = both.array
        return _made(np.where(mask, array.codes[: len(mask)], array.codes[len(mask) :]), _texts(both), chosen.index)
    chosen, other = plain(chosen), plain(other)
    if chosen.dtype != TEXT or other.dtype != TEXT:
        return chosen.where(mask, other)
    import pyarrow as arrow
    from pyarrow.compute import call_function

    columns = [arrow.array(values.array, from_pandas=True) for values in (chosen, other)]
    return pd.Series(call_function("if_else", [arrow.array(mask), *columns]), dtype=TEXT, index=chosen.index)


def flags(mask: Booleans, value: str = "Y") -> pd.Series:
    """A coded column that holds a value where the mask does, and nothing elsewhere."""
    return _made(np.where(mask, np.int8(0), np.int8(-1)), pd.Series([value], dtype=TEXT), None)


def constant_coded(value: str, length: int) -> pd.Series:
    """A coded column that holds one value."""
    return flags(np.ones(length, dtype=bool), value)


def empty_coded(length: int) -> pd.Series:
    """A coded column in which everything is missing."""
    return _made(np.full(length, -1, dtype=np.int8), pd.Series([], dtype=TEXT), None)


def combined(columns: Iterable[tuple[Codes, pd.Series]], length: int) -> Codes:
    """One code for each combination of columns that `split` gave; a missing value is a value of its own."""
    codes = np.zeros(length, dtype=np.intp)
    for own, distinct in columns:
        codes, found = pd.factorize(codes * (len(distinct) + 1) + own + 1)
        if len(found) == length:
            break
    return codes


def repeats(columns: Sequence[pd.Series], length: int) -> Booleans:
    """Which records are equal to an earlier one in all columns, a missing value to a missing one.

    Mixed into one number a record, unequal records are seldom equal: only where numbers are is compared.
    """
    mixed = np.zeros(length, dtype=np.uint64)
    for column in sorted(columns, key=is_coded):
        codes, distinct = split(column)
        if len(distinct) == length:
            return np.zeros(length, dtype=bool)
        mixed *= _MULTIPLIER
        mixed += codes.view(np.uint64)
    places = np.flatnonzero(pd.Series(mixed).duplicated(keep=False))
    own = combined((split(column.iloc[places]) for column in columns), len(places))
    result = np.zeros(length, dtype=bool)
    result[places] = pd.Series(own).duplicated().to_numpy()
    return result


def together(columns: Sequence[pd.Series]) -> tuple[Codes, list[pd.Series]]:
    """The distinct records of several text columns: the code of each record, and the columns of those records."""
    codes = combined(map(split, columns), len(columns[0]))
    first = np.empty(codes.max(initial=-1) + 1, dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return codes, [plain(column.iloc[first].reset_index(drop=True)) for column in columns]


def _parts(values: pd.Series) -> tuple[Codes, pd.Series]:
    array: Any = values.array
    return np.asarray(array.codes, dtype=np.intp), _texts(values)


def _texts(values: pd.Series) -> pd.Series:
    array: Any = values.array
    return pd.Series(array.categories.array, dtype=TEXT, copy=False)
