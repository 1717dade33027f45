"""ADaM conformance rules about the values of single variables: flags, codes, dates, days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.registry import ADAM, ADSL, BDS, OCCDS, Applies, Breach, Rule, add, once_each, records, rule

POPULATIONS = {
    "COMPL": (19, 26), "FAS": (20, 27), "ITT": (21, 28), "PPROT": (22, 29), "SAF": (23, 30), "RAND": (24, 31),
    "ENRL": (25, 32),
}  # fmt: skip
"""ADSL's population flags: the rules about their FL and FN variables."""
YES_OR_MISSING = (
    (176, "ABLFL", ADAM), (363, "ONTRTFL", ADAM), (619, "LVOTFL", ADAM), (269, "TRTEMFL", OCCDS), (270, "PREFL", ADAM),
    (271, "FUPFL", OCCDS),
)  # fmt: skip
_FLAG = re.compile(r"[A-Z][A-Z0-9_]*FL")
_NUMERIC_FLAG = re.compile(r"[A-Z][A-Z0-9_]*FN")
_ANALYSIS_FLAG = re.compile(r"ANL(\d\d)FL")
_OTHER_FLAGS = frozenset({"BLQFL", "ALQFL"})


def _not_in(data: Data, name: str, *allowed: float) -> Booleans:
    """Records whose value is there and none of these numbers."""
    return data.present(name) & ~np.isin(data.number(name), allowed)


def matching(data: Data, pattern: re.Pattern[str]) -> list[str]:
    """The variables whose whole name has the pattern."""
    return [name for name in map(str, data.frame.columns) if pattern.fullmatch(name)]


@rule("adam.5", "error", "a variable that ends in FL holds Y, N or nothing", on=ADAM, published="ADaM 5")
def flags(data: Data) -> Iterable[Breach]:
    """Character flags; SDTM's own flags that were copied are under terminology."""
    for name in matching(data, _FLAG):
        yield from records(data, name, data.present(name) & ~data.equals(name, "Y", "N"), "expected Y, N or nothing")


@rule("adam.6", "error", "a variable that ends in FN holds 1, 0 or nothing", on=ADAM, published="ADaM 6")
def numeric_flags(data: Data) -> Iterable[Breach]:
    """Numeric flags."""
    for name in matching(data, _NUMERIC_FLAG):
        yield from records(data, name, _not_in(data, name, 0, 1), "expected 1, 0 or nothing")


@rule("adam.7", "error", "a numeric flag (FN) has its character flag (FL) beside it", on=ADAM, published="ADaM 7")
def flag_of_numeric(data: Data) -> Iterable[Breach]:
    """FN variables without FL."""
    for name in matching(data, _NUMERIC_FLAG):
        if not data.has(f"{name[:-1]}L"):
            yield Breach(data.name, name, f"{name} is there, {name[:-1]}L is not")


@rule("adam.10", "error", "where a flag (FL) is Y its numeric flag (FN) is 1", on=ADAM, published="ADaM 10")
def flags_agree(data: Data) -> Iterable[Breach]:
    """FL of Y beside an FN that is not 1."""
    for name in matching(data, _FLAG):
        numeric = f"{name[:-1]}N"
        if data.has(numeric):
            wrong = data.equals(name, "Y") & (data.number(numeric) != 1)
            yield from records(data, numeric, wrong, f"{name} is Y: expected 1")


def _population_rules() -> None:
    for population, (flag, numeric) in POPULATIONS.items():
        _required_value(flag, f"{population}FL", ("Y", "N"))
        _required_value(numeric, f"{population}FN", ("1", "0"))


def _required_value(number: int, name: str, allowed: tuple[str, ...]) -> None:
    def test(data: Data) -> Iterable[Breach]:
        if data.has(name):
            yield from records(data, name, ~data.equals(name, *allowed), f"expected {' or '.join(allowed)}")

    sentence = f"{name} holds {' or '.join(allowed)} for every subject"
    add(Rule(f"adam.{number}", "error", sentence, test, (f"ADaM {number}",), ADSL))


