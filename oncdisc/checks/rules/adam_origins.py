"""Times to event that are to be there, and from one date of ADSL: told by what nearly all subjects have."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data
from oncdisc.checks.kernels import count_in_group
from oncdisc.checks.registry import TTE, Breach, records, rule
from oncdisc.checks.rules.adam_survival import FREE, OVERALL, named, subjects_day
from specs.wording import few

_ORIGINS = ("RANDDT", "TRTSDT", "ENRLDT", "RFICDT", "RFSTDT")
_NEARLY_ALL = 10
"""How many subjects have what a rule asks for, for one who has not."""
_POPULATIONS = ("ITTFL", "FASFL")


@rule("tte.origin", "warning", "a parameter's times start at one date of ADSL, where nearly all do", on=TTE)
def origin(data: Data) -> Iterable[Breach]:
    """STARTDT other than the date of ADSL (RANDDT, TRTSDT …) that nearly all others of the parameter start at."""
    if not data.has("USUBJID", "PARAMCD", "STARTDT") or not data.is_date("STARTDT"):
        return
    parameters, done = data.groups("PARAMCD"), np.zeros(len(data), dtype=bool)
    for name in _ORIGINS:
        theirs = subjects_day(data, name)
        if theirs is None:
            continue
        both = data.present("STARTDT") & ~np.isnat(theirs)
        same = both & (data.day("STARTDT") == theirs)
        counts = [count_in_group(mask, parameters) for mask in (same, both & ~same)]
        usual = (counts[0] > _NEARLY_ALL * counts[1]) & ~done
        words = f"{name} is " + pd.Series(theirs).astype(str)
        yield from records(data, "STARTDT", both & ~same & usual, words)
        done |= usual


@rule("tte.subjects", "warning", "who is in the population has a time to death and to progression, as others have",
      on=TTE)  # fmt: skip
def subjects(data: Data) -> Iterable[Breach]:
    """Subjects of ITTFL (else FASFL) Y without a record of overall or event-free survival that nearly all others have.

    A finding for each parameter.
    """
    adsl = data.package.get("ADSL")
    population = next((name for name in _POPULATIONS if adsl is not None and adsl.has(name)), "")
    if adsl is None or not population or not data.has("USUBJID", "PARAMCD"):
        return
    members = pd.Index(adsl.text("USUBJID")[adsl.equals(population, "Y")].dropna().unique())
    codes, parameters = data.distinct("PARAMCD")
    for code in parameters[np.unique(codes[named(data, OVERALL, FREE) & (codes >= 0)])].tolist():
        have = data.text("USUBJID")[data.equals("PARAMCD", code)]
        absent = members[~members.isin(have)]
        others = len(members) - len(absent)
        if len(absent) and others > _NEARLY_ALL * len(absent):
            words = f"no {code} of {few(absent.tolist())}; the {others} others with {population} of Y have one"
            yield Breach(data.name, "PARAMCD", words, values=code)
