"""The responses that the simulated investigator reports, against tables worked by hand."""

from __future__ import annotations

import pytest

from oncdisc.trial.recist import (
    Assessor,
    NewReading,
    NonTargetReading,
    NonTargetStatus,
    Reading,
    TargetReading,
)


def lesions(*sizes: int | str, node: bool = False) -> tuple[TargetReading, ...]:
    """Target lesions by size in mm; 0 is absent, "small" too small to measure, "NE" not evaluable."""
    found: list[TargetReading] = []
    for number, size in enumerate(sizes, start=1):
        name = f"T{number:02d}"
        if size == "NE":
            found.append(TargetReading(name, node, "NE"))
        elif size == "small":
            found.append(TargetReading(name, node, "TOO SMALL TO MEASURE"))
        elif size == 0:
            found.append(TargetReading(name, node, "ABSENT", 0))
        else:
            found.append(TargetReading(name, node, "MEASURED", int(size)))
    return tuple(found)


def others(*statuses: NonTargetStatus, further: bool = False) -> tuple[NonTargetReading, ...]:
    return tuple(NonTargetReading(f"NT{n:02d}", status, further) for n, status in enumerate(statuses, start=1))


def reading(day: int, targets: tuple[TargetReading, ...], non_targets: tuple[NonTargetReading, ...] = (), new: int = 0,
            size: int | None = None, certain: bool = True) -> Reading:  # fmt: skip
    found = tuple(NewReading(f"NEW{n:02d}", certain, size) for n in range(1, new + 1))
    return Reading(day, targets, non_targets, found)


def overall(*readings: Reading) -> list[str]:
    assessor = Assessor(readings[0])
    return [assessor.respond(seen).overall for seen in readings[1:]]


def immune(*readings: Reading) -> list[str]:
    assessor = Assessor(readings[0])
    return [assessor.respond(seen).ioverall for seen in readings[1:]]


@pytest.mark.parametrize(
    ("baseline", "visits", "expected"),
    [
        ((50, 50), [(35, 35)], ["PR"]),  # exactly 30 % under baseline
        ((50, 50), [(35, 36)], ["SD"]),
        ((50, 50), [(0, 0)], ["CR"]),
        ((50,), [(60,)], ["PD"]),  # exactly 20 % and 10 mm
        ((50,), [(59,)], ["SD"]),
        ((20,), [(24,)], ["SD"]),  # 20 %, but 4 mm only
        ((20,), [(25,)], ["PD"]),
        ((50,), [(30,), (36,)], ["PR", "PD"]),  # from the nadir, though still 28 % under baseline
        ((50,), [(0,), ("small",)], ["CR", "PD"]),  # any reappearance from a nadir of 0
        ((50, 20), [(45, "small")], ["SD"]),  # 50 of 70
        ((50, 20), [(30, "NE")], ["NE"]),
        ((50, 20), [(90, "NE")], ["PD"]),  # what was measured is progression already
        ((50, 20), [(20, "NE"), (50, 20)], ["NE", "SD"]),  # an incomplete sum is no nadir
    ],
)
def test_target_disease(
    baseline: tuple[int | str, ...], visits: list[tuple[int | str, ...]], expected: list[str]
) -> None:
    later = [reading(42 * n, lesions(*sizes)) for n, sizes in enumerate(visits, start=1)]
    assert overall(reading(0, lesions(*baseline)), *later) == expected


def test_nodes_under_10_mm_are_a_complete_response_with_a_sum_above_zero() -> None:
    assert overall(reading(0, lesions(20, 16, node=True)), reading(42, lesions(9, 9, node=True))) == ["CR"]
    assert overall(reading(0, lesions(20, 16, node=True)), reading(42, lesions(10, 9, node=True))) == ["PR"]


@pytest.mark.parametrize(
    ("sizes", "status", "new", "expected"),
    [
        ((0,), "ABSENT", 0, "CR"),
        ((0,), "PRESENT", 0, "PR"),
        ((0,), "NE", 0, "PR"),
        ((20,), "PRESENT", 0, "PR"),
        ((20,), "NE", 0, "PR"),
        ((50,), "ABSENT", 0, "SD"),
        (("NE",), "PRESENT", 0, "NE"),
        ((20,), "UNEQUIVOCAL PROGRESSION", 0, "PD"),
        (("NE",), "UNEQUIVOCAL PROGRESSION", 0, "PD"),
        ((0,), "ABSENT", 1, "PD"),
        (("NE",), "NE", 1, "PD"),
    ],
)
def test_overall_response_with_target_disease(
    sizes: tuple[int | str, ...], status: NonTargetStatus, new: int, expected: str
) -> None:
    baseline = reading(0, lesions(50), others("PRESENT"))
    assert overall(baseline, reading(42, lesions(*sizes), others(status), new)) == [expected]


