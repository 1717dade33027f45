"""Analysis flags recomputed: which record of several is the one, judged by the flag's name or by the data itself.

What a study means by ANLzzFL its specification says (`analysis.recomputed` derives it again from that). Here is what
must hold whatever it means, and what a flag's own use in the rest of the dataset says of it: whether it chooses one of
several records, by what, and whether derived records count beside those that they are derived from. More cannot be
said without a specification: a flag may leave out any record, visit, subject or parameter for a reason of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Codes, Data, Floats
from oncdisc.checks.kernels import any_in_group, count_in_group, greatest_in_group
from oncdisc.checks.registry import BDS, OCCDS, Breach, records, rule
from oncdisc.checks.rules.adam_values import matching

_ANALYSIS = re.compile(r"ANL\d\dFL")
_VISIT = ("USUBJID", "PARAMCD", "AVISIT", "ATPT", "BASETYPE", "DTYPE")
_NEARLY_ALL = 10
"""How many flagged records have a value for one that has none, where the flag looks at values at all."""
_PROGRESSION = ("PD", "iCPD")
_RESPONSES = ("CR", "PR", "SD", "iCR", "iPR", "iSD")


@rule(
    "analysis.flag_once", "error", "an analysis flag that chooses one record of a visit chooses one everywhere", on=BDS
)
def flag_once(data: Data) -> Iterable[Breach]:
    """Several ANLzzFL of Y for one subject, parameter, visit, time point, where elsewhere one of several is flagged."""
    if not data.has("USUBJID", "PARAMCD", "AVISIT"):
        return
    groups = data.groups(*filter(data.has, _VISIT))
    size = count_in_group(np.ones(len(data), dtype=bool), groups)
    for name in matching(data, _ANALYSIS):
        flagged = data.equals(name, "Y") & data.present("AVISIT")
        count = count_in_group(flagged, groups)
        chosen, several = flagged & (count == 1) & (size > 1), flagged & (count > 1)
        if chosen.sum() > len(np.unique(groups[several])):
            yield from records(data, name, several, "another record of the visit is flagged")


@rule("analysis.flag_derived", "error", "an analysis flag that chooses between a visit's observed and derived records "
      "chooses everywhere", on=BDS)  # fmt: skip
def flag_derived(data: Data) -> Iterable[Breach]:
    """ANLzzFL of Y on a record with DTYPE and on one without, of a visit, where elsewhere one of both is flagged."""
    if not data.has("USUBJID", "PARAMCD", "AVISIT", "DTYPE"):
        return
    groups, derived = (
        data.groups(*(name for name in _VISIT if name != "DTYPE" and data.has(name))),
        data.present("DTYPE"),
    )
    both = any_in_group(derived, groups) & any_in_group(~derived, groups) & data.present("AVISIT")
    for name in matching(data, _ANALYSIS):
        flagged = data.equals(name, "Y") & both
        twice = flagged & any_in_group(flagged & derived, groups) & any_in_group(flagged & ~derived, groups)
        if len(np.unique(groups[flagged & ~twice])) > len(np.unique(groups[twice])):
            yield from records(data, name, twice, "an observed and a derived record of the visit are flagged")


@rule("analysis.flag_choice", "warning", "an analysis flag chooses a visit's record in one way: the first, the last, "
      "the nearest, the lowest, the highest", on=BDS)  # fmt: skip
def flag_choice(data: Data) -> Iterable[Breach]:
    """The one ANLzzFL of Y among several records of a visit, judged by the way that explains nearly all others."""
    if not data.has("USUBJID", "PARAMCD", "AVISIT"):
        return
    groups = data.groups(*filter(data.has, _VISIT))
    ways = {words: values for words, values in _ways(data).items() if not np.isnan(values).all()}
    for name in matching(data, _ANALYSIS) if ways else ():
        flagged = data.equals(name, "Y") & data.present("AVISIT")
        chosen = flagged & (count_in_group(flagged, groups) == 1) & (count_in_group(flagged | True, groups) > 1)
        judged = [(words, *_judged(chosen, values, groups)) for words, values in ways.items()]
        words, kept, broken = max(judged, key=lambda way: int(way[1].sum()))
        usual = kept.sum() > _NEARLY_ALL * broken.sum()
        yield from records(data, name, broken & usual, f"elsewhere the flag is on the {words}")


def _judged(chosen: Booleans, values: Floats, groups: Codes) -> tuple[Booleans, Booleans]:
    """Chosen records that have the least value of their group, others having more, and those that have not."""
    least = -greatest_in_group(-values, groups)
    return chosen & (values == least) & (greatest_in_group(values, groups) > least), chosen & (values > least)


def _ways(data: Data) -> dict[str, Floats]:
    """Numbers of which the least is chosen, by the words for it."""
    day = np.where(np.isnat(data.day("ADT")), np.nan, data.day("ADT").astype(float))
    value = data.number("AVAL")
    return {
        "first record by ADT": day,
        "last record by ADT": -day,
        "record with the least AWTDIFF": np.abs(data.number("AWTDIFF")),
        "lowest AVAL": value,
        "highest AVAL": -value,
    }


@rule("analysis.flag_value", "warning", "a record that is flagged for analysis has a value, if its parameter has any",
      on=BDS)  # fmt: skip
def flag_value(data: Data) -> Iterable[Breach]:
    """ANLzzFL of Y on records without AVAL and AVALC, in parameters whose flagged records nearly all have one."""
    if not data.has("PARAMCD"):
        return
    parameters, valued = data.groups("PARAMCD"), data.present("AVAL") | data.present("AVALC")
    for name in matching(data, _ANALYSIS):
        flagged = data.equals(name, "Y")
        counts = [count_in_group(mask, parameters) for mask in (flagged & valued, flagged & ~valued)]
        yield from records(
            data, name, flagged & ~valued & (counts[0] > _NEARLY_ALL * counts[1]), "neither AVAL nor AVALC has a value"
        )


@rule("analysis.flag_progression", "warning", "a flag that ends with progression ends with it for every subject",
      on=BDS)  # fmt: skip
def flag_progression(data: Data) -> Iterable[Breach]:
    """ANLzzFL of Y on responses after the subject's first flagged PD, in parameters where most subjects have none."""
    if not data.has("USUBJID", "PARAMCD", "AVALC", "ADT") or not data.is_date("ADT"):
        return
    groups, responses = data.groups("PARAMCD", "USUBJID"), data.equals("AVALC", *_PROGRESSION, *_RESPONSES)
    parameters = data.groups("PARAMCD")
    for name in matching(data, _ANALYSIS):
        flagged = data.equals(name, "Y") & responses
        later = responses & (data.day("ADT") > _first(data, flagged & data.equals("AVALC", *_PROGRESSION), groups))
        ended, broken = later & ~any_in_group(later & flagged, groups), later & flagged
        subjects = [_subjects(mask, groups, parameters) for mask in (ended, broken)]
        yield from records(data, name, broken & (subjects[0] > subjects[1]), "after the first flagged progression")


