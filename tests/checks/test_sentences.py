"""Mutations in words."""

from __future__ import annotations

import pytest

from tests.checks.cases import mutation
from tests.checks.sentences import sentence


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"AE": {"where": {"AEOUT": "FATAL"}, "first": 1, "set": {"AESDTH": "N"}}},
            "AE: AESDTH is N in the first record where AEOUT is FATAL",
        ),
        ({"AE": {"record": 2, "set": {"AETERM": None}}}, "AE: AETERM is missing in record 2"),
        (
            {"AE": {"set": {"AEENDTC": {"of": "AESTDTC", "days": -1}}}},
            "AE: AEENDTC is AESTDTC minus 1 day in all records",
        ),
        ({"AE": {"set": {"AESTDTC": {"of": "AESTDTC", "days": 2}}}}, "AE: AESTDTC is 2 days later in all records"),
        (
            {"AE": {"record": 1, "set": {"AESTDTC": {"of": "AESTDTC", "chars": 4}}}},
            "AE: AESTDTC is the first 4 letters of itself in the first record",
        ),
        ({"AE": {"record": 1, "repeat": True, "set": {"AESEQ": 9}}}, "AE: the first record once more, with AESEQ 9"),
        (
            {"AE": {"where": {"AESEQ": 1}, "within": ["USUBJID"], "delete": True}},
            "AE: without the records of the first's USUBJID where AESEQ is 1",
        ),
        ({"AE": {"gone": True}, "DM": {"name": "XX"}}, "AE: not there; DM: the dataset is called XX"),
        (
            {"define": {"item": "AE.AETERM", "set": {"data_type": "integer"}}},
            "define.xml: data type of AE.AETERM is integer",
        ),
        ({"folder": {"move": {"a.xpt": "b.xpt"}, "delete": ["c.xml"]}}, "a.xpt is at b.xpt; without c.xml"),
        ({"AE": {"relabel": {"AETERM": "<a> "}}}, "AE: the label of AETERM is `<a> `"),
    ],
)
def test_a_mutation_in_words(given: dict[str, object], words: str) -> None:
    assert sentence(mutation(given)) == words
