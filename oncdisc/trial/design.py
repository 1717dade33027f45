"""The design section of a study, as the simulator needs it: arms, drugs, visits, sites and the dates that bound it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from specs.errors import UsageError


class DesignError(UsageError):
    """A study whose design section can't be simulated."""


@dataclass(frozen=True)
class Drug:
    """A study drug. `basis` is the unit of its dose level (mg, mg/kg, mg/m2), `days` the days of a cycle."""

    code: str
    form: str
    name: str
    basis: str
    days: tuple[int, ...]
    levels: tuple[float, ...]
    infusion_minutes: int = 0
    cycles: int | None = None


@dataclass(frozen=True)
class Arm:
    """A planned arm, its weight in the allocation, and the codes of its drugs."""

    armcd: str
    arm: str
    ratio: float
    drugs: tuple[str, ...]


@dataclass(frozen=True)
class Visit:
    """An encounter; `day` is days after randomization (assessments) or the first dose; `order` its folder's place."""

    instance: str
    folder: str
    kind: str
    order: int
    day: int | None = None


@dataclass(frozen=True)
class Site:
    """A study site."""

    number: str
    name: str
    country: str
    country_code: str
    investigator: str


@dataclass(frozen=True)
class Criterion:
    """An eligibility criterion. `ecog_limit`: the ECOG status above which it is not met."""

    code: str
    category: str
    known_at_consent: bool = False
    ecog_limit: int | None = None


@dataclass(frozen=True)
class Design:
    """All that the simulator reads of a study."""

    study: str
    usubjid: str
    cutoff: date
    extracted: date
    first_consent: date
    last_consent: date
    follow_up_days: int
    cycle_days: int
    window: int
    confirm: tuple[int, int]
    arms: tuple[Arm, ...]
    drugs: Mapping[str, Drug]
    sites: tuple[Site, ...]
    visits: tuple[Visit, ...]
    criteria: Sequence[Criterion]

    @cached_property
    def assessments(self) -> tuple[Visit, ...]:
        """The planned tumor assessments, in order."""
        return tuple(visit for visit in self.visits if visit.kind == "assessment")

    @cached_property
    def planned_days(self) -> tuple[int, ...]:
        """Days after randomization on which an assessment is planned."""
        return tuple(visit.day for visit in self.assessments if visit.day is not None)

    def visit(self, instance: str) -> Visit | None:
        """The planned visit of this name, if the design has it."""
        return self._by_instance.get(instance)

    @cached_property
    def _by_instance(self) -> Mapping[str, Visit]:
        return {visit.instance: visit for visit in self.visits}


def read_design(study: Mapping[str, Any]) -> Design:
    """The design of a study's loaded `study.yaml`.

    Raises DesignError, naming the key that is missing or holds something else than expected.
    """
    try:
        return _read(study)
    except KeyError as error:
        raise DesignError(f"study.yaml: the simulator needs the key {error}, which is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise DesignError(f"study.yaml: the design section can't be read: {error}") from error


def _read(study: Mapping[str, Any]) -> Design:
    design, raw = study["design"], study["raw"]
    schedule = design["assessments"]
    cutoff = _date("cutoff", study["cutoff"])
    drugs = {drug.code: drug for drug in map(_drug, design["drugs"])}
    return Design(
        study=str(study["study"]),
        usubjid=str(raw["usubjid"]),
        cutoff=cutoff,
        extracted=_date("raw.extracted", raw.get("extracted") or cutoff),
        first_consent=_date("design.enrolment.first", design["enrolment"]["first"]),
        last_consent=_date("design.enrolment.last", design["enrolment"]["last"]),
        follow_up_days=int(design["follow_up_days"]),
        cycle_days=int(design["cycle_days"]),
        window=int(schedule["window_days"]),
        confirm=(int(schedule["confirm"]["from_days"]), int(schedule["confirm"]["to_days"])),
        arms=tuple(_arm(arm, drugs) for arm in design["arms"]),
        drugs=drugs,
        sites=tuple(_site(site) for site in design["sites"]),
        visits=tuple(_visit(visit, place) for place, visit in enumerate(design["visits"], start=1)),
        criteria=tuple(_criterion(entry) for entry in design["criteria"]),
    )


def _date(key: str, value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise DesignError(f"study.yaml: {key}: found {value}, expected a date such as 2025-06-30") from error


def _drug(entry: Mapping[str, Any]) -> Drug:
    cycles = entry.get("cycles")
    return Drug(
        code=str(entry["code"]),
        form=str(entry["form"]),
        name=str(entry["name"]),
        basis=str(entry["basis"]),
        days=tuple(int(day) for day in entry["days"]),
        levels=tuple(float(level) for level in entry["levels"]),
        infusion_minutes=int(entry.get("infusion_minutes", 0)),
        cycles=None if cycles is None else int(cycles),
    )


def _arm(entry: Mapping[str, Any], drugs: Mapping[str, Drug]) -> Arm:
    codes = tuple(str(code) for code in entry["drugs"])
    unknown = [code for code in codes if code not in drugs]
    if unknown:
        raise DesignError(f"study.yaml: design.arms {entry['ARMCD']}: no drug {', '.join(unknown)} in design.drugs")
    return Arm(str(entry["ARMCD"]), str(entry["ARM"]), float(entry.get("ratio", 1)), codes)


def _site(entry: Mapping[str, Any]) -> Site:
    return Site(
        str(entry["SITEID"]), str(entry["name"]), str(entry["country"]), str(entry["COUNTRY"]),
        str(entry["investigator"]),
    )  # fmt: skip


def _criterion(entry: Mapping[str, Any]) -> Criterion:
    limit = entry.get("ecog_limit")
    return Criterion(
        str(entry["IETESTCD"]), str(entry["IECAT"]), bool(entry.get("known_at_consent", False)),
        None if limit is None else int(limit),
    )  # fmt: skip


def _visit(entry: Mapping[str, Any], place: int) -> Visit:
    planned = entry.get("VISITDY")
    day = None if planned is None else int(planned) - (1 if int(planned) > 0 else 0)
    return Visit(str(entry["instance"]), str(entry["folder"]), str(entry["kind"]), place, day)
