"""What a build starts from: the frames of an extract or of existing SDTM, the subjects, and what was amiss."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
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


@dataclass
class Inputs:
    """Frames by name (forms in lower case, datasets in upper), each with USUBJID and the record number.

    Text is coded (`specs.coded`); `codes` holds the place of each record's subject among `subjects`.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict[str, pd.DataFrame])
    files: dict[str, Path] = field(default_factory=dict[str, Path])
    subjects: tuple[str, ...] = ()
    ragged: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    findings: Findings = field(default_factory=Findings)
    accounts: list[FormAccount] = field(default_factory=list[FormAccount])
    codes: dict[str, Ints] = field(default_factory=dict[str, Ints])

    def hashes(self) -> dict[str, dict[str, str | int]]:
        """Name, size and sha256 of each input file."""
        return {name: describe_file(path) for name, path in sorted(self.files.items())}

    def part(self, subjects: tuple[str, ...]) -> dict[str, Table]:
        """The tables of a range of the subjects; an input without subjects goes to every part."""
        start = self.subjects.index(subjects[0]) if subjects else 0
        return {name: self._table(name, frame, start, len(subjects)) for name, frame in self.frames.items()}

    def _table(self, name: str, frame: pd.DataFrame, start: int, length: int) -> Table:
        file = self.files[name].name if name in self.files else name
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
    inputs: Inputs, form: str, file: str, frame: pd.DataFrame, mask: np.ndarray, rule: str, message: str,
    severity: str = "error", value: pd.Series | None = None,
) -> None:  # fmt: skip
    """A finding for each record of an input where the mask holds: its subject, value and number in the file."""
    shown = frame.loc[mask].iloc[:SHOWN]
    if not len(shown):
        return
    names = plain(shown[SUBJECT]).fillna("") if SUBJECT in shown else pd.Series([""] * len(shown))
    values = [""] * len(shown) if value is None else value.loc[shown.index].fillna("").str.slice(0, 200)
    rows = zip(names, values, shown[RECORD], strict=True)
    findings = [
        input_finding(rule, message, form, severity, usubjid=str(u), value=str(v), source=f"{file} record {n}")
        for u, v, n in rows
    ]
    inputs.findings.add(findings, count=int(mask.sum()))