def _first(data: Data, event: Booleans, groups: Codes) -> np.ndarray:
    """The day of the group's first event for each record; NaT where it has none."""
    days = pd.Series(data.day("ADT").astype("datetime64[s]"))[event].groupby(groups[event]).min()
    return days.reindex(groups).to_numpy().astype("datetime64[D]")


def _subjects(mask: Booleans, groups: Codes, parameters: Codes) -> Codes:
    """For each record, in how many groups of its parameter the mask is true anywhere."""
    first = mask & ~pd.Series(groups).where(mask, -1).duplicated().to_numpy()
    return count_in_group(first, parameters)


_OCCURRENCES = re.compile(r"AOCC(S|P)?(I)?FL")
_WITHIN = {None: (), "S": ("BODSYS",), "P": ("BODSYS", "DECOD")}
_SEVERITY = ("ATOXGRN", "ASEVN", "AESEVN", "AETOXGRN", "ATOXGR", "AETOXGR")
_WORDS = {"MILD": 1.0, "MODERATE": 2.0, "SEVERE": 3.0, "LIFE THREATENING": 4.0, "DEATH": 5.0}


def _occurrences(data: Data) -> Iterable[tuple[str, Codes, bool]]:
    """Each occurrence flag with the groups that it chooses from, and whether it chooses the most severe."""
    for name in matching(data, _OCCURRENCES):
        match = _OCCURRENCES.fullmatch(name)
        found = [_of_topic(data, part) for part in _WITHIN[match[1] if match else None]]
        within = [variable for variable in found if variable]
        if data.has("USUBJID") and (not found or found[-1]):
            yield name, data.groups("USUBJID", *within), bool(match and match[2])


