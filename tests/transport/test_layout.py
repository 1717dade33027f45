"""Header records: times, and the sections that only version 8 has."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.transport.layout import (
    NAMESTR,
    V5,
    V8,
    Field,
    blank_padded,
    header,
    pack_namestr,
    parse_timestamp,
    timestamp,
)
from oncdisc.transport.model import Variable


def test_a_header_record_is_eighty_bytes() -> None:
    assert header(b"OBS") == b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!" + b"0" * 30 + b"  "
    assert NAMESTR.size == 140


def test_a_time_has_english_months_and_two_digits_of_the_year() -> None:
    assert timestamp(datetime(2026, 12, 1, 2, 3, 4)) == b"01DEC26:02:03:04"


@given(st.datetimes(datetime(1960, 1, 1), datetime(2059, 12, 31, 23, 59, 59)))
def test_times_from_1960_to_2059_come_back(moment: datetime) -> None:
    assert parse_timestamp(timestamp(moment)) == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    "text", [b" " * 16, b"31FEB20:00:00:00", b"01XXX20:00:00:00", b"01JAN20:25:00:00", b"\xff" * 16]
)
def test_what_is_no_time_is_none(text: bytes) -> None:
    assert parse_timestamp(text) is None


def test_version_8_keeps_the_long_name_and_the_length_of_the_label() -> None:
    field = Field(Variable("VisitNumberOfTheDay", "x" * 60, "float"), False, 16, 8)
    old, new = (pack_namestr(version, field, 3, "ascii") for version in (V5, V8))
    assert old[:88] == new[:88]
    assert new[8:16] == b"VisitNum"
    assert new[88:122] == b"VisitNumberOfTheDay".ljust(32) + b"\0\x3c"
    assert old[88:] == bytes(52)


@given(st.binary(max_size=200))
def test_sections_fill_whole_records_with_blanks(section: bytes) -> None:
    padded = blank_padded(section)
    assert len(padded) % 80 == 0
    assert len(padded) - len(section) < 80
    assert padded == section + b" " * (len(padded) - len(section))
