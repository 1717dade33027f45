"""The trial summary: which parameters there are, and what TSVAL and its qualifiers hold for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import ambiguous
from oncdisc.checks.matching import published_of, summary_places
from oncdisc.checks.package import take
from oncdisc.checks.registry import Breach, domains, records, rule
from specs import iso8601
from specs.columns import TEXT
from specs.iso3166 import ALPHA_3
from specs.trial_summary import NULL_FLAVORS, SummaryParameter, summary_parameters

_TS = domains("TS")
_CONTINUED = r"TSVAL[1-9]\d*"
_NAME_MOST = {"TSPARMCD": 8, "TSPARM": 40}
_VERSIONED = ("CDISC", "SNOMED", "UNII", "NDF-RT", "MED-RT")
_RELEASE = r"\d{4}-\d\d-\d\d"
_NORMS = {"duration": ("ISO 8601",), "date": ("ISO 8601",), "full_date": ("ISO 8601",)}
_FLAVORS = {word.casefold() for pair in NULL_FLAVORS.items() for word in pair}


def _known(data: Data) -> Iterator[tuple[SummaryParameter, Booleans]]:
    """The parameters of the dataset that standards say something of, with their records."""
    _, found = data.distinct("TSPARMCD")
    for code in found.tolist():
        if code in summary_parameters():
            yield summary_parameters()[code], data.equals("TSPARMCD", code)


_NO_VALUE, _BOTH = ("CG0259", "FDA SD2017"), ("CG0260", "FDA SD2018")


@rule("trial.summary_value", "error", "a trial summary parameter has a value or a null flavor, not both",
      on=_TS, published="CG0259, CG0260, FDA SD2017, FDA SD2018")  # fmt: skip
def value_or_flavor(data: Data) -> Iterable[Breach]:
    """TSVAL against TSVALNF."""
    if data.has("TSVAL"):
        value, flavor = data.present("TSVAL"), data.present("TSVALNF")
        yield from records(data, "TSVAL", ~value & ~flavor, "neither TSVAL nor TSVALNF is there", _NO_VALUE)
        yield from records(data, "TSVALNF", value & flavor, "both TSVAL and TSVALNF are there", _BOTH)


@rule("trial.summary_continued", "error", "TSVAL1 and on continue what the variable before them begins",
      on=_TS, published="CG0261, CG0262")  # fmt: skip
def continued(data: Data) -> Iterable[Breach]:
    """TSVALn without what goes before it."""
    names = [name for name in map(str, data.frame.columns) if pd.Series([name]).str.fullmatch(_CONTINUED).item()]
    for name in names:
        before = f"TSVAL{int(name.removeprefix('TSVAL')) - 1 or ''}"
        published = ("CG0261" if before == "TSVAL" else "CG0262",)
        yield from records(data, name, data.present(name) & ~data.present(before), f"{before} is missing", published)


def _asked_for(data: Data, parameter: SummaryParameter) -> bool:
    """Whether agencies look for a parameter in this trial."""
    if isinstance(parameter.asked, str):
        return parameter.asked == "always"
    other, values = parameter.asked
    return bool((data.equals("TSPARMCD", other) & data.equals("TSVAL", *values)).any())


def _missing(data: Data, asked: Callable[[SummaryParameter], bool], published: str) -> Iterable[Breach]:
    _, found = data.distinct("TSPARMCD")
    there = set(found.tolist())
    for code, parameter in summary_parameters().items():
        if code not in there and asked(parameter):
            why = f", which {parameter.asked[0]} calls for" if isinstance(parameter.asked, tuple) else ""
            of = published_of(published, code)
            yield Breach(data.name, "TSPARMCD", f"no parameter {code}{why}", values=code, published=of)


_ASKED = (
    "CG0287, FDA SD2201, FDA SD2202, FDA SD2203, FDA SD2204, FDA SD2205, FDA SD2206, FDA SD2207, FDA SD2208, "
    "FDA SD2209, FDA SD2210, FDA SD2211, FDA SD2212, FDA SD2213, FDA SD2214, FDA SD2215, FDA SD2216, FDA SD2217, "
    "FDA SD2218, FDA SD2219, FDA SD2221, FDA SD2222, FDA SD2223, FDA SD2224, FDA SD2225, FDA SD2226, FDA SD2227, "
    "FDA SD2228, FDA SD2229, FDA SD2230, FDA SD2231, FDA SD2232, FDA SD2233, FDA SD2234, FDA SD2235, FDA SD2280, "
    "FDA SD2281"
)
_DESIRED = "FDA SD2273, FDA SD2274, FDA SD2275, FDA SD2276, FDA SD2277, FDA SD2278, FDA SD2279, FDA SD2282"


@rule("trial.summary_parameters", "warning", "the trial summary has the parameters that agencies look for", on=_TS,
      published=_ASKED)  # fmt: skip
def parameters(data: Data) -> Iterable[Breach]:
    """Parameters that are not there; some are asked for where another has a certain value."""
    yield from _missing(data, lambda parameter: _asked_for(data, parameter), _ASKED)


@rule("trial.summary_desired", "info", "the trial summary has the parameters that FDA would like to have", on=_TS,
      published=_DESIRED)  # fmt: skip
def desired(data: Data) -> Iterable[Breach]:
    """Parameters of FDA's technical conformance guide that are not there."""
    yield from _missing(data, lambda parameter: parameter.asked == "desired", _DESIRED)


