"""Small mutations of a package in memory, declared as data: what `tests/checks/seeded/*.yaml` are made of.

A mutation is a mapping of datasets to a change or a list of changes, applied in order to a copy that shares
everything it does not change. A change chooses records (all, unless it says which) and says what happens to them,
to the variables or to the dataset. `define`, `define.adam` and `folder` in place of a dataset's name change
define.xml (`define_changes`) and the submission's files (`folder_changes`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from oncdisc.checks import Data, Package
from oncdisc.checks.classify import classified
from oncdisc.transport import Variable
from specs.columns import TEXT, empty_text
from specs.conditions import evaluate, parse

NEW = -1
"""The origin of a record that the unmutated build does not have."""
Rows = np.ndarray


class MutationError(Exception):
    """A mutation that cannot be made, or that changes nothing and so proves nothing."""


class Change(BaseModel):
    """A change of one dataset; everything but the first four says what happens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    where: dict[str, Any] = {}
    """A condition as specs have it; `DM.DTHDTC` is the subject's value in another dataset."""
    within: list[str] = []
    """Of the records found only those that share these variables with the first of them."""
    first: int | None = None
    """Only so many of the records found."""
    record: int | None = None
    """Only this one of the records found, counted from 1."""

    set: dict[str, Any] = {}
    """Variable to value: a constant, null for missing, or what `Value` describes."""
    repeat: bool = False
    """The records once more at the end; `set` is for the copies alone."""
    delete: bool = False

    add: dict[str, Any] = {}
    """New variables: the value in the chosen records, missing in the others."""
    remove: list[str] = []
    rename: dict[str, str] = {}
    relabel: dict[str, str] = {}
    resize: dict[str, int] = {}
    """Declared lengths."""
    retype: dict[str, str] = {}
    """Variable to `text` or `number`."""
    last: list[str] = []
    """Variables that come after all others."""

    label: str | None = None
    name: str | None = None
    """Another name for the dataset and its file."""
    copy_as: dict[str, str] = {}
    """Name to prefix: the chosen records as another dataset, whose variables have that prefix."""
    bytes: int | None = None
    """The size of the dataset's file."""
    gone: bool = False


@dataclass(eq=False)
class Mutant:
    """A mutated package; `origins` has each record's place in the build, where records came or went, `touched` the
    places that changed (of a dataset as a whole: none), `subjects` whose records they are."""

    package: Package
    scratch: Callable[[], Path]
    origins: dict[str, Rows] = field(default_factory=dict[str, Rows])
    touched: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    subjects: set[str] = field(default_factory=set[str])

    def origin(self, dataset: str) -> Rows:
        """Where each record of a dataset was in the build."""
        found = self.origins.get(dataset)
        return np.arange(len(self.package.datasets[dataset])) if found is None else found

    def touch(self, data: Data, rows: Rows) -> None:
        """Note that these records changed."""
        self.touched.setdefault(data.name, set()).update(self.origin(data.name)[rows].tolist())
        if data.has("USUBJID"):
            self.subjects.update(data.text("USUBJID").iloc[rows].dropna().tolist())

    def put(self, data: Data) -> None:
        """Have a dataset in the package, in place of one of its name."""
        data.package = self.package
        datasets = {**self.package.datasets, data.name: data}
        self.package.datasets = dict(sorted(datasets.items()))
        _forget(self.package)

    def without(self, name: str) -> None:
        """Have a dataset no more."""
        self.package.datasets = {other: data for other, data in self.package.datasets.items() if other != name}
        _forget(self.package)


def _forget(package: Package) -> None:
    """What the package has worked out of DM and ADSL."""
    for name in ("reference", "subjects"):
        package.__dict__.pop(name, None)


def copied(package: Package) -> Package:
    """A package whose datasets can be exchanged; frames and what was worked out of them are shared."""
    return replace(package, datasets={name: copy.copy(data) for name, data in package.datasets.items()})


def apply(mutant: Mutant, dataset: str, change: Change) -> None:
    """Make one change. Raises MutationError where it changes nothing or names what is not there."""
    data = mutant.package.get(dataset)
    if data is None:
        raise MutationError(f"the package has no {dataset}")
    rows = chosen(data, change)
    if not change.model_fields_set - {"where", "within", "first", "record"}:
        raise MutationError(f"{dataset}: nothing is to happen")
    if change.set or change.repeat or change.delete:
        data = _records(mutant, data, rows, change)
    data = _variables(mutant, data, rows, change)
    _dataset(mutant, data, rows, change)


def chosen(data: Data, change: Change) -> Rows:
    """The records that a change is about."""
    found = np.flatnonzero(evaluate(parse(change.where), lambda name: column(data, name), len(data)))
    if change.within and len(found):
        codes = data.groups(*change.within)
        found = found[codes[found] == codes[found[0]]]
    if change.record is not None:
        found = found[change.record - 1 : change.record]
    if change.first is not None and change.first > len(found):
        raise MutationError(f"{data.name}: {len(found)} records where {change.where}, {change.first} are wanted")
    if not len(found):
        raise MutationError(f"{data.name}: no record where {change.where}")
    return found[: change.first]


