"""A subject's case book: what was entered on each form, laid out as the export has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np

from oncdisc.trial.course import Fate, Person
from oncdisc.trial.design import Design
from oncdisc.trial.forms import Form, Item

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
Coded = tuple[str, str]
"""What the screen shows, and the coded value."""

_BESIDE = 9_000
_BESIDE_EACH = 500
"""Records of a subject that are numbered beside the others start here; 10,000 numbers belong to each subject."""

YES: Coded = ("Yes", "Y")
NO: Coded = ("No", "N")


@dataclass(frozen=True)
class Partial:
    """A date of which the day, or day and month, are unknown."""

    year: int
    month: int | None = None


Value = str | Coded | float | date | Partial | None
Row = dict[str, str]


def yes_no(answer: bool) -> Coded:
    """The coded answer to a question."""
    return YES if answer else NO


def entered(value: date | Partial) -> str:
    """A date as the site types it: `12 MAR 2024`, `UN MAR 2024`, `UNK UNK 2024`."""
    if isinstance(value, date):
        return f"{value.day:02d} {MONTHS[value.month - 1]} {value.year}"
    return f"UN {MONTHS[value.month - 1]} {value.year}" if value.month else f"UNK UNK {value.year}"


def death_date(person: Person, fate: Fate) -> date | Partial:
    """The date of death as far as the site knows it."""
    when = person.day(fate.death)
    if fate.death_precision == "day":
        return when
    return Partial(when.year, when.month if fate.death_precision == "month" else None)


@dataclass
class Casebook:
    """Collects the records of one subject, `number`-th of the extract (its records' identifiers follow from that)."""

    design: Design
    person: Person
    number: int
    forms: Mapping[str, Form]
    rng: np.random.Generator
    rows: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    _count: int = 0

    def add(
        self, form: str, instance: str, day: int, values: Mapping[str, Value], position: int = 0, folder: str = ""
    ) -> None:
        """Enter one record; `day` (after randomization) is when, for the time of the save."""
        self._count += 1
        row = self._system(self.forms[form], instance, day, position, folder)
        for item in self.forms[form].items:
            row.update(_columns(item, values.get(item.name)))
        unknown = set(values) - {item.name for item in self.forms[form].items}
        if unknown:
            raise KeyError(f"{form} has no item {', '.join(sorted(unknown))}")
        self.rows.setdefault(form, []).append(row)

    def complete(self, form: str, row: Row, values: Mapping[str, Value]) -> None:
        """Enter some more items of a record that is there."""
        for item in self.forms[form].items:
            if item.name in values:
                row.update(_columns(item, values[item.name]))

    def continue_after(self, other: Casebook) -> None:
        """Number the records on from those of another book of the same subject."""
        self._count = other._count

    def beside(self, rng: np.random.Generator, place: int = 0) -> Casebook:
        """A book of the same subject with a random stream and record numbers of its own: nothing here changes.

        Books at other places have other numbers.
        """
        return Casebook(self.design, self.person, self.number, self.forms, rng, _count=_BESIDE + _BESIDE_EACH * place)

    def date(self, day: int) -> date:
        """The calendar date of a day after randomization."""
        return self.person.day(day)

    def _system(self, form: Form, instance: str, day: int, position: int, folder: str) -> Row:
        visit = self.design.visit(instance)
        return {
            "project": self.design.study,
            "projectid": "1",
            "Subject": self.person.number,
            "SiteNumber": self.person.site.number,
            "Site": self.person.site.name,
            "InstanceName": instance,
            "FolderSeq": str(visit.order if visit else len(self.design.visits) + 1),
            "Folder": visit.folder if visit else folder or form.name.upper(),
            "DataPageName": form.page,
            "RecordId": str(10_000_000 + 10_000 * self.number + self._count),
            "RecordPosition": str(position),
            "RecordActive": "1",
            "SaveTS": self._saved(day).strftime("%Y-%m-%dT%H:%M:%S"),
        }

    def _saved(self, day: int) -> datetime:
        delay = timedelta(days=int(self.rng.integers(0, 12)))
        when = min(self.person.day(day) + delay, self.design.extracted)
        return datetime.combine(when, time(8)) + timedelta(seconds=int(self.rng.integers(0, 36_000)))


def _columns(item: Item, value: Value) -> Row:
    """The columns of one item; blank if nothing was entered."""
    if value is None:
        return dict.fromkeys(item.columns, "")
    if item.kind == "code":
        if not isinstance(value, tuple):
            raise TypeError(f"{item.name} is coded, not {value!r}")
        return dict(zip(item.columns, value, strict=True))
    if item.kind == "date":
        if not isinstance(value, date | Partial):
            raise TypeError(f"{item.name} is a date, not {value!r}")
        return dict(zip(item.columns, _date_parts(value), strict=True))
    if item.kind == "number":
        text = f"{value:g}" if isinstance(value, float) else str(value)
        return {item.name: text, f"{item.name}_RAW": text}
    return {item.name: str(value)}


def _date_parts(value: date | Partial) -> tuple[str, str, str, str, str]:
    text = entered(value)
    if isinstance(value, date):
        return text, text, str(value.year), str(value.month), str(value.day)
    return text, text, str(value.year), str(value.month or ""), ""
