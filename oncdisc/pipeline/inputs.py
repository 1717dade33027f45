"""What a build starts from: the frames of an extract or of existing SDTM, the subjects, and what was amiss."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from specs.coded import plain
from specs.findings import SHOWN, Finding, Findings
from specs.store import NOWHERE, RECORD, Ints, Subjects, Table, single

SUBJECT = "USUBJID"


@dataclass(frozen=True)
class FormAccount:
    """Records of one input: read, and left out before any dataset by which rule."""

    form: str
    file: str
    read: int
    excluded: dict[str, int]


@dataclass(frozen=True)
class Undeclared:
    """A file of the extract, or an item group or sheet of one, that no form reads; records where they were counted."""

    file: str
    part: str = ""
    records: int | None = None


@dataclass
class Inputs:
    """Frames by name (forms in lower case, datasets in upper), each with USUBJID and the record number.

    `places`: where an input's records stand, if not in the whole of its file: item group or sheet beside the file.
    Text is coded (`specs.coded`); `codes` holds the place of each record's subject among `subjects`.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict[str, pd.DataFrame])
    files: dict[str, Path] = field(default_factory=dict[str, Path])
    places: dict[str, str] = field(default_factory=dict[str, str])
    subjects: tuple[str, ...] = ()
    ragged: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    findings: Findings = field(default_factory=Findings)
    accounts: list[FormAccount] = field(default_factory=list[FormAccount])
    codes: dict[str, Ints] = field(default_factory=dict[str, Ints])
    undeclared: list[Undeclared] = field(default_factory=list[Undeclared])
    hashed: dict[Path, dict[str, str | int]] = field(default_factory=dict[Path, dict[str, str | int]])

    def place(self, name: str) -> str:
        """Where an input's records stand, as people find it: `ae.csv`, `export.xml AE/IG.AE`."""
        return self.places.get(name) or (self.files[name].name if name in self.files else name)

    def hashes(self) -> dict[str, dict[str, str | int]]:
        """Name, size and sha256 of each input's file, and its place where that is a part of it."""
        for path in self.files.values():
            if path not in self.hashed:
                self.hashed[path] = describe_file(path)
        found = {name: dict(self.hashed[path]) for name, path in sorted(self.files.items())}
        for name, facts in found.items():
            if self.place(name) != facts["file"]:
                facts["place"] = self.place(name)
        return found

    def part(self, subjects: tuple[str, ...]) -> dict[str, Table]:
        """The tables of a range of the subjects; an input without subjects goes to every part."""
        start = self.subjects.index(subjects[0]) if subjects else 0
        return {name: self._table(name, frame, start, len(subjects)) for name, frame in self.frames.items()}

    def _table(self, name: str, frame: pd.DataFrame, start: int, length: int) -> Table:
        file = self.place(name)
        if SUBJECT not in frame:
            return single(name, frame, np.full(len(frame), NOWHERE, dtype=np.int64), file)
        if name not in self.codes:
            self.codes[name] = Subjects(self.subjects).codes(frame[SUBJECT])
        codes = self.codes[name] - start
        mine = (codes >= 0) & (codes < length)
        if mine.all():
            return single(name, frame, codes, file)
        return single(name, frame.loc[mine].reset_index(drop=True), codes[mine], file)


def describe_file(path: Path) -> dict[str, str | int]:
    """File name, size in bytes and sha256."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return {"file": path.name, "bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with each record's number in the file, from 1."""
    return frame if RECORD in frame else frame.assign(**{RECORD: range(1, len(frame) + 1)})


def byte_order(names: Iterable[str]) -> tuple[str, ...]:
    """Subject ids once each, in byte order."""
    return tuple(sorted(set(names), key=lambda name: name.encode()))


def input_finding(rule: str, message: str, form: str, severity: str = "error", **place: str) -> Finding:
    """A finding about an input as a whole or one of its records."""
    return Finding(severity, rule, message, dataset=form, **place)  # type: ignore[arg-type]


def counted(rule: str, mask: np.ndarray) -> dict[str, int]:
    """How many records a rule leaves out, if any."""
    return {rule: int(mask.sum())} if mask.any() else {}


def report_records(
    inputs: Inputs, form: str, file: str, frame: pd.DataFrame, mask: np.ndarray, rule: str,
    message: str | Callable[[pd.DataFrame], Iterable[str]], severity: str = "error", value: pd.Series | None = None,
) -> None:  # fmt: skip
    """A finding for each record of an input where the mask holds: its subject, value and number in the file.

    `message`: what is said of all of them, or what says it of each of those that are listed.
    """
    shown = frame.loc[mask].iloc[:SHOWN]
    if not len(shown):
        return
    names = plain(shown[SUBJECT]).fillna("") if SUBJECT in shown else pd.Series([""] * len(shown))
    values = [""] * len(shown) if value is None else value.loc[shown.index].fillna("").str.slice(0, 200)
    said = [message] * len(shown) if isinstance(message, str) else message(shown)
    rows = zip(said, names, values, shown[RECORD], strict=True)
    findings = [
        input_finding(rule, words, form, severity, usubjid=str(u), value=str(v), source=f"{file} record {n}")
        for words, u, v, n in rows
    ]
    inputs.findings.add(findings, count=int(mask.sum()))
