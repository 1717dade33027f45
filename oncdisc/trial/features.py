"""Which of the difficulties of oncology data a subject has, by name, for truth.csv."""

from __future__ import annotations

from collections.abc import Iterator

from oncdisc.trial.casebook import Row
from oncdisc.trial.course import Fate
from oncdisc.trial.disease import NEVER
from oncdisc.trial.endpoints import CODES, Assessment, Evidence
from oncdisc.trial.scans import Imaging
from oncdisc.trial.truth import Rows, Values, complete_date

DIFFICULTIES = (
    "SCREEN FAILURE", "NEVER TREATED", "NO BASELINE", "NO POST-BASELINE", "MISSED ASSESSMENT", "LATE ASSESSMENT",
    "TWO MISSED BEFORE EVENT", "NE", "TOO SMALL TO MEASURE", "NODAL TARGET", "NO TARGET LESION",
    "NON-TARGET PROGRESSION ONLY", "NEW LESION", "EQUIVOCAL NEW LESION", "PSEUDO-PROGRESSION", "CONFIRMED PROGRESSION",
    "UNSCHEDULED SCAN", "DEATH WITHOUT PROGRESSION", "NEW THERAPY BEFORE PROGRESSION", "CLINICAL PROGRESSION",
    "PARTIAL DEATH DATE", "LOST TO FOLLOW-UP", "WITHDRAWAL", "RESPONSE NOT CONFIRMED", "AFTER CUTOFF",
)  # fmt: skip
"""Every difficulty that the example trial has."""


def difficulties(fate: Fate, imaging: Imaging, rows: Rows, evidence: Evidence, values: Values) -> Iterator[str]:
    """The difficulties of one randomized subject."""
    yield from _of_scans(imaging)
    yield from _of_follow_up(fate, rows, evidence)
    first = evidence.progression
    codes = {CODES["New anticancer therapy"]: "NEW THERAPY BEFORE PROGRESSION", 4: "TWO MISSED BEFORE EVENT"}
    code = values["PFS_CNSR"]
    if isinstance(code, int) and code in codes:
        yield codes[code]
    if fate.pseudo and first is not None and any(seen.response in ("PR", "SD", "CR") for seen in _after(evidence)):
        yield "PSEUDO-PROGRESSION"
    if values["RSP"] == "Y" and values["CRSP"] == "N":
        yield "RESPONSE NOT CONFIRMED"


def _after(evidence: Evidence) -> list[Assessment]:
    first = evidence.progression
    return [seen for seen in evidence.assessments if first is not None and seen.day > first]


def _of_scans(imaging: Imaging) -> Iterator[str]:
    responses = [scan.response for scan in imaging.scans if scan.response is not None]
    readings = [scan.reading for scan in imaging.scans if scan.reading is not None]
    targets = [target for reading in readings for target in reading.targets]
    new = [lesion for reading in readings for lesion in reading.new]
    known = imaging.baseline
    found = {
        "NO BASELINE": known is None,
        "MISSED ASSESSMENT": any(scan.day is None for scan in imaging.scans),
        "LATE ASSESSMENT": any(scan.late for scan in imaging.scans),
        "UNSCHEDULED SCAN": any(scan.visit is None for scan in imaging.scans),
        "NE": any(response.overall == "NE" for response in responses),
        "TOO SMALL TO MEASURE": any(target.status == "TOO SMALL TO MEASURE" for target in targets),
        "NODAL TARGET": known is not None and any(target.node for target in known.targets),
        "NO TARGET LESION": known is not None and not known.targets,
        "NON-TARGET PROGRESSION ONLY": any(
            response.non_target == "PD" and response.target != "PD" and not response.new for response in responses
        ),
        "NEW LESION": any(lesion.certain for lesion in new),
        "EQUIVOCAL NEW LESION": any(not lesion.certain for lesion in new),
        "CONFIRMED PROGRESSION": any(response.ioverall == "iCPD" for response in responses),
    }
    yield from (name for name, holds in found.items() if holds)


def _of_follow_up(fate: Fate, rows: Rows, evidence: Evidence) -> Iterator[str]:
    late = [*rows.get("rs", []), *rows.get("dth", [])]
    reasons = {row["EOSREAS"] for row in rows.get("eos", [])}
    found = {
        "NEVER TREATED": fate.first_dose == NEVER,
        "NO POST-BASELINE": evidence.last_adequate(evidence.cutoff) is None,
        "DEATH WITHOUT PROGRESSION": evidence.death_counted is not None and evidence.progression is None,
        "CLINICAL PROGRESSION": evidence.clinical is not None,
        "PARTIAL DEATH DATE": any(not row["DTHDAT_DD"] for row in rows.get("dth", [])),
        "LOST TO FOLLOW-UP": "Lost to follow-up" in reasons,
        "WITHDRAWAL": "Withdrawal by subject" in reasons,
        "AFTER CUTOFF": any(_later(row, evidence) for row in late),
    }
    yield from (name for name, holds in found.items() if holds)


def _later(row: Row, evidence: Evidence) -> bool:
    item = "RSDAT" if "RSDAT" in row else "DTHDAT"
    when = complete_date(row, item)
    return when is not None and when > evidence.cutoff
