"""Records that belong together by RELREC: the measurements behind a response, the lesion behind a measurement.

Only RELREC's relations of whole datasets (no USUBJID, no IDVARVAL) are read: records whose identifiers are equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from oncdisc.review.trace.output import SUBJECT, Output
from specs.errors import DataError

RELREC = "RELREC"
ONWARD = {"RS": "TR", "TR": "TU"}
"""Which relations lead back: from a response to measurements, from a measurement to its lesion."""


@dataclass(frozen=True)
class Relation:
    """Two datasets whose records belong together where two variables are equal."""

    name: str
    variable: str
    other: str
    other_variable: str


def relations(output: Output, table: str) -> tuple[Relation, ...]:
    """The relations that lead back from a dataset's records."""
    other = ONWARD.get(table)
    if RELREC not in output.datasets or other not in output.datasets:
        return ()
    frame = output.frame(RELREC)
    frame = frame.loc[frame["IDVARVAL"].isna()]
    both = frame.merge(frame, on="RELID", suffixes=("", "_OTHER"))
    both = both.loc[(both["RDOMAIN"] == table) & (both["RDOMAIN_OTHER"] == other)]
    return tuple(
        Relation(str(row["RELID"]), str(row["IDVAR"]), str(row["RDOMAIN_OTHER"]), str(row["IDVAR_OTHER"]))
        for row in both.to_dict("records")
    )


def related(output: Output, table: str, row: int) -> dict[Relation, list[int]]:
    """The related records of one record, by relation."""
    found: dict[Relation, list[int]] = {}
    for relation in relations(output, table):
        mine, theirs = output.frame(table), output.frame(relation.other)
        if relation.variable not in mine or relation.other_variable not in theirs:
            raise DataError(f"{RELREC} names {relation.variable} and {relation.other_variable}, which are not there")
        value, subject = mine.at[row, relation.variable], mine.at[row, SUBJECT]
        if pd.isna(value):  # type: ignore[arg-type]
            continue
        same = (theirs[relation.other_variable] == value) & (theirs[SUBJECT] == subject)
        rows = theirs.index[same.to_numpy(bool, na_value=False)]
        if len(rows):
            found[relation] = [int(place) for place in rows]
    return found


def telling_result(name: str, columns: pd.Index) -> list[str]:
    """The variables that say what a finding is."""
    wanted = [f"{name}{suffix}" for suffix in ("TESTCD", "LNKID", "GRPID", "STRESC", "STRESU", "STAT", "DTC")]
    return [column for column in wanted if column in columns]
