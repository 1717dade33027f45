"""What really happened: the endpoints of the disease itself, seen every day and without error.

No visit, cutoff, loss to follow-up or other therapy comes in between; the trial's follow-up ends it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oncdisc.trial import endpoints
from oncdisc.trial.course import Fate, Person
from oncdisc.trial.disease import Disease
from oncdisc.trial.truth import Values, time_to_event

_ALIVE_AT_END = "Alive at the end of follow-up"
_FREE_AT_END = "No progression or death by the end of follow-up"


def really(person: Person, fate: Fate, disease: Disease, follow_up_days: int) -> Values:
    """The TRUE_ columns of one randomized subject."""
    progression = disease.progression
    ended = min(progression, fate.death, follow_up_days)
    cause = endpoints.PROGRESSION if progression <= fate.death else endpoints.DEATH
    over = min(progression, fate.death) > follow_up_days
    died = fate.death <= follow_up_days
    response = _response_day(disease, ended)
    confirmed = response is not None and response + endpoints.CONFIRM_FROM_DAYS <= ended
    best = _best(disease, response, ended, progression)
    end = (person.day(ended), int(over), _FREE_AT_END if over else cause)
    values: Values = {
        **time_to_event("PFS", *end),
        **time_to_event(
            "OS", person.day(min(fate.death, follow_up_days)), int(not died), endpoints.DEATH if died else _ALIVE_AT_END
        ),
        **({"DOR_STARTDT": person.day(response), **time_to_event("DOR", *end)} if response is not None else {}),
        "BOR": best,
        "CBOR": best if response is None or confirmed else _best(disease, None, ended, progression),
        "RSP": "Y" if response is not None else "N",
        "CRSP": "Y" if confirmed else "N",
    }
    return {f"TRUE_{name}": value for name, value in values.items()}


def _response_day(disease: Disease, ended: int) -> int | None:
    """The first day of a response before the end."""
    shrunk = _partial(disease)[:ended] | _complete(disease)[:ended]
    return int(shrunk.argmax()) if shrunk.any() else None


def _partial(disease: Disease) -> npt.NDArray[np.bool_]:
    if not disease.targets:
        return np.zeros(len(disease.sum), dtype=bool)
    return disease.sum <= 0.7 * disease.sum[0]


def _complete(disease: Disease) -> npt.NDArray[np.bool_]:
    """Days on which nothing is left: lesions under 1.5 mm, nodes under 10 mm, non-target lesions gone."""
    days = np.arange(len(disease.sum))
    gone = np.ones(len(days), dtype=bool)
    for target in disease.targets:
        gone &= target.size < (10 if target.node else 1.5)
    for lesion in disease.non_targets:
        gone &= (days >= lesion.gone) & (days < lesion.worse)
    return gone


def _best(disease: Disease, response: int | None, ended: int, progression: int) -> str:
    if response is not None:
        return "CR" if _complete(disease)[:ended].any() else "PR"
    if ended >= endpoints.STABLE_FROM_DAYS:
        return "SD" if disease.targets else "NON-CR/NON-PD"
    return "PD" if progression == ended else "NE"
