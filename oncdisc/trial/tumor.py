"""The tumor forms: target, non-target and new lesions, and the response of each assessment."""

from __future__ import annotations

from oncdisc.trial.casebook import NO, YES, Casebook, Coded, Value, yes_no
from oncdisc.trial.recist import NewReading, NonTargetReading, Reading, Response, TargetReading
from oncdisc.trial.scans import Imaging, Scan

_TARGET: dict[str, Coded] = {
    "MEASURED": ("Measured", "MEASURED"),
    "ABSENT": ("Absent", "ABSENT"),
    "TOO SMALL TO MEASURE": ("Too small to measure", "TOO SMALL TO MEASURE"),
    "NE": ("Not evaluable", "NE"),
}
_NON_TARGET: dict[str, Coded] = {
    "PRESENT": ("Present", "PRESENT"),
    "ABSENT": ("Absent", "ABSENT"),
    "UNEQUIVOCAL PROGRESSION": ("Unequivocal progression", "UNEQUIVOCAL PROGRESSION"),
    "NE": ("Not evaluable", "NE"),
}
_RESPONSE = {
    "CR": "Complete response",
    "PR": "Partial response",
    "SD": "Stable disease",
    "NON-CR/NON-PD": "Non-CR/Non-PD",
    "PD": "Progressive disease",
    "NE": "Not evaluable",
    "iCR": "Immune complete response",
    "iPR": "Immune partial response",
    "iSD": "Immune stable disease",
    "NON-iCR/NON-iUPD": "Non-iCR/Non-iUPD",
    "iUPD": "Immune unconfirmed progressive disease",
    "iCPD": "Immune confirmed progressive disease",
}
_REASON = "Scan without contrast"


def record_baseline(book: Casebook, imaging: Imaging) -> None:
    """The lesions of the scan before randomization, if there was one."""
    if imaging.baseline is None:
        return
    consent = (book.person.consent - book.person.start).days
    day = -int(book.rng.integers(1, min(15, -consent)))
    _record_lesions(book, imaging, "Screening", day, imaging.baseline)


def record_assessments(book: Casebook, imaging: Imaging) -> None:
    """Every assessment that was due, with its lesions and response if it was done."""
    for scan in imaging.scans:
        instance = scan.visit.instance if scan.visit else f"Unscheduled Tumor Assessment {scan.unscheduled}"
        if scan.day is None or scan.reading is None or scan.response is None:
            due = scan.visit.day if scan.visit and scan.visit.day else 0
            book.add("rs", instance, due, {"RSPERF": NO, "RSREASND": scan.reason})
            continue
        _record_lesions(book, imaging, instance, scan.day, scan.reading)
        _record_new(book, imaging, instance, scan.day, scan.reading.new)
        book.add("rs", instance, scan.day, _response(book, scan, scan.response), folder="UNS")


def _record_lesions(book: Casebook, imaging: Imaging, instance: str, day: int, reading: Reading) -> None:
    for position, target in enumerate(reading.targets, start=1):
        values = {**_placed("TL", imaging, target.number), **_target(target), "TLDAT": book.date(day)}
        book.add("tl", instance, day, values, position, "UNS")
    for position, lesion in enumerate(reading.non_targets, start=1):
        values = {**_placed("NTL", imaging, lesion.number), **_non_target(lesion), "NTLDAT": book.date(day)}
        book.add("ntl", instance, day, values, position, "UNS")


def _record_new(book: Casebook, imaging: Imaging, instance: str, day: int, lesions: tuple[NewReading, ...]) -> None:
    if not lesions:
        book.add("nl", instance, day, {"NLDAT": book.date(day), "NLYN": NO}, folder="UNS")
    for position, lesion in enumerate(lesions, start=1):
        values: dict[str, Value] = {
            "NLDAT": book.date(day),
            "NLYN": YES,
            "NLCERT": ("Unequivocal", "UNEQUIVOCAL") if lesion.certain else ("Equivocal", "EQUIVOCAL"),
            "NLMEAS": yes_no(lesion.diameter is not None),
            "NLDIAM": None if lesion.diameter is None else float(lesion.diameter),
        }
        book.add("nl", instance, day, {**_placed("NL", imaging, lesion.number), **values}, position, "UNS")


def _placed(prefix: str, imaging: Imaging, number: str) -> dict[str, Value]:
    (name, location, method, method_code), side = imaging.places[number]
    return {
        f"{prefix}NUM": number,
        f"{prefix}LOC": (name, location),
        f"{prefix}LAT": (side.capitalize(), side) if side else None,
        f"{prefix}METH": (method, method_code),
    }


def _target(lesion: TargetReading) -> dict[str, Value]:
    return {
        "TLNODE": yes_no(lesion.node),
        "TLSTAT": _TARGET[lesion.status],
        "TLDIAM": None if lesion.diameter is None else float(lesion.diameter),
        "TLREASND": _REASON if lesion.status == "NE" else None,
    }


def _non_target(lesion: NonTargetReading) -> dict[str, Value]:
    progressing = lesion.status == "UNEQUIVOCAL PROGRESSION"
    return {
        "NTLSTAT": _NON_TARGET[lesion.status],
        "NTLINCR": yes_no(lesion.further) if progressing else None,
        "NTLREASND": _REASON if lesion.status == "NE" else None,
    }


def _coded(response: str | None) -> Coded | None:
    return None if response is None else (_RESPONSE[response], response)


def _response(book: Casebook, scan: Scan, response: Response) -> dict[str, Value]:
    return {
        "RSPERF": YES,
        "RSDAT": book.date(response.day),
        "TRGSUM": None if response.total is None else float(response.total),
        "TRGRESP": _coded(response.target),
        "NTRGRESP": _coded(response.non_target),
        "NEWLIND": yes_no(response.new),
        "OVRLRESP": _coded(response.overall),
        "ITRGRESP": _coded(response.itarget),
        "INTRGRESP": _coded(response.inon_target),
        "IOVRLRESP": _coded(response.ioverall),
        "RSCOM": "Scan done outside its window" if scan.late else None,
    }
