"""What can be wrong with a file of an extract: each error says where, what was found and what was expected."""

from __future__ import annotations

from pathlib import Path

from specs.errors import DataError


class ExtractError(DataError):
    """A form that can't be read; `file` by name, `line` from 1 where there is one."""

    def __init__(self, path: Path, found: str, expected: str, line: int | None = None) -> None:
        self.file = path.name
        self.line = line
        self.found = found
        self.expected = expected
        place = self.file if line is None else f"{self.file}, line {line}"
        super().__init__(f"{place}: found {found}; expected {expected}")


class MissingFileError(ExtractError):
    """The file is not there."""


class EmptyFileError(ExtractError):
    """The file holds nothing, not even column names."""


class UnreadableFileError(ExtractError):
    """The file is not what its format says, or is damaged."""


class EncodingError(ExtractError):
    """The file's bytes are not text in the encoding it should have."""


class RaggedRecordError(ExtractError):
    """A record has more or fewer fields than there are columns."""


class DuplicateColumnError(ExtractError):
    """Two columns have one name."""