def _yes_rules() -> None:
    for number, name, applies in YES_OR_MISSING:
        _yes_or_missing(number, name, applies)


def _yes_or_missing(number: int, name: str, applies: Applies) -> None:
    def test(data: Data) -> Iterable[Breach]:
        yield from records(data, name, data.present(name) & ~data.equals(name, "Y"), "expected Y or nothing")

    add(Rule(f"adam.{number}", "error", f"{name} is Y or missing", test, (f"ADaM {number}",), applies))


@rule("adam.178", "error", "an analysis flag (ANLzzFL) is Y or missing", on=ADAM, published="ADaM 178")
def analysis_flags(data: Data) -> Iterable[Breach]:
    """Analysis flags, which have no N."""
    for name in matching(data, _ANALYSIS_FLAG):
        yield from records(data, name, data.present(name) & ~data.equals(name, "Y"), "expected Y or nothing")


@rule("adam.895", "error", "the label of ANLzzFL has the number zz", on=ADAM, published="ADaM 895")
def analysis_flag_labels(data: Data) -> Iterable[Breach]:
    """Labels such as Analysis Flag 02 on ANL01FL."""
    if not data.typed:
        return
    for name in matching(data, _ANALYSIS_FLAG):
        label = data.variables[name].label if name in data.variables else ""
        number = name[3:5]
        if not re.search(rf"(?<!\d)0*{int(number)}(?!\d)", label):
            yield Breach(data.name, name, f"found {label or 'no label'}; expected {number} in it", values=label)


@rule("adam.211", "error", "ABLFN is 1 or missing", on=BDS, published="ADaM 211")
def baseline_number(data: Data) -> Iterable[Breach]:
    """The numeric baseline flag."""
    yield from records(data, "ABLFN", _not_in(data, "ABLFN", 1), "expected 1 or nothing")


@rule("adam.169", "error", "CNSR is a whole number of 0 or more", on=BDS, published="ADaM 169")
def censor(data: Data) -> Iterable[Breach]:
    """Censoring codes: 0 is an event, a positive number says why there is none."""
    number = data.number("CNSR")
    wrong = data.present("CNSR") & ~((number >= 0) & (number == np.floor(number)))
    yield from records(data, "CNSR", wrong, "expected 0, 1, 2, …")


def _severity(number: int, name: str) -> None:
    def test(data: Data) -> Iterable[Breach]:
        yield from records(data, name, _not_in(data, name, 1, 2, 3), "expected 1 (mild), 2, 3 (severe) or nothing")

    sentence = f"{name} is 1, 2, 3 or missing"
    add(Rule(f"adam.{number}", "error", sentence, test, (f"ADaM {number}",), OCCDS))


@rule("adam.39", "error", "a date imputation flag is Y, M, D or missing", on=ADAM, published="ADaM 39")
def date_flags(data: Data) -> Iterable[Breach]:
    """Variables that end in DTF."""
    yield from _imputation(data, re.compile(r"[A-Z0-9_]*DTF"), ("Y", "M", "D"))


@rule("adam.tmf", "error", "a time imputation flag is H, M, S or missing", on=ADAM)
def time_flags(data: Data) -> Iterable[Breach]:
    """Variables that end in TMF."""
    yield from _imputation(data, re.compile(r"[A-Z0-9_]*TMF"), ("H", "M", "S"))


def _imputation(data: Data, pattern: re.Pattern[str], allowed: tuple[str, ...]) -> Iterable[Breach]:
    for name in matching(data, pattern):
        wrong = data.present(name) & ~data.equals(name, *allowed)
        yield from records(data, name, wrong, f"expected {', '.join(allowed)} or nothing")


_DATE = re.compile(r"[A-Z][A-Z0-9_]*DT")
_DATETIME = re.compile(r"[A-Z][A-Z0-9_]*DTM")
_DAY = re.compile(r"[A-Z][A-Z0-9_]*DY")


