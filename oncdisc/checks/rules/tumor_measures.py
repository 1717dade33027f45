"""RECIST 1.1 in the records: which lesions may be targets, sums of diameters, responses and their order.

Source: Eisenhauer 2009, sections 4.1 (measurable disease), 4.3 (response) and tables 1 to 3.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from adam.overall import NON_TARGETS, NONE, WITHOUT_NEW, overall_response
from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import any_in_group
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, domains, package_rule, records, rule
from oncdisc.checks.rules.tumor_links import NODE, identified
from oncdisc.checks.rules.tumor_sites import organs
from specs import iso8601
from specs.columns import TEXT

MOST, MOST_AN_ORGAN = 5, 2
SHORTEST_NODE, SHORTEST = 15.0, 10.0
_LONGEST = ("LDIAM", "DIAMETER")
_SHORT = ("LPERP", "SAXIS", "DIAMETER")
_BETTER = ("CR", "PR", "SD", "NON-CR/NON-PD")
_ROUNDING = 0.051
_RECIST = "RECIST 1.1"
_NEW = {"Y": "YES", "UNEQUIVOCAL": "YES", "E": "EQUIVOCAL", "EQUIVOCAL": "EQUIVOCAL"}


def targets(tu: Data) -> Booleans:
    """Records of TU that identify target lesions."""
    return tu.equals("TUTESTCD", "TUMIDENT") & tu.equals("TUSTRESC", "TARGET")


def _who(data: Data) -> list[str]:
    prefix = data.domain[:2]
    return [name for name in ("USUBJID", f"{prefix}EVAL", f"{prefix}EVALID") if data.has(name)]


@rule("tumor.five", "error", "a subject has up to five target lesions", on=domains("TU"))
def five(data: Data) -> Iterable[Breach]:
    """More targets than RECIST 1.1 allows, by evaluator."""
    if data.has("USUBJID", "TULNKID"):
        yield from records(data, "TULNKID", _more(data, _who(data), MOST), f"more than {MOST} target lesions")


@rule("tumor.two", "error", "an organ has up to two target lesions", on=domains("TU"))
def two(data: Data) -> Iterable[Breach]:
    """More targets in one organ than RECIST 1.1 allows; left and right, and the lobes of an organ, are one organ."""
    if data.has("USUBJID", "TULNKID", "TULOC"):
        wrong = _more(data, _who(data), MOST_AN_ORGAN, organs(data.text("TULOC")))
        yield from records(data, "TULOC", wrong, f"more than {MOST_AN_ORGAN} target lesions in the organ")


@rule("tumor.two_nodes", "warning", "up to two target lesions are lymph nodes", on=domains("TU"))
def two_nodes(data: Data) -> Iterable[Breach]:
    """More nodal targets than two where the nodes count as one organ; Schwartz 2016, RECIST 1.1 clarification."""
    if data.has("USUBJID", "TULNKID", "TULOC"):
        nodal = data.text("TULOC").str.contains(NODE, na=False)
        organ = data.text("TULOC").where(nodal)
        organ = organ.mask(organ.notna(), NODE)
        yield from records(data, "TULOC", _more(data, _who(data), MOST_AN_ORGAN, organ), "more than two nodes")


def _more(data: Data, names: list[str], most: int, organ: pd.Series | None = None) -> Booleans:
    """Target records of groups that have more target lesions than allowed."""
    chosen = targets(data)
    group = pd.Series(data.groups(*names)).astype(str)
    if organ is not None:
        group = group + "\x1f" + organ.fillna("")
        chosen = chosen & organ.notna().to_numpy()
    lesions = pd.DataFrame({"group": group, "lesion": data.text("TULNKID")})[chosen].drop_duplicates()
    counts = lesions["group"].value_counts()
    return chosen & group.isin(counts.index[counts > most]).to_numpy()


def _nodes(package: Package, tr: Data) -> Booleans:
    """Measurements of lesions that are lymph nodes."""
    tu = package.get("TU")
    if tu is None or not tu.has("USUBJID", "TULNKID", "TULOC"):
        return np.zeros(len(tr), dtype=bool)
    nodal = identified(tu)[tu.text("TULOC").str.contains(NODE, na=False)]
    return identified(tr).isin(nodal).to_numpy(dtype=bool)


def diameters(package: Package, tr: Data) -> tuple[Booleans, Booleans]:
    """Records of nodes, and records that a sum of diameters counts: short axes of nodes, else longest diameters."""
    nodal = _nodes(package, tr)
    counted = np.where(nodal, tr.equals("TRTESTCD", *_SHORT), tr.equals("TRTESTCD", *_LONGEST))
    return nodal, counted & tr.equals("TRGRPID", "TARGET") & tr.present("TRLNKID")


def at_baseline(tr: Data) -> Booleans:
    """Measurements flagged as baseline."""
    return tr.equals("TRLOBXFL", "Y") | tr.equals("TRBLFL", "Y")


@package_rule("tumor.node_size", "error", "a target node's short axis is 15 mm or more at baseline")
def node_size(package: Package) -> Iterable[Breach]:
    """Nodes too small to be targets."""
    yield from _too_small(package, nodes=True)


@package_rule("tumor.size", "error", "a target lesion that is no node is 10 mm or more at baseline")
def size(package: Package) -> Iterable[Breach]:
    """Lesions too small to be targets."""
    yield from _too_small(package, nodes=False)


def _too_small(package: Package, *, nodes: bool) -> Iterable[Breach]:
    tr = package.get("TR")
    if tr is None or not tr.has("USUBJID", "TRLNKID", "TRTESTCD", "TRSTRESN"):
        return
    least, tests = (SHORTEST_NODE, _SHORT) if nodes else (SHORTEST, _LONGEST)
    nodal = _nodes(package, tr)
    measured = tr.equals("TRTESTCD", *tests) & at_baseline(tr) & tr.equals("TRGRPID", "TARGET")
    wrong = measured & (nodal if nodes else ~nodal) & (tr.number("TRSTRESN") < least)
    yield from records(tr, "TRSTRESN", wrong, f"below {least:g} mm at baseline")


def assessments(data: Data) -> np.ndarray:
    """One code an evaluator's assessment of a subject."""
    prefix = data.domain[:2]
    when = next((name for name in (f"{prefix}LNKGRP", "VISITNUM", f"{prefix}DTC") if data.present(name).any()), "")
    return data.groups(*_who(data), *([when] if when else []))


