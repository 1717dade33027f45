"""Which implementation guide the data say they follow: define.xml's, or of tabulations the trial summary's."""

from __future__ import annotations

import re

from oncdisc.checks.data import ADAM, SDTM, Data

GUIDES = {
    "ADAMOCCDSIG": (),
    "ADAMIG": ("1.0", "1.1", "1.2", "1.3"),
    "ADAMIGMD": (),
    "ADAMIGNCA": (),
    "ADAMIGPOPPK": (),
    "BIMO": (),
    "SDTMIG": ("3.1.1", "3.1.2", "3.1.3", "3.2", "3.3", "3.4"),
    "SDTMIGAP": (),
    "SDTMIGMD": (),
    "SENDIG": (),
    "SENDIGAR": (),
    "SENDIGDART": (),
    "SENDIGGENETOX": (),
}
"""Names of standards (terminology for Define-XML, codelist STDNAM), and the versions of the two that are checked."""


def plain(name: str) -> str:
    """A guide's name as it is compared: SDTM-IG is SDTMIG."""
    return re.sub("[^A-Z]", "", name.upper())


def other_guide(data: Data) -> str:
    """The guide that a dataset follows where it is another version than the one checked; empty where it is not."""
    guide, version = (ADAM if data.engine == "adam" else SDTM).split()
    named = _named(data, guide)
    return f"{guide} {', '.join(sorted(named))}" if named and version not in named else ""


def _named(data: Data, guide: str) -> set[str]:
    if data.define is not None:
        return {s.version for s in data.define.standards if s.type == "IG" and plain(s.name) == guide.upper()}
    ts = data.package.get("TS") if data.engine == "sdtm" else None
    if ts is None or not ts.has("TSPARMCD", "TSVAL"):
        return set()
    said = ts.text("TSVAL")[ts.equals("TSPARMCD", "SDTIGVER")].dropna().tolist()
    return {re.sub("^[^0-9]*", "", value) for value in said} - {""}
