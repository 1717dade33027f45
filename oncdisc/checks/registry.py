"""What a rule is, and all rules there are.

A rule is a small declared thing: an id, the published rules it implements, a severity, a sentence that says what
must hold, what it applies to, and a test that yields breaches. `docs/checks.md` is written from these.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from oncdisc.checks.data import Booleans, Data, Engine
from oncdisc.checks.package import Package
from specs.errors import UsageError
from specs.findings import Severity

Rows: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Breach:
    """A place where a rule does not hold.

    `rows` are positions of records, None where the dataset or variable as a whole is meant; `message` says more
    than the rule's sentence (one for all, or one a row), `values` are shown instead of the variable's own,
    `published` are those of the rule's public rules that are meant (None: all).
    """

    dataset: str
    variable: str = ""
    message: str | pd.Series = ""
    rows: Rows | None = None
    values: pd.Series | str | None = None
    published: tuple[str, ...] | None = None


Test: TypeAlias = "Callable[[Data], Iterable[Breach]] | Callable[[Package], Iterable[Breach]]"


@dataclass(frozen=True)
class Applies:
    """Which datasets a rule is for; what is left empty does not restrict."""

    engine: Engine | None = None
    structures: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    subclass: str = ""

    def to(self, data: Data) -> bool:
        """Whether the rule is for this dataset."""
        return (
            self.engine in (None, data.engine)
            and (not self.structures or data.structure in self.structures)
            and (not self.datasets or data.name in self.datasets or data.domain in self.datasets)
            and self.subclass in data.subclass
        )

    def __str__(self) -> str:
        names = {"sdtm": "SDTM", "adam": "ADaM", None: "all"}
        narrower = self.subclass.capitalize() or ", ".join(self.datasets) or ", ".join(self.structures)
        return narrower or f"{names[self.engine]} datasets"


@dataclass(frozen=True, eq=False)
class Rule:
    """One rule; `scope` says whether the test sees one dataset or the whole package."""

    id: str
    severity: Severity
    sentence: str
    test: Callable[[Any], Iterable[Breach]]
    published: tuple[str, ...] = ()
    applies: Applies = Applies()
    scope: Literal["dataset", "package"] = "dataset"
    yields_to: tuple[str, ...] = ()
    """Rules that say more of the same records: what they say is not said again by this one."""
    among_others: bool = False
    """Whether it asks what other datasets there are: of one file alone it is not asked."""

    @property
    def family(self) -> str:
        """What the rule is about: the first word of its id."""
        return self.id.partition(".")[0]


_RULES: dict[str, Rule] = {}

ANY = Applies()
SDTM = Applies("sdtm")
ADAM = Applies("adam")
ADSL = Applies("adam", ("ADSL",))
BDS = Applies("adam", ("BDS", "TTE"))
TTE = Applies("adam", ("TTE",))
OCCDS = Applies("adam", ("OCCDS", "ADAE"))
ADAE = Applies("adam", ("ADAE",))
TREATED = Applies("adam", (*BDS.structures, *OCCDS.structures))
"""Analysis datasets whose records are of a treatment."""


def domains(*names: str) -> Applies:
    """SDTM datasets by name."""
    return Applies("sdtm", datasets=names)


def add(rule: Rule) -> Rule:
    """Put a rule among the others; an id is there once."""
    if rule.id in _RULES:
        raise ValueError(f"two rules are called {rule.id}")
    _RULES[rule.id] = rule
    return rule


def rule(
    id: str,
    severity: Severity,
    sentence: str,
    *,
    on: Applies = ANY,
    published: str = "",
    yields_to: str = "",
    among_others: bool = False,
) -> Callable[[Callable[[Data], Iterable[Breach]]], Callable[[Data], Iterable[Breach]]]:
    """Register a test of one dataset. `published` and `yields_to` hold rules, a comma between them."""

    def register(test: Callable[[Data], Iterable[Breach]]) -> Callable[[Data], Iterable[Breach]]:
        names, stronger = split_published(published), split_published(yields_to)
        add(Rule(id, severity, sentence, test, names, on, "dataset", stronger, among_others))
        return test

    return register


def package_rule(
    id: str,
    severity: Severity,
    sentence: str,
    *,
    published: str = "",
    on: Applies = ANY,
    yields_to: str = "",
    among_others: bool = False,
) -> Callable[[Callable[[Package], Iterable[Breach]]], Callable[[Package], Iterable[Breach]]]:
    """Register a test of the whole package."""

    def register(test: Callable[[Package], Iterable[Breach]]) -> Callable[[Package], Iterable[Breach]]:
        names, stronger = split_published(published), split_published(yields_to)
        add(Rule(id, severity, sentence, test, names, on, "package", stronger, among_others))
        return test

    return register


def split_published(published: str) -> tuple[str, ...]:
    """Public rules from a list with commas."""
    return tuple(name.strip() for name in published.split(",") if name.strip())


@cache
def all_rules() -> dict[str, Rule]:
    """All rules by id, sorted."""
    from oncdisc.checks.rules import load

    load()
    return dict(sorted(_RULES.items()))


def refuse_unknown(only: Iterable[str]) -> None:
    """Raises UsageError for what is neither a rule's id nor a family of rules, with the nearest that are."""
    rules = all_rules()
    known = sorted({*rules, *(rule.family for rule in rules.values())})
    for name in only:
        if name not in known:
            behind = [rule.id for rule in rules.values() if name in rule.published]
            near = behind or difflib.get_close_matches(name, known, n=3)
            families = sorted({rule.family for rule in rules.values()})
            hint = f"near: {', '.join(near)}" if near else f"families are {', '.join(families)}"
            raise UsageError(f"--rule {name}: found no such rule or family of rules; {hint}")


def records(
    data: Data,
    variable: str,
    mask: Booleans | pd.Series,
    message: str | pd.Series = "",
    published: tuple[str, ...] | None = None,
) -> Iterable[Breach]:
    """A breach in the records where the mask is true; nothing if it is nowhere. A column has a message a record."""
    rows = np.flatnonzero(np.asarray(mask, dtype=bool))
    if len(rows):
        said = message if isinstance(message, str) else message.iloc[rows]
        yield Breach(data.name, variable, said, rows, published=published)


def once_each(
    data: Data, variable: str, mask: Booleans, groups: npt.NDArray[np.intp], message: str | pd.Series = ""
) -> Iterable[Breach]:
    """As `records`, but of each group the first record alone, with how many more there are."""
    rows = pd.Series(groups)[np.asarray(mask, dtype=bool)]
    first = rows[~rows.duplicated()]
    if not len(first):
        return
    more = rows.value_counts().reindex(first).to_numpy() - 1
    counted = pd.Series(more).astype(str) + np.where(more == 1, " more such record", " more such records")
    place = first.index.to_numpy(dtype=np.intp)
    said: pd.Series = pd.Series([message] * len(first)) if isinstance(message, str) else message.iloc[place]
    words = (said.fillna("").to_numpy() + np.where((said != "") & (more > 0), "; ", "")) + counted.where(more > 0, "")
    yield Breach(data.name, variable, words.where(words != ""), place)


def valued(data: Data, variable: str, mask: Booleans | pd.Series, message: str, values: pd.Series) -> Iterable[Breach]:
    """A breach in the records where the mask is true, shown with the values of another column (all records)."""
    rows = np.flatnonzero(np.asarray(mask, dtype=bool))
    if len(rows):
        yield Breach(data.name, variable, message, rows, values.iloc[rows])