@rule("adam.41", "error", "a date variable (DT) is shown by a date format", on=ADAM, published="ADaM 41")
def date_formats(data: Data) -> Iterable[Breach]:
    """Numbers that no format makes dates, in files that have formats."""
    if not data.typed:
        return
    for name in matching(data, _DATE):
        if not data.is_text(name) and not data.is_date(name):
            yield from records(data, name, data.present(name), "a number without a date format")


def _numeric(number: int, pattern: re.Pattern[str], what: str) -> Callable[[Data], Iterable[Breach]]:
    def test(data: Data) -> Iterable[Breach]:
        for name in matching(data, pattern):
            if data.is_text(name):
                yield from records(data, name, data.present(name), "found text; expected a number")

    sentence = f"a {what} variable is numeric"
    add(Rule(f"adam.{number}", "error", sentence, test, (f"ADaM {number}",), ADAM))
    return test


@rule("adam.46", "error", "a relative day (DY) is never 0", on=ADAM, published="ADaM 46")
def no_day_zero(data: Data) -> Iterable[Breach]:
    """Days: -1 is followed by 1."""
    for name in matching(data, _DAY):
        yield from records(data, name, data.number(name) == 0, "found 0; days are …, -1, 1, …")


@rule("adam.143", "error", "PARAMCD has up to 8 characters", on=BDS, published="ADaM 143")
def code_length(data: Data) -> Iterable[Breach]:
    """Parameter codes, which become variable names when data is transposed."""
    yield from _codes(data, r".{1,8}")


@rule("adam.144", "error", "PARAMCD starts with a letter", on=ADAM, published="ADaM 144")
def code_start(data: Data) -> Iterable[Breach]:
    """Parameter codes that cannot be a variable's name."""
    yield from _codes(data, r"[A-Za-z].*")


@rule("adam.145", "error", "PARAMCD has letters, digits and underscores only", on=BDS, published="ADaM 145")
def code_characters(data: Data) -> Iterable[Breach]:
    """Parameter codes with other characters."""
    yield from _codes(data, r"[A-Za-z0-9_]*")


def _codes(data: Data, pattern: str) -> Iterable[Breach]:
    """Codes that have not the pattern, each once: at its first record."""
    if data.has("PARAMCD"):
        codes, found = data.distinct("PARAMCD")
        yield from once_each(data, "PARAMCD", data.where("PARAMCD", ~found.str.fullmatch(pattern)), codes)


@rule("adam.13", "error", "a variable's name has up to 8 characters", on=ADAM, published="ADaM 13")
def name_length(data: Data) -> Iterable[Breach]:
    """Names of variables."""
    for name in map(str, data.frame.columns):
        if len(name) > 8:
            yield Breach(data.name, name, f"{len(name)} characters", values=name)


@rule("adam.14", "error", "a variable's name starts with a letter", on=ADAM, published="ADaM 14")
def name_start(data: Data) -> Iterable[Breach]:
    """Names of variables."""
    for name in map(str, data.frame.columns):
        if not re.match("[A-Za-z]", name):
            yield Breach(data.name, name, f"starts with {name[:1]}", values=name)


@rule("adam.16", "error", "a label has up to 40 characters", on=ADAM, published="ADaM 16")
def label_length(data: Data) -> Iterable[Breach]:
    """Labels of variables."""
    for name, variable in data.variables.items():
        if len(variable.label) > 40:
            yield Breach(data.name, name, f"{len(variable.label)} characters", values=variable.label)


@rule("adam.17", "error", "text has up to 200 characters", on=ADAM, published="ADaM 17")
def value_length(data: Data) -> Iterable[Breach]:
    """Values that a version 5 transport file cannot hold."""
    for name in map(str, data.frame.columns):
        if data.is_text(name):
            _, found = data.distinct(name)
            yield from records(data, name, data.where(name, found.str.len() > 200))


_population_rules()
_yes_rules()
_severity(278, "ASEVN")
_severity(279, "AESEVN")
_numeric(58, _DATE, "date (DT)")
_numeric(60, _DATETIME, "datetime (DTM)")
