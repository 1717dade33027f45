"""Small analysis datasets and declarations, as text and tables, for tests of results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from oncdisc.reporting.analyses import outcomes
from oncdisc.reporting.data import Study
from oncdisc.reporting.declaration import Declaration
from oncdisc.reporting.statistics import Outcome
from specs._yaml import load_document
from specs.columns import text
from specs.models import StudyFile
from specs.resolved import Spec


def frame(**columns: list[Any]) -> pd.DataFrame:
    """A dataset: text, numbers as floats, dates where a column's name ends with DT."""
    made = pd.DataFrame(columns)
    for name in made:
        if str(name).endswith("DT"):
            made[name] = pd.to_datetime(made[name]).astype("datetime64[s]")
        elif made[name].map(lambda value: isinstance(value, str)).any():
            made[name] = text(made[name])
        else:
            made[name] = made[name].astype(np.float64)
    return made


def study(tmp_path: Path, declared: str, *, arms: tuple[str, ...] = (), **frames: pd.DataFrame) -> Study:
    """A study whose build holds the frames and whose results.yaml is the text."""
    path = tmp_path / "results.yaml"
    path.write_text(declared)
    declaration = Declaration.model_validate(load_document(path).data)
    design = {"arms": [{"ARMCD": arm, "ARM": arm} for arm in arms]}
    spec = Spec(StudyFile(study="ABC", title="A study", design=design), tmp_path, {})
    return Study(tmp_path, spec, declaration, dict(frames))


def only(made: Study) -> Outcome:
    """The one result of a study."""
    (outcome,), lacking = outcomes(made)
    assert not lacking
    return outcome


def values(outcome: Outcome, group: str, category: str = "") -> dict[str, float]:
    """The statistics of a group and category, by name."""
    return {s.statistic: s.value for s in outcome.statistics if (s.group, s.category) == (group, category)}


def subjects(*arms: str, **more: list[Any]) -> pd.DataFrame:
    """ADSL with a subject S1, S2 … for each arm named."""
    return frame(USUBJID=[f"S{number + 1}" for number in range(len(arms))], TRT01P=list(arms), **more)


def times(*records: tuple[int, float, int], code: str = "PFS") -> pd.DataFrame:
    """ADTTE of (subject number, days, CNSR)."""
    return frame(
        USUBJID=[f"S{number}" for number, _, _ in records],
        PARAMCD=[code] * len(records),
        AVAL=[days for _, days, _ in records],
        CNSR=[censored for _, _, censored in records],
        EVNTDESC=["Death" if not censored else "Lost" for _, _, censored in records],
    )


POPULATION = "populations: {ITT: {label: All}}\n"
