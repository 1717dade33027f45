"""ADaM conformance rules about which variables a dataset has."""

from __future__ import annotations

import re
from collections.abc import Iterable

from oncdisc.checks.data import Data
from oncdisc.checks.package import Package
from oncdisc.checks.registry import ADAE, ADAM, ADSL, BDS, OCCDS, TTE, Applies, Breach, Rule, add, package_rule, rule

REQUIRED = (
    (88, "STUDYID", ADAM), (89, "USUBJID", ADAM), (47, "SITEID", ADSL), (49, "AGE", ADSL), (50, "AGEU", ADSL),
    (51, "SEX", ADSL), (52, "RACE", ADSL), (55, "SUBJID", ADSL), (71, "ARM", ADSL), (72, "TRT01P", ADSL),
    (194, "PARAM", BDS), (195, "PARAMCD", BDS), (373, "CNSR", TTE),
    (620, "AETERM", ADAE), (261, "AEDECOD", ADAE), (262, "AEBODSYS", ADAE), (622, "AESER", ADAE),
    (621, "TRTEMFL", ADAE), (623, "AESEQ", ADAE), (624, "AELLT", ADAE), (625, "AEBDSYCD", ADAE),
    (626, "AELLTCD", ADAE), (627, "AEHLT", ADAE), (628, "AEHLTCD", ADAE), (629, "AEHLGT", ADAE),
    (630, "AEHLGTCD", ADAE), (631, "AEPTCD", ADAE), (632, "AESOC", ADAE), (633, "AESOCCD", ADAE),
)  # fmt: skip
"""Rule, variable that must be there, datasets."""

PPK = Applies("adam", ("BDS", "TTE"), subclass="POPULATION PHARMACOKINETIC")
NCA = Applies("adam", ("BDS", "TTE"), subclass="NON-COMPARTMENTAL")

REQUIRED_PK = (
    (885, "USUBJIDN"), (886, "AFRLT"), (887, "EVID"), (888, "DV"), (890, "AMT"),
)  # fmt: skip

COMPANIONS = (
    (111, "ARELTM", ("ARELTMU",), BDS), (113, "ARELTMU", ("ARELTM",), BDS), (160, "AWU", ("AWLO", "AWHI"), BDS),
    (163, "BTOXGR", ("ATOXGR",), BDS), (164, "BTOXGR", ("ABLFL",), BDS), (166, "BNRIND", ("ANRIND",), BDS),
    (167, "BNRIND", ("ABLFL",), BDS), (522, "BTOXGRN", ("BTOXGR",), BDS), (523, "ATOXGRLN", ("ATOXGRL",), BDS),
    (524, "ATOXGRHN", ("ATOXGRH",), BDS), (525, "ABLFN", ("ABLFL",), BDS), (529, "AESEVN", ("AESEV",), ADAM),
    (530, "ASEVN", ("ASEV",), ADAM), (799, "PROJIDN", ("PROJID",), PPK), (804, "STUDYIDN", ("STUDYID",), PPK),
    (809, "SUBJTYPC", ("SUBJTYP",), PPK), (814, "USUBJIDN", ("USUBJID",), PPK), (819, "SUBJIDN", ("SUBJID",), PPK),
    (824, "SITEIDN", ("SITEID",), PPK), (829, "FLGREASC", ("FLGREAS",), PPK), (834, "DVIDN", ("DVID",), PPK),
    (839, "BLQFN", ("BLQFL",), PPK), (844, "ALQFN", ("ALQFL",), PPK), (849, "FORMN", ("FORM",), PPK),
    (854, "ROUTEN", ("ROUTE",), PPK), (864, "COHORTC", ("COHORT",), PPK),
    (869, "RACEN", ("RACE",), PPK), (874, "SEXN", ("SEX",), PPK), (879, "COUNTRYN", ("COUNTRY",), PPK),
    (884, "COUNTRYL", ("COUNTRY",), PPK),
)  # fmt: skip
"""Rule, variable, variables one of which must be there if it is, datasets."""

PATTERNED = (
    (64, r"(TRT\d\dA)N", "{}", ADSL, "TRTxxAN has TRTxxA beside it"),
    (70, r"(TR\d\dAG\d)N", "{}", ADSL, "TRxxAGyN has TRxxAGy beside it"),
    (80, r"(TRT\d\d)A", "{}P", ADSL, "TRTxxA has TRTxxP beside it"),
)