_CALLED_FOR = (
    ("HLTSUBJI", "N", "TDIGRP", True), ("HLTSUBJI", "Y", "TDIGRP", False), ("ADDON", "Y", "CURTRT", True),
    ("STYPE", "INTERVENTIONAL", "TRT", True), ("STYPE", "INTERVENTIONAL", "INTMODEL", True),
    ("STYPE", "INTERVENTIONAL", "INTTYPE", True),
)  # fmt: skip
"""Where a parameter has this value, another has one (or has none)."""


@rule("trial.summary_condition", "warning", "a parameter has a value where another says that there is one", on=_TS,
      published="CG0272, CG0273, CG0275, CG0276, CG0277, CG0278, FDA SD1306, FDA SD1307, FDA SD1308, FDA SD1309, "
      "FDA SD1310, FDA SD1311")  # fmt: skip
def condition(data: Data) -> Iterable[Breach]:
    """A diagnosis of healthy subjects, a trial of treatments without treatment."""
    for other, value, code, valued in _CALLED_FOR:
        if (data.equals("TSPARMCD", other) & data.equals("TSVAL", value)).any():
            wrong = data.equals("TSPARMCD", code) & (data.present("TSVAL") != valued)
            said = f"{other} is {value}: expected {'a' if valued else 'no'} value of {code}"
            yield from records(data, "TSVAL", wrong, said)


_ONCE = "FDA SD1214, FDA SD1216, FDA SD1218, FDA SD1220, FDA SD1222, FDA SD1224, FDA SD1225, FDA SD1227"


@rule("trial.summary_once", "warning", "a parameter that a trial has one of is there once", on=_TS,
      published=_ONCE)  # fmt: skip
def once(data: Data) -> Iterable[Breach]:
    """Several records of a parameter with one value."""
    for parameter, rows in _known(data):
        if parameter.once and rows.sum() > 1:
            of = published_of(_ONCE, parameter.code)
            yield from records(data, "TSPARMCD", rows, f"{parameter.code} is there more than once", of)


@rule("trial.summary_name", "error", "TSPARMCD has up to 8 characters, TSPARM up to 40", on=_TS,
      published="CG0257, CG0258, FDA SD0019, FDA SD0020")  # fmt: skip
def name(data: Data) -> Iterable[Breach]:
    """Parameters with long names."""
    for variable, most in _NAME_MOST.items():
        _, found = data.distinct(variable)
        yield from records(data, variable, data.where(variable, found.str.len() > most), f"more than {most} characters")


def _number(found: pd.Series) -> np.ndarray:
    return found.str.fullmatch(r"\d+").to_numpy(dtype=bool)


