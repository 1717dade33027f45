"""Time to event from datasets: single arms, compared arms, reasons, units, strata."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from reporting.builders import POPULATION, only, study, subjects, times, values

from oncdisc.reporting.tables import table

PFS = (
    POPULATION
    + "results: {PFS: {title: PFS, population: ITT, time_to_event: {from: ADTTE, where: {PARAMCD: PFS}, %s}}}\n"
)


def test_a_single_arm_has_its_median_and_nothing_compared(tmp_path: Path) -> None:
    adtte = times((1, 1, 0), (2, 2, 0), (3, 3, 0), (4, 4, 0))
    made = only(study(tmp_path, PFS % "shown: days", ADSL=subjects("A", "A", "A", "A"), ADTTE=adtte))
    found = values(made, "A")
    assert (found["n"], found["events"], found["median"]) == (4, 4, 2.5)
    assert not [s for s in made.statistics if s.statistic.startswith(("hr", "logrank"))]
    assert not [row for row in table(made).rows if "ompared" in row.label]


def test_days_are_shown_as_months_and_rates_at_landmarks(tmp_path: Path) -> None:
    adtte = times((1, 30.4375, 0), (2, 91.3125, 1))
    made = only(study(tmp_path, PFS % "landmarks: [2, 3.5]", ADSL=subjects("A", "A"), ADTTE=adtte))
    found = values(made, "A")
    assert found["q1"] == pytest.approx(1)
    assert found["rate_2"] == pytest.approx(50)
    assert np.isnan(found["rate_3.5"])
    assert {s.unit for s in made.statistics if s.statistic == "median"} == {"months"}


def test_events_and_censorings_are_counted_by_reason(tmp_path: Path) -> None:
    adtte = times((1, 5, 0), (2, 6, 3), (3, 7, 1))
    made = only(study(tmp_path, PFS % "shown: days", ADSL=subjects("A", "A", "A"), ADTTE=adtte))
    assert values(made, "A", "Event: Death")["n"] == 1
    assert values(made, "A", "Censored: Lost") == {"n": 2, "pct": pytest.approx(200 / 3)}


def test_reverse_kaplan_meier_is_the_median_of_the_censorings(tmp_path: Path) -> None:
    adtte = times((1, 5, 0), (2, 6, 1), (3, 7, 1))
    made = only(study(tmp_path, PFS % "shown: days, follow_up: true", ADSL=subjects("A", "A", "A"), ADTTE=adtte))
    # of two left at day 6 one is censored: from there on the reverse curve is level at a half, to its last step
    assert values(made, "A")["follow_up"] == 6.5


def test_arms_are_compared_with_the_declared_reference(tmp_path: Path) -> None:
    adtte = times((1, 1, 0), (2, 2, 1), (3, 3, 0), (4, 4, 1))
    adsl = subjects("Drug", "Placebo", "Drug", "Placebo")
    made = only(study(tmp_path, "reference: Placebo\n" + PFS % "shown: days", ADSL=adsl, ADTTE=adtte))
    assert values(made, "Drug")["logrank_chi_square"] == pytest.approx(2)
    assert np.isnan(values(made, "Drug")["hr"])  # nobody on placebo had an event
    assert "hr" not in values(made, "Placebo")


def test_strata_give_a_stratified_test_beside_the_other(tmp_path: Path) -> None:
    adtte = times(*((number, number, 0) for number in range(1, 9)))
    adsl = subjects(*["A", "B"] * 4, STRAT=["x"] * 4 + ["y"] * 4)
    made = only(study(tmp_path, PFS % "shown: days, strata: [STRAT]", ADSL=adsl, ADTTE=adtte))
    found = values(made, "B")
    assert found["hr_stratified"] != found["hr"]
    assert any("Stratified" in row.label for row in table(made).rows)
    assert any("STRAT" in note for note in made.notes)


def test_subjects_outside_the_population_do_not_count(tmp_path: Path) -> None:
    declared = PFS.replace("{label: All}", "{label: ITT, where: {ITTFL: 'Y'}}") % "shown: days"
    adsl = subjects("A", "A", ITTFL=["Y", "N"])
    made = only(study(tmp_path, declared, ADSL=adsl, ADTTE=times((1, 5, 0), (2, 6, 0))))
    assert values(made, "A")["n"] == 1


def test_an_arm_without_records_is_not_estimable(tmp_path: Path) -> None:
    made = only(study(tmp_path, PFS % "shown: days", ADSL=subjects("A", "B"), ADTTE=times((1, 5, 0))))
    assert values(made, "B")["n"] == 0
    assert np.isnan(values(made, "B")["median"])


def test_curves_begin_at_one_and_keep_every_time(tmp_path: Path) -> None:
    adtte = times((1, 5, 0), (2, 6, 1))
    made = only(study(tmp_path, PFS % "shown: days", ADSL=subjects("A", "A"), ADTTE=adtte))
    curve = made.figures["km"]
    assert curve["time"].tolist() == [0, 5, 6]
    assert curve["survival"].tolist() == [1, 0.5, 0.5]
    assert curve["at_risk"].tolist() == [2, 2, 1]
