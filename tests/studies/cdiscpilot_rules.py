"""The pilot's endpoint rules written a second time, subject by subject in plain Python, to check the build against.

Nothing of the package is used here: the rules are those of docs/cdiscpilot.md, read literally.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

VALUES = {"CR": 1, "PR": 2, "SD": 3, "NON-CR/NON-PD": 4, "PD": 5, "NE": 6, "MISSING": 7}
WORST = ["NE", "CR", "PR", "SD", "NON-CR/NON-PD", "PD"]
STABLE = ("CR", "PR", "SD", "NON-CR/NON-PD")


@dataclass
class Response:
    """One overall response of a subject."""

    when: date | None
    what: str
    number: int
    counts: bool = False
    until_progression: bool = False


def last_of_month(text: str) -> date | None:
    if len(text) == 10:
        return date.fromisoformat(text)
    if len(text) == 7:
        year, month = int(text[:4]), int(text[5:])
        return date(year, month, calendar.monthrange(year, month)[1])
    return None


def responses(rs: pd.DataFrame, evaluator: str, randomized: date | None) -> list[Response]:
    """A subject's overall responses in time, flagged."""
    found = [
        Response(last_of_month(str(row["RSDTC"])), str(row["RSSTRESC"]), int(row["RSSEQ"]))
        for row in rs.to_dict("records")
        if row["RSTESTCD"] == "OVRLRESP"
        and row["RSEVAL"] == evaluator
        and (evaluator == "INVESTIGATOR" or row["RSACPTFL"] == "Y")
    ]
    by_date: dict[date, list[Response]] = {}
    for one in found:
        if one.when and randomized and one.when >= randomized and one.what in VALUES:
            by_date.setdefault(one.when, []).append(one)
    for same in by_date.values():
        rank = {one.number: WORST.index(one.what) if one.what in WORST else -1 for one in same}
        max(same, key=lambda one: (rank[one.number], one.number)).counts = True
    progressions = [one.when for one in found if one.counts and one.what == "PD"]
    for one in found:
        one.until_progression = bool(one.when) and (not progressions or one.when <= min(progressions))
    return sorted(found, key=lambda one: (one.when or date.max, one.number))


def confirmed(both: list[Response]) -> list[Response]:
    """The responses that a later one confirms."""
    return [one for place, one in enumerate(both) if _confirmed(one, both[place + 1 :])]


def _confirmed(one: Response, later: list[Response]) -> bool:
    by = {"CR": ("CR",), "PR": ("CR", "PR")}.get(one.what, ())
    place = next((n for n, r in enumerate(later) if r.what in by and (r.when - one.when).days >= 28), None)
    if place is None:
        return False
    words = [r.what for r in later[: place + 1]]
    if any(word not in ("CR", "NE", "PR")[: 2 + (one.what == "PR")] for word in words):
        return False
    turned_back = "CR" in words and "PR" in words[words.index("CR") :]
    return words.count("NE") <= 1 and not (one.what == "PR" and turned_back)


def best(both: list[Response], responding: list[Response], randomized: date | None) -> tuple[str, date | None]:
    """Best response and the first record that meets it, where only `responding` may be CR or PR."""
    for word in ("CR", "PR"):
        for one in responding:
            if one.what == word:
                return word, one.when
    late = [one for one in both if randomized and one.when >= randomized + timedelta(days=42)]
    choices = [
        ("SD", [one for one in late if one.what in ("CR", "PR", "SD")]),
        ("NON-CR/NON-PD", [one for one in late if one.what == "NON-CR/NON-PD"]),
        ("PD", [one for one in both if one.what == "PD"]),
        ("NE", [one for one in both if one.what == "NE" or one.what in STABLE]),
    ]
    return next(((word, met[0].when) for word, met in choices if met), ("MISSING", None))


def parameters(found: list[Response], randomized: date | None) -> dict[str, tuple[str, date | None]]:
    """(AVALC, ADT) of each parameter that rests on a subject's responses."""
    counting = [one for one in found if one.counts]
    both = [one for one in counting if one.until_progression]
    responding = [one for one in both if one.what in ("CR", "PR")]
    sure = confirmed(both)
    stable = [one for one in both if one.what in STABLE and one.when >= randomized + timedelta(days=42)]
    result = {
        "PD": _yes([one for one in counting if one.what == "PD"]),
        "RSP": _yes(responding),
        "CB": _yes(responding, stable),
        "BOR": best(both, responding, randomized),
        "CRSP": _yes(sure),
        "CCB": _yes(sure, stable),
        "CBOR": best(both, sure, randomized),
    }
    for name, of in (("BCP", "BOR"), ("CBCP", "CBOR")):
        result[name] = ("Y", result[of][1]) if result[of][0] in ("CR", "PR") else ("N", None)
    if counting:
        result["LSTA"] = (counting[-1].what, counting[-1].when)
    return result


def _yes(*choices: list[Response]) -> tuple[str, date | None]:
    dates = [met[0].when for met in choices if met]
    return ("Y", min(dates)) if dates else ("N", None)


def time_to_event(
    start: date, events: list[tuple[date | None, str]], censorings: list[tuple[date | None, str]]
) -> tuple[date, int, int, str]:
    """ADT, CNSR, AVAL and EVNTDESC: the earliest event, else the latest censoring, never before the start."""
    happened = [(when, order, what) for order, (when, what) in enumerate(events) if when]
    ended = [(when, order, what) for order, (when, what) in enumerate(censorings) if when]
    when, _, what = min(happened) if happened else max(ended)
    when = max(when, start)
    return when, int(not happened), (when - start).days + 1, what
