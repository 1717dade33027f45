"""The words that sentences of methods are put together from."""

from __future__ import annotations

from specs.conditions import ALWAYS, parse
from specs.registry import among, decimals, find, in_order, per_subject


def sentence(name: str, **arguments: object) -> str:
    definition = find("variable", name)
    assert definition is not None
    return definition.bind(arguments).sentence()


def test_no_condition_leaves_no_words() -> None:
    assert (among(ALWAYS), among(parse({"A": "x"}))) == ("", " where A is x")


def test_groups_beside_the_subject() -> None:
    assert per_subject([]) == "subject"
    assert per_subject(["A"]) == "subject and A"
    assert per_subject(["A", "B"]) == "subject, A and B"


def test_an_order_that_descends_says_so() -> None:
    assert in_order(["-A", "B"]) == "A (highest first), B"


def test_decimals() -> None:
    assert [decimals(digits) for digits in (0, 1, 2)] == ["a whole number", "1 decimal", "2 decimals"]


def test_a_flag_without_groups_and_condition() -> None:
    assert sentence("flag_first", order=["ASTDT"]) == "Y for the first record by ASTDT of each subject"
    assert sentence("flag_last", order=["A"], by=["B"], where={"C": "x"}) == (
        "Y for the last record by A of each subject and B where C is x"
    )


def test_an_aggregate_without_condition() -> None:
    source = {"from": "EX", "value": "EXDOSE", "how": "max"}
    assert sentence("aggregate", **source) == "Largest of EXDOSE over the subject's records of EX"
