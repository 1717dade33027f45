"""Which kind of quantity a unit is of, and that tests and units are the terminology's."""

from __future__ import annotations

import pytest

from oncdisc.checks.quantities import kind, kinds
from specs.terminology import terminology


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("cm", "length"), ("LB", "mass"), ("kg/m2", "mass per area"), ("g/dL", "mass concentration"),
        ("mmol/L", "substance concentration"), ("U/L", "catalytic concentration"), ("10^9/L", "number concentration"),
        ("/uL", "number concentration"), ("µmol/L", "substance concentration"), ("beats/min", "frequency"),
        ("L/L", "fraction"), ("/HPF", ""), ("furlong", ""), ("mg/kg", ""), ("cm/L", ""), ("", ""), ("/", ""),
    ],
)  # fmt: skip
def test_a_unit_has_a_kind_or_is_not_known(unit: str, expected: str) -> None:
    assert kind(unit) == expected


@pytest.mark.parametrize("domain", ["VS", "LB", "TR", "EG"])
def test_the_tests_are_of_the_terminology(domain: str) -> None:
    known = terminology("2025-03-28").codelist(f"{domain}TESTCD")
    assert [test for test in kinds(domain) if test not in known] == []


def test_a_domain_without_a_table_has_no_kinds() -> None:
    assert kinds("AE") == {}
