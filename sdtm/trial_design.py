"""Trial design datasets TA, TE, TV and TI: the design in study.yaml as records.

Source: SDTMIG 3.4, 7.2 (arms and elements), 7.3 (visits), 7.4 (eligibility criteria).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from sdtm.elements import arm_elements
from specs.arguments import Arguments
from specs.columns import NUMBER, TEXT
from specs.registry import records
from specs.scope import Records, Scope
from specs.store import NOWHERE

_COLUMNS = {
    "elements": ("ETCD", "ELEMENT", "TESTRL", "TEENRL", "TEDUR"),
    "visits": ("VISITNUM", "VISIT", "VISITDY", "TVSTRL", "TVENRL"),
    "criteria": ("IETESTCD", "IETEST", "IECAT", "IESCAT", "TIRL", "TIVERS"),
}
_NUMBERS = ("VISITNUM", "VISITDY")


def design_table(design: Mapping[str, Any], table: str) -> pd.DataFrame:
    """One table of the design as text and numbers: `arms` (an element of an arm a row), or a list of the design."""
    if table == "arms":
        return arm_elements(design)
    entries: Sequence[Mapping[str, Any]] = design.get(table, [])
    columns = {name: [entry.get(name) for entry in entries] for name in _COLUMNS[table]}
    return pd.DataFrame(
        {name: pd.Series(values, dtype=NUMBER if name in _NUMBERS else TEXT) for name, values in columns.items()}
    )


class Design(Arguments):
    """Arguments of design."""

    table: Literal["arms", "elements", "visits", "criteria"]


@records(
    "design",
    short="table",
    sentence="The {table} of the trial's design",
    produces=(
        "ARMCD", "ARM", "TAETORD", "EPOCH", "TABRANCH", "TATRANS", "ETCD", "ELEMENT", "TESTRL", "TEENRL", "TEDUR",
        "VISITNUM", "VISIT", "VISITDY", "TVSTRL", "TVENRL", "IETESTCD", "IETEST", "IECAT", "IESCAT", "TIRL", "TIVERS",
    ),
)  # fmt: skip
def design(scope: Scope, args: Design) -> Records:
    """The records of TA, TE, TV or TI, as `design` in study.yaml has them."""
    frame = design_table(scope.spec.study.design, args.table)
    columns = {str(name): frame[name] for name in frame}
    return Records(np.full(len(frame), NOWHERE, dtype=np.int64), columns)
