"""IEEE 754 doubles to IBM System/360 doubles and back, with SAS missing values.

SAS stores a number in a transport file as one sign bit, seven bits of exponent (of 16, excess 64) and 56
bits of fraction; a missing value is its letter in the first byte and zeros (SAS technical note TS-140).
Every double between 16**-65 and 16**63 has an exact IBM form, since 53 bits and at most three leading
zeros fit 56. In memory a special missing value (.A to .Z, ._) is a quiet NaN whose lowest byte is the
letter: it is missing to every program and keeps its letter through copies, joins and Parquet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LARGEST = 16.0**63
SMALLEST = 16.0**-65
MISSING = ord(".")
LETTERS = b"_ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_SIGN = np.uint64(1 << 63)
_FRACTION = np.uint64((1 << 52) - 1)
_HIDDEN = np.uint64(1 << 52)
_FRACTION56 = np.uint64((1 << 56) - 1)
_QUIET_NAN = np.uint64(0x7FF8 << 48)
_PAYLOAD = np.uint64((1 << 51) - 1)
# A double is m * 2**(e - 1075) and an IBM number f * 2**(4E - 312), so with t = e - 763, E = t // 4 and
# f = m << t % 4.
_EXPONENT_GAP = np.uint64(763)


def _scales() -> NDArray[np.float64]:
    """What a 56-bit fraction is multiplied with, by the first byte: sign and power of 16."""
    exponent = np.arange(128, dtype=np.int64)
    positive = np.ldexp(1.0, 4 * exponent - 312)
    return np.concatenate([positive, -positive])


_SCALES = _scales()
_IS_LETTER = np.zeros(256, dtype=bool)
_IS_LETTER[list(LETTERS)] = True
_IS_MISSING = _IS_LETTER.copy()
_IS_MISSING[MISSING] = True


def special_missing(letter: str) -> float:
    """The NaN that stands for .A to .Z or ._ (given as "A" or ".A"); "." is the plain one."""
    letter = letter.removeprefix(".").upper()
    if not letter:
        return float("nan")
    if len(letter) != 1 or ord(letter) not in LETTERS:
        raise ValueError(f"a special missing value is .A to .Z or ._, not {letter!r}")
    return float((_QUIET_NAN | np.uint64(ord(letter))).view(np.float64))


def missing_letters(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """0 where a value is a number, else the byte of its missing value: "." or the special letter."""
    bits = np.ascontiguousarray(values, dtype=np.float64).view(np.uint64)
    payload = bits & _PAYLOAD
    letter = (payload & np.uint64(0xFF)).astype(np.uint8)
    special = _IS_LETTER[letter] & (payload == letter)
    return np.where(np.isnan(values), np.where(special, letter, MISSING), 0).astype(np.uint8)


def unstorable(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where a value has no IBM form: infinite, 16**63 and beyond, or nearer to zero than 16**-65."""
    size = np.abs(values)
    with np.errstate(invalid="ignore"):
        return (size >= LARGEST) | ((size < SMALLEST) & (size != 0))


def encode(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    """The IBM form of each value as an integer whose big-endian bytes are what the file holds.

    The values must be storable; minus zero becomes zero, as IBM's arithmetic has one zero.
    """
    values = np.ascontiguousarray(values, dtype=np.float64)
    bits = values.view(np.uint64)
    scale = ((bits << np.uint64(1)) >> np.uint64(53)) - _EXPONENT_GAP
    out = ((bits & _FRACTION) | _HIDDEN) << (scale & np.uint64(3))
    out |= (scale >> np.uint64(2)) << np.uint64(56)
    out |= bits & _SIGN
    out[values == 0] = 0
    missing = np.isnan(values)
    if missing.any():
        out[missing] = missing_letters(values[missing]).astype(np.uint64) << np.uint64(56)
    return out


def decode(stored: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The value of each IBM number, given as a native integer; 56 bits round to the nearest double.

    A zero fraction under a missing value's byte is that missing value, under any other byte zero.
    """
    first = (stored >> np.uint64(56)).astype(np.uint8)
    fraction = stored & _FRACTION56
    values = fraction.astype(np.int64).astype(np.float64)
    values *= _SCALES[first]
    empty = np.flatnonzero(fraction == 0)
    if len(empty):
        values[empty] = 0.0
        missing = empty[_IS_MISSING[first[empty]]]
        letter = first[missing].astype(np.uint64)
        letter[letter == MISSING] = 0
        values.view(np.uint64)[missing] = _QUIET_NAN | letter
    return values
