"""ADaM conformance rules about two variables together: populated together, one value to one value."""

from __future__ import annotations

import re
from collections.abc import Iterable

from oncdisc.checks.data import Data
from oncdisc.checks.kernels import ambiguous
from oncdisc.checks.registry import ADAM, BDS, OCCDS, Applies, Breach, Rule, add, records, rule
from oncdisc.checks.rules.adam_presence import NCA, PPK

FAMILIES = (
    ("STUDYID", "STUDYIDN", 800, 801, 802, 803), ("SUBJTYP", "SUBJTYPC", 805, 806, 807, 808),
    ("USUBJID", "USUBJIDN", 810, 811, 812, 813), ("SUBJID", "SUBJIDN", 815, 816, 817, 818),
    ("SITEID", "SITEIDN", 820, 821, 822, 823), ("FLGREASC", "FLGREAS", 825, 826, 828, 827),
    ("DVID", "DVIDN", 830, 831, 832, 833), ("BLQFL", "BLQFN", 835, 836, 837, 838),
    ("ALQFL", "ALQFN", 840, 841, 842, 843), ("FORM", "FORMN", 845, 846, 847, 848),
    ("ROUTE", "ROUTEN", 850, 851, 852, 853), ("ACYCLE", "ACYCLEC", 855, 856, 857, 858),
    ("COHORT", "COHORTC", 860, 861, 862, 863), ("RACE", "RACEN", 865, 866, 867, 868),
    ("SEX", "SEXN", 870, 871, 872, 873), ("COUNTRY", "COUNTRYN", 875, 876, 877, 878),
    ("COUNTRY", "COUNTRYL", 880, 881, 882, 883),
)  # fmt: skip
"""Variables of population pharmacokinetics: the rules that the first populated demands the second, the second
the first, that the second is one for a value of the first, and the first for a value of the second."""

TOGETHER = (
    (112, "ARELTM", "ARELTMU", BDS), (159, "AWTDIFF", "AWTARGET", BDS), (268, "ADURN", "ADURU", OCCDS),
)  # fmt: skip
"""Rule, variable that is populated, variable that is populated then, datasets."""

ANALYSIS_PAIRS = (
    ("PARAMCD", "PARAM"), ("PARAM", "PARAMN"), ("AVISIT", "AVISITN"), ("ATPT", "ATPTN"), ("TRTP", "TRTPN"),
    ("TRTA", "TRTAN"), ("APHASE", "APHASEN"), ("APERIOD", "APERIODC"), ("RACE", "RACEN"), ("SEX", "SEXN"),
    ("ASEV", "ASEVN"), ("AESEV", "AESEVN"), ("ETHNIC", "ETHNICN"), ("COUNTRY", "COUNTRYN"),
)  # fmt: skip
"""Text and number (or code) that ADaMIG wants one to one over a dataset."""

_PATTERNED = re.compile(r"TRT\d\d[PA]|TR\d\d[PA]G\d|TRT[PA]G\d|(AGEGR|SITEGR|REGION|RACEGR)\d")
"""Numbered variables whose number is the name with N at its end: TRTxxP and TRTxxPN."""


def _populated(number: int, name: str, other: str, applies: Applies) -> None:
    def test(data: Data) -> Iterable[Breach]:
        if data.has(name, other):
            wrong = data.present(name) & ~data.present(other)
            yield from records(data, other, wrong, f"{name} has a value, {other} has not")

    sentence = f"where {name} has a value {other} has one"
    add(Rule(f"adam.{number}", "error", sentence, test, (f"ADaM {number}",), applies))


def _comparable(data: Data, name: str) -> bool:
    """Whether the values are of the type that is declared: a number that cannot be read has no partner to find."""
    declared = data.variables.get(name)
    return not (declared and declared.type == "float" and data.is_text(name))


def _one_value(number: int, given: str, other: str, applies: Applies) -> None:
    def test(data: Data) -> Iterable[Breach]:
        if data.has(given, other) and _comparable(data, given) and _comparable(data, other):
            wrong = ambiguous(data, given, other, fold=True)
            yield from records(data, other, wrong, f"one {given} has several {other}")

    sentence = f"{other} is one value for each value of {given}"
    add(Rule(f"adam.{number}", "error", sentence, test, (f"ADaM {number}",), applies))


def _always(number: int, name: str) -> None:
    def test(data: Data) -> Iterable[Breach]:
        if data.has(name):
            yield from records(data, name, ~data.present(name), f"{name} is missing")

    add(Rule(f"adam.{number}", "error", f"{name} has a value in every record", test, (f"ADaM {number}",), BDS))


