"""Assessments of tumors as wholes: targets not measured, states of non-targets, responses that are not there.

Source: Eisenhauer 2009, sections 4.3 and 4.4.2 (missing measurements), tables 1 to 3; CDISC codelist ONCRSR.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import any_in_group, in_pairs, key
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, domains, package_rule, records, rule
from oncdisc.checks.rules.tumor_measures import assessments, at_baseline, diameters
from oncdisc.checks.rules.tumor_responses import assessment, evaluators, given, of_assessments
from specs.columns import TEXT

_WITHOUT_ALL = ("CR", "PR", "SD")
_FRAGMENT = r"(\d)\.\d+$"
_RESHAPED = ("TUSPLIT", "TUMERGE")


def _unmeasured(package: Package, tr: Data) -> pd.DataFrame:
    """By assessment the targets of the baseline of which TR says nothing there: assessment, names, each once.

    Fragments count for their lesion; of subjects whose lesions were split or merged nothing is said.
    """
    _, counted = diameters(package, tr)
    lesions = pd.DataFrame({
        "assessment": assessments(tr),
        "who": pd.factorize(evaluators(tr))[0],
        "lesion": tr.text("TRLNKID").str.replace(_FRAGMENT, r"\1", regex=True),
        "at": any_in_group(at_baseline(tr), assessments(tr)),
    })  # fmt: skip
    target = tr.equals("TRGRPID", "TARGET") & tr.present("TRLNKID") & ~_reshaped(package, tr)
    chosen = lesions[(counted & target & lesions["at"].to_numpy(dtype=bool))][["who", "lesion"]].drop_duplicates()
    later = lesions[["assessment", "who", "at"]].drop_duplicates("assessment")
    wanted = later[~later["at"]][["assessment", "who"]].merge(chosen, on="who")
    said = lesions[target & tr.present("TRSTRESC")][["assessment", "lesion"]].drop_duplicates()
    both = wanted.merge(said, on=["assessment", "lesion"], how="left", indicator=True)
    missing = both[both["_merge"] == "left_only"].sort_values(["assessment", "lesion"])
    return missing.groupby("assessment")["lesion"].agg(", ".join).rename("names").reset_index()


def _reshaped(package: Package, tr: Data) -> Booleans:
    """Records of subjects of whom TU has lesions that were split or merged."""
    tu = package.get("TU")
    if tu is None or not tu.has("USUBJID", "TUTESTCD"):
        return np.zeros(len(tr), dtype=bool)
    return in_pairs(tr.text("USUBJID"), tu.text("USUBJID")[tu.equals("TUTESTCD", *_RESHAPED)])


@package_rule("tumor.sum_of_all", "warning", "a sum of diameters is there where all targets were measured")
def sum_of_all(package: Package) -> Iterable[Breach]:
    """SUMDIAM of an assessment at which a target of the baseline has no result."""
    tr = package.get("TR")
    if tr is None or not tr.has("USUBJID", "TRLNKID", "TRTESTCD", "TRSTRESC", "TRGRPID"):
        return
    names = pd.Series(assessments(tr)).map(_unmeasured(package, tr).set_index("assessment")["names"]).astype(TEXT)
    wrong = tr.equals("TRTESTCD", "SUMDIAM") & tr.present("TRSTRESC") & names.notna().to_numpy(dtype=bool)
    said = "a sum of " + tr.text("TRSTRESC").fillna("") + ", no measurement of " + names.fillna("")
    yield from records(tr, "TRSTRESC", wrong, said)


@package_rule("tumor.not_evaluable", "warning", "a target response without all targets is NE, or PD by those there are")
def not_evaluable(package: Package) -> Iterable[Breach]:
    """TRGRESP of CR, PR or SD at an assessment at which a target of the baseline has no result."""
    pair = of_assessments(package)
    if pair is None or not pair[0].has("TRLNKID", "TRTESTCD"):
        return
    tr, rs = pair
    missing = _unmeasured(package, tr)
    place = pd.Series(evaluators(tr, "LNKGRP").to_numpy(), index=assessments(tr))
    by_place = missing.assign(place=missing["assessment"].map(place[~place.index.duplicated()]))
    names = assessment(rs).map(by_place.drop_duplicates("place").set_index("place")["names"]).astype(TEXT)
    wrong = given(rs) & rs.equals("RSTESTCD", "TRGRESP") & rs.equals("RSSTRESC", *_WITHOUT_ALL)
    wrong &= names.notna().to_numpy(dtype=bool)
    yield from records(rs, "RSSTRESC", wrong, "TR has no measurement of " + names.fillna(""))


@package_rule("tumor.non_target", "warning", "the non-target response is one that the lesions' states allow")
def non_target(package: Package) -> Iterable[Breach]:
    """NTRGRESP against the states of the non-targets: CR is all of them absent, unequivocal progression is PD."""
    pair = of_assessments(package)
    if pair is None or not pair[0].has("TRLNKID", "TRTESTCD"):
        return
    tr, rs = pair
    states = _states(tr)
    place = assessment(rs)
    found = states.reindex(place.fillna("")).reset_index(drop=True)
    is_one = given(rs) & rs.equals("RSTESTCD", "NTRGRESP")
    complete, progressed = rs.equals("RSSTRESC", "CR"), rs.equals("RSSTRESC", "PD")
    there, worse = found["there"].astype(TEXT), found["worse"].astype(TEXT)
    gone = found["gone"].eq(True).to_numpy(dtype=bool)
    some = rs.equals("RSSTRESC", "NON-CR/NON-PD", "PD")
    yield from records(rs, "RSSTRESC", is_one & complete & there.notna().to_numpy(bool), there + " is not absent")
    unequivocal = is_one & ~complete & ~progressed & rs.present("RSSTRESC") & worse.notna().to_numpy(bool)
    yield from records(rs, "RSSTRESC", unequivocal, worse + " progressed unequivocally")
    yield from records(rs, "RSSTRESC", is_one & some & gone, "TR has all non-targets absent")


def _states(tr: Data) -> pd.DataFrame:
    """By evaluator's assessment: the first lesion that is there, the first that is worse, whether all are gone."""
    chosen = tr.equals("TRGRPID", "NON-TARGET") & tr.equals("TRTESTCD", "TUMSTATE") & tr.present("TRLNKID")
    state = tr.text("TRSTRESC")
    rows = pd.DataFrame({
        "place": evaluators(tr, "LNKGRP"),
        "there": tr.text("TRLNKID").where(state.str.contains("^PRESENT|UNEQUIVOCAL|PROGRESS|WORSEN", na=False)),
        "worse": tr.text("TRLNKID").where(state.str.contains("^UNEQUIVOCAL", na=False)),
        "gone": state.eq("ABSENT").astype(bool),
    })[chosen & tr.present("TRLNKGRP")]  # fmt: skip
    return rows.groupby("place").agg(there=("there", "first"), worse=("worse", "first"), gone=("gone", "all"))


