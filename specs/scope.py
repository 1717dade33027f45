"""What a derivation sees: the records of its slice, other datasets, the study; and where it reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs.arguments import Source
from specs.coded import plain
from specs.conditions import Condition, Mask, evaluate
from specs.findings import SHOWN, Finding, Severity
from specs.profile import Profile
from specs.resolved import DATASET, Spec
from specs.store import NOWHERE, Ints, Subjects, take

if TYPE_CHECKING:
    from specs.interpreter import Interpreter

T = TypeVar("T")


@dataclass
class Records:
    """The rows that a records derivation made.

    `subject`: code of each row's subject. `columns`: what it fills. `sources`, `source`, `row`: the record each
    row comes from: a table's name, its position in `sources` (NOWHERE if none) and the row id there; the other
    columns of that record can then be read too. `seen`: records that were looked at to make a row.
    """

    subject: Ints
    columns: Mapping[str, pd.Series] = field(default_factory=dict[str, pd.Series])
    sources: tuple[str, ...] = ()
    source: npt.NDArray[np.int16] | None = None
    row: Ints | None = None
    seen: Sequence[Seen] = ()


@dataclass(frozen=True)
class Seen:
    """Records of a table that were looked at to make rows: two aligned arrays (n-to-one lineage).

    `rule` says in lower case what they were looked at for; of a variable's records the variable's name is the rule.
    """

    rows: Ints
    table: str
    source_rows: Ints
    rule: str = "seen"


class Scope:
    """The view of one node: the slice of a dataset, or (slice `*`) the whole dataset."""

    def __init__(self, interpreter: Interpreter, dataset: str, slice_id: str, variable: str = "") -> None:
        self._interpreter = interpreter
        self.dataset = dataset
        self.slice = slice_id
        self.variable = variable

    @property
    def spec(self) -> Spec:
        """The resolved spec."""
        return self._interpreter.spec

    @property
    def subjects(self) -> Subjects:
        """The subjects of the part being built."""
        return self._interpreter.subjects

    @property
    def profile(self) -> Profile:
        """What crosses subjects: of a dataset of the study, the profile of all subjects' datasets."""
        return self._interpreter.profile

    @property
    def subject(self) -> Ints:
        """The subject code of each record."""
        return self._interpreter.subject(self.dataset, self.slice)

    def __len__(self) -> int:
        return len(self.subject)

    def column(self, name: str) -> pd.Series:
        """A column of the records: the dataset's own variable, else the source record's column."""
        return self._interpreter.column(self.dataset, self.slice, name, self.variable)

    def coded(self, name: str) -> pd.Series:
        """The same column as it is stored: text that repeats as codes (`specs.coded`), for what works on values."""
        return self._interpreter.stored(self.dataset, self.slice, name, self.variable)

    def rest(self, name: str) -> pd.DataFrame:
        """What of a variable's long text goes on after its first piece: row (position), number (from 1), text."""
        return self._interpreter.rest(self.dataset, self.slice, name)

    def columns(self, names: Sequence[str]) -> pd.DataFrame:
        """Several columns side by side."""
        return pd.DataFrame({name: self.column(name) for name in names}, index=pd.RangeIndex(len(self)))

    def by_subject(self, name: str) -> pd.Series:
        """`DATASET.VARIABLE` of every subject of the part, in the order of the codes."""
        return plain(self._interpreter.by_subject(name))

    def mask(self, condition: Condition) -> Mask:
        """The records for which a condition on their own columns holds."""
        return evaluate(condition, self.coded, len(self))

    def rows(self, source: Source, names: Sequence[str] = ()) -> pd.DataFrame:
        """The records of a source that meet its condition.

        Columns: `_subject` (code, records of no subject left out), `_row` (row id for lineage) and `names`, which
        must be columns that the source's own arguments name or plain `USUBJID`.
        """
        return self._interpreter.rows(source, names)

    def once(self, key: str, make: Callable[[], T]) -> T:
        """What `make` returns, made once a part: for what several slices derive from the same records."""
        return self._interpreter.once(key, make)

    def source_records(self, table: str, ids: Ints) -> str:
        """Records of a table as a person finds them, for a message: the first few by file and number."""
        return self._interpreter.source_records(table, ids)

    def account(self, source: Source, excluded: Mapping[str, int], read: int, used: int) -> None:
        """Say how many records of a source were read, used and excluded by which condition."""
        self._interpreter.account(self.dataset, self.slice, source.from_, excluded, read, used)

    def trace(self, seen: Seen) -> None:
        """Note the records of another table from which values of this variable came."""
        self._interpreter.trace(self.dataset, self.slice, self.variable, seen)

    def report(
        self,
        rule: str,
        mask: Mask,
        message: str | Callable[[Ints], Sequence[str]],
        *,
        value: pd.Series | None = None,
        severity: Severity = "error",
        variable: str | None = None,
        published: str = "",
    ) -> None:
        """Report the records where the mask holds, each with its subject, value and source record.

        `message`: what is said of all of them, or what says it of each of the positions that are listed.
        """
        positions = np.flatnonzero(mask)
        shown = positions[:SHOWN]
        if not len(shown):
            return
        said = [message] * len(shown) if isinstance(message, str) else message(shown)
        names = self.subjects.names(self.subject[shown])
        values = [
            "" if v is None else _shown(v) for v in (take(value, shown) if value is not None else [None] * len(shown))
        ]
        places = self._interpreter.places(self.dataset, self.slice, shown)
        name = self.variable if variable is None else variable
        self._interpreter.findings.add(
            [
                Finding(severity, rule, words, self.dataset, name, _shown(u), v, place, published)
                for words, u, v, place in zip(said, names, values, places, strict=True)
            ],
            count=len(positions),
        )

    def report_subjects(
        self,
        rule: str,
        subject: Ints,
        message: str,
        *,
        seen: tuple[str, Ints] | None = None,
        value: pd.Series | None = None,
        severity: Severity = "error",
    ) -> None:
        """Report subjects while the records are still being made, or that get none.

        `subject`: their codes. `seen`: the table and the row id there of the record that shows it, one each;
        `value`: aligned with `subject`.
        """
        shown = np.arange(min(len(subject), SHOWN))
        names = self.subjects.names(subject[shown])
        values = [""] * len(shown) if value is None else [_shown(v) for v in take(value, shown)]
        places = [""] * len(shown) if seen is None else self._interpreter.source_places(seen[0], seen[1][shown])
        self._interpreter.findings.add(
            [
                Finding(severity, rule, message, self.dataset, self.variable, _shown(u), v, place)
                for u, v, place in zip(names, values, places, strict=True)
            ],
            count=len(subject),
        )


def _shown(value: object) -> str:
    if value is None or value != value:  # missing is not equal to itself
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:200]


__all__ = ["DATASET", "NOWHERE", "Records", "Scope", "Seen"]