@pytest.mark.parametrize(
    ("statuses", "new", "expected"),
    [
        (("ABSENT", "ABSENT"), 0, "CR"),
        (("ABSENT", "PRESENT"), 0, "NON-CR/NON-PD"),
        (("ABSENT", "NE"), 0, "NE"),
        (("NE", "UNEQUIVOCAL PROGRESSION"), 0, "PD"),
        (("ABSENT", "ABSENT"), 1, "PD"),
    ],
)
def test_overall_response_with_non_target_disease_only(
    statuses: tuple[NonTargetStatus, ...], new: int, expected: str
) -> None:
    baseline = reading(0, (), others("PRESENT", "PRESENT"))
    assert overall(baseline, reading(42, (), others(*statuses), new)) == [expected]


def test_equivocal_new_lesion_is_none() -> None:
    assert overall(reading(0, lesions(50)), reading(42, lesions(50), new=1, certain=False)) == ["SD"]


def test_without_baseline_everything_is_not_evaluable() -> None:
    response = Assessor(None).respond(reading(42, ()))
    assert (response.overall, response.ioverall, response.target) == ("NE", "NE", "NE")


def test_progression_is_confirmed_by_5_mm_more_after_28_days() -> None:
    first = (reading(0, lesions(50)), reading(42, lesions(60)))
    assert immune(*first, reading(70, lesions(65))) == ["iUPD", "iCPD"]
    assert immune(*first, reading(70, lesions(64))) == ["iUPD", "iUPD"]
    assert immune(*first, reading(69, lesions(70))) == ["iUPD", "iUPD"]


def test_increases_add_up_over_the_block() -> None:
    visits = (reading(42, lesions(60)), reading(84, lesions(63)), reading(126, lesions(66)))
    assert immune(reading(0, lesions(50)), *visits) == ["iUPD", "iUPD", "iCPD"]


def test_shrinking_ends_the_block_and_the_next_progression_is_unconfirmed_again() -> None:
    visits = (reading(42, lesions(60)), reading(84, lesions(52)), reading(126, lesions(70)))
    assert immune(reading(0, lesions(50)), *visits) == ["iUPD", "iSD", "iUPD"]


def test_not_evaluable_leaves_the_block_as_it_is() -> None:
    visits = (reading(42, lesions(65, 10)), reading(84, lesions(30, "NE")), reading(126, lesions(70, 10)))
    assert immune(reading(0, lesions(50, 10)), *visits) == ["iUPD", "NE", "iCPD"]


def test_another_category_confirms() -> None:
    visits = (reading(42, lesions(60)), reading(84, lesions(60), new=1))
    assert immune(reading(0, lesions(50)), *visits) == ["iUPD", "iCPD"]


def test_new_lesions_confirm_by_number_or_size_only() -> None:
    baseline = reading(0, lesions(50))
    first = reading(42, lesions(50), new=1, size=10)
    assert immune(baseline, first, reading(84, lesions(50), new=1, size=14)) == ["iUPD", "iUPD"]
    assert immune(baseline, first, reading(84, lesions(50), new=1, size=15)) == ["iUPD", "iCPD"]
    assert immune(baseline, first, reading(84, lesions(50), new=2, size=10)) == ["iUPD", "iCPD"]


def test_non_target_progression_is_confirmed_by_a_further_increase() -> None:
    baseline = reading(0, lesions(50), others("PRESENT"))
    first = reading(42, lesions(50), others("UNEQUIVOCAL PROGRESSION"))
    same = reading(84, lesions(50), others("UNEQUIVOCAL PROGRESSION"))
    worse = reading(84, lesions(50), others("UNEQUIVOCAL PROGRESSION", further=True))
    assert immune(baseline, first, same) == ["iUPD", "iUPD"]
    assert immune(baseline, first, worse) == ["iUPD", "iCPD"]


def test_components_name_their_own_category() -> None:
    assessor = Assessor(reading(0, lesions(50), others("PRESENT")))
    response = assessor.respond(reading(42, lesions(60), others("PRESENT")))
    assert (response.itarget, response.inon_target, response.ioverall) == ("iUPD", "NON-iCR/NON-iUPD", "iUPD")
