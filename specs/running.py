"""Runs a derivation and holds what it gives to what it must be.

A fault of a study's own derivation is named with the line of its module; one of ours is a fault of the program, which
is raised as it is, with a note of what was being derived.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import numpy as np
import pandas as pd

from specs.coded import is_text
from specs.columns import TEXT
from specs.errors import DerivationError, OncdiscError, Problem
from specs.registry import Bound
from specs.resolved import DATASET, Assignment, Mark, Variable
from specs.scope import Records, Scope
from specs.signatures import failing, standing


def run_variable(assignment: Assignment, scope: Scope, variable: Variable) -> pd.Series:
    """A value for each record, under a RangeIndex: of a text variable text, else as the derivation gives it.

    Raises DerivationError.
    """
    bound, place = assignment.bound, Place(assignment.bound, scope, assignment.mark)
    expected = f"a pandas Series of {len(scope)} values, one a record"
    with place.named():
        values = bound.run(scope)
    if not isinstance(values, pd.Series):
        place.refuse(_kind(values), expected)
    if len(values) != len(scope):
        place.refuse(f"{len(values)} values", expected)
    values = values.reset_index(drop=True)
    if variable.storage != "text" or is_text(values):
        return values
    if pd.api.types.is_numeric_dtype(values):
        place.refuse("numbers", "text, which number_text makes of numbers")
    with place.named():
        return values.astype(TEXT)


def run_records(bound: Bound, scope: Scope, mark: Mark) -> Records:
    """The records of a slice, their columns as long as they are many. Raises DerivationError."""
    place = Place(bound, scope, mark)
    with place.named():
        made = bound.run(scope)
    if not isinstance(made, Records):
        place.refuse(_kind(made), "Records")
    expected = f"{len(made.subject)}, one a record, as `subject` has"
    aligned: dict[str, Sequence[object] | None] = {"row": made.row, "source": made.source, **made.columns}  # type: ignore[dict-item]
    for name, values in aligned.items():
        if values is not None and len(values) != len(made.subject):
            place.refuse(f"{len(values)} values of {name}", expected)
    codes = np.asarray(made.subject)
    if len(codes) and (codes.dtype.kind not in "iu" or codes.max() >= len(scope.subjects)):
        place.refuse("a `subject` that is none of the part's", "codes of subjects, as `rows(…)['_subject']` has them")
    return made


class Place:
    """What is being derived, by what: for the words of a fault."""

    def __init__(self, bound: Bound, scope: Scope, mark: Mark) -> None:
        self.definition = bound.definition
        part = "" if scope.slice in ("", DATASET) else f"[{scope.slice}]"
        self.node = f"{scope.dataset}{part}{f'.{scope.variable}' if scope.variable else ' records'}"
        self.mark = mark

    def refuse(self, found: str, expected: str) -> NoReturn:
        """Raise the error that a result of the wrong kind is."""
        file, line = self.mark.file, self.mark.line
        if self.definition.of_study:
            file, line = standing(self.definition.function)
        raise DerivationError(self._problem(file, line, "gives what can't be used", found, expected))

    @contextmanager
    def named(self) -> Generator[None]:
        """Name what was being derived in what goes wrong within."""
        try:
            yield
        except OncdiscError:
            raise
        except Exception as error:
            if not self.definition.of_study:
                error.add_note(f"{self.mark}: while {self.node} was derived by {self.definition.name}")
                raise
            file, line = failing(self.definition.function, error)
            found = f"{type(error).__name__}: {error}"
            raise DerivationError(self._problem(file, line, "can't be carried out", found, "")) from error

    def _problem(self, file: str, line: int, message: str, found: str, expected: str) -> str:
        said = f"the derivation {self.definition.name}, used at {self.mark}, {message}"
        return str(Problem(file, line, self.node, said, found, expected))


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
