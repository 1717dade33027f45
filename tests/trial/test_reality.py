"""What really happened, for diseases drawn by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from oncdisc.trial.course import Fate, Person, draw_person
from oncdisc.trial.design import read_design
from oncdisc.trial.disease import HORIZON, NEVER, ORGANS, Disease, NewLesion, NonTarget, Target
from oncdisc.trial.reality import really

Sizes = npt.NDArray[np.float64]


def disease(sizes: Sizes, non_targets: tuple[NonTarget, ...] = (), new: tuple[NewLesion, ...] = ()) -> Disease:
    return Disease((Target(ORGANS[0], None, False, sizes),), non_targets, new, None, sizes)


@pytest.fixture
def person(study: dict[str, Any]) -> Person:
    design = read_design(study)
    drawn = draw_person(np.random.default_rng(1), design, 0)
    return replace(drawn, randomized=date(2024, 1, 1))


def flat(level: float = 50) -> Sizes:
    return np.full(HORIZON, float(level))


def shrinking(until: int, to: float) -> Sizes:
    """50 mm, then `to` from a day on."""
    return np.where(np.arange(HORIZON) < until, 50.0, to)


def test_growth_counts_from_20_percent_and_5_mm_over_the_smallest() -> None:
    grown = np.where(np.arange(HORIZON) < 100, 50.0, 60.0)
    assert disease(grown).progression == 100
    assert disease(np.where(np.arange(HORIZON) < 100, 20.0, 24.0)).progression == NEVER


def test_swellings_and_doubtful_lesions_are_no_progression() -> None:
    spots = (NewLesion(ORGANS[1], None, 20, until=60), NewLesion(ORGANS[1], None, 30, certain=False))
    assert disease(flat(), new=spots).progression == NEVER
    assert disease(flat(), new=(*spots, NewLesion(ORGANS[1], None, 200))).progression == 200
    assert disease(flat(), (NonTarget(ORGANS[1], None, worse=90),)).progression == 90


def test_alive_without_progression_is_censored_at_the_end_of_follow_up(person: Person) -> None:
    values = really(person, Fate(), disease(flat()), 730)
    assert (values["TRUE_PFS_CNSR"], values["TRUE_OS_CNSR"], values["TRUE_BOR"]) == (1, 1, "SD")
    assert values["TRUE_PFS_ADT"] == values["TRUE_OS_ADT"] == date(2025, 12, 31)


def test_a_response_that_lasts_is_confirmed(person: Person) -> None:
    growing = NewLesion(ORGANS[1], None, 98)
    lasting = really(person, Fate(), disease(shrinking(70, 35), new=(growing,)), 730)
    short = really(person, Fate(), disease(shrinking(71, 35), new=(growing,)), 730)
    assert (lasting["TRUE_BOR"], lasting["TRUE_CBOR"]) == ("PR", "PR")
    assert (short["TRUE_BOR"], short["TRUE_CBOR"]) == ("PR", "SD")
    assert (lasting["TRUE_DOR_STARTDT"], lasting["TRUE_DOR_ADT"]) == (date(2024, 3, 11), date(2024, 4, 8))


def test_death_before_progression_ends_it(person: Person) -> None:
    values = really(person, replace(Fate(), death=30), disease(flat(), new=(NewLesion(ORGANS[1], None, 31),)), 730)
    assert (values["TRUE_PFS_EVNTDESC"], values["TRUE_PFS_ADT"]) == ("Death", date(2024, 1, 31))
    assert values["TRUE_BOR"] == "NE"


def test_everything_gone_is_complete(person: Person) -> None:
    gone = (NonTarget(ORGANS[1], None, gone=60),)
    assert really(person, Fate(), disease(shrinking(50, 1), gone), 730)["TRUE_BOR"] == "CR"
    assert really(person, Fate(), disease(shrinking(50, 1), (NonTarget(ORGANS[1], None),)), 730)["TRUE_BOR"] == "PR"
