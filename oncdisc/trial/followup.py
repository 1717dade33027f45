"""What comes after treatment: subsequent therapy, survival contacts, death and end of study."""

from __future__ import annotations

from oncdisc.trial.casebook import NO, YES, Casebook, Coded, death_date, yes_no
from oncdisc.trial.course import Fate
from oncdisc.trial.disease import NEVER
from oncdisc.trial.treatment import COMPLETED, DEATH, LOST, WITHDRAWAL, Therapy, Treatment

_KINDS = {"Systemic anticancer therapy": "1", "Radiotherapy": "2", "Surgery": "3"}
_CONTACT_EVERY = 84
_CONTACTS = 9
LEARNED_AFTER = 5
"""Days from a death to the contact that tells the site of it."""
_SOURCES: tuple[Coded, ...] = (("Visit", "1"), ("Telephone", "2"), ("Medical record", "3"))
_CAUSES: tuple[Coded, ...] = (
    ("Disease progression", "1"), ("Disease progression", "1"), ("Disease progression", "1"), ("Other", "3"),
    ("Unknown", "4"),
)  # fmt: skip


def record_therapies(book: Casebook, treatment: Treatment, therapies: list[Therapy], fate: Fate) -> None:
    """Subsequent anticancer therapy; one record that says no, once the treatment has ended without any."""
    if not therapies and treatment.end is not None:
        book.add("cm", "Subsequent Therapy", treatment.end, {"CMYN": NO})
    for position, therapy in enumerate(therapies, start=1):
        end = therapy.day + 7 * _weeks(book, therapy.kind)
        ended = end <= fate.seen
        book.add("cm", "Subsequent Therapy", therapy.day, {
            "CMYN": YES,
            "CMTYPE": (therapy.kind, _KINDS[therapy.kind]),
            "CMTRT": therapy.name,
            "CMTRT_PREF": f"{therapy.name.upper()} [FICTIONAL]",
            "CMTRT_DICT": "FICTIONAL DRUG DICTIONARY 1.0",
            "CMLOC": therapy.place,
            "CMSTDAT": book.date(therapy.day),
            "CMENDAT": book.date(end) if ended else None,
            "CMONGO": yes_no(not ended),
            "CMINDC": "Small cell lung cancer",
        }, position)  # fmt: skip


def _weeks(book: Casebook, kind: str) -> int:
    """How long a therapy takes: radiotherapy of metastases a few weeks at most."""
    if kind == "Surgery":
        return 0
    drawn = int(book.rng.integers(1, 16))
    return 1 + drawn % 3 if kind == "Radiotherapy" else drawn


def known_death(book: Casebook, fate: Fate) -> bool:
    """Whether the extract knows of the death: within follow-up, not after loss of contact, before the extract.

    A death on the day of a loss of contact or withdrawal is what ends the study, as the end of study says.
    """
    extracted = (book.design.extracted - book.person.start).days
    if fate.death > min(book.design.follow_up_days, extracted):
        return False
    return fate.death <= fate.lost and (fate.death <= fate.withdrawal or fate.public_record)


def record_contacts(book: Casebook, fate: Fate, treatment: Treatment) -> None:
    """Survival contacts every 12 weeks from the end of treatment on (or randomization, without treatment)."""
    start = 0 if fate.first_dose == NEVER else treatment.end
    number, day = 0, start if start is not None else NEVER
    while start is not None and number < _CONTACTS:
        day += _CONTACT_EVERY + int(book.rng.integers(-7, 8))
        if day > min(fate.seen, fate.death - 1):
            break
        number += 1
        _record_contact(book, number, day, alive=day)
    if start is None or number == _CONTACTS:
        return
    extracted = (book.design.extracted - book.person.start).days
    if fate.lost + 28 <= extracted and fate.lost <= fate.seen and fate.lost < fate.death:
        _record_contact(book, number + 1, fate.lost + 28, status=("Lost to follow-up", "UNKNOWN"))
    elif fate.death == fate.seen and fate.death + LEARNED_AFTER <= extracted:
        _record_contact(book, number + 1, fate.death + LEARNED_AFTER, status=("Dead", "DEAD"))


def _record_contact(
    book: Casebook, number: int, day: int, alive: int | None = None, status: Coded = ("Alive", "ALIVE")
) -> None:
    source = int(book.rng.integers(3))
    book.add("sfu", f"Survival Follow-up {number}", day, {
        "SFUDAT": book.date(day),
        "SFUSTAT": status,
        "SFUALDAT": None if alive is None else book.date(alive - (source == 2)),
        "SFUSRC": _SOURCES[source],
    })  # fmt: skip


def record_death(book: Casebook, fate: Fate) -> None:
    """The death form, with what is known of the date."""
    if not known_death(book, fate):
        return
    rng = book.rng
    events = book.rows.get("ae", [])
    fatal = any(row["AESDTH_STD"] == "Y" for row in events)
    cause = ("Adverse event", "2") if fatal else _CAUSES[int(rng.integers(len(_CAUSES)))]
    book.add("dth", "Death", fate.death, {
        "DTHDAT": death_date(book.person, fate),
        "DTHRDAT": min(book.date(fate.death + LEARNED_AFTER), book.design.extracted),
        "DTHCAUSE": cause,
        "DTHSPEC": "Unrelated illness" if cause[1] == "3" else None,
        "DTHAUTO": yes_no(rng.random() < 0.05),
    })  # fmt: skip


def record_end_of_study(book: Casebook, fate: Fate) -> None:
    """Why and when a subject left the study; none while it goes on."""
    extracted = (book.design.extracted - book.person.start).days
    ends = [
        (fate.death, DEATH),
        (fate.lost, LOST),
        (fate.withdrawal, WITHDRAWAL),
        (book.design.follow_up_days, COMPLETED),
    ]
    day, reason = min(ends, key=lambda candidate: candidate[0])
    if day > extracted:
        return
    spec = "Subject withdrew consent" if reason == WITHDRAWAL else None
    when = death_date(book.person, fate) if reason == DEATH else book.date(day)
    book.add("eos", "End of Study", day, {"EOSDAT": when, "EOSREAS": reason, "EOSSPEC": spec})
