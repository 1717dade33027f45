"""Packages for the rules engine: seeded errors together, a copy of a subject for each, and those that stand alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from define import DefineError, write_define
from oncdisc import write_xpt
from oncdisc.checks import Data, Package, read_package
from oncdisc.transport import TransportError
from tests.checks.cases import Mutation
from tests.checks.mutations import Mutant

CLEAN = "clean"
TOGETHER = "together"
_COPIES = 40
"""Copies of subjects in a package."""
_QUALIFIERS = 5
"""Records that each copy keeps of a SUPP-- in which no error of the package is."""
_FEW = 2
"""Subjects of a package for an error that stands alone, besides its own."""
_COPY = re.compile(r"-C(\d{3})")


@dataclass
class Copies:
    """Copies of subjects in one package: for each error the copy that has it, and one of the same subject without."""

    of: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    parts: list[tuple[Package, str, str]] = field(default_factory=list[tuple[Package, str, str]])
    """Package, subject and copy."""

    def add(self, package: Package, subject: str) -> str:
        """Another copy of a subject; its name."""
        copy = f"{len(self.parts):03d}"
        self.parts.append((package, subject, copy))
        return copy

    def by_copy(self, found: Counter[str]) -> dict[str, Counter[str]]:
        """What the engine found in each copy, without what names the copy."""
        split: dict[str, Counter[str]] = defaultdict(Counter)
        for place, count in found.items():
            for copy in set(_COPY.findall(place)):
                split[copy][_COPY.sub("", place)] += count
        return split


class Packages:
    """The packages for some mutations of a build, in a folder."""

    def __init__(self, build: Path, folder: Path) -> None:
        self.folder = folder
        self.build = read_package(build)
        self.define = build / "tabulations/sdtm/define.xml"
        self.together: dict[str, Copies] = {}
        self.alone: list[str] = []
        self.impossible: list[str] = []
        self._known = set(self.build.datasets["DM"].text("USUBJID"))

    def write(self, mutations: Mapping[str, Mutation]) -> None:
        """Write what is not there yet, and say which error is where."""
        self.folder.mkdir(parents=True, exist_ok=True)
        alone: dict[str, Mutant] = {}
        copies = Copies()
        for key, mutation in mutations.items():
            mutant = mutation.made(self.build, lambda: self.folder)
            subject = self._subject(mutant)
            if subject and not self._writable(mutant, subject):
                self.impossible.append(key)
            elif subject:
                copies = self._share(copies, key, mutant, subject)
            else:
                alone[key] = mutant
        for name, shared in self.together.items():
            self._new(name, lambda folder, shared=shared: self._copied(folder, shared))
        kept = self._kept(alone)
        self._new(CLEAN, lambda folder: self._cut(folder, kept))
        for key, mutant in alone.items():
            self._stand(key, mutant, kept)

    def _share(self, copies: Copies, key: str, mutant: Mutant, subject: str) -> Copies:
        if not self.together or len(copies.parts) >= _COPIES:
            copies = self.together[f"{TOGETHER}-{len(self.together)}"] = Copies()
        control = next((c for package, who, c in copies.parts if package is self.build and who == subject), None)
        copies.of[key] = (copies.add(mutant.package, subject), control or copies.add(self.build, subject))
        return copies

    def _writable(self, mutant: Mutant, subject: str) -> bool:
        """Whether transport files can hold the error."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                for name in self.differing(mutant):
                    put(
                        mutant.package.datasets[name],
                        self._copy(mutant.package.datasets[name], subject, ""),
                        Path(folder),
                    )
            except TransportError:
                return False
        return True

    def _new(self, name: str, write: Callable[[Path], None]) -> None:
        folder = self.folder / name
        if not folder.exists():
            folder.mkdir()
            write(folder)

    def _stand(self, key: str, mutant: Mutant, kept: set[str]) -> None:
        try:
            self._new(key, lambda folder: self._mutated(folder, mutant, kept))
            self.alone.append(key)
        except (TransportError, DefineError):
            shutil.rmtree(self.folder / key)
            self.impossible.append(key)

    def differing(self, mutant: Mutant) -> list[str]:
        """The SDTM datasets that a mutant has and the build has not, or not so."""
        return [data.name for data in mutant.package.of("sdtm") if not same(data, self.build.get(data.name))]

    def _subject(self, mutant: Mutant) -> str:
        """The one subject whose records are all that an error changes; nothing if it is more than that."""
        if set(mutant.package.datasets) != set(self.build.datasets) or mutant.package.defines != self.build.defines:
            return ""
        for name in self.differing(mutant):
            old, new = self.build.datasets[name], mutant.package.datasets[name]
            alike = list(old.frame.columns) == list(new.frame.columns) and old.variables == new.variables
            if not alike or not new.present("USUBJID").all() or not new.has("USUBJID") or old.label != new.label:
                return ""
        theirs = mutant.subjects & self._known
        return next(iter(theirs)) if len(theirs) == 1 else ""

    def _kept(self, alone: Mapping[str, Mutant]) -> set[str]:
        """A few subjects, among them one of each error's that has subjects."""
        kept = set(sorted(self._known)[:_FEW])
        for mutant in alone.values():
            theirs = mutant.subjects & self._known
            kept |= set() if theirs & kept else set(sorted(theirs)[:1])
        return kept

    def _copied(self, folder: Path, copies: Copies) -> None:
        """All copies of subjects in one package; what is of no subject is the build's."""
        shutil.copy(self.define, folder / "define.xml")
        for data in self.build.of("sdtm"):
            if data.has("USUBJID") and data.present("USUBJID").any():
                given = [(package.datasets[data.name], who, copy) for package, who, copy in copies.parts]
                plain = data.name.startswith("SUPP") and all(same(part, data) for part, *_ in given)
                frames = [self._copy(*part).iloc[: _QUALIFIERS if plain else None] for part in given]
                frame = pd.concat([part for part in frames if len(part)] or frames[:1], ignore_index=True)
                put(data, frame, folder)
            else:
                put(data, data.frame, folder)

    def _copy(self, data: Data, subject: str, copy: str) -> pd.DataFrame:
        """A subject's records, and those of subjects whom nobody knows, under the copy's name."""
        who = data.text("USUBJID")
        frame = data.frame[((who == subject) | (who.notna() & ~who.isin(self._known))).to_numpy()]
        renamed = {name: frame[name] + f"-C{copy}" for name in ("USUBJID", "SUBJID") if name in frame}
        return frame.assign(**renamed)

    def _cut(self, folder: Path, kept: set[str]) -> None:
        shutil.copy(self.define, folder / "define.xml")
        for data in self.build.of("sdtm"):
            put(data, self._of(data, kept), folder)

    def _of(self, data: Data, kept: set[str]) -> pd.DataFrame:
        """The records of the kept subjects, of nobody, and of subjects whom nobody knows."""
        if not data.has("USUBJID"):
            return data.frame
        who = data.text("USUBJID")
        return data.frame[(who.isin(kept) | who.isna() | ~who.isin(self._known)).to_numpy()]

    def _mutated(self, folder: Path, mutant: Mutant, kept: set[str]) -> None:
        """A mutant as files: what does not differ is linked from the clean package."""
        changed = self.differing(mutant)
        clean = self.folder / CLEAN
        for data in mutant.package.of("sdtm"):
            if data.name in changed:
                put(data, self._of(data, kept), folder)
            else:
                os.link(clean / f"{data.name.lower()}.xpt", folder / f"{data.name.lower()}.xpt")
        define = next(item for item in mutant.package.defines if item.path == self.define)
        described = define not in self.build.defines
        if described:
            write_define(define.document, folder / "define.xml")
        else:
            os.link(clean / "define.xml", folder / "define.xml")
        whole = described or set(mutant.package.datasets) != set(self.build.datasets)
        note = {"datasets": changed, "beside": self._beside(changed), "package": whole}
        (folder / "changed.json").write_text(json.dumps(note), encoding="utf-8")

    def _beside(self, changed: list[str]) -> list[str]:
        """What a changed dataset supplements, and the datasets that point at it."""
        parents = {name.removeprefix("SUPP") for name in changed}
        return sorted(parents | {name for name, pointed in self._pointed.items() if pointed & parents})

    @cached_property
    def _pointed(self) -> dict[str, set[str]]:
        """The domains that SUPP--, CO and RELREC point at."""
        pointing = [data for data in self.build.of("sdtm") if data.has("RDOMAIN")]
        return {data.name: set(data.distinct("RDOMAIN")[1]) for data in pointing}


def same(data: Data, old: Data | None) -> bool:
    """Whether a dataset is the build's."""
    return old is not None and data.frame is old.frame and (data.label, data.variables) == (old.label, old.variables)


def put(data: Data, frame: pd.DataFrame, folder: Path) -> None:
    """Records of a dataset as a transport file, described as the dataset is."""
    described = [data.variables[str(name)] for name in frame.columns]
    frame = frame.reset_index(drop=True).set_axis([variable.name for variable in described], axis="columns")
    lengthless = [replace(variable, length=None) for variable in described]
    write_xpt(frame, folder / f"{data.name.lower()}.xpt", name=data.name, label=data.label, variables=lengthless)
