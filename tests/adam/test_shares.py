"""One number in percent of another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from adam.derivations.shares import percent_of


def test_percent_of_a_number_of_units():
    given, planned = pd.Series([300.0, 60.0, 0.0]), pd.Series([6.0, 1.0, 2.0])
    assert percent_of(given, planned, 60.0).round(6).tolist() == [83.333333, 100.0, 0.0]


def test_nothing_planned_or_known_gives_no_percentage():
    assert percent_of(pd.Series([5.0, np.nan, 5.0]), pd.Series([0.0, 2.0, np.nan])).isna().all()