_PLACES = ("RSLNKGRP", "VISITNUM", "RSDTC")


@rule("tumor.overall_missing", "warning", "an assessment with a response of lesions has an overall response",
      on=domains("RS"))  # fmt: skip
def overall_missing(data: Data) -> Iterable[Breach]:
    """TRGRESP or NTRGRESP by RECIST 1.1 without OVRLRESP, by an evaluator who has overall responses."""
    if not data.has("USUBJID", "RSTESTCD", "RSSTRESC"):
        return
    said = given(data)
    overall, parts = said & data.equals("RSTESTCD", "OVRLRESP"), said & data.equals("RSTESTCD", "TRGRESP", "NTRGRESP")
    who = data.groups(*(name for name in ("RSEVAL", "RSEVALID") if data.has(name)))
    places = [name for name in _PLACES if data.has(name)]
    there = np.zeros(len(data), dtype=bool)
    for name in places:
        place = key(data, "USUBJID", "RSEVAL", "RSEVALID", name)
        there |= data.present(name) & in_pairs(place, place[overall & data.present(name)])
    wrong = parts & ~there & any_in_group(overall, who)
    yield from records(data, "RSTESTCD", wrong, "there is no OVRLRESP of the assessment")


@rule("tumor.none_accepted", "warning", "of several readers' records of a test, lesion and visit one is accepted",
      on=domains("TU", "TR", "RS"))  # fmt: skip
def none_accepted(data: Data) -> Iterable[Breach]:
    """--ACPTFL of nobody for what several readers have, where most such records have an accepted one."""
    prefix = data.domain[:2]
    flag, which = f"{prefix}ACPTFL", f"{prefix}EVALID"
    if not data.has(flag, which, "USUBJID"):
        return
    parts = [f"{prefix}{part}" for part in ("TESTCD", "LNKID", "CAT", "EVAL")]
    group = data.groups(*(name for name in ("USUBJID", *parts, "VISITNUM") if data.has(name)))
    read = data.present(which) & data.present(f"{prefix}STRESC")
    readers = pd.Series(data.distinct(which)[0]).where(read).groupby(group).transform("nunique").to_numpy()
    several = read & (readers > 1)
    accepted = any_in_group(data.equals(flag, "Y"), group)
    shared, agreed = np.unique(group[several]), np.unique(group[several & accepted])
    if 2 * len(agreed) > len(shared):
        yield from records(data, flag, several & ~accepted, "no reader is accepted")
