"""truth.csv: each subject's endpoints as the extract allows, and as they really were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from oncdisc.trial import endpoints
from oncdisc.trial.casebook import Row
from oncdisc.trial.design import Design
from oncdisc.trial.endpoints import Assessment, Evidence

Rows = Mapping[str, Sequence[Row]]

_ENDPOINTS = (
    "PFS_ADT", "PFS_CNSR", "PFS_EVNTDESC", "OS_ADT", "OS_CNSR", "OS_EVNTDESC", "DOR_STARTDT", "DOR_ADT", "DOR_CNSR",
    "DOR_EVNTDESC", "BOR", "CBOR", "PD", "PD_ADT", "RSP", "RSP_ADT", "CRSP", "CRSP_ADT", "CB", "CB_ADT", "CCB",
    "CCB_ADT", "DEATH", "DEATH_ADT", "LSTA_ADT", "LSTALVDT", "DTHDT",
)  # fmt: skip
_REALITY = (
    "PFS_ADT", "PFS_CNSR", "PFS_EVNTDESC", "OS_ADT", "OS_CNSR", "OS_EVNTDESC", "DOR_STARTDT", "DOR_ADT", "DOR_CNSR",
    "DOR_EVNTDESC", "BOR", "CBOR", "RSP", "CRSP",
)  # fmt: skip
COLUMNS = (
    "USUBJID", "SUBJID", "ARMCD", "RANDDT", *_ENDPOINTS, *(f"TRUE_{name}" for name in _REALITY), "FEATURES",
)  # fmt: skip
"""Columns of truth.csv."""

_ALIVE = (("rs", "RSDAT"), ("ecog", "ECOGDAT"), ("vs", "VSDAT"), ("lb", "LBDAT"), ("ae", "AESTDAT"), ("cm", "CMSTDAT"))
_ALIVE_AFTER = ("sfu", "SFUALDAT")


def complete_date(row: Row, item: str) -> date | None:
    """A date item of a record, if all its parts are known."""
    parts = [row[f"{item}_{part}"] for part in ("YYYY", "MM", "DD")]
    return date(*map(int, parts)) if all(parts) else None


def gather(design: Design, rows: Rows) -> Evidence | None:
    """The evidence of one subject's records; none if not randomized on or before the cutoff."""
    start = _only(rows, "enrol", "RANDDAT")
    if start is None or start > design.cutoff:
        return None
    alive = [start, *_alive_dates(design, rows)]
    cutoff = design.cutoff
    return Evidence(
        start=start,
        cutoff=cutoff,
        planned=design.planned_days,
        window=design.window,
        baseline=_has_baseline(rows, start),
        assessments=sorted(_assessments(rows, start, cutoff), key=lambda seen: seen.day),
        therapy=_earliest(rows, "cm", "CMSTDAT", cutoff),
        clinical=_earliest(rows, "eot", "EOTCPDAT", cutoff),
        death=_death(rows, max(alive)),
        last_alive=max(day for day in alive if day <= cutoff),
    )


def _only(rows: Rows, form: str, item: str) -> date | None:
    return next((complete_date(row, item) for row in rows.get(form, [])), None)


def _dates(rows: Rows, form: str, item: str) -> Iterator[date]:
    yield from (day for row in rows.get(form, []) if (day := complete_date(row, item)) is not None)


def _alive_dates(design: Design, rows: Rows) -> Iterator[date]:
    given = tuple((drug.form, "EXSTDAT") for drug in design.drugs.values())
    for form, item in (*_ALIVE, *given, _ALIVE_AFTER):
        yield from _dates(rows, form, item)


def _has_baseline(rows: Rows, start: date) -> bool:
    lesions = (("tl", "TLDAT"), ("ntl", "NTLDAT"))
    return any(day <= start for form, item in lesions for day in _dates(rows, form, item))


def _assessments(rows: Rows, start: date, cutoff: date) -> Iterator[Assessment]:
    for row in rows.get("rs", []):
        day = complete_date(row, "RSDAT")
        if day is not None and start < day <= cutoff:
            yield Assessment(day, row["OVRLRESP_STD"])


def _earliest(rows: Rows, form: str, item: str, cutoff: date) -> date | None:
    return min((day for day in _dates(rows, form, item) if day <= cutoff), default=None)


def _death(rows: Rows, last_alive: date) -> date | None:
    for row in rows.get("dth", []):
        known = complete_date(row, "DTHDAT")
        month = row["DTHDAT_MM"]
        return known or endpoints.impute_death(int(row["DTHDAT_YYYY"]), int(month) if month else None, last_alive)
    return None


Values = dict[str, str | int | date | None]


def reported(evidence: Evidence) -> Values:
    """All endpoints of one subject, as the extract allows."""
    survival = endpoints.overall_survival(evidence)
    progression_free = endpoints.progression_free_survival(evidence)
    response = endpoints.first_response(evidence)
    confirmed = endpoints.confirmed_responses(evidence)
    first_confirmed = min(confirmed.values(), default=None)
    dated = {
        "PD": evidence.progression,
        "RSP": response,
        "CRSP": first_confirmed,
        "CB": endpoints.clinical_benefit(evidence, response),
        "CCB": endpoints.clinical_benefit(evidence, first_confirmed),
        "DEATH": evidence.death_counted,
    }
    return {
        **time_to_event("PFS", progression_free.day, progression_free.censored, progression_free.description),
        **time_to_event("OS", survival.day, survival.censored, survival.description),
        **_duration(response, progression_free),
        "BOR": endpoints.best_response(evidence),
        "CBOR": endpoints.best_response(evidence, confirmed),
        **{name: "N" if day is None else "Y" for name, day in dated.items()},
        **{f"{name}_ADT": day for name, day in dated.items()},
        "LSTA_ADT": evidence.last_adequate(evidence.cutoff),
        "LSTALVDT": evidence.last_alive,
        "DTHDT": evidence.death,
    }


def time_to_event(name: str, day: date, censored: int, description: str) -> Values:
    """The three columns of a time-to-event endpoint."""
    return {f"{name}_ADT": day, f"{name}_CNSR": censored, f"{name}_EVNTDESC": description}


def _duration(response: date | None, end: endpoints.TimeToEvent) -> Values:
    """Duration of response ends as progression-free survival does."""
    if response is None:
        return {}
    return {"DOR_STARTDT": response, **time_to_event("DOR", end.day, end.censored, end.description)}
