"""Values against the controlled terminology in force, with the nearest terms; codes against their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from oncdisc.checks.data import Data
from oncdisc.checks.kernels import at_odds
from oncdisc.checks.matching import additions, breaches, places, unlisted
from oncdisc.checks.package import take
from oncdisc.checks.registry import ADAM, SDTM, Breach, records, rule, split_published
from specs.columns import TEXT
from specs.findings import Severity
from specs.iso3166 import ALPHA_3

_YES_ONLY = ("BLFL", "LOBXFL", "DRVFL", "PRESP", "ACPTFL")


_CLOSED = "CG0020, CG0269, CG0271, CG0282, FDA CT2001, FDA CT2004, FDA SD1223, FDA SD1295, FDA SD1296"
_EXTENSIBLE = "CG0021, FDA CT2002, FDA CT2005"


@rule(
    "terminology.closed",
    "error",
    "a value is a term of a codelist that is closed",
    published=_CLOSED,
    yields_to="adam.39, adam.tmf",
)
def closed(data: Data) -> Iterable[Breach]:
    """Values of codelists that a sponsor may not extend."""
    for place in places(data):
        if not place.extensible:
            yield from breaches(data, place, unlisted(data, place), "not a term of", _CLOSED)


_OPEN: tuple[tuple[str, Severity, str, str], ...] = (
    ("terminology.variant", "warning", "a value that means a term of an extensible codelist is written as the term",
     "written differently than in"),
    ("terminology.extension", "info", "a value outside an extensible codelist is an addition that define.xml declares",
     "an addition to"),
)  # fmt: skip
"""What is reported of values in no extensible codelist: first those that mean a term, then the others."""


def _of_extensible(which: int, words: str) -> Callable[[Data], Iterable[Breach]]:
    def test(data: Data) -> Iterable[Breach]:
        for place in places(data):
            if place.extensible:
                yield from breaches(data, place, additions(data, place)[which], words, _EXTENSIBLE)

    return test


for _which, (_id, _severity, _sentence, _words) in enumerate(_OPEN):
    rule(_id, _severity, _sentence, published=_EXTENSIBLE)(_of_extensible(_which, _words))


@rule("terminology.pair", "error", "a code and its name are the same term", on=SDTM, published="FDA CT2003")
def pair(data: Data) -> Iterable[Breach]:
    """A --TESTCD beside a --TEST that belongs to another code."""
    for place in places(data):
        variable, partner = place.variable, place.variable.removesuffix("CD")
        named = [codelist for codelist in place.lists if codelist.names]
        if partner == variable or not named or not data.has(partner):
            continue
        codes, found = data.distinct(variable)
        decodes = [next((t.decode for c in named if (t := c.get(value))), None) for value in found.tolist()]
        expected = take(pd.Series(decodes, dtype=TEXT), codes)
        wrong = expected.notna() & data.text(partner).notna() & (expected != data.text(partner))
        message = "the name of " + data.text(variable) + " is " + expected
        yield from records(data, partner, wrong, message)


@rule(
    "terminology.values",
    "error",
    "a value is one of those that the standard lists for the variable",
    on=ADAM,
    yields_to="adam.5, adam.176, adam.178, adam.211, adam.269, adam.270, adam.271, adam.363",
)
def values(data: Data) -> Iterable[Breach]:
    """ADaM variables with a fixed list of values, such as flags."""
    for name in map(str, data.frame.columns):
        known = data.variable_standard(name)
        if known and known.values:
            _, found = data.distinct(name)
            wrong = data.where(name, ~found.isin(known.values))
            yield from records(data, name, wrong, f"expected {', '.join(known.values)} or nothing")


@rule("terminology.yes_only", "error", "a flag that is not Y is missing", on=SDTM, published="CG0541")
def yes_only(data: Data) -> Iterable[Breach]:
    """Flags for which NY's other terms have no meaning."""
    for suffix in _YES_ONLY:
        name = f"{data.domain[:2]}{suffix}"
        if data.has(name):
            yield from records(data, name, data.present(name) & ~data.equals(name, "Y"), "expected Y or nothing")


