"""TS: the trial summary, from the study's parameters, its design and what all subjects' data say.

Source: SDTMIG 3.4, 7.4.2: one record a value; TSVALNF says why a value is not there; a value of a dictionary has
its code, and which dictionary in which version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field

from specs.arguments import Arguments
from specs.columns import NUMBER, TEXT
from specs.models import StudyFile
from specs.numbers import number_text
from specs.profile import Profile
from specs.registry import records
from specs.scope import Records, Scope
from specs.store import NOWHERE
from specs.terminology import NotInStandardError, terminology
from specs.trial_summary import summary_parameters

Entry = Mapping[str, str]
_CDISC = "CDISC CT"
_NORMS = {"duration": "ISO 8601", "date": "ISO 8601", "full_date": "ISO 8601", "country": "ISO 3166-1 Alpha-3"}
"""What is written by a norm that has no codes beside the value."""


def of_design(study: StudyFile) -> Iterator[Entry]:
    """The parameters that follow from the study's title, cutoff, arms and drugs."""
    yield {"TSPARMCD": "TITLE", "TSVAL": study.title}
    design = study.design
    if "randomized" in design:
        yield {"TSPARMCD": "RANDOM", "TSVAL": "Y" if design["randomized"] else "N"}
    if design.get("arms"):
        yield {"TSPARMCD": "NARMS", "TSVAL": str(len(design["arms"]))}
    if study.cutoff:
        yield {"TSPARMCD": "DCUTDTC", "TSVAL": study.cutoff}
    for drug in design.get("drugs", []):
        group = {"TSGRPID": drug["EXTRT"]}
        yield {"TSPARMCD": "DOSE", "TSVAL": str(drug["levels"][0]), **group}
        yield {"TSPARMCD": "DOSU", "TSVAL": str(drug["basis"]), **group}
        yield {"TSPARMCD": "DOSFRQ", "TSVAL": frequency(drug["days"], design["cycle_days"]), **group}
        yield {"TSPARMCD": "ROUTE", "TSVAL": drug["EXROUTE"], **group}
        yield {"TSPARMCD": "DOSFRM", "TSVAL": drug["EXDOSFRM"], **group}


def frequency(days: Sequence[int], cycle: int) -> str:
    """Days of a cycle as the terminology's frequency where they are whole weeks apart all through, else in words."""
    apart = cycle // len(days)
    if list(days) == list(range(1, cycle + 1, apart)) and cycle % len(days) == 0 and apart % 7 == 0:
        return "EVERY WEEK" if apart == 7 else f"EVERY {apart // 7} WEEKS"
    listed = " AND ".join(filter(None, [", ".join(map(str, days[:-1])), str(days[-1])]))
    return f"DAY{'S' if len(days) > 1 else ''} {listed} OF A {cycle}-DAY CYCLE"


def of_data(profile: Profile, ended: bool) -> Iterator[Entry]:
    """The parameters that follow from the subjects: how many were enrolled, where, first consent, last contact."""
    yield {"TSPARMCD": "ACTSUB", "TSVAL": str(profile.column("DM", "ARMCD").present)}
    started = profile.column("DM", "RFICDTC").minimum
    yield _dated("SSTDTC", started)
    last = profile.column("DM", "RFPENDTC").maximum if ended else None
    # a study that goes on has no end yet: not available now
    yield _dated("SENDTC", last, "NAV")
    countries = profile.column("DM", "COUNTRY").terms or {}
    for country in sorted(map(str, countries)):
        yield {"TSPARMCD": "FCNTRY", "TSVAL": country}


def _dated(code: str, value: str | float | None, otherwise: str = "UNK") -> Entry:
    if value is None:
        return {"TSPARMCD": code, "TSVALNF": otherwise}
    return {"TSPARMCD": code, "TSVAL": str(value)[:10]}


def summary(entries: Sequence[Entry], ct: str) -> pd.DataFrame:
    """TS as records in the order of the parameters' codes: TSSEQ, TSPARM, the values' codes and dictionaries."""
    names = ("TSGRPID", "TSPARMCD", "TSVAL", "TSVALNF", "TSVALCD", "TSVCDREF", "TSVCDVER")
    frame = pd.DataFrame([{**_coded(entry, ct), **entry} for entry in entries], columns=list(names), dtype=object)
    frame = frame.astype(TEXT).sort_values("TSPARMCD", kind="stable", ignore_index=True)
    parameters = terminology(ct).codelist("TSPARMCD")
    terms = {code: parameters.get(code) for code in frame["TSPARMCD"].unique()}
    parm = frame["TSPARMCD"].map({code: term.decode for code, term in terms.items() if term})
    sequence = (frame.groupby("TSPARMCD").cumcount() + 1).astype(NUMBER)
    return frame.assign(TSSEQ=sequence, TSPARM=parm.astype(TEXT))


def _coded(entry: Entry, ct: str) -> dict[str, str]:
    """The code of a value and the dictionary that it comes from."""
    known = summary_parameters().get(entry["TSPARMCD"])
    if known is None or "TSVAL" not in entry:
        return {}
    if known.form in _NORMS:
        return {"TSVCDREF": _NORMS[known.form]}
    try:
        listed = terminology(ct).codelist(known.codelist) if known.codelist else None
    except NotInStandardError:
        listed = None
    term = listed.get(entry["TSVAL"]) if listed else None
    return {"TSVALCD": term.code, "TSVCDREF": _CDISC, "TSVCDVER": ct} if term else {}


class TrialSummary(Arguments):
    """Arguments of trial_summary."""

    ended: bool = Field(False, description="whether the study has ended, so that its last contact is its end")


@records(
    "trial_summary",
    sentence="The parameters of the study, of its design and of all subjects' data",
    produces=(
        "TSSEQ", "TSGRPID", "TSPARMCD", "TSPARM", "TSVAL", "TSVALNF", "TSVALCD", "TSVCDREF", "TSVCDVER",
    ),
)  # fmt: skip
def trial_summary(scope: Scope, args: TrialSummary) -> Records:
    """The records of TS; a parameter that study.yaml gives goes before what design or data would say."""
    study = scope.spec.study
    given: list[Entry] = [{name: _text(value) for name, value in entry.items()} for entry in study.parameters]
    known = {entry["TSPARMCD"] for entry in given}
    found = [*of_design(study), *of_data(scope.profile, args.ended)]
    entries = [*given, *(entry for entry in found if entry["TSPARMCD"] not in known)]
    frame = summary(entries, study.standards.ct)
    columns = {str(name): frame[name] for name in frame}
    return Records(np.full(len(frame), NOWHERE, dtype=np.int64), columns)


def _text(value: Any) -> str:
    return number_text(pd.Series([float(value)])).iloc[0] if isinstance(value, (int, float)) else str(value)
