"""SYSINFO: a case for each of PROC COMPARE's sixteen bits, and what they add up to."""

from __future__ import annotations

import pytest

from oncdisc.review import Options, SysInfo, Table, VariableAttributes, bit_names, compare_tables
from oncdisc.review.sysinfo import MEANINGS, bit_meanings
from tests.review.builders import table


def attributed(**said: object) -> Table:
    return table(ID=[1, 2], X=[3, 4], attributes=[VariableAttributes("X", "num", **said)])  # type: ignore[arg-type]


PLAIN = {"ID": [1, 2, 3], "X": [4, 5, 6]}

# Worked out by hand from the documentation's table of return codes: what differs, and the bits that must be set.
CASES = {
    "nothing differs": (table(**PLAIN), table(**PLAIN), Options(keys=("ID",)), 0),
    "bit 1, dataset labels": (
        table(label="Adverse Events", **PLAIN), table(label="Adverse events", **PLAIN), Options(), 1,
    ),
    "bit 2, dataset types": (table(type="", **PLAIN), table(type="CORR", **PLAIN), Options(), 2),
    "bit 3, informat": (attributed(informat="8."), attributed(informat="BEST12."), Options(), 4),
    "bit 4, format": (attributed(format="DATE9."), attributed(format="DATE11."), Options(), 8),
    "bit 5, length": (attributed(length=8), attributed(length=4), Options(), 16),
    "bit 6, label": (attributed(label="Age"), attributed(label="Age (years)"), Options(), 32),
    "bit 7, row only in base": (
        table(**PLAIN), table(ID=[1, 3], X=[4, 6]), Options(keys=("ID",)), 64,
    ),
    "bit 8, row only in compare": (
        table(ID=[1, 3], X=[4, 6]), table(**PLAIN), Options(keys=("ID",)), 128,
    ),
    "bits 7 and 8, other rows on each side": (
        table(ID=[1, 2], X=[4, 5]), table(ID=[1, 3], X=[4, 6]), Options(keys=("ID",)), 64 + 128,
    ),
    "bit 9, BY group only in base": (
        table(**PLAIN), table(ID=[1, 2], X=[4, 5]), Options(by=("ID",), keys=()), 64 + 256,
    ),
    "bit 10, BY group only in compare": (
        table(ID=[1, 2], X=[4, 5]), table(**PLAIN), Options(by=("ID",), keys=()), 128 + 512,
    ),
    "bit 11, variable only in base": (table(Y=[1, 1, 1], **PLAIN), table(**PLAIN), Options(), 1024),
    "bit 12, variable only in compare": (table(**PLAIN), table(Y=[1, 1, 1], **PLAIN), Options(), 2048),
    "bit 13, values": (table(**PLAIN), table(ID=[1, 2, 3], X=[4, 5, 7]), Options(keys=("ID",)), 4096),
    "bit 14, types": (
        table(**PLAIN), table(ID=[1, 2, 3], X=["4", "5", "6"]), Options(keys=("ID",)), 8192,
    ),
    "bit 15, BY variables that compare has none of": (
        table(ID=[1, 1], X=[4, 5]), table(X=[4, 5]), Options(by=("ID",), keys=()), 1024 + 16384,
    ),
    "bits 15 and 16, BY variables of another type": (
        table(ID=[1, 2], X=[4, 5]), table(ID=["1", "2"], X=[4, 5]), Options(by=("ID",)), 16384 + 32768,
    ),
    "bits 15 and 16, compare has some BY variables only": (
        table(ID=[1], Y=[1], X=[4]), table(ID=[1], X=[4]), Options(by=("ID", "Y")), 16384 + 32768,
    ),
    "bit 16, a key that base lacks": (table(**PLAIN), table(**PLAIN), Options(keys=("NONE",)), 32768),
    "bit 16, a key of two types": (
        table(**PLAIN), table(ID=["1", "2", "3"], X=[4, 5, 6]), Options(keys=("ID",)), 32768,
    ),
    "attributes, rows and values together": (
        table(label="a", **PLAIN), table(label="b", ID=[1, 2], X=[4, 9]), Options(keys=("ID",)), 1 + 64 + 4096,
    ),
    "fewer rows by position": (table(**PLAIN), table(ID=[1, 2], X=[4, 5]), Options(keys=()), 64),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bits_of_hand_worked_case(case: str) -> None:
    base, compare, options, expected = CASES[case]
    found = compare_tables(base, compare, options)
    assert found.sysinfo == expected, (bit_names(found.sysinfo), bit_names(expected), found.error)
    assert found.equal is (expected == 0)


def test_every_bit_has_a_case() -> None:
    covered = 0
    for *_, expected in CASES.values():
        covered |= expected
    assert covered == 2**16 - 1


def test_bits_are_powers_of_two_from_dslabel_to_error() -> None:
    assert [int(bit) for bit in SysInfo] == [2**place for place in range(16)]
    assert set(MEANINGS) == set(SysInfo)


def test_meanings_come_gravest_first() -> None:
    assert bit_names(4096 + 64 + 1) == ["VALUE", "BASEOBS", "DSLABEL"]
    assert bit_meanings(4096 + 1) == ["values differ", "the datasets' labels differ"]
    assert bit_meanings(0) == []


def test_a_type_conflict_does_not_hide_what_else_differs() -> None:
    base = table(ID=[1, 2], X=[1, 2], Y=[1, 2])
    compare = table(ID=[1, 2], X=["1", "2"], Y=[1, 3])
    found = compare_tables(base, compare, Options(keys=("ID",)))
    assert found.sysinfo == 8192 + 4096
    assert [value.name for value in found.worst] == ["Y"]
    assert "X is not compared" in found.warnings[-1]


def test_attributes_that_one_side_does_not_say_set_no_bit() -> None:
    found = compare_tables(attributed(label="Age", format="8."), attributed())
    assert found.sysinfo == 0
    assert any(note.startswith("label not compared") for note in found.notes)


def test_formats_differ_neither_by_dot_nor_by_case() -> None:
    assert compare_tables(attributed(format="date9."), attributed(format="DATE9")).sysinfo == 0
