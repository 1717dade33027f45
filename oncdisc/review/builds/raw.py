"""What changed in the inputs of two builds: records added, removed, or with other values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from oncdisc.review.trace import Output
from oncdisc.review.trace.output import SUBJECT
from oncdisc.review.trace.steps import record_name, shown

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class RawChange:
    """One record of an input: its number before and after (None if it is not there), and the items that changed."""

    form: str
    kind: Kind
    name: str
    subject: str
    before: int | None
    after: int | None
    items: tuple[tuple[str, str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        items = [{"item": item, "before": before, "after": after} for item, before, after in self.items]
        return {"form": self.form, "change": self.kind, "record": self.name, "usubjid": self.subject, "items": items}

    def __str__(self) -> str:
        if self.kind != "changed":
            return f"{self.name} {self.kind}"
        items = ", ".join(f"{item}: {before or '(blank)'} → {after or '(blank)'}" for item, before, after in self.items)
        return f"{self.name}: {items}"


def raw_changes(before: Output, after: Output) -> list[RawChange]:
    """Every changed record of every input, form by form.

    Records are paired by the columns that name them, where these are unique, or by subject where each has one; else
    equal records are paired, so that a changed one is removed and added.
    """
    forms = sorted({*before.inputs, *after.inputs})
    return [change for form in forms for change in _of_form(before, after, form)]


def _of_form(before: Output, after: Output, form: str) -> Iterator[RawChange]:
    old, new = _table(before, form), _table(after, form)
    common = [column for column in new.columns if column in old.columns]
    pairs = _pairs(old, new, _naming(old, new, [column for column in after.naming(form) if column in common], common))
    for number in pairs.loc[pairs["_new"].isna(), "_old"].astype("int64").tolist():
        yield _one_sided(before, form, "removed", number)
    for number in pairs.loc[pairs["_old"].isna(), "_new"].astype("int64").tolist():
        yield _one_sided(after, form, "added", number)
    both = pairs.dropna().astype({"_old": "int64", "_new": "int64"})
    yield from _changed(after, form, old.loc[both["_old"], common], new.loc[both["_new"], common])


def _naming(old: pd.DataFrame, new: pd.DataFrame, named: list[str], common: list[str]) -> list[str]:
    """The first of the columns that name records, the subject, and all columns, that no two records have alike."""
    candidates = [named, [SUBJECT] if SUBJECT in common else []]
    unique = (c for c in candidates if c and not old.duplicated(c).any() and not new.duplicated(c).any())
    return next(unique, common)


def _table(output: Output, form: str) -> pd.DataFrame:
    return output.frame(form).astype("string").fillna("") if form in output.inputs else pd.DataFrame()


def _pairs(old: pd.DataFrame, new: pd.DataFrame, naming: list[str]) -> pd.DataFrame:
    """Record numbers `_old` and `_new` side by side; the n-th of equal records is paired with the n-th."""
    if not naming:
        sides = [pd.DataFrame({"_old": old.index, "_new": np.nan}), pd.DataFrame({"_old": np.nan, "_new": new.index})]
        return pd.concat(sides, ignore_index=True)
    left, right = _keyed(old, naming, "_old"), _keyed(new, naming, "_new")
    return left.merge(right, on=[*naming, "_n"], how="outer")[["_old", "_new"]]


def _keyed(frame: pd.DataFrame, naming: list[str], name: str) -> pd.DataFrame:
    keys = frame[naming]
    return keys.assign(_n=keys.groupby(naming, sort=False).cumcount().to_numpy(), **{name: frame.index})


def _changed(after: Output, form: str, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[RawChange]:
    differs = old.to_numpy(object) != new.to_numpy(object)
    for place in np.flatnonzero(differs.any(axis=1)).tolist():
        columns = [str(column) for column in new.columns[differs[place]]]
        items = tuple((c, str(old.iloc[place][c]), str(new.iloc[place][c])) for c in columns)
        numbers = int(old.index[place]), int(new.index[place])
        name = record_name(after, (form, numbers[1]))
        yield RawChange(form, "changed", name, _subject(after, form, numbers[1]), *numbers, items)


def _one_sided(output: Output, form: str, kind: Kind, number: int) -> RawChange:
    numbers = (number, None) if kind == "removed" else (None, number)
    return RawChange(form, kind, record_name(output, (form, number)), _subject(output, form, number), *numbers)


def _subject(output: Output, form: str, number: int) -> str:
    frame = output.frame(form)
    return shown(frame.at[number, SUBJECT]) if SUBJECT in frame else ""
