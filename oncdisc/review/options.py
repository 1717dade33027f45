"""What a comparison calls equal: methods and criteria as PROC COMPARE defines them, and declared leniencies.

Source: SAS documentation of the COMPARE procedure, "The Equality Criterion" and the METHOD= and CRITERION=
options.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from oncdisc.review.errors import OptionError

DEFAULT_CRITERION = 1e-5
TOLERANCE = re.compile(r"(?:(?P<variable>\w+)=)?(?P<method>[A-Za-z]+)(?:\((?P<delta>[^)]*)\))?(?::(?P<criterion>\S+))?")


class Method(StrEnum):
    """How the distance of two numbers is measured."""

    EXACT = "exact"
    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    PERCENT = "percent"


class Leniency(StrEnum):
    """A difference that somebody declares to be none."""

    CASE = "case"
    BLANKS = "blanks"
    DATES = "dates"
    MISSING = "missing"
    SPECIAL_MISSING = "special-missing"


MEANING_OF_LENIENCY = {
    Leniency.CASE: "upper and lower case are equal",
    Leniency.BLANKS: "leading blanks and runs of blanks are equal to none and to one",
    Leniency.DATES: "a date is equal as SAS number, as date and as ISO 8601 text",
    Leniency.MISSING: "a missing value is equal to anything (PROC COMPARE's NOMISSING)",
    Leniency.SPECIAL_MISSING: "missing values of all letters (., .A to .Z, ._) are equal",
}


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A method and its criterion.

    `criterion` is in the method's unit (the variable's own, a ratio, per cent). A negative one is a multiple
    of the machine's precision, as in SAS. `delta` is RELATIVE's addition to the denominator.
    """

    method: Method = Method.EXACT
    criterion: float = 0.0
    delta: float = 0.0

    @property
    def gamma(self) -> float:
        """The criterion that is used."""
        if self.criterion < 0:
            return -self.criterion * float(np.finfo(np.float64).eps)
        return self.criterion

    def __str__(self) -> str:
        if self.method is Method.EXACT:
            return "exact"
        delta = f"({self.delta:g})" if self.delta else ""
        return f"{self.method.value}{delta} {self.criterion:g}"


def tolerance(method: str | None = None, criterion: float | None = None, delta: float = 0.0) -> Tolerance:
    """The tolerance that a method and a criterion mean together.

    Neither is EXACT; a criterion alone is RELATIVE; a method alone has the criterion 0.00001.
    """
    if method is None and criterion is None:
        return Tolerance()
    chosen = _method(method) if method is not None else Method.RELATIVE
    if chosen is Method.EXACT:
        if criterion:
            raise OptionError(f"method exact takes no criterion; found {criterion:g}, expected none")
        return Tolerance()
    if not 0 <= delta <= 1:
        raise OptionError(f"delta is added to the denominator; found {delta:g}, expected a number from 0 to 1")
    return Tolerance(chosen, DEFAULT_CRITERION if criterion is None else criterion, delta)


def parse_tolerances(methods: Iterable[str], criterion: float | None = None) -> tuple[Tolerance, dict[str, Tolerance]]:
    """Tolerances as they are written on a command line: one for all variables, and those of single variables.

    `relative`, `relative(0.001):1e-8`, `AVAL=absolute:0.01`. A criterion of its own goes before `criterion`.
    """
    for_all, single = tolerance(None, criterion), dict[str, Tolerance]()
    for written in methods:
        match = TOLERANCE.fullmatch(written.strip())
        if match is None:
            raise OptionError(
                f"found the method {written!r}, expected METHOD, METHOD:CRITERION or VARIABLE=METHOD:CRITERION"
            )
        own = _number(match["criterion"], "criterion") if match["criterion"] else criterion
        delta = _number(match["delta"], "delta") if match["delta"] else 0.0
        exact = match["method"].lower() == Method.EXACT
        chosen = tolerance(match["method"], None if exact and not match["criterion"] else own, delta)
        if match["variable"]:
            single[match["variable"].upper()] = chosen
        else:
            for_all = chosen
    return for_all, single


def parse_leniencies(names: Iterable[str]) -> frozenset[Leniency]:
    """Leniencies by their names."""
    known = {leniency.value: leniency for leniency in Leniency}
    unknown = sorted(set(names := [name.lower() for name in names]) - known.keys())
    if unknown:
        raise OptionError(f"found the leniency {', '.join(unknown)}; expected one of {', '.join(known)}")
    return frozenset(known[name] for name in names)


def _method(name: str) -> Method:
    found = [method for method in Method if method.value.startswith(name.lower()) and len(name) > 2]
    if len(found) != 1:
        raise OptionError(f"found the method {name!r}; expected one of {', '.join(Method)}")
    return found[0]


def _number(written: str, what: str) -> float:
    try:
        return float(written)
    except ValueError as error:
        raise OptionError(f"found the {what} {written!r}, expected a number") from error


@dataclass(frozen=True)
class Options:
    """Everything that decides how two datasets are compared.

    `keys` None lets the datasets' own keys, and then the data, propose them; an empty tuple pairs by
    position.
    """

    keys: tuple[str, ...] | None = None
    by: tuple[str, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict[str, Tolerance])
    lenient: frozenset[Leniency] = frozenset()
    trailing_blanks: bool = False
    variables: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()

    def spelled_as(self, names: Iterable[str]) -> Options:
        """The options with keys and BY variables written as these names are; case means nothing in SAS."""
        known = list(names)
        written = {name.upper(): name for name in known} | {name: name for name in known}

        def spelled(wanted: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(written.get(name, written.get(name.upper(), name)) for name in wanted)

        keys = None if self.keys is None else spelled(self.keys)
        return replace(self, keys=keys, by=spelled(self.by))

    def tolerance_of(self, variable: str) -> Tolerance:
        """The tolerance of one variable."""
        return self.tolerances.get(variable.upper(), self.tolerance)