def _share(found: pd.Series) -> np.ndarray:
    share = pd.to_numeric(found, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return (share > 0) & (share <= 1)


def _full_date(found: pd.Series) -> np.ndarray:
    return iso8601.is_valid(found) & found.str.match(_RELEASE).to_numpy(dtype=bool)


def _duration(found: pd.Series) -> np.ndarray:
    return np.asarray(iso8601.is_duration(found), dtype=bool) & ~found.str.startswith("-").to_numpy(dtype=bool)


_FORMS: dict[str, tuple[str, Callable[[pd.Series], np.ndarray]]] = {
    "duration": ("a duration as ISO 8601 has it, such as P18Y", _duration),
    "date": ("a date as ISO 8601 has it", lambda found: np.asarray(iso8601.is_valid(found), dtype=bool)),
    "full_date": ("a complete date as ISO 8601 has it", _full_date),
    "number": ("a whole number", _number),
    "share": ("a number above 0, up to 1", _share),
    "country": ("a country of ISO 3166-1, three letters", lambda found: found.isin(ALPHA_3).to_numpy(dtype=bool)),
}


_FORM = (
    "CG0270, CG0280, CG0283, CG0284, CG0285, CG0286, CG0438, CG0439, CG0440, CG0456, CG0457, TRC1734c, "
    "FDA SD1215, FDA SD1217, FDA SD1219, FDA SD1221, FDA SD1269, FDA SD1323, FDA SD2245, FDA SD2246, FDA SD2247, "
    "FDA SD2247A, FDA SD2248, FDA SD2249"
)


@rule("trial.summary_form", "error",
      "a parameter's value is a number, date, duration or country where it is to be one", on=_TS,
      published=_FORM)  # fmt: skip
def form(data: Data) -> Iterable[Breach]:
    """TSVAL by what its parameter is."""
    _, found = data.distinct("TSVAL")
    for parameter, rows in _known(data):
        if parameter.form:
            words, right = _FORMS[parameter.form]
            wrong = rows & data.where("TSVAL", ~right(found))
            said = f"{parameter.code}: expected {words}"
            yield from records(data, "TSVAL", wrong, said, published_of(_FORM, parameter.code))


@rule("trial.summary_flavor", "error", "a null flavor is one of ISO 21090", on=_TS, published="FDA SD2283")
def flavor(data: Data) -> Iterable[Breach]:
    """TSVALNF that nobody knows."""
    _, found = data.distinct("TSVALNF")
    wrong = data.where("TSVALNF", ~found.isin(list(NULL_FLAVORS)))
    yield from records(data, "TSVALNF", wrong, f"expected one of {', '.join(NULL_FLAVORS)}")


@rule("trial.summary_flavor_in_value", "warning", "a value that is not there has its reason in TSVALNF, not in TSVAL",
      on=_TS, published="CG0291, FDA SD1297")  # fmt: skip
def flavor_in_value(data: Data) -> Iterable[Breach]:
    """TSVAL of NA, UNKNOWN and the like, where that is no term of the parameter's codelist."""
    _, found = data.distinct("TSVAL")
    wrong = data.where("TSVAL", found.str.casefold().isin(_FLAVORS))
    for place in summary_places(data):
        terms = [value in place.lists[0] for value in found.tolist()]
        wrong &= ~(data.where("TSVAL", terms) & place.within(data))
    yield from records(data, "TSVAL", wrong, "belongs in TSVALNF")


@rule("trial.summary_code", "error", "a value's code is that of the term", on=_TS)
def code_of_term(data: Data) -> Iterable[Breach]:
    """TSVALCD beside a term of CDISC's terminology."""
    codes, found = data.distinct("TSVAL")
    cdisc = ~data.present("TSVCDREF") | data.where("TSVCDREF", data.distinct("TSVCDREF")[1].str.startswith("CDISC"))
    for place in summary_places(data):
        terms = [term.code if (term := place.get(value)) else None for value in found.tolist()]
        expected = take(pd.Series(terms, dtype=TEXT), codes)
        differs = (expected.notna() & data.text("TSVALCD").notna() & (expected != data.text("TSVALCD"))).to_numpy(bool)
        said = "the code of " + data.text("TSVAL") + " is " + expected
        yield from records(data, "TSVALCD", differs & cdisc & place.within(data), said)


@rule("trial.summary_code_known", "error", "a code of CDISC's terminology is in the version that TSVCDVER names",
      on=_TS, published="CG0288", yields_to="trial.summary_code")  # fmt: skip
def code_known(data: Data) -> Iterable[Breach]:
    """TSVALCD that no term of the parameter's codelist has, where the version is the one that is checked against."""
    _, found = data.distinct("TSVALCD")
    version_ = data.equals("TSVCDVER", *data.package.codelists.version.split(", "))
    for place in summary_places(data):
        known = {term.code for codelist in place.lists for term in codelist.terms}
        wrong = data.where("TSVALCD", ~found.isin(known)) & _named(data, ("CDISC",)) & version_ & place.within(data)
        yield from records(data, "TSVALCD", wrong, f"no code of {place.lists[0].submission}")


@rule("trial.summary_code_once", "error", "a value and its code are one to one within a dictionary", on=_TS,
      published="CG0265, FB0904, FDA SD1278")  # fmt: skip
def code_once(data: Data) -> Iterable[Breach]:
    """TSVALCD that goes with several TSVAL, and the other way."""
    if data.has("TSVAL", "TSVALCD"):
        within = data.groups("TSVCDREF")
        several = ambiguous(data, "TSVALCD", "TSVAL", within)
        yield from records(data, "TSVAL", several, "TSVALCD goes with several TSVAL")
        several = ambiguous(data, "TSVAL", "TSVALCD", within)
        yield from records(data, "TSVALCD", several, "TSVAL goes with several TSVALCD")


def _named(data: Data, names: tuple[str, ...]) -> Booleans:
    """Records whose TSVCDREF begins with one of these."""
    _, found = data.distinct("TSVCDREF")
    return data.where("TSVCDREF", found.str.upper().str.startswith(tuple(name.upper() for name in names)))


_DICTIONARIES = ("CG0444, CG0455, CG0456, CG0458, FDA SD2240, FDA SD2241, FDA SD2242, FDA SD2243, FDA SD2244, "
                 "FDA SD2256, FDA SD2266")  # fmt: skip


@rule("trial.summary_reference", "error", "a value is of the dictionary that its parameter calls for", on=_TS,
      published=_DICTIONARIES)  # fmt: skip
def reference(data: Data) -> Iterable[Breach]:
    """TSVCDREF of another dictionary: UNII for drugs, SNOMED for diseases, CDISC for what has a codelist."""
    for parameter, rows in _known(data):
        names = parameter.dictionary or _NORMS.get(parameter.form or "") or (("CDISC",) if parameter.codelist else ())
        if names:
            wrong = rows & data.present("TSVCDREF") & ~_named(data, names)
            said = f"{parameter.code}: expected {' or '.join(names)}"
            yield from records(data, "TSVCDREF", wrong, said, published_of(_DICTIONARIES, parameter.code))


@rule("trial.summary_dictionary", "warning", "drugs, diseases, classes and countries name their dictionary", on=_TS,
      published=_DICTIONARIES)  # fmt: skip
def dictionary(data: Data) -> Iterable[Breach]:
    """Values without TSVCDREF, of parameters that agencies read with a dictionary."""
    for parameter, rows in _known(data):
        if parameter.dictionary:
            wrong = rows & data.present("TSVAL") & ~data.present("TSVCDREF")
            said = f"{parameter.code}: expected {' or '.join(parameter.dictionary)}"
            yield from records(data, "TSVCDREF", wrong, said, published_of(_DICTIONARIES, parameter.code))


@rule("trial.summary_version", "warning", "a dictionary with versions has its version; CDISC's is a date", on=_TS,
      published="CG0266, CG0267, CG0289, FDA SD1260, FDA SD1268")  # fmt: skip
def version(data: Data) -> Iterable[Breach]:
    """TSVCDVER against TSVCDREF."""
    named, version_ = data.present("TSVCDREF"), data.present("TSVCDVER")
    yield from records(data, "TSVCDREF", version_ & ~named, "TSVCDVER is there, TSVCDREF is not")
    yield from records(data, "TSVCDVER", _named(data, _VERSIONED) & ~version_, "TSVCDVER is missing")
    _, found = data.distinct("TSVCDVER")
    undated = data.where("TSVCDVER", ~found.str.fullmatch(_RELEASE).to_numpy(dtype=bool))
    yield from records(data, "TSVCDVER", _named(data, ("CDISC",)) & undated, "expected a release's date")
