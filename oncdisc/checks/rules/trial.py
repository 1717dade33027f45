"""Trial design: arms, elements, epochs, visits, and what subjects' records say of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data
from oncdisc.checks.kernels import in_pairs, key
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, domains, package_rule, records, rule
from specs import iso8601

_UNPLANNED = "UNPLAN"


@package_rule("trial.epoch", "error", "an EPOCH is one of TA's", published="CG0009, FDA SD1015")
def epoch(package: Package) -> Iterable[Breach]:
    """Epochs that the design does not have."""
    design = package.get("TA")
    if design is None or not design.has("EPOCH"):
        return
    _, planned = design.distinct("EPOCH")
    for data in package.of("sdtm"):
        if data.has("EPOCH") and data.name != "TA":
            _, found = data.distinct("EPOCH")
            yield from records(data, "EPOCH", data.where("EPOCH", ~found.isin(planned)), "not an epoch of TA")


_ARMS = (("DM", "ARMCD", "CG0516"), ("DM", "ARM", "CG0518"), ("DM", "ACTARMCD", "CG0512"), ("DM", "ACTARM", "CG0514"),
         ("TV", "ARMCD", "CG0293"), ("TV", "ARM", "CG0294"))  # fmt: skip


@package_rule("trial.arm", "error", "an arm is one of TA's", published=", ".join(name for *_, name in _ARMS))
def arm(package: Package) -> Iterable[Breach]:
    """Arms that the design does not have."""
    design = package.get("TA")
    if design is None:
        return
    for name, variable, published in _ARMS:
        data, planned = package.get(name), variable.removeprefix("ACT")
        if data is not None and data.has(variable) and design.has(planned):
            _, arms = design.distinct(planned)
            _, found = data.distinct(variable)
            wrong = data.where(variable, ~found.isin(arms))
            yield from records(data, variable, wrong, "not an arm of TA", (published,))


@package_rule("trial.element", "error", "an element is one of TE's", published="CG0414, FDA SD0067")
def element(package: Package) -> Iterable[Breach]:
    """Element codes of TA and SE that TE does not have."""
    elements = package.get("TE")
    if elements is None or not elements.has("ETCD"):
        return
    _, known = elements.distinct("ETCD")
    for name in ("TA", "SE"):
        data = package.get(name)
        if data is not None and data.has("ETCD"):
            _, found = data.distinct("ETCD")
            wrong = data.where("ETCD", ~found.isin(known) & (found != _UNPLANNED))
            yield from records(data, "ETCD", wrong, "not an element of TE")


@rule("trial.element_order", "error", "a subject's elements follow each other: one ends where the next starts",
      on=domains("SE"), published="CG0207, CG0209")  # fmt: skip
def element_order(data: Data) -> Iterable[Breach]:
    """SE in order of start: gaps, overlaps, ends that are missing before the last."""
    if not data.has("USUBJID", "SESTDTC", "SEENDTC") or not data.is_text("SEENDTC"):
        return
    start = iso8601.earliest(data.text("SESTDTC"))
    ordered = pd.DataFrame({"subject": data.groups("USUBJID"), "start": start, "seq": data.number("SESEQ")})
    ordered = ordered.sort_values(["subject", "start", "seq"], kind="stable")
    rows = ordered.index.to_numpy()
    last = np.append(np.diff(ordered["subject"].to_numpy()) != 0, True)
    ends = data.text("SEENDTC").iloc[rows].reset_index(drop=True)
    following = data.text("SESTDTC").iloc[rows].reset_index(drop=True).shift(-1)
    missing, gap = np.zeros(len(data), dtype=bool), np.zeros(len(data), dtype=bool)
    missing[rows] = ends.isna().to_numpy() & ~last
    gap[rows] = (np.abs(iso8601.compare(ends, following, by="day")) == 1) & ~last
    yield from records(data, "SEENDTC", missing, "an element follows, the end is missing", ("CG0209",))
    yield from records(data, "SEENDTC", gap, "the next element starts on another day", ("CG0207",))


@rule("trial.start", "error", "an element has a start", on=domains("SE"), published="CG0208")
def element_start(data: Data) -> Iterable[Breach]:
    """SE without SESTDTC."""
    if data.has("SESTDTC"):
        yield from records(data, "SESTDTC", ~data.present("SESTDTC"), "SESTDTC is missing")


@package_rule("trial.epoch_of_date", "warning", "a record's epoch is that of the element its date falls in")
def epoch_of_date(package: Package) -> Iterable[Breach]:
    """EPOCH recomputed from SE: a date certainly outside of every element of that epoch.

    A disposition event may tell how an epoch ended (SDTMIG 3.4, 6.2.3) and be decided after its last day.
    """
    elements = package.get("SE")
    if elements is None or not elements.has("USUBJID", "EPOCH", "SESTDTC", "SEENDTC"):
        return
    spans = _spans(elements)
    for data in package.of("sdtm"):
        date = next((name for name in (f"{data.domain[:2]}STDTC", f"{data.domain[:2]}DTC") if data.has(name)), "")
        if date and data.has("EPOCH", "USUBJID") and data.name not in ("SE", "SV", "DM") and data.is_text(date):
            wrong = _outside(data, date, spans) & ~data.equals("DSCAT", "DISPOSITION EVENT")
            yield from records(data, "EPOCH", wrong, "SE has another epoch on " + data.text(date))


def _spans(elements: Data) -> pd.DataFrame:
    """First and last day of each subject's epochs."""
    frame = pd.DataFrame({
        "key": key(elements, "USUBJID", "EPOCH"),
        "start": iso8601.earliest(elements.text("SESTDTC")),
        "end": iso8601.latest(elements.text("SEENDTC")).fillna(pd.Timestamp("9999-12-31")),
    })  # fmt: skip
    return frame.groupby("key").agg(start=("start", "min"), end=("end", "max"))


