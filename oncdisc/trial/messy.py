"""What real sites and exports do to clean data: the same subjects and the same truth, harder to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from oncdisc.trial.casebook import MONTHS, Casebook, Row
from oncdisc.trial.enrolment import record_failure, record_identity
from oncdisc.trial.forms import SYSTEM, Form
from oncdisc.trial.interruptions import LATER

RESCREENED_EVERY = 12
"""One subject in so many, if randomized, was screened once before."""

WITH_MARK = ("dm", "ae", "tl", "rs", "lb")
"""Forms whose file begins with a byte order mark and ends its lines with CRLF."""

_NAMES = {
    "Shanghai Example Hospital": "上海示例医院",
    "Hospital Ejemplo Madrid": "Hospital Ejemplo Peñalolén",
    "Hopital Exemple Lyon": "Hôpital Exemple à Lyon",
    "Ana Garcia": "Ana García Muñoz",
    "Luc Berger": "François Bérenger",
}
_UNCODED = ("PT", "PT_CODE", "LLT", "LLT_CODE", "HLT", "HLT_CODE", "HLGT", "HLGT_CODE", "SOC", "SOC_CODE", "DICT")
_IDENTITY = ("BRTHDAT", "AGE", "SEX", "RACE", "ETHNIC")
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Screened:
    """A subject's rows as the messy extract has them, and the number under which they stand."""

    rows: Rows
    number: str
    again: bool


def screen_again(book: Casebook, number: int) -> Screened:
    """Some subjects failed screening once and came back under another number."""
    person = book.person
    if number % RESCREENED_EVERY != RESCREENED_EVERY // 4 or person.randomized is None:
        return Screened(book.rows, person.number, again=False)
    site, running = person.number.split("-")
    later = f"{site}-9{running}"
    first = _first_screening(book)
    renamed = {form: [{**row, "Subject": later} for row in rows] for form, rows in book.rows.items()}
    renamed["dm"] = [{**row, "PREVSUBJ": person.number} for row in renamed["dm"]]
    forms = dict.fromkeys([*first, *renamed])
    return Screened({form: [*first.get(form, []), *renamed.get(form, [])] for form in forms}, later, again=True)


def _first_screening(book: Casebook) -> Rows:
    before = book.person.consent - timedelta(days=int(book.rng.integers(35, 80)))
    person = replace(book.person, consent=before, randomized=None, arm=None)
    first = Casebook(book.design, person, book.number, book.forms, book.rng)
    first.continue_after(book)
    record_identity(first)
    record_failure(first)
    known = book.rows["dm"][0]
    same = {column: text for column, text in known.items() if column.startswith(_IDENTITY)}
    first.rows["dm"] = [{**row, **same} for row in first.rows["dm"]]
    return first.rows


def roughen(rng: np.random.Generator, forms: Mapping[str, Form], rows: Rows) -> Rows:
    """Duplicates, trailing spaces, other date formats, accents and unknown terms, now and then."""
    return {name: [rough for row in kept for rough in _rough(rng, forms[name], row)] for name, kept in rows.items()}


def _rough(rng: np.random.Generator, form: Form, row: Row) -> Iterator[Row]:
    rough = {column: _NAMES.get(text, text) for column, text in row.items()}
    if rng.random() < 0.12:
        rough.update(_reformatted(rng, form, rough))
    if form.name == "ae":
        rough.update(_unknown_terms(rng, rough))
    if rng.random() < 0.06:
        rough.update(_trailing_spaces(rng, rough))
    yield rough
    if rng.random() < 0.015:
        yield dict(rough)


def _reformatted(rng: np.random.Generator, form: Form, row: Row) -> Row:
    """All complete dates of a record in another format."""
    styles: tuple[Callable[[str, int, str], str], ...] = (
        lambda year, month, day: f"{year}-{month:02d}-{day}",
        lambda year, month, day: f"{day}/{month:02d}/{year}",
    )
    style = styles[int(rng.integers(len(styles)))]
    changed: Row = {}
    for item in form.items:
        parts = row[item.name].split()
        if item.kind == "date" and len(parts) == 3 and parts[0].isdigit():
            text = style(parts[2], MONTHS.index(parts[1]) + 1, parts[0])
            changed[item.name] = changed[f"{item.name}_RAW"] = text
    return changed


def _unknown_terms(rng: np.random.Generator, row: Row) -> Row:
    """An outcome that no codelist has, or a term that the coder left."""
    changed: Row = {}
    if row["AETERM"] and rng.random() < 0.03:
        changed.update({"AEOUT": "Improving slowly", "AEOUT_STD": "9"})
    if row["AETERM"] and rng.random() < 0.04:
        changed.update({f"AETERM_{column}": "" for column in _UNCODED}, AETERM="malaise général")
    return changed


def _trailing_spaces(rng: np.random.Generator, row: Row) -> Row:
    filled = [column for column, text in row.items() if text and column not in SYSTEM and column not in LATER]
    if not filled:
        return {}
    column = filled[int(rng.integers(len(filled)))]
    return {column: row[column] + "  "}


def strangers(rows: Rows) -> Rows:
    """Records of subjects that the demographics form doesn't know: copies of the first ones of three forms."""
    unknown: Rows = {}
    for place, form in enumerate(("ae", "vs", "lb"), start=1):
        for row in rows.get(form, [])[:2]:
            stranger = {**row, "Subject": f"999-00{place}", "RecordId": str(90_000_000 + int(row["RecordId"]))}
            unknown.setdefault(form, []).append(stranger)
    return unknown
