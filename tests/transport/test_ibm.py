"""IBM floats: hand-worked numbers, and every float by its exact value."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.transport import ibm, missing_letters, special_missing


def stored(*values: float) -> list[str]:
    return [f"{word:016x}" for word in ibm.encode(np.array(values)).tolist()]


def exact_value(word: int) -> Fraction:
    """What the 64 bits stand for, by the definition."""
    sign = -1 if word >> 63 else 1
    return sign * Fraction(word & ((1 << 56) - 1), 1 << 56) * Fraction(16) ** ((word >> 56 & 0x7F) - 64)


storable = st.floats(allow_nan=False, allow_infinity=False, width=64).filter(
    lambda value: value == 0 or ibm.SMALLEST <= abs(value) < ibm.LARGEST
)


def test_hand_worked_numbers() -> None:
    assert stored(1.0, -1.0, 0.0, -0.0) == ["4110000000000000", "c110000000000000", "0" * 16, "0" * 16]
    assert stored(-118.625, 0.5, 16.0) == ["c276a00000000000", "4080000000000000", "4210000000000000"]
    assert stored(0.1, 1 / 3) == ["401999999999999a", "4055555555555554"]


def test_the_limits_of_the_format() -> None:
    largest = np.nextafter(ibm.LARGEST, 0)
    assert stored(ibm.SMALLEST, largest) == ["0010000000000000", "7ffffffffffffff8"]
    bad = np.array([ibm.LARGEST, -ibm.LARGEST, np.inf, -np.inf, 5e-324, 2.3e-308, np.nextafter(ibm.SMALLEST, 0)])
    assert ibm.unstorable(bad).all()
    assert not ibm.unstorable(np.array([ibm.SMALLEST, largest, 0.0, -0.0, np.nan])).any()


@given(st.lists(storable, min_size=1))
def test_every_storable_float_is_stored_exactly_and_comes_back(values: list[float]) -> None:
    words = ibm.encode(np.array(values))
    assert [exact_value(word) for word in words.tolist()] == [Fraction(value) for value in values]
    assert ibm.decode(words).tolist() == values


@given(st.integers(0, (1 << 64) - 1))
def test_any_ibm_number_decodes_to_the_nearest_double(word: int) -> None:
    value = float(ibm.decode(np.array([word], dtype=np.uint64))[0])
    if np.isnan(value):
        assert word & ((1 << 56) - 1) == 0
    else:
        assert value == float(exact_value(word))


def test_numbers_that_are_not_normalised_decode_by_value() -> None:
    assert ibm.decode(np.array([0x4200000000000010], dtype=np.uint64)).tolist() == [2.0**-44]
    assert ibm.decode(np.array([0x8000000000000000, 0x4000000000000000], dtype=np.uint64)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("letter", ["_", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"])
def test_special_missing_values_round_trip(letter: str) -> None:
    value = special_missing(letter)
    assert np.isnan(value)
    words = ibm.encode(np.array([value]))
    assert words.tolist() == [ord(letter) << 56]
    assert missing_letters(ibm.decode(words)).tolist() == [ord(letter)]


def test_any_other_nan_is_the_plain_missing_value() -> None:
    odd = np.array([0x7FF8000000000001, 0xFFF8000000000000, 0x7FF80000000000FF, 0x7FF8000100000041], dtype=np.uint64)
    assert ibm.encode(odd.view(np.float64)).tolist() == [ord(".") << 56] * 4
    assert missing_letters(np.array([np.nan, 0.0, 65.0])).tolist() == [ord("."), 0, 0]


@pytest.mark.parametrize("letter", ["AB", "1", ".1", "É"])
def test_other_letters_are_no_missing_values(letter: str) -> None:
    with pytest.raises(ValueError, match="special missing"):
        special_missing(letter)
