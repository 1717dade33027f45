"""Tumors, their measurements and responses belong together: TU, TR and RS link both ways, a lesion stays itself."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import ambiguous, in_pairs, key
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, domains, package_rule, records, rule

MEASURES = ("DIAMETER", "LDIAM", "LPERP", "SAXIS", "TUMSTATE", "AREA", "VOLUME", "PREVIR", "PREVIRP")
SIZES = ("DIAMETER", "LDIAM", "LPERP", "SAXIS", "SUMDIAM", "SUMNLNLD")
NODE = "LYMPH NODE"
_RESPONSES = ("TRGRESP", "NTRGRESP", "OVRLRESP")


def linked(package: Package) -> tuple[Data, Data] | None:
    """TU and TR, where the package has both with link identifiers."""
    tu, tr = package.get("TU"), package.get("TR")
    ready = tu is not None and tr is not None and tu.has("USUBJID", "TULNKID") and tr.has("USUBJID", "TRLNKID")
    return (tu, tr) if ready and tu is not None and tr is not None else None


def identified(data: Data, *more: str) -> pd.Series:
    """The lesion of each record: subject and link identifier."""
    return key(data, "USUBJID", f"{data.domain[:2]}LNKID", *more)


@package_rule("tumor.identified", "error", "a measured lesion is identified in TU", published="CG0024, FDA SD1336")
def measured_is_identified(package: Package) -> Iterable[Breach]:
    """TRLNKID that TU does not have for the subject."""
    if pair := linked(package):
        tu, tr = pair
        wrong = tr.present("TRLNKID") & ~in_pairs(identified(tr), identified(tu))
        yield from records(tr, "TRLNKID", wrong, "TU has no such TULNKID of the subject")


@package_rule("tumor.measured", "warning", "an identified lesion is measured or assessed in TR")
def identified_is_measured(package: Package) -> Iterable[Breach]:
    """TULNKID that TR does not have for the subject."""
    if pair := linked(package):
        tu, tr = pair
        wrong = tu.present("TULNKID") & ~in_pairs(identified(tu), identified(tr))
        yield from records(tu, "TULNKID", wrong, "TR has no record of the lesion")


@rule("tumor.link", "error", "the measurement of a lesion names the lesion", on=domains("TR"))
def link(data: Data) -> Iterable[Breach]:
    """Measurements without TRLNKID."""
    if data.has("TRTESTCD"):
        of_lesion = data.equals("TRTESTCD", *MEASURES)
        yield from records(data, "TRLNKID", of_lesion & ~data.present("TRLNKID"), "a measurement of no lesion")


@rule("tumor.identity", "error", "a lesion keeps its place over visits", on=domains("TU"))
def identity(data: Data) -> Iterable[Breach]:
    """TULNKID with several locations or sides in one subject."""
    if not data.has("USUBJID", "TULNKID"):
        return
    subject = data.groups("USUBJID")
    for name in ("TULOC", "TULAT"):
        if data.has(name):
            yield from records(data, name, ambiguous(data, "TULNKID", name, subject), "the lesion has several")


@package_rule("tumor.kind", "error", "a lesion is of one kind: target, non-target or new, in TU as in TR")
def kind(package: Package) -> Iterable[Breach]:
    """TRGRPID against TUSTRESC, and lesions that change from one to another within TR."""
    pair = linked(package)
    if pair is None or not pair[0].has("TUSTRESC") or not pair[1].has("TRGRPID"):
        return
    tu, tr = pair
    yield from records(tr, "TRGRPID", ambiguous(tr, "TRLNKID", "TRGRPID", _who(tr)), "the lesion is of several kinds")
    first = pd.DataFrame({"lesion": identified(tu, "TUEVAL", "TUEVALID"), "kind": _kind(tu.text("TUSTRESC"))})
    known = first[tu.equals("TUTESTCD", "TUMIDENT")].drop_duplicates("lesion").set_index("lesion")["kind"]
    theirs = identified(tr, "TREVAL", "TREVALID").map(known)
    ours = _kind(tr.text("TRGRPID"))
    wrong = theirs.notna() & ours.notna() & (theirs != ours)
    yield from records(tr, "TRGRPID", wrong & tr.present("TRLNKID"), "TU has " + theirs.astype(str))


def _kind(values: pd.Series) -> pd.Series:
    """Target, non-target or new, whatever else the words say (EQUIVOCAL NEW, NON-TARGET LESIONS)."""
    upper = values.str.upper()
    words = np.select(
        [
            upper.str.contains("NON-?TARGET", regex=True, na=False),
            upper.str.contains("TARGET", na=False),
            upper.str.contains("NEW", na=False),
        ],
        ["NON-TARGET", "TARGET", "NEW"],
        "",
    )
    return pd.Series(words, index=values.index, dtype=object).where(words != "")


def _who(data: Data) -> np.ndarray:
    prefix = data.domain[:2]
    return data.groups("USUBJID", *(name for name in (f"{prefix}EVAL", f"{prefix}EVALID") if data.has(name)))


@package_rule("tumor.evaluator", "error", "who measured a lesion identified it")
def evaluator(package: Package) -> Iterable[Breach]:
    """Lesions that TU has by another evaluator only."""
    pair = linked(package)
    if pair is None or not pair[0].has("TUEVAL") or not pair[1].has("TREVAL"):
        return
    tu, tr = pair
    same = in_pairs(identified(tr, "TREVAL"), identified(tu, "TUEVAL"))
    wrong = tr.present("TRLNKID") & tr.present("TREVAL") & in_pairs(identified(tr), identified(tu)) & ~same
    yield from records(tr, "TREVAL", wrong, "TU has the lesion by another evaluator")


@rule("tumor.evaluator_id", "error", "an evaluator's identifier stands beside the evaluator",
      on=domains("TU", "TR", "RS"))  # fmt: skip
def evaluator_id(data: Data) -> Iterable[Breach]:
    """--EVALID without --EVAL."""
    who, which = (f"{data.domain[:2]}{suffix}" for suffix in ("EVAL", "EVALID"))
    if data.has(which):
        yield from records(data, which, data.present(which) & ~data.present(who), f"{who} is missing")


@rule("tumor.accepted", "error", "one evaluator's record of a test, lesion and visit is accepted",
      on=domains("TU", "TR", "RS"))  # fmt: skip
def accepted(data: Data) -> Iterable[Breach]:
    """--ACPTFL of Y for two readers of the same, or for the investigator beside a reader."""
    prefix = data.domain[:2]
    flag, which = f"{prefix}ACPTFL", f"{prefix}EVALID"
    if not data.has(flag, which, "USUBJID"):
        return
    parts = ("TESTCD", "LNKID", "CAT", "EVAL")
    names = [name for name in ("USUBJID", *(f"{prefix}{part}" for part in parts), "VISITNUM") if data.has(name)]
    chosen = data.equals(flag, "Y")
    frame = pd.DataFrame({"group": data.groups(*names), "reader": data.distinct(which)[0]})[chosen]
    readers = frame.drop_duplicates()["group"].value_counts()
    several = pd.Series(data.groups(*names)).isin(readers.index[readers > 1]).to_numpy()
    yield from records(data, flag, chosen & several, "several readers are accepted")


@package_rule("tumor.response_link", "error", "a response's link group is one of TR's", published="CG0022, FDA SD1338")
def response_link(package: Package) -> Iterable[Breach]:
    """RSLNKGRP that TR does not have for the subject."""
    tr, rs = package.get("TR"), package.get("RS")
    if tr is None or rs is None or not tr.has("TRLNKGRP", "USUBJID") or not rs.has("RSLNKGRP", "USUBJID"):
        return
    wrong = rs.present("RSLNKGRP") & ~in_pairs(key(rs, "USUBJID", "RSLNKGRP"), key(tr, "USUBJID", "TRLNKGRP"))
    based = rs.equals("RSTESTCD", *_RESPONSES) & rs.present("RSSTRESC") & ~rs.equals("RSSTRESC", "NE", "NED")
    yield from records(rs, "RSLNKGRP", wrong & based, "TR has no such TRLNKGRP of the subject")


@package_rule("tumor.responded", "warning", "an assessment with measurements has a response")
def responded(package: Package) -> Iterable[Breach]:
    """TRLNKGRP after baseline that RS does not have for the subject."""
    tr, rs = package.get("TR"), package.get("RS")
    if tr is None or rs is None or not tr.has("TRLNKGRP", "USUBJID") or not rs.has("RSLNKGRP", "USUBJID"):
        return
    assessed = tr.present("TRLNKGRP") & ~_at_baseline(tr) & tr.present("TRSTRESC")
    wrong = assessed & ~in_pairs(key(tr, "USUBJID", "TRLNKGRP"), key(rs, "USUBJID", "RSLNKGRP"))
    yield from records(tr, "TRLNKGRP", wrong, "RS has no such RSLNKGRP of the subject")


def _at_baseline(data: Data) -> Booleans:
    """Records of an assessment in which some record is flagged as baseline.

    --LOBXFL needs a first dose: of a subject without a flag, who was not treated, the first assessment is baseline.
    """
    flagged = data.equals("TRLOBXFL", "Y") | data.equals("TRBLFL", "Y")
    groups, subjects = data.groups("USUBJID", "TRLNKGRP"), data.groups("USUBJID")
    unflagged = ~np.isin(subjects, subjects[flagged])
    dates = data.text("TRDTC")
    first = (dates == dates.groupby(subjects).transform("min")).to_numpy(dtype=bool) & unflagged
    return np.isin(groups, groups[flagged | first])


@rule("tumor.unit", "error", "diameters and their sums are in millimetres", on=domains("TR"))
def unit(data: Data) -> Iterable[Breach]:
    """TRSTRESU other than mm; where it is missing `results.unit` says so."""
    if data.has("TRTESTCD", "TRSTRESU"):
        size = data.equals("TRTESTCD", *SIZES) & data.present("TRSTRESU")
        yield from records(data, "TRSTRESU", size & ~data.equals("TRSTRESU", "mm"), "expected mm")


@rule("tumor.method", "warning", "a lesion is measured by one method over visits", on=domains("TR"))
def method(data: Data) -> Iterable[Breach]:
    """Lesions seen by CT at one visit and by another method at the next; RECIST 1.1, section 4.2."""
    if data.has("USUBJID", "TRLNKID", "TRMETHOD"):
        yield from records(data, "TRMETHOD", ambiguous(data, "TRLNKID", "TRMETHOD", _who(data)), "several methods")