FORBIDDEN = (
    ("252", ("AVAL", "AVALC")), ("254", ("PARAM",)), ("254b", ("PARAMCD",)),
)  # fmt: skip


def _required(number: int, name: str, applies: Applies) -> None:
    def test(data: Data) -> Iterable[Breach]:
        if not data.has(name):
            yield Breach(data.name, name, f"{name} is not there", values=name)

    add(Rule(f"adam.{number}", "error", f"{name} is there", test, (f"ADaM {number}",), applies))


def _companion(number: int, name: str, others: tuple[str, ...], applies: Applies) -> None:
    words = " or ".join(others)

    def test(data: Data) -> Iterable[Breach]:
        if data.has(name) and not any(data.has(other) for other in others):
            yield Breach(data.name, name, f"{name} is there, {words} is not", values=name)

    add(Rule(f"adam.{number}", "error", f"{name} has {words} beside it", test, (f"ADaM {number}",), applies))


def _patterned(number: int, pattern: str, companion: str, applies: Applies, sentence: str) -> None:
    expression = re.compile(pattern)

    def test(data: Data) -> Iterable[Breach]:
        for name in map(str, data.frame.columns):
            match = expression.fullmatch(name)
            other = companion.format(match[1]) if match else ""
            if other and not data.has(other):
                yield Breach(data.name, name, f"{name} is there, {other} is not", values=name)

    add(Rule(f"adam.{number}", "error", sentence, test, (f"ADaM {number}",), applies))


def _forbidden(number: str, names: tuple[str, ...]) -> None:
    def test(data: Data) -> Iterable[Breach]:
        for name in names:
            if data.has(name):
                yield Breach(data.name, name, f"{name} is there", values=name)

    sentence = f"a dataset of occurrences has no {' or '.join(names)}"
    add(Rule(f"adam.{number}", "error", sentence, test, (f"ADaM {number}",), OCCDS))


@rule("adam.198", "error", "AVAL or AVALC is there", on=BDS, published="ADaM 198")
def analysis_value(data: Data) -> Iterable[Breach]:
    """Basic data structures without an analysis value."""
    if not data.has("AVAL") and not data.has("AVALC") and not PPK.to(data):
        yield Breach(data.name, message="neither AVAL nor AVALC is there")


@rule("adam.364", "error", "DOSEON and DOSCUMA have DOSEU beside them", on=OCCDS, published="ADaM 364")
def dose_unit(data: Data) -> Iterable[Breach]:
    """Doses without a unit."""
    for name in ("DOSEON", "DOSCUMA"):
        if data.has(name) and not data.has("DOSEU"):
            yield Breach(data.name, name, f"{name} is there, DOSEU is not", values=name)


@rule("adam.889", "error", "MDV is there, with the DV that it speaks of", on=PPK, published="ADaM 889")
def missing_dependent_value(data: Data) -> Iterable[Breach]:
    """The flag of a missing dependent value, or the flag without the value."""
    for name in ("MDV", "DV"):
        if not data.has(name):
            yield Breach(data.name, name, f"{name} is not there", values=name)


@package_rule("adam.61", "error", "ADSL has TRTSDT or TRTSDTM where EX has records", published="ADaM 61")
def treatment_start(package: Package) -> Iterable[Breach]:
    """Exposure without a start of treatment."""
    exposure, adsl = package.get("EX"), package.get("ADSL")
    if exposure is not None and len(exposure) and adsl is not None and not (adsl.has("TRTSDT") or adsl.has("TRTSDTM")):
        yield Breach("ADSL", "TRTSDT", "EX has records, ADSL has neither TRTSDT nor TRTSDTM")


def _declare() -> None:
    for number, name, applies in REQUIRED:
        _required(number, name, applies)
    for number, name in REQUIRED_PK:
        _required(number, name, PPK)
    for number, name, others, applies in COMPANIONS:
        _companion(number, name, others, applies)
    for number, pattern, companion, applies, sentence in PATTERNED:
        _patterned(number, pattern, companion, applies, sentence)
    for code, names in FORBIDDEN:
        _forbidden(code, names)


_declare()
