"""Which standard dataset a file of another name follows."""

from __future__ import annotations

import pytest

from tests.checks.builders import package


@pytest.mark.parametrize(
    ("name", "table", "standard"),
    [
        ("SUPPAE", "RDOMAIN QNAM / AE A", "SUPPAE"),
        ("SUPPCE_VACCINE", "RDOMAIN QNAM / CE A", "SUPPCE"),
        ("QSPH", "DOMAIN QSSEQ / QS 1", "QS"),
        ("SMQ_DB", "TERMVAR / A", None),
    ],
)
def test_supplements_are_no_split_datasets_and_a_name_alone_makes_none(
    name: str, table: str, standard: str | None
) -> None:
    known = package({name: table}).datasets[name].standard
    assert (known.name if known else None) == standard
