"""ADSL against DM and the exposure: who is in it, who was treated, with what.

What a study means by its populations and treatments its specification says. Here is what holds whatever it means
(who was never exposed is no part of the safety population) and what most subjects of the dataset keep to.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import any_in_group, at_odds, count_in_group
from oncdisc.checks.registry import ADSL, Breach, records, rule
from specs.wording import few

_NEARLY_ALL = 10
"""How many subjects keep to what a rule says for one who does not, where it is only a habit of the dataset."""
_NOT_PLANNED = ("SCREEN FAILURE", "NOT ASSIGNED", "NOT TREATED", "UNPLANNED TREATMENT")
_NOT_PLANNED_CODES = ("SCRNFAIL", "NOTASSGN", "NOTTRT", "UNPLAN")


def _exposed(data: Data) -> Booleans | None:
    """Subjects with a dose in EX; None where the package has no EX."""
    source = data.package.get("EX")
    if source is None or not source.has("USUBJID"):
        return None
    given = ~(source.number("EXDOSE") == 0) & ~source.equals("EXOCCUR", "N")
    return data.text("USUBJID").isin(source.text("USUBJID")[given].unique()).to_numpy(dtype=bool)


@rule("analysis.safety", "warning", "the safety population (SAFFL) are the subjects who were exposed", on=ADSL)
def safety(data: Data) -> Iterable[Breach]:
    """SAFFL of Y without TRTSDT and without a dose in EX; SAFFL of N with both, where nearly all others are Y."""
    dosed = _exposed(data) if data.has("USUBJID") else None
    if not data.has("SAFFL") or (dosed is None and not data.has("TRTSDT")):
        return
    started = data.present("TRTSDT") if data.has("TRTSDT") else np.asarray(dosed)
    dosed = started if dosed is None else dosed
    flagged, left_out = data.equals("SAFFL", "Y"), data.equals("SAFFL", "N") | ~data.present("SAFFL")
    yield from records(data, "SAFFL", flagged & ~started & ~dosed, "SAFFL is Y, there is no exposure")
    treated = started & dosed
    usual = (treated & flagged).sum() > _NEARLY_ALL * (treated & left_out).sum()
    yield from records(data, "SAFFL", treated & left_out & usual, "SAFFL is not Y, the subject was treated")


def planned(data: Data) -> Booleans:
    """Subjects with an arm, by ARM and ARMCD of ADSL or DM; none where there is neither."""
    arm, code = _arm(data, "ARM"), _arm(data, "ARMCD")
    without = arm.str.upper().isin(_NOT_PLANNED) | code.str.upper().isin(_NOT_PLANNED_CODES)
    return ((arm.notna() | code.notna()) & ~without).to_numpy(dtype=bool)


def _arm(data: Data, name: str) -> pd.Series:
    """A dataset's own variable, else DM's of its subjects."""
    theirs = None if data.has(name) else data.package.lookup(data, name)
    return data.text(name) if theirs is None else theirs


@rule("analysis.planned_treatment", "error", "a subject with a planned arm has a planned treatment", on=ADSL)
def planned_treatment(data: Data) -> Iterable[Breach]:
    """TRT01P missing where ARM is a planned one, whose other subjects have TRT01P."""
    if data.has("TRT01P"):
        arms = pd.factorize(_arm(data, "ARM").fillna(""))[0].astype(np.intp)
        others = any_in_group(data.present("TRT01P"), arms)
        words = "ARM is " + _arm(data, "ARM").fillna("")
        yield from records(data, "TRT01P", ~data.present("TRT01P") & planned(data) & others, words)


@rule("analysis.arm_treatment", "warning", "subjects of one arm have one treatment in the first period", on=ADSL)
def arm_treatment(data: Data) -> Iterable[Breach]:
    """TRT01P other than most of the same ARM have, TRT01A other than most of the same ACTARM."""
    for arm, treatment in (("ARM", "TRT01P"), ("ACTARM", "TRT01A")):
        if data.has(arm, treatment):
            rows, said = at_odds(data, arm, treatment)
            if len(rows):
                yield Breach(data.name, treatment, said, rows)


@rule("analysis.subjects", "error", "the subjects of DM are in ADSL, where nearly all of their kind are", on=ADSL)
def subjects(data: Data) -> Iterable[Breach]:
    """Subjects of DM whom ADSL has not: of those with a planned arm, and of those without, each by themselves."""
    dm = data.package.get("DM")
    if dm is None or not (dm.has("USUBJID") and data.has("USUBJID")):
        return
    there = data.package.known_subjects(dm, engine="adam")
    kinds = planned(dm).astype(np.intp)
    counts = [count_in_group(mask, kinds) for mask in (there, ~there)]
    absent = dm.text("USUBJID")[~there & (counts[0] > _NEARLY_ALL * counts[1])].drop_duplicates()
    if len(absent):
        yield Breach(data.name, "USUBJID", f"DM has {few(absent.tolist())}; ADSL has not", values=str(absent.iloc[0]))
