"""The stated rules of the example trial, each worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from oncdisc.trial import endpoints
from oncdisc.trial.endpoints import Assessment, Evidence

START = date(2024, 1, 1)
PLANNED = (42, 84, 126, 168, 231, 294, 357, 420, 483, 546, 609, 672, 735)


def on(day: int) -> date:
    return START + timedelta(days=day)


def evidence(*seen: tuple[int, str], death: int | None = None, therapy: int | None = None,
             clinical: int | None = None, baseline: bool = True, cutoff: int = 700) -> Evidence:  # fmt: skip
    return Evidence(
        start=START,
        cutoff=on(cutoff),
        planned=PLANNED,
        window=7,
        baseline=baseline,
        assessments=[Assessment(on(day), response) for day, response in seen],
        therapy=None if therapy is None else on(therapy),
        clinical=None if clinical is None else on(clinical),
        death=None if death is None else on(death),
        last_alive=on(300),
    )


def pfs(*seen: tuple[int, str], **facts: int | bool | None) -> tuple[int, int]:
    """Day and CNSR of progression-free survival."""
    end = endpoints.progression_free_survival(evidence(*seen, **facts))  # type: ignore[arg-type]
    return (end.day - START).days, end.censored


@pytest.mark.parametrize(
    ("seen", "facts", "expected"),
    [
        ([(42, "SD"), (84, "PD")], {}, (84, 0)),
        ([(42, "SD"), (84, "PD")], {"death": 84}, (84, 0)),
        ([(42, "SD")], {"death": 100}, (100, 0)),
        ([(42, "SD"), (84, "NE")], {}, (42, 1)),  # an NE is not adequate
        ([(42, "SD"), (84, "SD")], {"death": 701}, (84, 1)),  # death after the cutoff doesn't count
        # new therapy and clinical progression
        ([(42, "SD"), (84, "PD")], {"therapy": 60}, (42, 2)),
        ([(42, "SD"), (84, "PD")], {"therapy": 84}, (84, 0)),  # the event is named first
        ([(42, "SD"), (84, "SD"), (126, "PD")], {"therapy": 84}, (84, 2)),
        ([(42, "SD")], {"clinical": 60, "death": 80}, (42, 3)),
        ([(42, "SD")], {"clinical": 60, "therapy": 60}, (42, 2)),
        ([(42, "SD")], {"clinical": 60, "therapy": 70}, (42, 3)),
        # the gap: 98 days at first
        ([(42, "SD")], {"death": 140}, (140, 0)),
        ([(42, "SD")], {"death": 141}, (42, 4)),
        ([(42, "SD"), (84, "NE")], {"death": 141}, (42, 4)),
        ([(42, "SD"), (141, "PD")], {}, (42, 4)),
        ([(42, "SD"), (150, "SD"), (190, "PD")], {}, (190, 0)),  # a gap that an assessment ended is none
        ([(42, "SD")], {"death": 200, "therapy": 140}, (42, 2)),  # on the day the gap is complete
        ([(42, "SD")], {"death": 200, "therapy": 141}, (42, 4)),
        ([(99, "PD")], {}, (0, 4)),  # a gap without any assessment before it
        ([(98, "PD")], {}, (98, 0)),
        # no baseline, no post-baseline
        ([(42, "NE")], {"baseline": False}, (0, 5)),
        ([(42, "NE")], {"baseline": False, "death": 83}, (83, 0)),
        ([(42, "NE")], {"baseline": False, "death": 84}, (0, 5)),
        ([], {}, (0, 6)),
        ([(42, "NE")], {}, (0, 6)),
        ([], {"death": 83}, (83, 0)),
        ([], {"death": 84}, (0, 6)),
        ([], {"death": 60, "therapy": 30}, (0, 2)),
        ([], {"baseline": False, "death": 60, "clinical": 30}, (0, 3)),
    ],
)
def test_progression_free_survival(
    seen: list[tuple[int, str]], facts: dict[str, int], expected: tuple[int, int]
) -> None:
    assert pfs(*seen, **facts) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (0, 98),
        (34, 98),
        (42, 98),
        (83, 98),  # closer to 84 than its window: stands for it, 42 + 42
        (118, 98),
        (119, 119),  # 7 days before day 126: stands for it, 42 + 63
        (160, 119),
        (161, 140),
        (735, 140),  # after the last planned assessment its interval goes on
        (900, 140),
    ],
)
def test_allowed_gap_follows_the_schedule(day: int, expected: int) -> None:
    assert endpoints.allowed_gap(day, PLANNED, 7) == expected


@pytest.mark.parametrize(
    ("year", "month", "last_alive", "expected"),
    [
        (2024, 3, date(2024, 2, 1), date(2024, 3, 1)),
        (2024, 3, date(2024, 3, 10), date(2024, 3, 11)),
        (2024, 3, date(2024, 3, 31), date(2024, 3, 31)),
        (2024, 12, date(2024, 12, 30), date(2024, 12, 31)),
        (2024, None, date(2023, 11, 5), date(2024, 1, 1)),
        (2024, None, date(2024, 8, 5), date(2024, 8, 6)),
    ],
)
def test_partial_death_is_imputed_after_the_last_known_alive_date(
    year: int, month: int | None, last_alive: date, expected: date
) -> None:
    assert endpoints.impute_death(year, month, last_alive) == expected


def test_overall_survival_is_death_or_last_known_alive() -> None:
    assert endpoints.overall_survival(evidence(death=500)) == endpoints.TimeToEvent(on(500), "Death")
    assert endpoints.overall_survival(evidence(death=701)) == endpoints.TimeToEvent(on(300), "Last known alive")


@pytest.mark.parametrize(
    ("seen", "best", "confirmed"),
    [
        ([], "MISSING", "MISSING"),
        ([(42, "NE")], "NE", "NE"),
        ([(41, "SD")], "NE", "NE"),
        ([(42, "SD")], "SD", "SD"),
        ([(42, "PR"), (70, "PR")], "PR", "PR"),
        ([(42, "PR"), (69, "PR")], "PR", "SD"),
        ([(30, "PR"), (40, "PD")], "PR", "PD"),
        ([(30, "PR")], "PR", "NE"),
        ([(42, "PR"), (84, "NE"), (126, "PR")], "PR", "PR"),
        ([(42, "PR"), (84, "NE"), (100, "NE"), (126, "PR")], "PR", "SD"),
        ([(42, "PR"), (84, "SD"), (126, "PR")], "PR", "SD"),
        ([(42, "PR"), (84, "CR")], "CR", "PR"),
        ([(42, "PR"), (60, "CR"), (84, "PR")], "CR", "SD"),  # a CR before a PR in the stretch
        ([(42, "CR"), (84, "CR")], "CR", "CR"),
        ([(42, "CR"), (84, "PR"), (126, "CR")], "CR", "PR"),  # the PR of day 84 is confirmed by the CR of 126
        ([(42, "CR"), (84, "NE"), (126, "CR")], "CR", "CR"),
        ([(42, "NON-CR/NON-PD")], "NON-CR/NON-PD", "NON-CR/NON-PD"),
        ([(41, "NON-CR/NON-PD"), (80, "PD")], "PD", "PD"),
        ([(42, "PD"), (84, "PR"), (126, "PR")], "PD", "PD"),  # nothing after the first PD
    ],
)
def test_best_response(seen: list[tuple[int, str]], best: str, confirmed: str) -> None:
    facts = evidence(*seen)
    assert endpoints.best_response(facts) == best
    assert endpoints.best_response(facts, endpoints.confirmed_responses(facts)) == confirmed


def test_new_therapy_ends_the_evaluable_period_but_its_own_day_counts() -> None:
    seen = [(42, "SD"), (84, "PR")]
    assert endpoints.best_response(evidence(*seen, therapy=84)) == "PR"
    assert endpoints.best_response(evidence(*seen, therapy=83)) == "SD"


def test_clinical_benefit_is_the_response_or_later_control() -> None:
    facts = evidence((30, "PR"), (42, "SD"))
    assert endpoints.clinical_benefit(facts, endpoints.first_response(facts)) == on(30)
    assert endpoints.clinical_benefit(facts, None) == on(42)
    assert endpoints.clinical_benefit(evidence((41, "SD"), (84, "PD")), None) is None


def test_last_adequate_assessment_counts_whatever_came_before() -> None:
    facts = evidence((42, "PD"), (84, "SD"), (126, "NE"), therapy=50)
    assert facts.last_adequate(facts.cutoff) == on(84)


def test_nothing_after_the_cutoff_is_an_event() -> None:
    facts = replace(evidence((42, "SD"), death=90), cutoff=on(89))
    assert endpoints.progression_free_survival(facts).censored == 1
