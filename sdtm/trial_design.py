"""Trial design datasets TA, TE, TV and TI: the design in study.yaml as records.

Source: SDTMIG 3.4, 7.2 (arms and elements), 7.3 (visits), 7.4 (eligibility criteria).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.elements import arm_elements
from specs.arguments import Arguments, Column, Fault
from specs.columns import NUMBER, TEXT
from specs.registry import records, variable
from specs.resolved import Place
from specs.scope import Records, Scope
from specs.store import NOWHERE

_COLUMNS = {
    "elements": ("ETCD", "ELEMENT", "TESTRL", "TEENRL", "TEDUR"),
    "visits": ("VISITNUM", "VISIT", "VISITDY", "ARMCD", "TVSTRL", "TVENRL"),
    "criteria": ("IETESTCD", "IETEST", "IECAT", "IESCAT", "TIRL", "TIVERS"),
}
_NUMBERS = ("VISITNUM", "VISITDY")
TableName = Literal["arms", "elements", "visits", "criteria"]


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

    table: TableName


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


class DesignValue(Arguments):
    """Arguments of design_value."""

    table: TableName
    by: Annotated[dict[str, Column], Field(min_length=1, max_length=1)]
    value: str = Field(description="the column of the table to take")

    def faults(self, place: Place) -> Iterator[Fault]:
        known = tuple(map(str, design_table({}, self.table)))
        for at, name in (*((("by", key), key) for key in self.by), (("value",), self.value)):
            if name not in known:
                yield Fault(f"no column of the design's {self.table}", name, known, at)


@variable("design_value", sentence="{value} of the trial's {table} by {by}", origin="Assigned")
def design_value(scope: Scope, args: DesignValue) -> pd.Series:
    """A column of the trial's design, by what the record names; what the design does not have is reported."""
    theirs, mine = next(iter(args.by.items()))
    table = design_table(scope.spec.study.design, args.table).drop_duplicates(theirs)
    own = scope.column(mine)
    values = own.map(dict(zip(table[theirs], table[args.value], strict=True))).astype(TEXT)
    unknown = (own.notna() & ~own.isin(table[theirs])).to_numpy(dtype=bool)
    scope.report("value.design", unknown, f"not among the {args.table} of the trial's design", value=own)
    return values
