"""Responses by RECIST 1.1: which ones a test may have, and whether the lesions measured bear them out.

Source: Eisenhauer 2009, section 4.3 and tables 1 to 3; CDISC codelist ONCRSR.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from adam.recist import target_response
from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import any_in_group, in_pairs, key
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, domains, package_rule, records, rule
from oncdisc.checks.rules.tumor_measures import at_baseline, by_recist, diameters
from specs import iso8601
from specs.columns import TEXT, text_key

_EVALUATED = ("CR", "PR", "SD", "PD")
_NOT = ("NE", "NOT ALL EVALUATED", "NED")
_NEW = ("Y", "N", "U", "NA", "NE", "E", "EQUIVOCAL", "UNEQUIVOCAL")
RESPONSES: Mapping[str, tuple[str, ...]] = {
    "TRGRESP": (*_EVALUATED, *_NOT),
    "NTRGRESP": ("CR", "NON-CR/NON-PD", "PD", *_NOT),
    "OVRLRESP": (*_EVALUATED, "NON-CR/NON-PD", *_NOT),
    "NEWLIND": _NEW,
    "NEWLPROG": _NEW,
}
"""The results that a test may have by RECIST 1.1."""
_ALIKE: Mapping[str, str] = {"NON-CR/NON-PD": "SD", "NOT ALL EVALUATED": "NE"}
"""Responses that stand for another where a site's form has no word of its own for them."""


def given(rs: Data) -> Booleans:
    """Results by RECIST 1.1; where no record says by what, those of data whose results mostly are RECIST's."""
    given = by_recist(rs) & rs.equals("RSTESTCD", *RESPONSES) & rs.present("RSSTRESC")
    if not rs.present("RSCAT").any() and 2 * (given & _known(rs)).sum() <= given.sum():
        return np.zeros(len(rs), dtype=bool)
    return given


def _known(rs: Data) -> Booleans:
    tests = [rs.equals("RSTESTCD", test) & rs.equals("RSSTRESC", *terms) for test, terms in RESPONSES.items()]
    return np.logical_or.reduce(tests)


@rule("tumor.response", "error", "a response by RECIST 1.1 is one that its test can have", on=domains("RS"))
def response(data: Data) -> Iterable[Breach]:
    """RSSTRESC that is no response of its RSTESTCD: NON-CR/NON-PD of targets, PR of non-targets."""
    if data.has("RSTESTCD", "RSSTRESC"):
        terms = data.text("RSTESTCD").map({test: ", ".join(terms) for test, terms in RESPONSES.items()})
        yield from records(data, "RSSTRESC", given(data) & ~_known(data), "expected one of " + terms.fillna(""))


@rule("tumor.original", "error", "a response is standardized to itself", on=domains("RS"))
def original(data: Data) -> Iterable[Breach]:
    """RSORRES and RSSTRESC that both are responses by RECIST 1.1 and are not the same."""
    if not data.has("RSTESTCD", "RSORRES", "RSSTRESC"):
        return
    collected, standard = (data.text(name).replace(_ALIKE) for name in ("RSORRES", "RSSTRESC"))
    both = data.equals("RSORRES", *RESPONSES["OVRLRESP"]) & data.equals("RSSTRESC", *RESPONSES["OVRLRESP"])
    wrong = both & given(data) & (collected != standard).to_numpy(dtype=bool)
    yield from records(data, "RSSTRESC", wrong, "RSORRES is " + data.text("RSORRES").fillna(""))


def of_assessments(package: Package) -> tuple[Data, Data] | None:
    """TR and RS, where both say which assessment a record is of."""
    tr, rs = package.get("TR"), package.get("RS")
    ready = tr is not None and tr.has("USUBJID", "TRLNKGRP", "TRTESTCD", "TRGRPID")
    ready = ready and rs is not None and rs.has("USUBJID", "RSLNKGRP", "RSTESTCD", "RSSTRESC")
    return (tr, rs) if ready and tr is not None and rs is not None else None


def evaluators(data: Data, *more: str) -> pd.Series:
    """An evaluator's subject, and more of each record."""
    prefix = data.domain[:2]
    return key(data, "USUBJID", *(f"{prefix}{part}" for part in ("EVAL", "EVALID", *more)))


def assessment(rs: Data) -> pd.Series:
    """The evaluator's assessment of each response: its link group, or that of the visit where only OVRLRESP has it."""
    group = rs.text("RSLNKGRP")
    visit = key(rs, "USUBJID", "RSEVAL", "RSEVALID", "VISITNUM")
    known = pd.Series(group.to_numpy(), index=visit, dtype=TEXT).dropna()
    of_visit = visit.map(known[~known.index.duplicated()]).astype(TEXT).where(rs.present("VISITNUM"))
    return text_key([evaluators(rs), group.fillna(of_visit)])


