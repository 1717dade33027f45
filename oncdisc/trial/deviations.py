"""Protocol deviations, as the monitor writes them down: what the other forms show went another way than planned.

The form came after the others: it has a random stream and record numbers of its own, and changes nothing else.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from oncdisc.trial.casebook import Casebook, Coded, Row, yes_no

NOTICED = 0.6
"""The share of missed doses and assessments that the monitor notes."""
_OUTDATED = 0.05

_CONSENT_TERM = (
    "Consent signed on an outdated version of the form: the site used the version before the amendment in force, which "
    "the ethics committee had approved; the subject was told of the changes at the next visit, signed the current "
    "version on that day and agreed that what had been collected in between may be used; the site was trained again"
)
"""Longer than the 200 bytes of a variable, as descriptions by people now and then are."""

_CONSENT: Coded = ("Informed consent", "CONSENT")
_TREATMENT: Coded = ("Study treatment", "TREATMENT")
_ASSESSMENT: Coded = ("Tumor assessment", "ASSESSMENT")


def record_deviations(book: Casebook, rng: np.random.Generator) -> None:
    """A record a deviation noticed; none for who has none."""
    noted = book.beside(rng)
    if rng.random() < _OUTDATED:
        day = (book.person.consent - book.person.start).days
        _add(noted, day, _CONSENT_TERM, _CONSENT, important=True)
    for form in sorted({drug.form for drug in book.design.drugs.values()}):
        for row in book.rows.get(form, []):
            if row["EXREASND"] == "Forgot the dose" and rng.random() < NOTICED:
                term = f"Planned dose not taken: {row['InstanceName']}"
                _add(noted, _day(book, row, "EXPDAT"), term, _TREATMENT, important=False)
    for row in book.rows.get("rs", []):
        visit = book.design.visit(row["InstanceName"])
        if row["RSPERF_STD"] == "N" and visit is not None and visit.day is not None and rng.random() < NOTICED:
            term = f"Tumor assessment not done: {row['InstanceName']}"
            _add(noted, visit.day, term, _ASSESSMENT, important=rng.random() < 0.5)
    if noted.rows:
        book.rows["dv"] = noted.rows["dv"]


def _add(book: Casebook, day: int, term: str, category: Coded, *, important: bool) -> None:
    position = len(book.rows.get("dv", [])) + 1
    values = {"DVTERM": term, "DVCAT": category, "DVIMP": yes_no(important), "DVSTDAT": book.date(day)}
    book.add("dv", "Protocol Deviations", day, values, position)


def _day(book: Casebook, row: Row, item: str) -> int:
    """The day after randomization of a complete date on a form."""
    typed = date(int(row[f"{item}_YYYY"]), int(row[f"{item}_MM"]), int(row[f"{item}_DD"]))
    return (typed - book.person.start).days
