"""Organs of sublocations."""

from __future__ import annotations

import pandas as pd
import pytest

from oncdisc.checks.rules.tumor_sites import organs
from specs.columns import TEXT


@pytest.mark.parametrize(
    ("location", "organ"),
    [
        ("LUNG", "LUNG"),
        ("LUNG, RIGHT UPPER LOBE", "LUNG"),
        ("LINGULA OF THE LUNG", "LUNG"),
        ("LIVER LOBE", "LIVER"),
        ("PANCREAS, HEAD", "PANCREAS"),
        ("PARATRACHEAL LYMPH NODE, RIGHT", "PARATRACHEAL LYMPH NODE, RIGHT"),
        ("PORTAL VEIN, RIGHT", "PORTAL VEIN, RIGHT"),
        ("BRAIN STEM", "BRAIN STEM"),
    ],
)
def test_a_part_of_an_organ_is_the_organ_and_other_places_are_themselves(location: str, organ: str) -> None:
    assert organs(pd.Series([location, None], dtype=TEXT)).tolist()[:1] == [organ]
