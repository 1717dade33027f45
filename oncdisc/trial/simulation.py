"""The whole trial: subject after subject to a folder of raw forms and truth.csv."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from oncdisc.trial import messy as mess
from oncdisc.trial.casebook import Casebook, Row
from oncdisc.trial.course import draw_course, draw_person
from oncdisc.trial.design import Design, read_design
from oncdisc.trial.deviations import record_deviations
from oncdisc.trial.disease import Disease
from oncdisc.trial.dosing import record_treatment
from oncdisc.trial.enrolment import record_enrolment, record_failure, record_identity
from oncdisc.trial.events import record_adverse_events
from oncdisc.trial.features import difficulties
from oncdisc.trial.followup import record_contacts, record_death, record_end_of_study, record_therapies
from oncdisc.trial.forms import Form, forms_of
from oncdisc.trial.interruptions import cut_short, record_interruptions
from oncdisc.trial.reality import really
from oncdisc.trial.safety import encounters, record_visit
from oncdisc.trial.scans import image
from oncdisc.trial.treatment import therapies_of, treat
from oncdisc.trial.truth import COLUMNS, Values, gather, reported
from oncdisc.trial.tumor import record_assessments, record_baseline
from specs.errors import UsageError

TRUTH = "truth.csv"
_LATER = ("dv",)
"""Forms with a random stream of their own."""


@dataclass(frozen=True)
class RawExtract:
    """A simulated extract: its folder, the file of each form, and truth.csv."""

    folder: Path
    forms: Mapping[str, Path]
    truth: Path


@dataclass
class _Subject:
    rows: dict[str, list[Row]]
    truth: Values
    features: list[str] = field(default_factory=list[str])


def simulate(
    study: Mapping[str, Any] | Path | str, out: Path | str, *, subjects: int = 60, seed: int = 1, messy: bool = False
) -> RawExtract:
    """Write the raw extract of `subjects` screened subjects and truth.csv to the folder `out`.

    `study` is the content of a study.yaml, its folder, or the name of a study that ships. The same seed gives the
    same bytes, and subject k is the same however many there are. Raises DesignError for a study that can't be
    simulated, and UsageError if `out` holds something else than an extract.
    """
    if subjects < 1:
        raise UsageError(f"subjects: {subjects}; at least one is needed")
    design = read_design(study if isinstance(study, Mapping) else _load(study))
    forms = forms_of(
        {code: drug.name for code, drug in design.drugs.items()},
        {code: drug.form for code, drug in design.drugs.items()},
        [code for code, drug in design.drugs.items() if drug.infusion_minutes],
    )
    everyone = [_subject(design, forms, seed, number, messy) for number in range(subjects)]
    rows = {name: [row for subject in everyone for row in subject.rows.get(name, [])] for name in forms}
    if messy:
        for name, unknown in mess.strangers(rows).items():
            rows[name].extend(unknown)
    return _write(Path(out), forms, rows, everyone, messy)


def _load(study: Path | str) -> Mapping[str, Any]:
    from specs._yaml import load_yaml
    from specs.loader import find_study

    return load_yaml(find_study(study) / "study.yaml")


def _subject(design: Design, forms: Mapping[str, Form], seed: int, number: int, messy: bool) -> _Subject:
    """One subject; each part of the story has a random stream of its own."""
    streams = [np.random.default_rng(part) for part in np.random.SeedSequence(seed, spawn_key=(number,)).spawn(6)]
    person = draw_person(streams[0], design, number)
    book = Casebook(design, person, number, forms, streams[1])
    record_identity(book)
    if person.randomized is None:
        failed = record_failure(book)
        limits = [criterion.ecog_limit for criterion in failed if criterion.ecog_limit is not None]
        record_visit(book, "Screening", 1, None, ecog_above=max(limits, default=-1))
        subject = _Subject(book.rows, {}, ["SCREEN FAILURE"])
    else:
        subject = _randomized(streams[0], book, streams[5])
        record_deviations(book, streams[3])
        record_interruptions(book, streams[4])
    usubjid = design.usubjid.format(subject=person.number)
    shown = person.number
    if messy:
        screened = mess.screen_again(book, number)
        shown = screened.number
        later = {name: screened.rows.pop(name) for name in _LATER if name in screened.rows}
        subject.rows = mess.roughen(streams[2], forms, screened.rows)
        subject.rows |= mess.roughen(streams[3], forms, later)
        subject.rows |= cut_short(streams[4], subject.rows)
        subject.features += ["RESCREENED"] if screened.again else []
    subject.truth = {"USUBJID": usubjid, "SUBJID": shown, **subject.truth, "FEATURES": "; ".join(subject.features)}
    return subject


def _randomized(rng: np.random.Generator, book: Casebook, causes: np.random.Generator) -> _Subject:
    design, person = book.design, book.person
    fate, disease = draw_course(rng, design, person)
    imaging = image(rng, design, fate, disease)
    treatment = treat(rng, design, person, fate, disease, imaging)
    therapies = therapies_of(rng, fate, treatment)
    record_enrolment(book, imaging)
    record_baseline(book, imaging)
    record_assessments(book, imaging)
    record_treatment(book, fate, treatment)
    for instance, day in encounters(book, fate, treatment):
        record_visit(book, instance, day, _seen_burden(disease, fate.baseline))
    record_adverse_events(book, fate, treatment, causes)
    record_therapies(book, treatment, therapies, fate)
    record_contacts(book, fate, treatment)
    record_death(book, fate)
    record_end_of_study(book, fate)
    arm = "" if person.arm is None else person.arm.armcd
    values: Values = {"ARMCD": arm, "RANDDT": person.start, **really(person, fate, disease, design.follow_up_days)}
    evidence = gather(design, book.rows)
    if evidence is None:  # randomized after the cutoff: nothing counts
        return _Subject(book.rows, values)
    allowed = reported(evidence)
    return _Subject(book.rows, {**values, **allowed}, list(difficulties(fate, imaging, book.rows, evidence, allowed)))


def _seen_burden(disease: Disease, baseline: bool) -> Disease | None:
    return disease if baseline else None


def _write(
    out: Path, forms: Mapping[str, Form], rows: Mapping[str, list[Row]], subjects: list[_Subject], messy: bool
) -> RawExtract:
    """All files into a folder beside, which then takes the place of `out`."""
    if out.exists() and any(out.iterdir()) and not (out / TRUTH).is_file():
        raise UsageError(f"{out}: holds something else than a simulated extract; choose another folder")
    building = out.with_name(f"{out.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    for name, form in forms.items():
        marked = messy and name in mess.WITH_MARK
        _write_csv(building / f"{name}.csv", form.columns, rows[name], marked)
    _write_csv(building / TRUTH, COLUMNS, [_as_text(subject.truth) for subject in subjects], marked=False)
    shutil.rmtree(out, ignore_errors=True)
    building.rename(out)
    return RawExtract(out, {name: out / f"{name}.csv" for name in forms}, out / TRUTH)


def _write_csv(path: Path, columns: Iterable[str], rows: Iterable[Row], marked: bool) -> None:
    end, encoding = ("\r\n", "utf-8-sig") if marked else ("\n", "utf-8")
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(columns), restval="", lineterminator=end)
        writer.writeheader()
        writer.writerows(rows)


def _as_text(values: Values) -> Row:
    return {name: "" if value is None else str(value) for name, value in values.items()}
