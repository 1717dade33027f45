"""Arrow text to the fixed-width, blank-padded fields of a transport file and back, without a row loop."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrow import Array, pa, pc

BLANK = 0x20
Bytes = NDArray[np.uint8]
_TABLE_WIDTH = 256
"""Up to this width a table of masks, one a length, is small enough to be looked up by length."""


def text_lengths(values: Array) -> NDArray[np.int64]:
    """Bytes of each value of a large_string or large_binary array, 0 for missing."""
    lengths = np.diff(_offsets(values))
    if values.null_count:
        lengths[values.is_null().to_numpy(zero_copy_only=False)] = 0
    return lengths


def text_bytes(values: Array) -> Bytes:
    """The bytes that the array's values lie in, end to end, as a view."""
    offsets = _offsets(values)
    return _data(values)[offsets[0] : offsets[-1]]


def pad(values: Array, width: int) -> NDArray[np.void]:
    """Each value as `width` bytes filled up with blanks; no value may be longer.

    Every field is first copied with whatever follows it, as one block of `width` bytes, then what lies
    beyond the value's own length is overwritten. That is two passes over the field, whatever the lengths.
    """
    offsets, lengths = _offsets(values), text_lengths(values)
    first, last = offsets[0], offsets[-1]
    following = np.full(last - first + width, BLANK, dtype=np.uint8)
    following[: last - first] = _data(values)[first:last]
    starting_at = np.ndarray((last - first + 1,), f"V{width}", following, strides=(1,))
    fields = starting_at[offsets[:-1] - first]
    if len(lengths) and lengths.min() < width:
        _blank_after(fields, lengths, width)
    return fields


def _blank_after(fields: NDArray[np.void], lengths: NDArray[np.int64], width: int) -> None:
    if width > _TABLE_WIDTH:
        rows = fields.view(np.uint8).reshape(len(fields), width)
        np.copyto(rows, np.uint8(BLANK), where=np.arange(width) >= lengths[:, None])
        return
    keep, blanks = _masks(width)
    characters = fields.view(np.uint8)
    characters &= keep[lengths].view(np.uint8)
    characters |= blanks[lengths].view(np.uint8)


@lru_cache(maxsize=_TABLE_WIDTH)
def _masks(width: int) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """For each length 0 to `width`: the bits of a value to keep, and the blanks to put after it."""
    within = np.arange(width)[None, :] < np.arange(width + 1)[:, None]
    keep = np.where(within, 0xFF, 0).astype(np.uint8)
    blanks = np.where(within, 0, BLANK).astype(np.uint8)
    return keep.view(f"V{width}").ravel(), blanks.view(f"V{width}").ravel()


def trim(fields: Bytes) -> Array:
    """A block of fields, shape (records, width), as large_binary without trailing blanks; blank is null."""
    count, width = fields.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    padded = pa.Array.from_buffers(
        pa.large_string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(fields))]
    )
    # The kernel compares bytes: it is right for any encoding whose other bytes are never a blank.
    trimmed = pc.ascii_rtrim(padded, " ")
    blank = np.diff(_offsets(trimmed)) == 0
    validity = pa.py_buffer(np.packbits(~blank, bitorder="little")) if blank.any() else None
    _, ends, data = trimmed.buffers()
    return pa.Array.from_buffers(pa.large_binary(), count, [validity, ends, data])


def _offsets(values: Array) -> NDArray[np.int64]:
    buffer: Any = values.buffers()[1]
    if buffer is None or not buffer.size:
        return np.zeros(1, dtype=np.int64)
    return np.frombuffer(buffer, np.int64, values.offset + len(values) + 1)[values.offset :]


def _data(values: Array) -> Bytes:
    buffer: Any = values.buffers()[2]
    return np.frombuffer(buffer, np.uint8) if buffer is not None else np.empty(0, np.uint8)
