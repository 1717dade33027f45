"""Adverse events: what happened, how bad it was by CTCAE, and what became of each drug because of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from oncdisc.trial.casebook import NO, YES, Casebook, Coded, Partial, Row, Value, death_date, yes_no
from oncdisc.trial.course import Fate
from oncdisc.trial.disease import NEVER
from oncdisc.trial.treatment import TOXICITY, UNCHANGED, Dose, Treatment


@dataclass(frozen=True)
class _Term:
    """An adverse event as sites type it, its fictional coding, whether it is immune-related, and its grades.

    `worst` and `mildest` are the grades that CTCAE 5.0 has for it, apart from death.
    """

    reported: str
    preferred: str
    organ: str
    immune: bool = False
    worst: int = 4
    mildest: int = 1


_TERMS = (
    _Term("nausea", "Nausea", "Digestive disorders", worst=3),
    _Term("throwing up", "Vomiting", "Digestive disorders"),
    _Term("loose stools", "Diarrhea", "Digestive disorders"),
    _Term("poor appetite", "Appetite loss", "Nutrition disorders"),
    _Term("weight loss", "Weight loss", "Nutrition disorders", worst=3),
    _Term("tired", "Fatigue", "General disorders", worst=3),
    _Term("fever", "Fever", "General disorders"),
    _Term("low platelets", "Low platelets", "Blood disorders"),
    _Term("low neutrophils", "Low neutrophils", "Blood disorders"),
    _Term("anaemia", "Anemia", "Blood disorders"),
    _Term("low sodium", "Low sodium", "Metabolism disorders"),
    _Term("tingling in both hands", "Peripheral neuropathy", "Nervous system disorders"),
    _Term("hair loss", "Hair loss", "Skin disorders", worst=2),
    _Term("skin rash", "Rash", "Skin disorders", immune=True, worst=3),
    _Term("underactive thyroid", "Hypothyroidism", "Endocrine disorders", immune=True),
    _Term("lung inflammation", "Pneumonitis", "Lung disorders", immune=True),
    _Term("pneumonia", "Lung infection", "Infections", mildest=2),
    _Term("short of breath", "Dyspnea", "Lung disorders"),
)
_FATAL_TERM = 16
_TOXICITIES = {"sel": 7, "ade": 15, "nab": 11}
"""The event for which a drug is stopped, where nothing else on the log explains it; fatigue for other drugs."""
_FATIGUE = 5
_RECOVERED: Coded = ("Recovered/Resolved", "1")
_UNKNOWN: Coded = ("Unknown", "6")
_OUTCOMES: tuple[Coded, ...] = (
    ("Recovering/Resolving", "3"), ("Not recovered/Not resolved", "4"), _UNKNOWN,
)  # fmt: skip
_FATAL: Coded = ("Fatal", "5")
_RELATED: Coded = ("Related", "1")
_NOT_RELATED: Coded = ("Not related", "2")
_REDUCED: Coded = ("Dose reduced", "2")
_INTERRUPTED: Coded = ("Drug interrupted", "3")
_WITHDRAWN: Coded = ("Drug permanently discontinued", "4")
_NOT_APPLICABLE: Coded = ("Not applicable", "5")
_WORSE = (UNCHANGED, _INTERRUPTED, _REDUCED, _WITHDRAWN)
"""Actions, each more than the one before it."""
_FLAGS = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
_ACTED_WITHIN = 56
"""Days from the start of an event, in which a change of dose may be because of it."""


@dataclass(frozen=True)
class _Event:
    """A record of the log: which term, the days from and to (NEVER: goes on), its grade, and the record itself."""

    number: int
    start: int
    end: int
    grade: int
    row: Row

    @property
    def fatal(self) -> bool:
        return self.grade == 5


def record_adverse_events(book: Casebook, fate: Fate, treatment: Treatment, rng: np.random.Generator) -> None:
    """The adverse event log: from consent to 30 days after the last dose, and the event that killed, if one did.

    Which events explain how doses were changed has a random stream of its own, `rng`.
    """
    events = list(_log(book, fate, treatment))
    events += _causes(book, fate, treatment, events, rng)
    if not events:
        book.add("ae", "Adverse Events", 0, {"AEYN": NO})
    for code in treatment.doses:
        _record_actions(book, code, treatment, events)


def _log(book: Casebook, fate: Fate, treatment: Treatment) -> Iterator[_Event]:
    rng = book.rng
    consent = (book.person.consent - book.person.start).days
    last = treatment.last_dose()
    until = min(fate.seen, (treatment.end if treatment.end is not None else fate.seen) + 30) if last is not None else 0
    count = int(rng.poisson(1 if last is None else 5 + max(until, 0) / 60))
    fatal = last is not None and fate.death <= min(fate.seen, until) and rng.random() < 0.5
    known = [(_FATAL_TERM, fate.death - 12, fate.death)] if fatal else []
    for position in range(1, count + 1):
        start = int(rng.integers(consent, max(until, consent + 1) + 1))
        event = _drawn(book, fate, start, position, known)
        known.append((event.number, event.start, event.end))
        yield event
    if fatal:
        yield _killed(book, fate, max(consent, fate.death - int(rng.integers(1, 12))), count + 1)


_Known = Sequence[tuple[int, int, int]]
"""Term, first and last day of events of a subject."""


def _distinct(number: int, start: int, end: int, known: _Known) -> int:
    """The term, or the next one that the subject does not have at the same time."""
    having = {other for other, since, until in known if since <= end and start <= until}
    return next((n % len(_TERMS) for n in range(number, number + len(_TERMS)) if n % len(_TERMS) not in having), number)


def _drawn(book: Casebook, fate: Fate, start: int, position: int, known: _Known) -> _Event:
    rng = book.rng
    number = int(rng.integers(len(_TERMS)))
    drawn = int(rng.choice([1, 2, 3, 4], p=[0.42, 0.36, 0.17, 0.05]))
    end = start + int(rng.exponential(25))
    ended = end <= fate.seen and rng.random() < 0.85
    serious = drawn >= 4 or (drawn == 3 and rng.random() < 0.3)
    chosen = _distinct(number, start, end if ended else NEVER, known)
    term = _TERMS[chosen]
    grade = min(max(drawn, term.mildest), term.worst)
    began = _started(book, start)
    outcome = _RECOVERED if ended else _OUTCOMES[int(rng.integers(len(_OUTCOMES)))]
    flags = _seriousness(rng, drawn, grade, serious)
    values: dict[str, Value] = {
        "AESTDAT": began,
        "AEENDAT": book.date(end) if ended else None,
        "AEONGO": yes_no(not ended and outcome is not _UNKNOWN),
        "AEIMMUNE": yes_no(term.immune and start > 0),
        "AEOUT": outcome,
        **flags,
        **_relations(book, _TERMS[number], treated=start >= fate.first_dose),
    }
    return _record(book, _Event(chosen, start, end if ended else NEVER, grade, {}), values, position)


def _killed(book: Casebook, fate: Fate, start: int, position: int) -> _Event:
    flags = _seriousness(book.rng, 5, 5, serious=True)
    values: dict[str, Value] = {
        "AESTDAT": _started(book, start),
        "AEENDAT": death_date(book.person, fate),
        "AEONGO": NO,
        "AEIMMUNE": NO,
        "AEOUT": _FATAL,
        **flags,
        **_relations(book, _TERMS[_FATAL_TERM], treated=start >= fate.first_dose, killed=True),
    }
    return _record(book, _Event(_FATAL_TERM, start, fate.death, 5, {}), values, position)


def _record(book: Casebook, event: _Event, values: dict[str, Value], position: int) -> _Event:
    """Enter an event; the event with its record."""
    graded: dict[str, Value] = {"AEYN": YES, "AETOXGR": (f"Grade {event.grade}", str(event.grade))}
    coded = _coding(_TERMS[event.number], event.number)
    reported: dict[str, Value] = {"AETERM": _TERMS[event.number].reported}
    book.add("ae", "Adverse Events", event.start, {**graded, **reported, **values, **coded}, position)
    return _Event(event.number, event.start, event.end, event.grade, book.rows["ae"][-1])


def _started(book: Casebook, start: int) -> Value:
    """Now and then the site knows only month or year."""
    when, draw = book.date(start), book.rng.random()
    if draw < 0.08:
        return Partial(when.year, when.month)
    return Partial(when.year) if draw < 0.095 else when


def _seriousness(rng: np.random.Generator, drawn: int, grade: int, serious: bool) -> dict[str, Value]:
    """AESER and its criteria; `drawn` is the grade before that of the term's worst, which decides what is drawn."""
    chosen = "AESDTH" if drawn == 5 else "AESLIFE" if drawn == 4 else "AESHOSP" if rng.random() < 0.8 else "AESMIE"
    chosen = "AESHOSP" if chosen == "AESLIFE" and grade < 4 else chosen
    counted = serious and grade >= 3
    return {"AESER": yes_no(counted), **{flag: yes_no(counted and flag == chosen) for flag in _FLAGS}}


