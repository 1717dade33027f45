"""Arrow text as fixed-width fields."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.transport.fixed import pad, text_lengths, trim


def arrow(values: list[str | None]) -> pa.Array:
    return pa.array(values, pa.large_string())


def test_each_value_is_filled_up_with_blanks() -> None:
    assert pad(arrow(["ab", None, "", "abcd"]), 4).tobytes() == b"ab          abcd"


def test_no_values_are_no_fields() -> None:
    assert len(pad(arrow([]), 4)) == 0
    assert len(trim(np.empty((0, 4), np.uint8))) == 0


def test_a_slice_is_padded_from_its_own_start() -> None:
    assert pad(arrow(["skipped", "b", None, "cc"]).slice(1), 2).tobytes() == b"b   cc"


def test_bytes_under_a_missing_value_are_not_written() -> None:
    hidden = pa.Array.from_buffers(
        pa.large_string(), 2, [pa.py_buffer(b"\x02"), pa.py_buffer(np.array([0, 3, 4])), pa.py_buffer(b"xyzA")]
    )
    assert text_lengths(hidden).tolist() == [0, 1]
    assert pad(hidden, 3).tobytes() == b"   A  "


@given(st.lists(st.none() | st.text(max_size=300)), st.sampled_from([0, 1, 7, 500]))
def test_padding_is_what_python_pads(values: list[str | None], more: int) -> None:
    raw = [(value or "").encode("utf-8", "surrogatepass") for value in values]
    width = max([1, *map(len, raw)]) + more
    array = pa.array(
        [None if value is None else one for value, one in zip(values, raw, strict=True)], pa.large_binary()
    )
    assert pad(array, width).tobytes() == b"".join(one.ljust(width) for one in raw)


@given(st.lists(st.binary(max_size=9)), st.integers(1, 12))
def test_trimming_is_what_python_trims(values: list[bytes], width: int) -> None:
    fields = [value[:width].ljust(width) for value in values]
    block = np.frombuffer(b"".join(fields), np.uint8).reshape(len(fields), width)
    assert trim(block).to_pylist() == [field.rstrip(b" ") or None for field in fields]


@pytest.mark.parametrize("width", [1, 200, 256, 257, 32767])
def test_any_width(width: int) -> None:
    assert pad(arrow(["x" * width, "y", None]), width).tobytes() == b"x" * width + b"y".ljust(width) + b" " * width
