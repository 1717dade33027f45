"""What can go wrong with a transport file, and the list of violations that an invalid dataset carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of a rule.

    `record` counts from 1, as every program that shows the dataset does; it is None where the breach is
    not of one record. `found` and `expected` are words.
    """

    rule: str
    found: str
    expected: str
    variable: str | None = None
    record: int | None = None
    usubjid: str | None = None

    def __str__(self) -> str:
        where = [
            self.variable or "",
            f"record {self.record}" if self.record is not None else "",
            f"USUBJID {self.usubjid}" if self.usubjid is not None else "",
        ]
        place = ", ".join(part for part in where if part)
        return f"{self.rule}{f' ({place})' if place else ''}: found {self.found}, expected {self.expected}"


class TransportError(Exception):
    """Anything that reading, writing or converting a dataset refuses."""


class InvalidDatasetError(TransportError):
    """The frame breaks rules of the format; nothing was written.

    `violations` holds every breach of a variable or of the dataset, and of each rule the first thousand
    records of a variable; `count` is the exact number of breaches.
    """

    def __init__(self, dataset: str, violations: Sequence[Violation], count: int | None = None) -> None:
        self.dataset = dataset
        self.violations = tuple(violations)
        self.count = len(self.violations) if count is None else count
        lines = [f"  {violation}" for violation in self.violations[:SHOWN]]
        if self.count > SHOWN:
            lines.append(f"  and {self.count - SHOWN} more")
        noun = "violation" if self.count == 1 else "violations"
        super().__init__("\n".join([f"{dataset}: {self.count} {noun}, nothing written", *lines]))


class DamagedFileError(TransportError):
    """The bytes are not a file of the format; `offset` is where reading stopped making sense."""

    def __init__(self, path: Path, offset: int, found: str, expected: str) -> None:
        self.path = path
        self.offset = offset
        self.found = found
        self.expected = expected
        super().__init__(f"{path}: at byte {offset}: found {found}, expected {expected}")


class UndecodableTextError(DamagedFileError):
    """Bytes that are no text in the encoding the file is read in."""


class UnknownMemberError(TransportError):
    """The file does not hold the one dataset asked for."""


class UnsupportedFormatError(TransportError):
    """The file's extension, or the format asked for, is none that is read or written."""


class LossyConversionError(TransportError):
    """The target format cannot carry what the source holds; nothing was written."""

    def __init__(self, source: Path, target: Path, differences: Sequence[str]) -> None:
        self.differences = tuple(differences)
        shown = "\n".join(f"  {difference}" for difference in self.differences[:SHOWN])
        super().__init__(f"{source} cannot become {target} without loss:\n{shown}")
