"""CDISC controlled terminology: the codelists of a package, and collected text matched to their terms.

A package is a folder of CSV files, one a codelist, under `specs/standards/ct/`; a codelist that a build never
names is never read.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from specs.errors import UsageError

PACKAGES = Path(__file__).parent / "standards" / "ct"


class NotInStandardError(UsageError, LookupError):
    """A standard, dataset, terminology package or codelist that is not among those that ship."""


@dataclass(frozen=True)
class Term:
    """A permitted value. `decode` is the paired name where the codelist holds codes (ALT: Alanine
    Aminotransferase), else NCI's preferred term."""

    code: str
    value: str
    decode: str
    synonyms: tuple[str, ...] = ()
    preferred: str = ""


@dataclass(frozen=True, eq=False)
class Codelist:
    """A codelist; `names` is the codelist that holds the names of its codes (LBTEST for LBTESTCD)."""

    code: str
    name: str
    submission: str
    extensible: bool
    terms: tuple[Term, ...] = field(repr=False)
    packages: tuple[str, ...] = ()
    names: str | None = None

    def __contains__(self, value: object) -> bool:
        return value in self._by_value

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The submission values, in the order of the package."""
        return tuple(term.value for term in self.terms)

    def get(self, value: str) -> Term | None:
        """The term with exactly this submission value."""
        return self._by_value.get(value)

    def find(self, text: str) -> Term | None:
        """The term that a collected text means, or None if there is none or it is not certain.

        Outer and repeated blanks do not count. As written comes before regardless of case (`uS` is not `us`),
        and within each the submission value, then decode and preferred term, then synonyms; a text that means
        several terms at the first step where it means any is left unmapped.
        """
        text = " ".join(text.split())
        for written in (True, False):
            key = text if written else text.casefold()
            for index in self._indexes[written]:
                if key in index:
                    return index[key]
        return None

    @cached_property
    def _by_value(self) -> dict[str, Term]:
        return {term.value: term for term in self.terms}

    @cached_property
    def _indexes(self) -> dict[bool, tuple[dict[str, Term | None], ...]]:
        return {
            written: tuple(self._index(names, written) for names in (_value, _decodes, _synonyms))
            for written in (True, False)
        }

    def _index(self, names: Callable[[Term], tuple[str, ...]], written: bool) -> dict[str, Term | None]:
        """Terms by name; None where several terms share it."""
        index: dict[str, Term | None] = {}
        for term in self.terms:
            for name in {item if written else item.casefold() for item in names(term)}:
                index[name] = None if name in index else term
        return index


def _value(term: Term) -> tuple[str, ...]:
    return (term.value,)


def _decodes(term: Term) -> tuple[str, ...]:
    return (term.decode, term.preferred)


def _synonyms(term: Term) -> tuple[str, ...]:
    return term.synonyms


class Terminology:
    """A terminology package; its codelists are read one by one when they are asked for."""

    def __init__(self, version: str, folder: Path) -> None:
        self.version = version
        self._folder = folder
        rows = tuple(_read(folder / "codelists.csv"))
        self._rows = {row["submission"]: row for row in rows}
        self._submission = {row["code"]: row["submission"] for row in rows}

    @property
    def codelists(self) -> tuple[str, ...]:
        """The submission values of all codelists, sorted."""
        return tuple(sorted(self._rows))

    def __contains__(self, name: object) -> bool:
        return name in self._rows or name in self._submission

    @cache  # noqa: B019 - there is one object a package, and it lives as long as the process
    def codelist(self, name: str) -> Codelist:
        """A codelist by its C-code or submission value.

        Raises NotInStandardError.
        """
        submission = self._submission.get(name, name)
        if submission != name:
            return self.codelist(submission)
        if name not in self._rows:
            raise NotInStandardError(f"the terminology {self.version} that ships has no codelist {name}")
        row = self._rows[name]
        return Codelist(
            code=row["code"],
            name=row["name"],
            submission=name,
            extensible=row["extensible"] == "Yes",
            terms=self._terms(name, row["names"] or None),
            packages=tuple(row["packages"].split()),
            names=row["names"] or None,
        )

    def _terms(self, name: str, names: str | None) -> tuple[Term, ...]:
        decodes = {row["code"]: row["value"] for row in _read(self._folder / f"{names}.csv")} if names else {}
        return tuple(
            Term(
                code=row["code"],
                value=row["value"],
                decode=decodes.get(row["code"], row["preferred"]),
                synonyms=tuple(row["synonyms"].split("; ")) if row["synonyms"] else (),
                preferred=row["preferred"],
            )
            for row in _read(self._folder / f"{name}.csv")
        )


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@cache
def terminology(version: str) -> Terminology:
    """A terminology package by its date, "2025-03-28".

    Raises NotInStandardError.
    """
    folder = PACKAGES / version
    if not (folder / "codelists.csv").is_file():
        shipped = ", ".join(sorted(path.name for path in PACKAGES.iterdir()))
        raise NotInStandardError(f"no terminology package {version!r}; these ship: {shipped}")
    return Terminology(version, folder)