@rule("terminology.country", "error", "a country is one of ISO 3166-1, three letters", on=SDTM, published="FDA SD1322")
def country(data: Data) -> Iterable[Breach]:
    """COUNTRY, for which SDTM names ISO 3166 in place of a codelist."""
    _, found = data.distinct("COUNTRY")
    yield from records(data, "COUNTRY", data.where("COUNTRY", ~found.isin(ALPHA_3)), "no code of ISO 3166-1 alpha-3")


@rule("terminology.trimmed", "warning", "text neither begins nor ends with a blank, and is never a lone full stop",
      published="FB1501, FB1502, FDA SD1021")  # fmt: skip
def trimmed(data: Data) -> Iterable[Breach]:
    """Leading blanks and SAS's missing number written as text."""
    for name in map(str, data.frame.columns):
        if data.is_text(name):
            _, found = data.distinct(name)
            yield from records(data, name, data.where(name, (found.str.strip() != found) | (found == ".")))


_ONE_TO_ONE = (
    ("{}TESTCD", "{}TEST", "FB0901, FDA SD0040, FDA SD1043"),
    ("{}DECOD", "{}PTCD", "CG0049, FB0909, FDA SD1287, FDA SD1288"),
    ("{}BODSYS", "{}BDSYCD", "CG0083, FB0910, FDA SD1242, FDA SD1243"),
    ("{}SOC", "{}SOCCD", "FB0911"),
    ("{}HLGT", "{}HLGTCD", "FB0908"),
    ("{}HLT", "{}HLTCD", "FB0907"),
    ("{}LLT", "{}LLTCD", "FB0906"),
    ("{}CLAS", "{}CLASCD", "FB0905"),
    ("{}TPT", "{}TPTNUM", "CG0240, FB0922, FB0923, FB0924, FB0925, FDA SD1126, FDA SD1127"),
    ("VISITNUM", "VISIT", "CG0035, FB0919, FDA SD0051, FDA SD0052"),
    ("ARMCD", "ARM", "FB0902, FDA SD1033, FDA SD1034"),
    ("ACTARMCD", "ACTARM", "FB0903, FDA SD1133, FDA SD1134"),
    ("ETCD", "ELEMENT", "CG0154, FB0914, FDA SD1027, FDA SD1050"),
    ("TSPARMCD", "TSPARM", "CG0307, FB0916, FDA SD1069, FDA SD1070"),
    ("QNAM", "QLABEL", "FB0920, FDA SD0046"),
    ("INVID", "INVNAM", "FB0912"),
    ("IETESTCD", "IETEST", "FB0918, FDA SD1150, FDA SD1151"),
    ("OIPARMCD", "OIPARM", "FB0915"),
)
_WITHIN = {"QNAM": ("RDOMAIN",), "{}TPT": ("VISITNUM", "{}TPTREF"), "IETESTCD": ("TIVERS",)}
"""What a code and its name are one to one within."""


@rule(
    "terminology.one_to_one",
    "error",
    "a code has one name and a name one code",
    on=SDTM,
    published=", ".join(dict.fromkeys(name for *_, names in _ONE_TO_ONE for name in names.split(", "))),
)
def one_to_one(data: Data) -> Iterable[Breach]:
    """Code and name variables of one dataset: the records that differ from most others of the code or name."""
    prefix = data.domain[:2]
    for code, name, published in _ONE_TO_ONE:
        left, right = code.format(prefix), name.format(prefix)
        if not data.has(left, right):
            continue
        outer = [other for other in (part.format(prefix) for part in _WITHIN.get(code, ())) if data.has(other)]
        within = data.groups(*outer) if outer else None
        ways = [(left, right)] if left == "QNAM" else [(left, right), (right, left)]
        for of, variable in ways:
            rows, said = at_odds(data, of, variable, within)
            if len(rows):
                yield Breach(data.name, variable, said, rows, published=split_published(published))