@package_rule("tumor.sum", "error", "a sum of diameters is the sum of the target lesions")
def sums(package: Package) -> Iterable[Breach]:
    """SUMDIAM against the diameters at the same assessment: short axes of nodes, else longest diameters."""
    tr = package.get("TR")
    if tr is None or not tr.has("USUBJID", "TRLNKID", "TRTESTCD", "TRSTRESN"):
        return
    _, counted = diameters(package, tr)
    groups = assessments(tr)
    sizes = pd.DataFrame({"group": groups, "lesion": tr.text("TRLNKID"), "size": tr.number("TRSTRESN")})[counted]
    largest = sizes.groupby(["group", "lesion"])["size"].max()
    by_group = largest.groupby("group").agg(["sum", "count", "size"])
    whole = by_group["sum"].where(by_group["count"] == by_group["size"])
    expected = pd.Series(groups).map(whole).to_numpy(dtype=float)
    said = tr.equals("TRTESTCD", "SUMDIAM") & ~np.isnan(tr.number("TRSTRESN"))
    wrong = said & (np.abs(tr.number("TRSTRESN") - expected) > _ROUNDING)
    shown = pd.Series(expected).round(2).astype(str)
    yield from records(tr, "TRSTRESN", wrong, "the lesions add up to " + shown)


def _by_assessment(rs: Data, test: str, criteria: Booleans, groups: np.ndarray) -> pd.Series:
    """The result of a test for each record's assessment; missing where there is none."""
    chosen = rs.equals("RSTESTCD", test) & criteria & rs.present("RSSTRESC")
    found = pd.DataFrame({"group": groups, "result": rs.text("RSSTRESC")})[chosen].drop_duplicates("group")
    return pd.Series(groups).map(found.set_index("group")["result"]).astype(TEXT)


def by_recist(rs: Data) -> Booleans:
    """Responses by RECIST 1.1: those that say so, or all where no record says by what."""
    if not rs.present("RSCAT").any():
        return rs.equals("RSTESTCD", "OVRLRESP", "TRGRESP", "NTRGRESP", "NEWLIND", "NEWLPROG")
    return rs.equals("RSCAT", _RECIST)


@rule("tumor.overall", "error", "the overall response is what target, non-target and new lesions make it",
      on=domains("RS"))  # fmt: skip