def _relations(book: Casebook, term: _Term, treated: bool, killed: bool = False) -> dict[str, Value]:
    arm, rng = book.person.arm, book.rng
    values: dict[str, Value] = {}
    for code in arm.drugs if arm else ():
        related = treated and rng.random() < (0.7 if term.immune and code == "ade" else 0.35)
        values[f"AEREL_{code.upper()}"] = _RELATED if related else _NOT_RELATED
        values[f"AEACN_{code.upper()}"] = _NOT_APPLICABLE
        if related and not killed:
            rng.random()  # what is done because of the event follows from the doses; a seed's subjects stay the same
    return values


def _causes(
    book: Casebook, fate: Fate, treatment: Treatment, events: Sequence[_Event], rng: np.random.Generator
) -> list[_Event]:
    """An event for each drug that was stopped for toxicity, of which nothing on the log would be the reason."""
    beside = book.beside(rng, place=1)
    found: list[_Event] = []
    for code, (day, reason) in treatment.stopped.items():
        if reason == TOXICITY and _reason([*events, *found], code, treatment, day) is None:
            start = max(_first(treatment, code), day - int(rng.integers(2, 15)))
            found.append(_cause(beside, fate, code, start, [*events, *found], len(events) + len(found) + 1))
    book.rows.setdefault("ae", []).extend(beside.rows.get("ae", []))
    if not book.rows["ae"]:
        del book.rows["ae"]
    return found


