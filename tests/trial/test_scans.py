"""Which assessments are done, late or missed, for fates written by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from oncdisc.trial.course import Fate
from oncdisc.trial.design import Design, read_design
from oncdisc.trial.disease import HORIZON, ORGANS, Disease, NewLesion, Target
from oncdisc.trial.scans import Imaging, image

STABLE = np.full(HORIZON, 60.0)
FATE = Fate(first_dose=0, seen=730)


@pytest.fixture(scope="module")
def design(study: dict[str, Any]) -> Design:
    return read_design(study)


def imaged(design: Design, fate: Fate, *new: NewLesion, seed: int = 1) -> Imaging:
    disease = Disease((Target(ORGANS[0], None, False, STABLE),), (), new, None, STABLE)
    return image(np.random.default_rng(seed), design, fate, disease)


def test_scans_stay_near_their_planned_days(design: Design) -> None:
    for seed in range(20):
        for scan in imaged(design, FATE, seed=seed).scans:
            if scan.day is not None and scan.visit is not None and scan.visit.day is not None:
                away = scan.day - scan.visit.day
                assert (7 < away <= 25) if scan.late else (-7 <= away <= 7)


def test_a_gap_misses_the_assessments_it_names(design: Design) -> None:
    scans = imaged(design, replace(FATE, gap=(1, 3))).scans
    assert all(scan.day is None and scan.reason for scan in scans[1:4])


def test_no_scan_after_contact_is_lost_or_clinical_progression(design: Design) -> None:
    for fate in (replace(FATE, seen=100), replace(FATE, clinical=101), replace(FATE, scans_end=101)):
        assert 0 < imaged(design, fate).last_day <= 100


def test_progression_ends_the_scans_of_those_who_stop(design: Design) -> None:
    imaging = imaged(design, FATE, NewLesion(ORGANS[1], None, 60, measurable=False))
    assert imaging.progression is not None
    assert imaging.last_day == imaging.progression


def test_beyond_progression_a_scan_confirms_it_in_its_window(design: Design) -> None:
    lesion = NewLesion(ORGANS[1], None, 60, growth=0.02)
    for seed in range(20):
        imaging = imaged(design, replace(FATE, beyond=True), lesion, seed=seed)
        responses = [scan.response for scan in imaging.scans if scan.response is not None]
        names = [response.ioverall for response in responses]
        place = names.index("iUPD")
        assert names[-1] == "iCPD"
        assert 28 <= responses[place + 1].day - responses[place].day <= 56


def test_a_transient_lesion_leaves_an_unconfirmed_progression_that_is_over(design: Design) -> None:
    imaging = imaged(design, replace(FATE, beyond=True), NewLesion(ORGANS[1], None, 15, until=62), seed=3)
    names = [scan.response.ioverall for scan in imaging.scans if scan.response is not None]
    assert "iUPD" in names
    assert names[-1] == "iSD"
    assert imaging.places["NEW01"] == (ORGANS[1], None)


def test_without_baseline_no_lesion_is_followed(design: Design) -> None:
    imaging = imaged(design, replace(FATE, baseline=False), NewLesion(ORGANS[1], None, 60))
    responses = {scan.response.overall for scan in imaging.scans if scan.response is not None}
    assert (imaging.baseline, imaging.places, responses) == (None, {}, {"NE"})