def overall(data: Data) -> Iterable[Breach]:
    """OVRLRESP against TRGRESP, NTRGRESP and NEWLIND; a missing component is disease that was not there."""
    if not data.has("USUBJID", "RSTESTCD", "RSSTRESC"):
        return
    criteria, groups = by_recist(data), assessments(data)
    target = _by_assessment(data, "TRGRESP", criteria, groups)
    other = _by_assessment(data, "NTRGRESP", criteria, groups)
    new = _by_assessment(data, "NEWLIND", criteria, groups).fillna(_by_assessment(data, "NEWLPROG", criteria, groups))
    known = target.fillna(NONE).isin(list(WITHOUT_NEW)) & other.fillna(NONE).isin(NON_TARGETS)
    said = known & (target.notna() | other.notna())
    expected = overall_response(target.where(said), other.where(said), new.map(_NEW))
    wrong = data.equals("RSTESTCD", "OVRLRESP") & criteria & data.present("RSSTRESC") & said.to_numpy()
    wrong &= (expected != data.text("RSSTRESC")).to_numpy(dtype=bool)
    words = "the components make " + expected + ": target " + target.fillna("none") + ", non-target "
    yield from records(data, "RSSTRESC", wrong, words + other.fillna("none") + ", new " + new.fillna("none"))


@rule("tumor.order", "warning", "assessments are in the order of their visits", on=domains("TU", "TR", "RS"))
def order(data: Data) -> Iterable[Breach]:
    """Dates that go back from one visit number to the next, by subject and evaluator."""
    date = f"{data.domain[:2]}DTC"
    if not data.has("USUBJID", "VISITNUM", date) or not data.is_text(date):
        return
    frame = pd.DataFrame({
        "who": data.groups(*_who(data)),
        "visit": data.number("VISITNUM"),
        "first": iso8601.earliest(data.text(date)),
        "last": iso8601.latest(data.text(date)),
    })  # fmt: skip
    if data.name == "RS":
        frame = frame[by_recist(data)]
    visits = frame.dropna().groupby(["who", "visit"]).agg(first=("first", "min"), last=("last", "max")).reset_index()
    latest_start = visits.groupby("who")["first"].cummax().groupby(visits["who"]).shift()
    back = visits.loc[visits["last"] < latest_start, ["who", "visit"]]
    wrong = np.zeros(len(data), dtype=bool)
    wrong[frame.index] = pd.MultiIndex.from_frame(frame[["who", "visit"]]).isin(pd.MultiIndex.from_frame(back))
    yield from records(data, date, wrong, "before the assessment of an earlier visit")


@rule("tumor.after_progression", "warning", "after progression the response is not CR, PR or SD", on=domains("RS"))
def after_progression(data: Data) -> Iterable[Breach]:
    """OVRLRESP by RECIST 1.1 after PD of the same subject and evaluator."""
    if not data.has("USUBJID", "RSTESTCD", "RSSTRESC", "RSDTC") or not data.is_text("RSDTC"):
        return
    chosen = data.equals("RSTESTCD", "OVRLRESP") & by_recist(data)
    who = data.groups(*_who(data))
    progressed = chosen & data.equals("RSSTRESC", "PD")
    if not any_in_group(progressed, who).any():
        return
    first = pd.Series(iso8601.latest(data.text("RSDTC"))[progressed]).groupby(who[progressed]).min()
    since = pd.Series(who).map(first)
    wrong = chosen & data.equals("RSSTRESC", *_BETTER) & (iso8601.earliest(data.text("RSDTC")) > since).to_numpy()
    yield from records(data, "RSSTRESC", wrong, "there was PD before")


@package_rule("tumor.response_date", "warning", "a response is not dated before the scans it is about")
def response_date(package: Package) -> Iterable[Breach]:
    """RSDTC certainly before the first measurement of its link group."""
    tr, rs = package.get("TR"), package.get("RS")
    if tr is None or rs is None or not tr.has("TRLNKGRP", "TRDTC") or not rs.has("RSLNKGRP", "RSDTC"):
        return
    scans = pd.DataFrame({
        "group": tr.text("USUBJID") + "\x1f" + tr.text("TRLNKGRP"),
        "day": iso8601.earliest(tr.text("TRDTC")),
    }).dropna()  # fmt: skip
    first = (rs.text("USUBJID") + "\x1f" + rs.text("RSLNKGRP")).map(scans.groupby("group")["day"].min())
    early = (iso8601.latest(rs.text("RSDTC")) < first).to_numpy(dtype=bool)
    yield from records(rs, "RSDTC", early, "the first scan is of " + first.dt.strftime("%Y-%m-%d").fillna(""))
