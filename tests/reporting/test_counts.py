"""Counts of subjects, of descriptions and of agreement."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from reporting.builders import POPULATION, frame, only, study, subjects, values

from oncdisc.reporting.tables import table

ADAE = frame(
    USUBJID=["S1", "S1", "S2", "S3"],
    AEDECOD=["Nausea", "Nausea", "Nausea", "Rash"],
    AEGR=[1.0, 3.0, 2.0, 1.0],
)


def counts(*entries: str) -> str:
    """A results.yaml with one result of counts."""
    listed = "".join(f"      - {entry}\n" for entry in entries)
    return POPULATION + "results:\n  AE:\n    title: AE\n    population: ITT\n    counts:\n" + listed


def test_a_subject_counts_once_whatever_the_records(tmp_path: Path) -> None:
    made = only(study(tmp_path, counts("{label: Any, from: ADAE}"), ADSL=subjects(*"AABB"), ADAE=ADAE))
    assert values(made, "A", "Any") == {"n": 2, "N": 2, "pct": 100}
    assert values(made, "B", "Any") == {"n": 1, "N": 2, "pct": 50}
    assert values(made, "Total", "Any")["n"] == 3


def test_levels_stand_most_frequent_first_and_below_the_minimum_nowhere(tmp_path: Path) -> None:
    entry = "{label: Any, from: ADAE, by: AEDECOD, minimum: 60}"
    made = only(study(tmp_path, counts(entry), ADSL=subjects(*"AABB"), ADAE=ADAE))
    assert [row.label for row in table(made).rows] == ["Any, n (%)", "Nausea"]
    assert table(made).rows[1].cells == ("2 (100.0%)", "0", "2 (50.0%)")


def test_declared_levels_keep_their_order_and_stand_with_none(tmp_path: Path) -> None:
    entry = "{label: Any, from: ADAE, by: AEDECOD, levels: {Rash: Skin, Cough: Cough}}"
    made = only(study(tmp_path, counts(entry), ADSL=subjects("A", "A", "A"), ADAE=ADAE))
    assert [row.label for row in table(made).rows] == ["Any, n (%)", "Skin", "Cough"]
    assert values(made, "A", "Any: Cough")["n"] == 0


def test_exact_limits_are_given_in_percent(tmp_path: Path) -> None:
    entry = "{label: Grade 3, from: ADAE, where: {AEGR: {GE: 3}}, interval: true}"
    found = values(only(study(tmp_path, counts(entry), ADSL=subjects(*"A" * 10), ADAE=ADAE)), "A", "Grade 3")
    assert (found["pct"], found["pct_lower"]) == (10, pytest.approx(100 * (1 - 0.975 ** (1 / 10)), abs=1e-9))


def test_a_response_in_subgroups_has_the_levels_of_each(tmp_path: Path) -> None:
    declared = counts("{label: Any, from: ADAE, subgroups: true}").replace(
        "results:", "subgroups: [{by: SEX, label: Sex, levels: {F: Female, M: Male, U: Unknown}}]\nresults:"
    )
    made = only(study(tmp_path, declared, ADSL=subjects("A", "A", "A", "A", SEX=["F", "F", "M", "F"]), ADAE=ADAE))
    forest = made.figures["forest"]
    assert forest[["level", "events", "n"]].to_numpy().tolist() == [
        ["All subjects", 3, 4],
        ["Female", 2, 3],
        ["Male", 1, 1],
    ]
    assert values(made, "A", "Sex: Female")["pct"] == pytest.approx(200 / 3)


def test_numbers_are_described_with_the_quartiles_of_sas(tmp_path: Path) -> None:
    declared = POPULATION + (
        "results: {DEMO: {title: D, population: ITT, summary: [{variable: AGE, label: Age}, "
        "{variable: SEX, label: Sex, levels: {F: Female, M: Male}}]}}"
    )
    adsl = subjects(*"AAAA", AGE=[1.0, 2.0, 3.0, 4.0], SEX=["F", "F", "M", None])
    made = only(study(tmp_path, declared, ADSL=adsl))
    age = values(made, "A", "Age")
    # PCTLDEF=5: the middle of the second and first value where 25% of n is a whole number
    assert (age["q1"], age["median"], age["q3"]) == (1.5, 2.5, 3.5)
    assert age["sd"] == pytest.approx(np.sqrt(5 / 3))
    assert values(made, "A", "Sex: Missing") == {"n": 1, "pct": 25}
    assert [row.label for row in table(made).rows][-4:] == ["Sex, n (%)", "Female", "Male", "Missing"]


AGREEMENT = POPULATION + (
    "results: {C: {title: C, population: ITT, agreement: {rows: {from: ADRS, where: {PARAMCD: R}, label: reported}, "
    "columns: {from: ADRS, where: {PARAMCD: D}, label: derived}, levels: [PR, SD]%s}}}"
)


def test_agreement_of_subjects_and_kappa_by_hand(tmp_path: Path) -> None:
    adrs = frame(
        USUBJID=["S1", "S2", "S3", "S4", "S1", "S2", "S3", "S4"],
        PARAMCD=["R"] * 4 + ["D"] * 4,
        AVALC=["PR", "PR", "SD", "SD", "PR", "SD", "SD", "SD"],
    )
    made = only(study(tmp_path, AGREEMENT % "", ADSL=subjects(*"AAAA"), ADRS=adrs))
    assert values(made, "SD", "PR") == {"n": 1}
    # 3 of 4 agree; by chance 1/2 · 1/4 + 1/2 · 3/4 = 1/2
    assert values(made, "PR", "Agreement")["kappa"] == pytest.approx(0.5)


def test_agreement_by_date_keeps_what_one_side_lacks(tmp_path: Path) -> None:
    adrs = frame(
        USUBJID=["S1", "S1", "S1"],
        PARAMCD=["R", "R", "D"],
        ADT=["2024-01-01", "2024-02-01", "2024-01-01"],
        AVALC=["PR", "SD", "PR"],
    ).assign(ADT=lambda made: made["ADT"])
    made = only(study(tmp_path, AGREEMENT % ", by: [ADT]", ADSL=subjects("A"), ADRS=adrs))
    assert values(made, "None", "SD") == {"n": 1}
    assert values(made, "PR", "Agreement")["agree_pct"] == 50
