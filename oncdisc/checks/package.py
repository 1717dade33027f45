"""What is checked: the datasets of a folder, their define.xml files, the terminology in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data, Engine
from specs.models import Acceptance
from specs.resolved import Spec
from specs.terminology import Codelist, terminology

if TYPE_CHECKING:
    from define import Document

DEFAULT_CT = "2025-03-28"


class Codelists(Protocol):
    """A terminology package: the one that ships, or one that was given."""

    @property
    def version(self) -> str:
        """The package's date."""
        ...

    def __contains__(self, name: object) -> bool: ...

    def codelist(self, name: str) -> Codelist:
        """A codelist by C-code or submission value."""
        ...


@dataclass(frozen=True)
class Defined:
    """A define.xml of the package."""

    path: Path
    document: Document


@dataclass(eq=False)
class Package:
    """All that a check looks at; `unread` has the files that could not be read, with the reason, and
    `twice` the files of datasets that another file has. `spec` is the study's where it is at hand."""

    datasets: Mapping[str, Data]
    root: Path = Path()
    defines: tuple[Defined, ...] = ()
    codelists: Codelists = field(default_factory=lambda: terminology(DEFAULT_CT))
    build: Mapping[str, Any] | None = None
    accepted: tuple[Acceptance, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict[str, str])
    twice: Mapping[str, str] = field(default_factory=dict[str, str])
    spec: Spec | None = None

    def __post_init__(self) -> None:
        for data in self.datasets.values():
            data.package = self

    @property
    def single(self) -> bool:
        """Whether one file is looked at, whatever lies beside it."""
        return self.root.is_file()

    def unreadable(self, name: str) -> bool:
        """Whether a file that is called as a dataset is there and could not be read: nobody knows what it lacks."""
        return any(PurePosixPath(file).stem.upper() == name for file in self.unread)

    @property
    def transport(self) -> bool:
        """Whether datasets are transport files, as agencies take them, or are in memory."""
        suffixes = {data.path.suffix.lower() if data.path else ".xpt" for data in self}
        return ".xpt" in suffixes or any(file.lower().endswith(".xpt") for file in self.unread)

    def __iter__(self) -> Iterator[Data]:
        return iter(self.datasets.values())

    def get(self, name: str) -> Data | None:
        """A dataset by name; None if the package has none."""
        return self.datasets.get(name)

    def of(self, engine: Engine) -> list[Data]:
        """The datasets of SDTM or of ADaM."""
        return [data for data in self if data.engine == engine]

    def like(self, domain: str) -> list[Data]:
        """The SDTM datasets of a domain: itself, or what it was split into."""
        return [data for data in self if data.engine == "sdtm" and domain in (data.name, data.domain)]

    @cached_property
    def reference(self) -> pd.DataFrame | None:
        """DM's values by USUBJID, as text, first record of each; None without DM."""
        return self._by_subject("DM")

    @cached_property
    def subjects(self) -> pd.DataFrame | None:
        """ADSL's values by USUBJID, as text, first record of each; None without ADSL."""
        return self._by_subject("ADSL")

    def _by_subject(self, name: str) -> pd.DataFrame | None:
        data = self.get(name)
        if data is None or not data.has("USUBJID"):
            return None
        frame = pd.DataFrame({str(column): data.text(str(column)) for column in data.frame.columns})
        return frame.dropna(subset=["USUBJID"]).drop_duplicates("USUBJID").set_index("USUBJID", drop=False)

    def lookup(self, data: Data, name: str, *, engine: Engine = "sdtm") -> pd.Series | None:
        """DM's (or ADSL's) value of a variable for each record of a dataset, aligned; None where there is none."""
        table = self.reference if engine == "sdtm" else self.subjects
        if table is None or name not in table.columns or not data.has("USUBJID"):
            return None
        codes, found = data.distinct("USUBJID")
        values = table[name].reindex(pd.Index(found)).reset_index(drop=True)
        return take(values, codes)

    def known_subjects(self, data: Data, *, engine: Engine = "sdtm") -> Booleans:
        """Records whose subject is in DM (or ADSL); missing subjects count as known."""
        table = self.reference if engine == "sdtm" else self.subjects
        codes, found = data.distinct("USUBJID")
        known = found.isin(table.index).to_numpy() if table is not None else np.ones(len(found), dtype=bool)
        return np.append(known, True)[codes]


def take(values: pd.Series, codes: np.ndarray) -> pd.Series:
    """The values at these places, missing at -1."""
    return pd.Series(values.array.take(codes, allow_fill=True), copy=False)