@rule("adam.859", "error", "ACYCLEC and ACYCLE stand together, as variables and in each record", on=PPK,
      published="ADaM 859")  # fmt: skip
def cycles_together(data: Data) -> Iterable[Breach]:
    """A cycle's text without its number, or the other way."""
    if data.has("ACYCLEC") and not data.has("ACYCLE"):
        yield Breach(data.name, "ACYCLEC", "ACYCLEC is there, ACYCLE is not", values="ACYCLEC")
    elif data.has("ACYCLEC"):
        alone = data.present("ACYCLEC") != data.present("ACYCLE")
        yield from records(data, "ACYCLEC", alone, "one of ACYCLE and ACYCLEC has a value, the other not")


def _analysis_pairs(data: Data) -> Iterable[tuple[str, str]]:
    numbered = [name for name in map(str, data.frame.columns) if _PATTERNED.fullmatch(name)]
    return (*ANALYSIS_PAIRS, *((name, f"{name}N") for name in numbered))


@rule("adam.pairs", "error", "a text and its number (or code) are one to one", on=ADAM)
def analysis_pairs(data: Data) -> Iterable[Breach]:
    """Pairs such as PARAMCD and PARAM, AVISIT and AVISITN; within a parameter for AVALC and AVAL."""
    for left, right in _analysis_pairs(data):
        if data.has(left, right):
            yield from records(data, right, ambiguous(data, left, right), f"one {left} has several {right}")
            yield from records(data, left, ambiguous(data, right, left), f"one {right} has several {left}")


@rule("adam.pairs_populated", "error", "a number stands for a text that is there", on=ADAM)
def analysis_pairs_populated(data: Data) -> Iterable[Breach]:
    """Numbers of which the text is missing."""
    for left, right in _analysis_pairs(data):
        if data.has(left, right):
            yield from records(
                data, left, data.present(right) & ~data.present(left), f"{right} has a value, {left} not"
            )


_CATEGORY = re.compile(r"(AVAL|BASE|CHG|PCHG)CAT(\d)")


@rule("adam.category", "error", "within a parameter a value has one category, and a category one number", on=BDS)
def categories(data: Data) -> Iterable[Breach]:
    """AVALCATy, BASECATy, CHGCATy, PCHGCATy of AVAL, BASE, CHG, PCHG, and their numbers; ADaMIG 3.3.4.3."""
    if not data.has("PARAMCD"):
        return
    within = data.groups("PARAMCD")
    for match in filter(None, map(_CATEGORY.fullmatch, map(str, data.frame.columns))):
        name, of = match[0], match[1]
        if data.has(of):
            yield from records(data, name, ambiguous(data, of, name, within), f"one {of} has several {name}")
        for number in filter(data.has, (f"{of}CA{match[2]}N", f"{of}CAT{match[2]}N")):
            yield from records(data, number, ambiguous(data, name, number, within), f"one {name} has several {number}")
            yield from records(data, name, ambiguous(data, number, name, within), f"one {number} has several {name}")


@rule("adam.avalc", "warning", "within a parameter AVAL and AVALC are one to one where both are populated", on=BDS)
def values_of_parameters(data: Data) -> Iterable[Breach]:
    """AVALC that stands for several AVAL, or the other way; ADaMIG 3.3.4.2."""
    if data.has("PARAMCD", "AVAL", "AVALC"):
        within = data.groups("PARAMCD")
        yield from records(data, "AVALC", ambiguous(data, "AVAL", "AVALC", within), "one AVAL has several AVALC")
        yield from records(data, "AVAL", ambiguous(data, "AVALC", "AVAL", within), "one AVALC has several AVAL")


def _declare() -> None:
    for first, second, there, back, one, other in FAMILIES:
        _populated(there, first, second, PPK)
        _populated(back, second, first, PPK)
        _one_value(one, first, second, PPK)
        _one_value(other, second, first, PPK)
    for number, name, other_name, applies in TOGETHER:
        _populated(number, name, other_name, applies)
    for number, given, dependent in ((891, "COHORT", "COHORTN"), (892, "COHORTN", "COHORT")):
        _one_value(number, given, dependent, NCA)
    for number, given, dependent in ((893, "ACYCLE", "ACYCLEC"), (894, "ACYCLEC", "ACYCLE")):
        _one_value(number, given, dependent, NCA)
    _always(196, "PARAM")
    _always(197, "PARAMCD")


_declare()