def column(data: Data, name: str) -> pd.Series:
    """A variable's values; `DM.SEX` is another dataset's first value of the record's subject."""
    dataset, _, variable = name.rpartition(".")
    source = data.package.get(dataset) if dataset else data
    if source is None or not source.has(variable):
        raise MutationError(f"{dataset or data.name} has no {variable}")
    if not dataset:
        return source.frame[variable]
    first = source.frame[["USUBJID", variable]].dropna().drop_duplicates("USUBJID").set_index("USUBJID")[variable]
    return first.reindex(data.frame["USUBJID"]).reset_index(drop=True)


def values(data: Data, given: object) -> pd.Series:
    """What a variable is set to, a value a record.

    A constant, null, or `{of: VARIABLE}` with `plus: n` (numbers), `round: n` (decimals), `days: n` (dates),
    `chars: n` (the first so many characters), `before:` or `after:` (text around it); `{date: 2024-01-31}` is a date
    of ADaM, `{char: x, times: n}` long text.
    """
    if isinstance(given, Mapping):
        return _derived(data, dict(given))
    if given is None:
        return empty_text(len(data))
    if isinstance(given, str):
        return pd.Series([given] * len(data), dtype=TEXT)
    return pd.Series(float(given), index=range(len(data)))


def _derived(data: Data, given: dict[str, Any]) -> pd.Series:
    if "date" in given:
        return pd.Series(pd.Timestamp(given["date"]), index=range(len(data))).astype("datetime64[s]")
    if "char" in given:
        return pd.Series([given["char"] * given["times"]] * len(data), dtype=TEXT)
    found = column(data, given.pop("of"))
    if days := given.pop("days", 0):
        found = _later(found, int(days))
    if plus := given.pop("plus", 0):
        found = found + plus
    if (places := given.pop("round", None)) is not None:
        found = found.round(places)
    if chars := given.pop("chars", None):
        found = found.str.slice(0, chars)
    before, after = given.pop("before", ""), given.pop("after", "")
    if given:
        raise MutationError(
            f"{data.name}: found {', '.join(given)}; expected of, plus, round, days, chars, before, after"
        )
    return before + found + after if before or after else found


def _later(found: pd.Series, days: int) -> pd.Series:
    """Dates moved by days; SDTM's are text, of which the day alone is kept."""
    if found.dtype != TEXT:
        return found + pd.Timedelta(days=days)
    moved = pd.to_datetime(found.str.slice(0, 10), format="%Y-%m-%d", errors="coerce") + pd.Timedelta(days=days)
    return moved.dt.strftime("%Y-%m-%d").astype(TEXT)


def _records(mutant: Mutant, data: Data, rows: Rows, change: Change) -> Data:
    """Delete the chosen records, repeat them, or set values in them."""
    mutant.touch(data, rows)
    kept = np.arange(len(data))
    if change.delete:
        kept = np.delete(kept, rows)
    if change.repeat:
        kept = np.append(kept, rows)
    mutant.origins[data.name] = np.append(
        mutant.origin(data.name)[kept[: len(kept) - (len(rows) if change.repeat else 0)]],
        np.full(len(rows) if change.repeat else 0, NEW),
    )
    frame = data.frame.take(kept).reset_index(drop=True)
    data = with_frame(data, frame)
    mutant.put(data)
    places = np.arange(len(frame) - len(rows), len(frame)) if change.repeat else rows
    for name, given in change.set.items():
        frame = frame.assign(**{name: _assigned(data, name, places, values(data, given))})
        data = with_frame(data, frame)
    mutant.put(data)
    mutant.touch(data, places if not change.delete else rows[:0])
    return data


def _assigned(data: Data, name: str, rows: Rows, new: pd.Series) -> pd.Series:
    if not data.has(name):
        raise MutationError(f"{data.name} has no {name}; `add` makes variables")
    old = data.frame[name]
    if new.isna().all():
        new = old.mask(np.ones(len(old), dtype=bool))
    if data.is_date(name) and new.dtype == TEXT:
        new = pd.to_datetime(new).astype(old.dtype)
    if (new.dtype == TEXT) != (old.dtype == TEXT):
        raise MutationError(f"{data.name}: {name} is {old.dtype}, it cannot be set to {new.iloc[0]!r}")
    mask = np.zeros(len(old), dtype=bool)
    mask[rows] = True
    result = old.mask(mask, new.astype(old.dtype))
    if ((old == result) | (old.isna() & result.isna())).all():
        raise MutationError(f"{data.name}: {name} stays as it was")
    return result


def with_frame(data: Data, frame: pd.DataFrame, variables: Mapping[str, Variable] | None = None) -> Data:
    """The dataset with other records, and nothing remembered of the old ones."""
    known = data.variables if variables is None else variables
    new = replace(data, frame=frame, variables=known, _texts={}, _distinct={})
    new.package = data.package
    return new


