"""The forms of screening and enrolment: demographics, consent, eligibility, randomization, history of the cancer."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from oncdisc.trial.casebook import NO, YES, Casebook, Coded, Partial, yes_no
from oncdisc.trial.design import Criterion
from oncdisc.trial.scans import Imaging

_SCREENING = "Screening"
_YEAR_ONLY = ("FRA", "ESP")
_RACES: dict[str, tuple[Coded, ...]] = {
    "CHN": (("Asian", "ASIAN"),),
    "USA": (("White", "WHITE"), ("Black or African American", "BLACK OR AFRICAN AMERICAN"), ("Asian", "ASIAN")),
}
_WHITE: tuple[Coded, ...] = (("White", "WHITE"), ("White", "WHITE"), ("Not reported", "NOT REPORTED"))
_HISPANIC: Coded = ("Hispanic or Latino", "HISPANIC OR LATINO")
_NOT_HISPANIC: Coded = ("Not Hispanic or Latino", "NOT HISPANIC OR LATINO")
_BEST: tuple[Coded, ...] = (
    ("Complete response", "CR"), ("Partial response", "PR"), ("Partial response", "PR"), ("Stable disease", "SD"),
    ("Progressive disease", "PD"), ("Not evaluable", "NE"),
)  # fmt: skip
_STABLE: Coded = ("Stable disease", "SD")
_REFRACTORY_BELOW = 30
"""Days from the last platinum dose to progression, below which the disease may have progressed all along."""
_SMOKING: tuple[Coded, ...] = (("Never", "1"), ("Former", "2"), ("Current", "3"))


def record_identity(book: Casebook) -> None:
    """Demographics and consent."""
    person, rng = book.person, book.rng
    consent = (person.consent - person.start).days
    site = person.site
    races = _RACES.get(site.country_code, _WHITE)
    hispanic = rng.random() < (0.3 if site.country_code in ("ESP", "USA") else 0)
    born = person.consent - timedelta(days=365 * person.age + person.age // 4 + 1 + int(rng.integers(350)))
    book.add("dm", _SCREENING, consent, {
        "DMDAT": person.consent,
        "BRTHDAT": Partial(born.year) if site.country_code in _YEAR_ONLY else born,
        "AGE": float(person.age),
        "SEX": ("Male", "M") if person.sex == "M" else ("Female", "F"),
        "RACE": races[int(rng.integers(len(races)))],
        "ETHNIC": _HISPANIC if hispanic else _NOT_HISPANIC,
        "COUNTRY": (site.country, site.country_code),
        "INVNAM": site.investigator,
    })  # fmt: skip
    hour, minute = int(rng.integers(8, 17)), int(rng.integers(60))
    version = "2.0" if person.consent.year > 2023 else "1.0"
    book.add("ic", _SCREENING, consent, {
        "ICDAT": person.consent, "ICTIM": f"{hour:02d}:{minute:02d}", "ICVER": version,
    })  # fmt: skip


def record_failure(book: Casebook) -> tuple[Criterion, ...]:
    """What a screen failure leaves: the criteria not met, which are returned, no randomization, end of study."""
    person, rng = book.person, book.rng
    checked = int(rng.integers(3, 20))
    count = int(rng.choice([1, 2], p=[0.8, 0.2]))
    open_ = [criterion for criterion in book.design.criteria if not criterion.known_at_consent]
    chosen = [open_[int(index)] for index in sorted(rng.choice(len(open_), size=min(count, len(open_)), replace=False))]
    for position, criterion in enumerate(chosen, start=1):
        code, category = criterion.code, criterion.category
        book.add("ie", _SCREENING, checked, {
            "IEDAT": person.day(checked), "IEYN": NO, "IETESTCD": code, "IECAT": (category.title(), category),
        }, position)  # fmt: skip
    left = person.day(checked + 1)
    book.add("enrol", _SCREENING, checked + 1, {
        "ENRYN": NO, "ENRREAS": ("Screen failure", "9"), "ENRRDAT": left,
    })  # fmt: skip
    book.add("eos", "End of Study", checked + 1, {"EOSDAT": left, "EOSREAS": ("Screen failure", "9")})
    return tuple(chosen)


def record_enrolment(book: Casebook, imaging: Imaging) -> None:
    """Eligibility, randomization and the history of the cancer."""
    person, rng = book.person, book.rng
    sites = {place[1] for number, (place, _) in imaging.places.items() if not number.startswith("NEW")}
    interval = int(np.clip(rng.lognormal(4.5, 0.7), 5, 900))
    short = interval < 90
    book.add("ie", _SCREENING, -1, {"IEDAT": person.day(-1), "IEYN": YES})
    arm = person.arm
    book.add("enrol", _SCREENING, 0, {
        "ENRYN": YES,
        "RANDDAT": person.start,
        "RANDNUM": f"R{book.number + 1001}",
        "ARM": None if arm is None else (arm.arm, arm.armcd),
        "STRATPFI": ("< 90 days", "LT90") if short else (">= 90 days", "GE90"),
        "STRATLIV": yes_no("LIVER" in sites),
    })  # fmt: skip
    _record_history(book, interval, sites)


def _record_history(book: Casebook, interval: int, sites: set[str]) -> None:
    person, rng = book.person, book.rng
    progressed = person.consent - timedelta(days=int(rng.integers(5, 40)))
    platinum = progressed - timedelta(days=interval)
    began = platinum - timedelta(days=int(rng.integers(60, 110)))
    found = began - timedelta(days=int(rng.integers(10, 45)))
    immune = rng.random() < 0.7
    irradiated = rng.random() < 0.15
    platin = ("cisplatin", "carboplatin")[int(rng.integers(2))]
    inhibitor = (" + atezolizumab", " + durvalumab")[int(rng.integers(2))] if immune else ""
    regimen = f"Etoposide + {platin}{inhibitor}"
    book.add("sclchx", _SCREENING, -2, {
        "DXDAT": _blurred(rng, found),
        "STAGE": ("Extensive stage", "ES") if rng.random() < 0.92 else ("Limited stage", "LS"),
        "PRIORREG": regimen,
        "PRIORREG_PREF": f"{regimen.upper().replace(' + ', '; ')} [FICTIONAL]",
        "PRIORREG_DICT": "FICTIONAL DRUG DICTIONARY 1.0",
        "PRIORSDT": _blurred(rng, began),
        "PLATDAT": platinum,
        "PDDAT": progressed,
        "PFI": float(interval),
        "PRIORRSP": _best(_BEST[int(rng.integers(len(_BEST)))], interval),
        "PDL1YN": yes_no(immune),
        "BRAINMET": yes_no("BRAIN" in sites),
        "LIVERMET": yes_no("LIVER" in sites),
        "PCIYN": yes_no(irradiated),
        "PCIDAT": platinum + timedelta(days=20) if irradiated and interval > 25 else None,
        "SMOKE": _SMOKING[int(rng.choice(3, p=[0.06, 0.54, 0.4]))],
    })  # fmt: skip


def _best(drawn: Coded, interval: int) -> Coded:
    """The best response to the first line; a tumor that grew under it did not stay quiet for weeks after it."""
    return _STABLE if drawn[1] == "PD" and interval >= _REFRACTORY_BELOW else drawn


def _blurred(rng: np.random.Generator, value: date) -> date | Partial:
    """A date of the past as subjects remember it."""
    draw = rng.random()
    if draw < 0.2:
        return Partial(value.year, value.month)
    return Partial(value.year) if draw < 0.25 else value
