"""The exceptions of the language: everything a user can cause is an OncdiscError."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from specs.wording import counted


class OncdiscError(Exception):
    """Base of every error that a user's input can cause."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of a spec: where it stands, what was found, what was expected."""

    file: str
    line: int
    where: str
    message: str
    found: str = ""
    expected: str = ""
    column: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"
        text = f"{place}: {self.where}: {self.message}"
        if self.found:
            text += f"; found {self.found}"
        if self.expected:
            text += f"; expected {self.expected}"
        return text


class SpecError(OncdiscError):
    """A spec that can't be used; carries every problem found, not the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        count = len(self.problems)
        head = f"{counted(count, 'problem')} in the spec"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class DerivationError(OncdiscError):
    """A derivation of a study's own, or one used where it can't be, that could not be carried out."""


class DataError(OncdiscError):
    """Input data that can't be read or can't be built from: the build stops and leaves nothing behind."""


class UsageError(OncdiscError):
    """A call that can't be carried out as it stands: wrong options, a refused output folder."""
