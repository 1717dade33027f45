"""A dataset as rules see it: its records, what its file says of them, and what its standard says of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from oncdisc.transport import Variable
from specs.coded import combined
from specs.columns import TEXT, empty_text
from specs.numbers import number_text
from specs.standard import DatasetStandard, VariableStandard, adam_variable, standard

if TYPE_CHECKING:
    from define import Document
    from define.model import ItemGroup
    from oncdisc.checks.package import Package

Engine: TypeAlias = Literal["sdtm", "adam"]
Booleans: TypeAlias = npt.NDArray[np.bool_]
Codes: TypeAlias = npt.NDArray[np.intp]
Floats: TypeAlias = npt.NDArray[np.float64]

SDTM, ADAM = "SDTMIG 3.4", "ADaMIG 1.3"
_SUPPLEMENT = "SUPP"
ADAM_STRUCTURES = ("ADSL", "BDS", "TTE", "OCCDS", "ADAE")


@dataclass(eq=False)
class Data:
    """One dataset of a package.

    `structure` is the ADaM structure (ADSL, BDS, TTE, OCCDS, ADAE, OTHER) or the SDTM class; `subclass` is what
    metadata says beyond it. Text columns are TEXT with missing as NaN, numbers float64, dates datetime64.
    """

    name: str
    label: str
    frame: pd.DataFrame
    variables: Mapping[str, Variable]
    engine: Engine
    structure: str = ""
    subclass: str = ""
    path: Path | None = None
    typed: bool = True
    group: ItemGroup | None = None
    define: Document | None = None
    package: Package = field(init=False, repr=False)
    _texts: dict[str, pd.Series] = field(default_factory=dict[str, pd.Series], repr=False)
    _distinct: dict[str, tuple[Codes, pd.Series]] = field(
        default_factory=dict[str, tuple[Codes, pd.Series]], repr=False
    )

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def domain(self) -> str:
        """The SDTM domain: the name, or of a split dataset (QSPH) its first two letters; empty for ADaM."""
        if self.engine == "adam":
            return ""
        return self.name[:2] if self.standard is not None and self.standard.name == self.name[:2] else self.name

    @cached_property
    def standard(self) -> DatasetStandard | None:
        """What the standard says of the dataset; None for a dataset of the sponsor's own."""
        if self.engine == "adam":
            return standard(ADAM).dataset(self.structure) if self.structure in ADAM_STRUCTURES else None
        known = standard(SDTM)
        if self.name in known:
            return known.dataset(self.name)
        if self.name.startswith(_SUPPLEMENT):
            return known.dataset(self.name[:6])
        of, parts = self.name[:2], self.has("DOMAIN") or self.has(f"{self.name[:2]}SEQ")
        return known.dataset(of) if len(self.name) > 2 and of in known and parts else None

    def variable_standard(self, name: str) -> VariableStandard | None:
        """What the standard says of a variable name in this dataset."""
        if self.engine == "adam":
            return adam_variable(self.structure if self.structure in ADAM_STRUCTURES else "BDS", name)
        return self.standard.variables.get(name) if self.standard else None

    def has(self, *names: str) -> bool:
        """Whether all these variables are there."""
        return all(name in self.frame.columns for name in names)

    def is_text(self, name: str) -> bool:
        """Whether the variable is stored as text."""
        return self.frame[name].dtype == TEXT

    def is_date(self, name: str) -> bool:
        """Whether the variable holds dates or datetimes."""
        return pd.api.types.is_datetime64_any_dtype(self.frame[name].dtype)

    def present(self, name: str) -> Booleans:
        """True where the variable has a value; all false for a variable that is not there."""
        if not self.has(name):
            return np.zeros(len(self), dtype=bool)
        return self.frame[name].notna().to_numpy(dtype=bool)

    def text(self, name: str) -> pd.Series:
        """The values as text: numbers without trailing zeros, dates ISO 8601; missing where the variable is not."""
        if name not in self._texts:
            self._texts[name] = as_text(self.frame[name]) if self.has(name) else empty_text(len(self))
        return self._texts[name]

    def number(self, name: str) -> Floats:
        """The values as numbers; NaN where there is none, and where text is none."""
        if not self.has(name) or self.is_date(name):
            return np.full(len(self), np.nan)
        if not self.is_text(name):
            return self.frame[name].to_numpy(dtype=float, na_value=np.nan)
        codes, found = self.distinct(name)
        numbers = pd.to_numeric(found, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        return np.append(numbers, np.nan)[codes]

    def day(self, name: str) -> npt.NDArray[np.datetime64]:
        """The values of a date variable by the day; NaT where it holds something else."""
        if not self.has(name) or not self.is_date(name):
            return np.full(len(self), np.datetime64("NaT"), dtype="datetime64[D]")
        return self.frame[name].to_numpy().astype("datetime64[D]")

    def distinct(self, name: str) -> tuple[Codes, pd.Series]:
        """A code a record (-1 for missing) and the distinct values as text, in order of appearance."""
        if name not in self._distinct:
            codes, found = pd.factorize(self.text(name))
            self._distinct[name] = (codes, pd.Series(found, dtype=TEXT))
        return self._distinct[name]

    def where(self, name: str, test: npt.ArrayLike) -> Booleans:
        """Records whose distinct value has the test true (one boolean a distinct value); missing is false."""
        codes, _ = self.distinct(name)
        return np.append(np.asarray(test, dtype=bool), False)[codes]

    def equals(self, name: str, *values: str) -> Booleans:
        """Records whose value is one of these."""
        return self.where(name, self.distinct(name)[1].isin(values))

    def groups(self, *names: str) -> Codes:
        """One code for each combination of these variables' values; missing values are a value."""
        return combined(map(self.distinct, names), len(self))

    def dictionary(self, key: str, value: str) -> pd.Series:
        """The first value of one variable for each value of another, as text."""
        pairs = pd.DataFrame({"key": self.text(key), "value": self.text(value)}).dropna(subset=["key"])
        return pairs.drop_duplicates("key").set_index("key")["value"]


def as_text(values: pd.Series) -> pd.Series:
    """Any column as text."""
    if values.dtype == TEXT:
        return values
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        codes, distinct = pd.factorize(values)
        words = _moments(np.asarray(distinct, dtype="datetime64[s]"))
        return pd.Series(words.array.take(codes, allow_fill=True), index=values.index, copy=False)
    return number_text(values.astype("float64"))


def _moments(moments: npt.NDArray[np.datetime64]) -> pd.Series:
    """Moments as ISO 8601 text, without the time of day at midnight."""
    midnight = moments == moments.astype("datetime64[D]")
    whole = np.datetime_as_string(moments, unit="s").astype(object)
    short = np.datetime_as_string(moments.astype("datetime64[D]")).astype(object)
    return pd.Series(np.where(midnight, short, whole), dtype=TEXT)


@cache
def sdtm_variables() -> frozenset[str]:
    """The names of all variables that SDTMIG has."""
    guide = standard(SDTM)
    return frozenset(name for dataset in guide.datasets for name in guide.dataset(dataset).variables)