def _outside(data: Data, date: str, spans: pd.DataFrame) -> np.ndarray:
    span = spans.reindex(key(data, "USUBJID", "EPOCH")).reset_index(drop=True)
    before = (iso8601.latest(data.text(date)).dt.normalize() < span["start"].dt.normalize()).to_numpy()
    after = (iso8601.earliest(data.text(date)).dt.normalize() > span["end"].dt.normalize()).to_numpy()
    return (before | after) & data.present("EPOCH") & _within_design(data, date, spans)


def _within_design(data: Data, date: str, spans: pd.DataFrame) -> np.ndarray:
    """Dates from a subject's first element to the end of its last: the design has an epoch for them."""
    subjects = pd.Series(spans.index, index=spans.index).str.partition("\x1f")[0]
    first = data.text("USUBJID").map(spans["start"].groupby(subjects).min()).dt.normalize()
    last = data.text("USUBJID").map(spans["end"].groupby(subjects).max()).dt.normalize()
    day = iso8601.latest(data.text(date))
    return ((day >= first) & (iso8601.earliest(data.text(date)).dt.normalize() <= last)).to_numpy(dtype=bool)


@package_rule(
    "trial.visit",
    "warning",
    "a planned visit is one of TV's",
    published="CG0031, CG0033, CG0655, FDA SD1017, FDA SD1023",
)
def visit(package: Package) -> Iterable[Breach]:
    """VISITNUM and VISIT pairs of planned visits (whole numbers) that TV does not have."""
    planned = package.get("TV")
    if planned is None or not planned.has("VISITNUM", "VISIT"):
        return
    known = key(planned, "VISITNUM", "VISIT")
    for data in package.of("sdtm"):
        if data.name == "TV" or not data.has("VISITNUM", "VISIT"):
            continue
        number = data.number("VISITNUM")
        unplanned = data.text("VISIT").str.contains("unsched|unplan", case=False, na=False).to_numpy(dtype=bool)
        wrong = (number == np.floor(number)) & ~unplanned & ~in_pairs(key(data, "VISITNUM", "VISIT"), known)
        yield from records(data, "VISIT", wrong & data.present("VISIT"), "not a visit of TV")


@package_rule("trial.visit_known", "warning", "a subject's visit is in SV", published="CG0034, FDA SD0065")
def visit_known(package: Package) -> Iterable[Breach]:
    """VISITNUM of a record that SV does not have for the subject."""
    visits = package.get("SV")
    if visits is None or not visits.has("USUBJID", "VISITNUM"):
        return
    known = key(visits, "USUBJID", "VISITNUM")
    for data in package.of("sdtm"):
        if data.has("USUBJID", "VISITNUM") and data.name != "SV":
            wrong = data.present("VISITNUM") & ~in_pairs(key(data, "USUBJID", "VISITNUM"), known)
            yield from records(data, "VISITNUM", wrong, "SV has no such visit of the subject")


@package_rule("trial.criteria", "error", "an eligibility criterion is one of TI's", published="CG0179, FDA SD0068")
def criteria(package: Package) -> Iterable[Breach]:
    """IETESTCD that TI does not have."""
    data, design = package.get("IE"), package.get("TI")
    if data is not None and design is not None and data.has("IETESTCD") and design.has("IETESTCD"):
        _, known = design.distinct("IETESTCD")
        _, found = data.distinct("IETESTCD")
        yield from records(data, "IETESTCD", data.where("IETESTCD", ~found.isin(known)), "not a criterion of TI")


_CRITERIA = (
    ("INCLUSION", "N", ("CG0176", "FDA SD1045")),
    ("EXCLUSION", "Y", ("CG0175", "FDA SD1046")),
)


@rule("trial.criterion_met", "error", "IE has the criteria that were broken: inclusion N, exclusion Y",
      on=domains("IE"), published="CG0175, CG0176, FDA SD1045, FDA SD1046")  # fmt: skip
def criterion_met(data: Data) -> Iterable[Breach]:
    """Criteria that were kept."""
    for kind, answer, published in _CRITERIA:
        wrong = data.equals("IECAT", kind) & ~data.equals("IEORRES", answer)
        yield from records(data, "IEORRES", wrong, f"IECAT is {kind}: expected {answer}", published)