def _of_topic(data: Data, suffix: str) -> str:
    """The dataset's variable that ends so (AEBODSYS, MHDECOD); nothing if it has none, or several."""
    found = [name for name in map(str, data.frame.columns) if len(name) == len(suffix) + 2 and name.endswith(suffix)]
    return found[0] if len(found) == 1 else ""


@rule("analysis.occurrence_once", "error", "an occurrence flag is there once for what it counts", on=OCCDS)
def occurrence_once(data: Data) -> Iterable[Breach]:
    """AOCC(I)FL once a subject, AOCCS(I)FL once a body system, AOCCP(I)FL once a preferred term; OCCDS 1.1, 3.2.8."""
    for name, groups, _ in _occurrences(data):
        flagged = data.equals(name, "Y")
        again = flagged & (count_in_group(flagged, groups) > 1)
        yield from records(data, name, again, "another record of the same is flagged")


@rule("analysis.occurrence_first", "error", "an occurrence flag is on the first of what it counts", on=OCCDS)
def occurrence_first(data: Data) -> Iterable[Breach]:
    """Flags of treatment-emergent events: the first by ASTDT, or the most severe, and none where one is due."""
    emergent = data.equals("TRTEMFL", "Y")
    for name, groups, severe in _occurrences(data):
        flagged = data.equals(name, "Y")
        if not flagged.any() or (flagged & ~emergent).any():
            continue
        first = emergent & ~pd.Series(groups).where(emergent, -1).duplicated().to_numpy()
        yield from records(data, name, first & ~any_in_group(flagged, groups), "none of the same is flagged")
        if severe:
            yield from records(data, name, flagged & _milder(data, emergent, groups), "another of the same is worse")
        elif data.is_date("ASTDT") if data.has("ASTDT") else False:
            wrong = flagged & (data.day("ASTDT") > _earliest(data, emergent, groups))
            yield from records(data, name, wrong, "another of the same began before")


def _earliest(data: Data, among: Booleans, groups: Codes) -> np.ndarray:
    days = pd.Series(data.day("ASTDT").astype("datetime64[s]"))[among].groupby(groups[among]).min()
    return days.reindex(groups).to_numpy().astype("datetime64[D]")


def _milder(data: Data, among: Booleans, groups: Codes) -> Booleans:
    """Records that by no measure of severity are the worst of their group."""
    measures = [data.number(name) for name in _SEVERITY if data.has(name) and not data.is_date(name)]
    measures += [_worded(data, name) for name in ("ASEV", "AESEV") if data.has(name)]
    usable = [values for values in measures if not np.isnan(values).all()]
    worst = [values >= greatest_in_group(np.where(among, values, np.nan), groups) for values in usable]
    return ~np.logical_or.reduce(worst) if worst else np.zeros(len(data), dtype=bool)


def _worded(data: Data, name: str) -> Floats:
    return np.asarray(data.text(name).str.upper().map(_WORDS), dtype=np.float64)
