"""What the data of a build say of variables: types, widths and terms, looked up by dataset and variable."""

from __future__ import annotations

import re
from collections.abc import Collection

from define.levels import Level
from specs.profile import TOPIC, Column, Profile
from specs.resolved import Dataset, Variable

_DATES = re.compile(r"[A-Z]+DTC")
_DURATIONS = re.compile(r"[A-Z]{2}(DUR|ELTM|EVLINT|STINT|ENINT)")

# The types of Define-XML 2.1 for ISO 8601 text, from the strictest.
_SHAPES = (
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("datetime", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)?")),
    ("partialDate", re.compile(r"\d{4}(-\d\d(-\d\d)?)?")),
    ("partialDatetime", re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[-+]\d\d:\d\d)?)?)?)?")),
)
_WITHOUT_LENGTH = frozenset(
    {"date", "datetime", "partialDate", "partialDatetime", "incompleteDatetime", "durationDatetime", "time"}
)
SAS_NUMBER = 8
"""The bytes of a number in a transport file, which stand for the length of dates held as numbers."""


class Observed:
    """The profile of a build, by dataset and variable."""

    def __init__(self, profile: Profile | None) -> None:
        """`profile` is None where nothing is built yet: then only what the spec says is known."""
        self.planned = profile is None
        profile = profile or Profile()
        self._profile = profile
        self._columns: dict[tuple[str, str], list[tuple[str, Column]]] = {}
        for (dataset, part, variable), column in profile.columns.items():
            self._columns.setdefault((dataset, variable), []).append((part, column))

    def column(self, dataset: str, variable: str, slices: Collection[str] | None = None) -> Column:
        """What is known of a variable, in some slices or in all."""
        result = Column()
        for part, column in self._columns.get((dataset, variable), []):
            if slices is None or part in slices:
                result.merge(column)
        return result

    def of_level(self, dataset: str, variable: str, level: Level) -> Column:
        """What is known of a variable in a level: in its slices, or in the records of its test."""
        if level.test is None:
            return self.column(dataset, variable, level.slices)
        return self._profile.by_test.get((dataset, level.test, variable), Column())

    def levels(self, dataset: Dataset) -> tuple[Level, ...]:
        """A level for each test that the records hold, where the slices of a dataset are of several tests."""
        topic = next((name for name in dataset.variables if TOPIC.fullmatch(name)), None)
        if topic is None or any(topic in part.constants for part in dataset.slices.values()):
            return ()
        tests = dict.fromkeys(test for name, test, _ in sorted(self._profile.by_test) if name == dataset.name)
        return tuple(Level(tuple(dataset.slices), ((topic, test),), None, test) for test in tests)

    def records(self, dataset: str, slices: Collection[str] | None = None) -> int:
        """The records of a dataset, or of some of its slices."""
        if slices is None:
            return self._profile.count(dataset)
        return sum(self._profile.count(dataset, part) for part in slices)


def data_type(variable: Variable, dataset: Dataset, column: Column) -> str:
    """The type that define.xml gives a variable: as the spec says, else as the values are.

    Numbers without decimals are `integer`, dates held as numbers too, as their format says what they are.
    """
    declared = variable.attributes.type
    if variable.storage in ("date", "datetime"):
        return "integer"
    if variable.storage == "number":
        return declared or ("float" if column.digits else "integer")
    if declared:
        return declared
    if dataset.engine == "sdtm" and _DURATIONS.fullmatch(variable.name):
        return "durationDatetime"
    return _date_type(column) if _DATES.fullmatch(variable.name) else "text"


def _date_type(column: Column) -> str:
    """The strictest type that all values have; dates that lack a part in the middle are incomplete."""
    values = [str(value) for value in column.terms or ()]
    if not values:
        return "partialDatetime" if column.present else "datetime"
    for name, shape in _SHAPES:
        if all(shape.fullmatch(value) for value in values):
            return name
    return "incompleteDatetime"


def length(variable: Variable, kind: str, column: Column, width: int | None) -> int | None:
    """The length of a variable: bytes of text, characters of the widest number; none for ISO 8601 types."""
    if kind in _WITHOUT_LENGTH:
        return None
    if variable.storage == "text":
        return variable.attributes.length or width or max(column.width, 1)
    if variable.storage in ("date", "datetime"):
        return SAS_NUMBER
    return variable.attributes.length or max(column.width, 1)


def significant_digits(variable: Variable, kind: str, column: Column) -> int | None:
    """Digits after the decimal point, of numbers that have any."""
    if kind != "float":
        return None
    return variable.attributes.digits if variable.attributes.digits is not None else max(column.digits, 1)


def display_format(variable: Variable) -> str | None:
    """The format that the spec gives, or that a date held as a number needs."""
    formats = {"date": "DATE9.", "datetime": "DATETIME20."}
    return variable.attributes.format or formats.get(variable.storage)
