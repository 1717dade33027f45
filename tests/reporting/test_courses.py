"""Days, changes and courses of single subjects."""

from __future__ import annotations

from pathlib import Path

import pytest
from reporting.builders import POPULATION, frame, only, study, subjects

RESULT = POPULATION + "results: {W: {title: W, population: ITT, %s}}\n"
ADTR = frame(
    USUBJID=["S1", "S1", "S1", "S2", "S2", "S3"],
    ADY=[-3.0, 42.0, 84.0, -1.0, 40.0, 43.0],
    PCHG=[0.0, -40.0, 10.0, 0.0, 25.0, -40.0],
)
ADRS = frame(USUBJID=["S1", "S2"], AVALC=["PR", "PD"])


def test_best_change_is_the_smallest_and_the_largest_stands_first(tmp_path: Path) -> None:
    declared = RESULT % "waterfall: {from: ADTR, where: {ADY: {GT: 1}}, response: {from: ADRS, label: Best}}"
    made = only(study(tmp_path, declared, ADSL=subjects(*"AAA"), ADTR=ADTR, ADRS=ADRS)).figures["waterfall"]
    assert made[["USUBJID", "change"]].to_numpy().tolist() == [["S2", 25], ["S1", -40], ["S3", -40]]
    assert made["response"].tolist() == ["PD", "PR", "Not known"]


def test_spider_lines_begin_at_no_change(tmp_path: Path) -> None:
    declared = RESULT % "spider: {from: ADTR}"
    made = only(study(tmp_path, declared, ADSL=subjects(*"AAA"), ADTR=ADTR)).figures["spider"]
    first = made[made["USUBJID"] == "S1"]
    assert first[["day", "change"]].to_numpy().tolist() == [[1, 0], [42, -40], [84, 10]]


TIMELINE = """
timeline:
  population: ITT
  end: [LSTALVDT, DTHDT]
  doses: [{from: ADEX, start: ASTDT, end: AENDT, label: Drug}]
  milestones: [{from: ADSL, where: {DTHDT: {missing: false}}, date: DTHDT, label: Death}]
"""


def test_courses_count_days_without_a_day_zero(tmp_path: Path) -> None:
    adsl = subjects(
        "A",
        "A",
        RANDDT=["2024-01-10", None],
        LSTALVDT=["2024-01-20", "2024-02-01"],
        DTHDT=["2024-02-08", None],
    )
    adex = frame(
        USUBJID=["S1", "S1", "S1", "S2"],
        ASTDT=["2024-01-09", "2024-01-10", None, "2024-01-11"],
        AENDT=["2024-01-10", None, None, None],
    )
    made = only(study(tmp_path, RESULT % "swimmer: true" + TIMELINE, ADSL=adsl, ADEX=adex)).figures["swimmer"]
    assert set(made["USUBJID"]) == {"S1"}  # S2 has no first day
    doses = made[made["kind"] == "dose"]
    assert doses[["start", "end", "row"]].to_numpy().tolist() == [[-1, 1, 0], [1, 1, 1]]
    assert made.loc[made["kind"] == "follow-up", "end"].tolist() == [30]
    assert made.loc[made["kind"] == "milestone", ["words", "start"]].to_numpy().tolist() == [["Death", 30]]


def test_a_dataset_that_was_not_built_is_named(tmp_path: Path) -> None:
    from oncdisc.reporting.analyses import outcomes

    made, lacking = outcomes(study(tmp_path, RESULT % "spider: {from: ADTR}", ADSL=subjects("A")))
    assert made == ()
    assert lacking == {"W": "ADTR"}


@pytest.mark.parametrize(("arms", "expected"), [(("B", "A"), ("B", "A")), ((), ("A", "B")), (("B",), ("B", "A"))])
def test_arms_stand_in_the_order_of_the_design(
    tmp_path: Path, arms: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    made = study(tmp_path, RESULT % "spider: {from: ADTR}", arms=arms, ADSL=subjects("A", "B", "A"))
    assert made.population("ITT").arms == expected