def _cause(book: Casebook, fate: Fate, code: str, start: int, events: Sequence[_Event], position: int) -> _Event:
    end = start + int(book.rng.integers(7, 60))
    ended = end <= fate.seen and end < fate.death
    until = end if ended else NEVER
    known = [(event.number, event.start, event.end) for event in events]
    number = _distinct(_TOXICITIES.get(code, _FATIGUE), start, until, known)
    grade = min(3, _TERMS[number].worst)
    values: dict[str, Value] = {
        "AESTDAT": book.date(start),
        "AEENDAT": book.date(end) if ended else None,
        "AEONGO": yes_no(not ended),
        "AEIMMUNE": yes_no(_TERMS[number].immune),
        "AEOUT": _RECOVERED if ended else _OUTCOMES[1],
        "AESER": NO,
        **dict.fromkeys(_FLAGS, NO),
        **{f"AEREL_{drug.upper()}": _NOT_RELATED for drug in (book.person.arm.drugs if book.person.arm else ())},
    }
    return _record(book, _Event(number, start, until, grade, {}), values, position)


def _first(treatment: Treatment, code: str) -> int:
    return min((dose.day for dose in treatment.doses[code] if dose.amount is not None), default=NEVER)


def _reason(events: Sequence[_Event], code: str, treatment: Treatment, day: int) -> _Event | None:
    """The event because of which a dose was changed on a day: the worst of those about then, of them the last."""
    first = _first(treatment, code)
    about = [
        event
        for event in events
        if first <= event.start <= day <= min(event.end + 7, event.start + _ACTED_WITHIN)
        and event.grade >= 2
        and not event.fatal
    ]
    return max(about, key=lambda event: (event.grade, event.start), default=None)


def _changes(treatment: Treatment, code: str) -> Iterator[tuple[int, Coded]]:
    """Each day on which a drug was changed because of an adverse event, and how."""
    for dose in treatment.doses[code]:
        action = _change(dose)
        if action is not None:
            yield dose.day, action
    day, reason = treatment.stopped.get(code, (NEVER, None))
    if reason == TOXICITY:
        yield day, _WITHDRAWN


def _change(dose: Dose) -> Coded | None:
    if dose.amount is None:
        return _INTERRUPTED if dose.skipped and dose.skipped[0] in ("Adverse event", "Low blood counts") else None
    if dose.adjusted is UNCHANGED:
        return None
    return _REDUCED if dose.adjusted[0] == "Dose reduced" else _INTERRUPTED


def _record_actions(book: Casebook, code: str, treatment: Treatment, events: Sequence[_Event]) -> None:
    """What was done with one drug because of each event, as its doses and its end have it."""
    taken: dict[int, Coded] = {}
    for day, action in _changes(treatment, code):
        event = _reason(events, code, treatment, day)
        if event is not None:
            taken[id(event)] = max(taken.get(id(event), UNCHANGED), action, key=_WORSE.index)
    first, (stopped, _) = _first(treatment, code), treatment.stopped.get(code, (NEVER, None))
    for event in events:
        exposed = first <= event.start <= stopped and not event.fatal
        action = taken.get(id(event), UNCHANGED if exposed else _NOT_APPLICABLE)
        values: dict[str, Value] = {f"AEACN_{code.upper()}": action}
        if id(event) in taken:
            values[f"AEREL_{code.upper()}"] = _RELATED
        book.complete("ae", event.row, values)


def _coding(term: _Term, number: int) -> dict[str, Value]:
    """The coder's columns: every text is marked, for the real dictionary is licensed and the user's."""
    organ = 1 + sorted({entry.organ for entry in _TERMS}).index(term.organ)
    levels = {
        "LLT": (term.reported.capitalize(), 90_100_000 + number),
        "PT": (term.preferred, 90_200_000 + number),
        "HLT": (f"{term.preferred} and related", 90_300_000 + number),
        "HLGT": (f"{term.organ}, group", 90_400_000 + organ),
        "SOC": (term.organ, 90_500_000 + organ),
    }
    values: dict[str, Value] = {"AETERM_DICT": "FICTIONAL AE DICTIONARY 1.0"}
    for level, (text, code) in levels.items():
        values[f"AETERM_{level}"] = f"{text} [fictional]"
        values[f"AETERM_{level}_CODE"] = str(code)
    return values