@package_rule("tumor.target", "warning", "the target response is what the diameters make it")
def target(package: Package) -> Iterable[Breach]:
    """TRGRESP against the diameters of all targets of the baseline, where all are measured there and then."""
    pair = of_assessments(package)
    if pair is None or not pair[0].has("TRLNKID", "TRSTRESN", "TRDTC") or not pair[0].is_text("TRDTC"):
        return
    tr, rs = pair
    found = _made(package, tr)
    place = assessment(rs)
    made = place.map(found["response"])
    wrong = given(rs) & rs.equals("RSTESTCD", "TRGRESP") & rs.equals("RSSTRESC", *_EVALUATED)
    wrong &= made.notna().to_numpy(dtype=bool) & (made != rs.text("RSSTRESC")).to_numpy(dtype=bool)
    base, nadir, total = (place.map(found[name]).round(2).astype(str) for name in ("base", "nadir", "sum"))
    words = "the diameters make " + made.astype(str) + ": sum " + total + " mm, baseline " + base
    yield from records(rs, "RSSTRESC", wrong, words + ", smallest before " + nadir)


def _made(package: Package, tr: Data) -> pd.DataFrame:
    """By evaluator's assessment the sums and the response that complete diameters make: response, sum, base, nadir."""
    nodal, counted = diameters(package, tr)
    group = evaluators(tr, "LNKGRP")
    day = pd.Series(iso8601.earliest(tr.text("TRDTC"))).groupby(group.to_numpy()).transform("min")
    lesions = pd.DataFrame({
        "subject": tr.groups(*(name for name in ("USUBJID", "TREVAL", "TREVALID") if tr.has(name))),
        "assessment": day,
        "baseline": any_in_group(at_baseline(tr), pd.factorize(group)[0]),
        "lesion": tr.text("TRLNKID"),
        "diameter": tr.number("TRSTRESN"),
        "nodal": nodal,
        "group": group,
    })[counted & day.notna().to_numpy() & tr.present("TRLNKGRP")]  # fmt: skip
    made = target_response(lesions)
    made = made[made["complete"] & made["base"].notna() & made["nadir"].notna()]
    groups = lesions[["subject", "assessment", "group"]].drop_duplicates(["subject", "assessment"])
    return made.merge(groups, on=["subject", "assessment"]).drop_duplicates("group").set_index("group")


@package_rule("tumor.components", "warning", "who measured targets or non-targets has a response of them")
def components(package: Package) -> Iterable[Breach]:
    """OVRLRESP without TRGRESP or NTRGRESP of an assessment at which TR has such lesions, by who has such responses."""
    pair = of_assessments(package)
    if pair is None:
        return
    tr, rs = pair
    place, evaluator = assessment(rs), rs.groups(*(name for name in ("RSEVAL", "RSEVALID") if rs.has(name)))
    overall = given(rs) & rs.equals("RSTESTCD", "OVRLRESP") & rs.present("RSLNKGRP")
    for test, lesions in (("TRGRESP", "TARGET"), ("NTRGRESP", "NON-TARGET")):
        measured = tr.equals("TRGRPID", lesions) & tr.present("TRSTRESC") & tr.present("TRLNKID")
        has = rs.equals("RSTESTCD", test) & given(rs)
        missing = overall & in_pairs(place, evaluators(tr, "LNKGRP")[measured]) & ~in_pairs(place, place[has])
        yield from records(rs, "RSTESTCD", missing & any_in_group(has, evaluator), f"TR has {lesions}, RS no {test}")


@package_rule("tumor.new", "warning", "a new lesion that a response is about is in TU or TR")
def new(package: Package) -> Iterable[Breach]:
    """NEWLIND of Y without a lesion found new by then, by the same evaluator."""
    tu, tr, rs = (package.get(name) for name in ("TU", "TR", "RS"))
    if tu is None or rs is None or not tu.has("USUBJID", "TUSTRESC", "TUDTC") or not rs.has("USUBJID", "RSSTRESC"):
        return
    if not rs.has("RSTESTCD", "RSDTC") or not rs.is_text("RSDTC") or not tu.is_text("TUDTC"):
        return
    found = [_new_lesions(tu, "TUSTRESC")] + ([_new_lesions(tr, "TRGRPID")] if tr is not None else [])
    first = evaluators(rs).map(pd.concat(found).groupby(level=0).min())
    late = first.isna().to_numpy() | (iso8601.latest(rs.text("RSDTC")) < first).to_numpy(dtype=bool)
    indicated = given(rs) & rs.equals("RSTESTCD", "NEWLIND") & rs.equals("RSSTRESC", "Y")
    yield from records(rs, "RSSTRESC", indicated & late, "TU and TR have no lesion that is new by then")


def _new_lesions(data: Data, kind: str) -> pd.Series:
    """The day of each record of a new lesion, by who found it; a record without a day counts from the beginning."""
    if not data.has("USUBJID", kind):
        return pd.Series(dtype="datetime64[s]")
    chosen = data.text(kind).str.contains("NEW", na=False)
    day = pd.Series(iso8601.earliest(data.text(f"{data.domain[:2]}DTC")), index=chosen.index)
    return day.fillna(pd.Timestamp(0)).set_axis(evaluators(data))[chosen.to_numpy(dtype=bool)]
