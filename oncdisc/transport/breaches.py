"""Collects the violations of a frame: exact counts, and the first thousand records of each rule and variable."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .errors import InvalidDatasetError, Violation

LISTED = 1000
WORDS = 60
"""Longest piece of a value that a message shows, in characters."""


def shown(value: object) -> str:
    """A value as a message shows it."""
    words = repr(value)
    return words if len(words) <= WORDS else f"{words[: WORDS - 3]}..."


class Breaches:
    """What is wrong with one dataset, in the order found."""

    def __init__(self, dataset: str, frame: pd.DataFrame) -> None:
        self.dataset = dataset
        self.count = 0
        self._listed: list[Violation] = []
        self._subjects = frame["USUBJID"] if list(frame.columns).count("USUBJID") == 1 else None

    def add(self, rule: str, found: str, expected: str, variable: str | None = None) -> None:
        """A breach of the dataset, or of a variable as a whole."""
        self._listed.append(Violation(rule, found, expected, variable))
        self.count += 1

    def add_records(
        self,
        rule: str,
        variable: str,
        rows: NDArray[np.intp],
        found: Callable[[NDArray[np.intp]], Sequence[str]],
        expected: str,
    ) -> None:
        """A breach in each of these rows (counted from 0); `found` gives the words for some of them."""
        if not len(rows):
            return
        listed = rows[:LISTED]
        people = self._people(listed)
        self._listed.extend(
            Violation(rule, words, expected, variable, record, person)
            for words, record, person in zip(found(listed), (listed + 1).tolist(), people, strict=True)
        )
        self.count += len(rows)

    def _people(self, rows: NDArray[np.intp]) -> list[str | None]:
        if self._subjects is None:
            return [None] * len(rows)
        people = self._subjects.iloc[rows]
        return [
            None if missing else str(person)
            for person, missing in zip(people.tolist(), people.isna().tolist(), strict=True)
        ]

    def refuse(self) -> None:
        """Raise InvalidDatasetError if anything was found."""
        if self.count:
            raise InvalidDatasetError(self.dataset, self._listed, self.count)