def _variables(mutant: Mutant, data: Data, rows: Rows, change: Change) -> Data:
    """Add, remove, rename, describe variables."""
    frame, known = data.frame, dict(data.variables)
    named = [*change.remove, *change.rename, *change.relabel, *change.resize, *change.retype, *change.last]
    if missing := [name for name in named if name not in frame]:
        raise MutationError(f"{data.name} has no {', '.join(missing)}")
    for name, given in change.add.items():
        if name in frame:
            raise MutationError(f"{data.name} has {name}; `set` gives it a value")
        wanted = values(data, given)
        frame = frame.assign(**{name: wanted.where(np.isin(np.arange(len(data)), rows))})
        frame = frame[_in_order(data, list(map(str, frame.columns)))]
        known[name] = _attributes(data, name, wanted)
    if change.remove:
        frame = frame.drop(columns=change.remove)
    for name, kind in change.retype.items():
        frame = frame.assign(**{name: _retyped(data, name, kind)})
        known[name] = replace(known[name], type="text" if kind == "text" else "float")
    for name, text in change.relabel.items():
        known[name] = replace(known[name], label=text)
    for name, length in change.resize.items():
        known[name] = replace(known[name], length=length)
    for old, new in change.rename.items():
        known = {new.upper() if n == old else n: replace(v, name=new) if n == old else v for n, v in known.items()}
        frame = frame.rename(columns={old: new.upper()})
    if change.last:
        frame = frame[[*(name for name in frame if name not in change.last), *change.last]]
    if frame is data.frame and known == data.variables:
        return data
    changed = with_frame(data, frame, {name: known[name] for name in map(str, frame.columns)})
    mutant.put(changed)
    mutant.touch(changed, rows if change.add else np.arange(len(changed)))
    return changed


def _in_order(data: Data, names: list[str]) -> list[str]:
    """Variables with the last of them, a new one, where the standard has it; else at the end."""
    *old, new = names
    standard = data.variable_standard(new) if data.engine == "sdtm" else None
    if standard is None:
        return names
    known = {name: found.order for name in old if (found := data.variable_standard(name))}
    after = next((place for place, name in enumerate(old) if known.get(name, 0) > standard.order), len(old))
    return [*old[:after], new, *old[after:]]


def _attributes(data: Data, name: str, wanted: pd.Series) -> Variable:
    """What a file would say of a new variable: the standard's label, the type of its values."""
    standard = data.variable_standard(name)
    label = standard.label if standard and not standard.label.startswith("{") else name
    return Variable(name, label, "text" if wanted.dtype == TEXT else "float")


def _retyped(data: Data, name: str, kind: str) -> pd.Series:
    if kind == "text":
        return data.text(name)
    return pd.to_numeric(data.text(name), errors="coerce").astype("float64")


def _dataset(mutant: Mutant, data: Data, rows: Rows, change: Change) -> None:
    """Label, rename, copy, resize or drop the dataset."""
    if change.label is not None:
        data = replace(data, label=change.label)
        mutant.put(data)
        mutant.touched.setdefault(data.name, set())
    if change.bytes is not None:
        path = mutant.scratch() / f"{data.name.lower()}.xpt"
        with path.open("wb") as stream:
            stream.truncate(change.bytes)
        mutant.put(replace(data, path=path))
        mutant.touched.setdefault(data.name, set())
    for name, prefix in change.copy_as.items():
        _appear(mutant, renamed(data, name, prefix, rows))
    if change.name is not None:
        mutant.without(data.name)
        _appear(mutant, renamed(data, change.name, data.name[:2], np.arange(len(data))))
    if change.gone:
        mutant.without(data.name)
        mutant.touched.setdefault(data.name, set())


def _appear(mutant: Mutant, data: Data) -> None:
    mutant.put(data)
    mutant.origins[data.name] = np.full(len(data), NEW)
    mutant.touch(data, np.arange(len(data)))


def renamed(data: Data, name: str, prefix: str, rows: Rows) -> Data:
    """Records of a dataset as one of another name; variables and DOMAIN have the prefix instead of the dataset's."""
    own = data.name[:2]
    names = {old: prefix + old[2:] if old.startswith(own) else old for old in map(str, data.frame.columns)}
    frame = data.frame.take(rows).reset_index(drop=True).rename(columns=names)
    if "DOMAIN" in frame and prefix != own:
        frame = frame.assign(DOMAIN=pd.Series([prefix] * len(frame), dtype=TEXT))
    known = {names[old]: replace(variable, name=names[old]) for old, variable in data.variables.items()}
    folder = "adam" if data.engine == "adam" else ""
    class_ = data.group.class_name or "" if data.group and data.engine == "adam" else ""
    new = classified(name, data.label, frame, known, class_=class_, folder=folder)
    new.path, new.define, new.typed = data.path and data.path.with_name(f"{name.lower()}.xpt"), data.define, data.typed
    new.group = next((g for g in data.define.datasets if g.name == name), None) if data.define else None
    return new
