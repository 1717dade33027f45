"""Datasets and variables against the standard: names, labels, types, order, presence, lengths."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from oncdisc.checks.data import ADAM as ADAMIG
from oncdisc.checks.data import ADAM_STRUCTURES, Data, sdtm_variables
from oncdisc.checks.data import SDTM as SDTMIG
from oncdisc.checks.guides import other_guide
from oncdisc.checks.package import Package
from oncdisc.checks.registry import ADAM, SDTM, Breach, package_rule, records, rule
from oncdisc.checks.rules.adam_presence import REQUIRED
from specs.standard import DatasetStandard, VariableStandard, adam_variable, standard

_TEXT_MOST = 200
_NAME_MOST, _LABEL_MOST = 8, 40
_ADAM_ASKS = frozenset({"CMTRT"} | {name for _, name, _ in REQUIRED})
_IDENTIFIERS = frozenset({"STUDYID", "USUBJID"})
_GENERAL = frozenset({"Interventions", "Events", "Findings"})
_DEVICES = frozenset({"SPDEVID", "POOLID", "FOCID", "NHOID", "LNKID", "LNKGRP"})
_OF_ANY_CLASS = frozenset({
    "CHDY", "CHENDY", "CHSTDY", "CNTMOD", "DETECT", "EPCHGI", "FETUSID", "NOMDY", "NOMLBL", "RECID", "RPDY", "RPENDY",
    "RPHASE", "RPPLDY", "RPPLENDY", "RPPLSTDY", "RPSTDY", "USCHFL", "XDY", "XENDY", "XSTDY",
})  # fmt: skip
_OF_CLASS = {
    "Events": frozenset({"DIR", "LAT", "PORTOT", "REASOC", "TOX"}),
    "Interventions": frozenset({"FTDOSD", "METHOD", "RSTIND", "RSTMOD", "TDOSD", "TRTV", "VAMT", "VAMTU"}),
    "Findings": frozenset({
        "CHRON", "CSTATE", "DISTR", "DTHREL", "EXCLFL", "IMPLBL", "REASEX", "REASPF", "RESLOC", "RSTIND", "RSTMOD",
        "SEV",
    }),
}  # fmt: skip
"""What SDTM 2.0 has of a class, and of all, that no domain of SDTMIG 3.4 lists."""
_WITHOUT_CLASS = frozenset({"Trial Design", "Relationship", "Special-Purpose", "Study Reference"})
_OF_DATASET = {"DM": frozenset({"AGETXT", "RPATHCD", "SBSTRAIN", "SETCD", "SPECIES", "STRAIN"})}
_OF_RELATED = frozenset({"APID", "POOLID", "SPDEVID"})


@package_rule("package.unread", "error", "every file can be read")
def unread(package: Package) -> Iterable[Breach]:
    """Datasets and define.xml files that could not be read."""
    for name, why in package.unread.items():
        yield Breach(name, message=why)


@package_rule("package.twice", "warning", "a dataset is there once")
def twice(package: Package) -> Iterable[Breach]:
    """Files that hold a dataset of a name that another file has; they are not checked."""
    for name, place in package.twice.items():
        yield Breach(name, message=f"{place} holds {name} too, and is not checked", values=place)


@rule("structure.dataset", "warning", "an SDTM dataset is one of the standard's", on=SDTM, published="CG0001")
def dataset(data: Data) -> Iterable[Breach]:
    """Domains of the sponsor's own, which are allowed but need a reason."""
    if data.standard is None:
        yield Breach(data.name, message=f"{data.name} is no dataset of {SDTMIG}")


@rule(
    "structure.dataset_label",
    "warning",
    "a dataset has the standard's label",
    on=SDTM,
    yields_to="gateway.label, define.label",
)
def dataset_label(data: Data) -> Iterable[Breach]:
    """Labels of datasets; a split dataset's begins with its domain's or names the part."""
    known = data.standard
    if known is None or not data.typed or known.name != data.name:
        return
    if data.label != known.label and data.label.upper() != known.label.upper()[:_LABEL_MOST]:
        yield Breach(data.name, message=f"found {data.label or 'no label'}; expected {known.label}", values=data.label)


def class_variables(known: DatasetStandard) -> frozenset[str]:
    """Names without their prefix of all variables of the class, and of identifiers and timing of any class.

    For a dataset that is of no general class, what SDTM 2.0 has of it beyond SDTMIG.
    """
    if known.class_ in _WITHOUT_CLASS:
        return _OF_DATASET.get(known.name, _OF_RELATED)
    class_ = known.class_.removesuffix(" About")
    guide = standard(SDTMIG)
    everywhere = [guide.dataset(name) for name in guide.datasets]
    general = [other for other in everywhere if other.class_ in _GENERAL]
    of_model = _DEVICES | _OF_ANY_CLASS | _OF_CLASS.get(class_, frozenset())
    return of_model | frozenset(
        name.removeprefix(other.name)
        for other in general
        for name, variable in other.variables.items()
        if other.class_ == class_ or variable.role in ("Identifier", "Timing")
    )


@rule(
    "structure.variable_unknown",
    "error",
    "a variable is one of the dataset's or of its class; others belong in SUPP--",
    on=SDTM,
    published="CG0013, FDA SD0058",
    yields_to="structure.name",
)
def variable_unknown(data: Data) -> Iterable[Breach]:
    """Variables that the model does not have there."""
    known = data.standard
    if known is None:
        return
    general = class_variables(known)
    for name in map(str, data.frame.columns):
        if name not in known.variables and name.removeprefix(data.domain[:2]) not in general:
            yield Breach(data.name, name, f"{name} is not a variable of {known.name} or its class", values=name)


@rule(
    "structure.label",
    "error",
    "a variable has the standard's label",
    published="FDA SD0063",
    yields_to="structure.label_length, adam.895, adam.same_meaning",
)
def label(data: Data) -> Iterable[Breach]:
    """Labels against SDTMIG and ADaMIG; where the standard leaves it to the sponsor anything goes."""
    if not other_guide(data):
        for name, given, known in _mislabelled(data):
            yield Breach(data.name, name, f"found {given or 'no label'}; expected {known}", values=given)


@rule(
    "structure.label_guide",
    "warning",
    "a variable has the label of the guide checked against, where the data follow another version",
    yields_to="define.label",
)
def label_guide(data: Data) -> Iterable[Breach]:
    """Labels that differ from the guide that is checked against: the data's own may have them so."""
    if followed := other_guide(data):
        checked = ADAMIG if data.engine == "adam" else SDTMIG
        for name, given, known in _mislabelled(data):
            said = f"found {given or 'no label'}; {checked} has {known}, the data follow {followed}"
            yield Breach(data.name, name, said, values=given)


def _mislabelled(data: Data) -> Iterable[tuple[str, str, str]]:
    """Variables whose label is not the standard's: name, label, the standard's label."""
    for name, variable in data.variables.items() if data.typed else ():
        known = data.variable_standard(name)
        labels = _labels(data, known) if known else ("",)
        if known and variable.label not in labels and "" not in labels and not known.label.startswith("{"):
            yield name, variable.label, known.label


def _labels(data: Data, known: VariableStandard) -> tuple[str, ...]:
    """The labels that a variable may have: of ADaM also that of the guide which its structure's guide extends.

    STARTDT is worded in one way by ADaM-TTE 1.0 and in another by ADaMIG 1.3. Empty is the sponsor's: anything goes.
    """
    extended = data.standard.extends if data.engine == "adam" and data.standard else None
    other = adam_variable(extended, known.name) if extended else None
    return (known.label, other.label) if other else (known.label,)


@rule(
    "structure.type",
    "error",
    "a variable is text or number as the standard has it",
    published="CG0012, FDA SD0055",
    yields_to="adam.same_meaning",
)
def type_(data: Data) -> Iterable[Breach]:
    """Storage types; ADaM dates are numbers."""
    for name in map(str, data.frame.columns):
        known = data.variable_standard(name)
        if known and data.is_text(name) != (known.type == "Char") and data.present(name).any():
            found = "text" if data.is_text(name) else "number"
            yield Breach(data.name, name, f"found {found}; expected {'text' if known.type == 'Char' else 'number'}")


@rule("structure.order", "warning", "variables are in the standard's order", on=SDTM, published="CG0664, FDA SD1079")
def order(data: Data) -> Iterable[Breach]:
    """The first variable that stands before one that should precede it."""
    if data.standard is None:
        return
    places = {name: known.order for name, known in data.standard.variables.items()}
    ours = [name for name in map(str, data.frame.columns) if name in places]
    expected = sorted(ours, key=places.__getitem__)
    wrong = next((pair for pair in zip(ours, expected, strict=True) if pair[0] != pair[1]), None)
    if wrong:
        yield Breach(data.name, wrong[0], f"found {wrong[0]} where {wrong[1]} is expected")


@rule("structure.required", "error", "a required variable is there", published="CG0014, FDA SD0056")
def required(data: Data) -> Iterable[Breach]:
    """Variables that the standard requires of the dataset; ADaM's conformance rules ask for theirs themselves."""
    for name, known in (data.standard.variables if data.standard else {}).items():
        asked = data.engine == "sdtm" or (name.isalnum() and name.isupper() and name not in _ADAM_ASKS)
        if known.core == "Req" and asked and not data.has(name):
            yield Breach(data.name, name, f"{name} is not there", values=name)


@rule(
    "structure.expected",
    "warning",
    "an expected variable is there",
    on=SDTM,
    published="CG0016, FDA SD0057",
    yields_to="define.variable_described",
)
def expected(data: Data) -> Iterable[Breach]:
    """Variables that SDTMIG expects."""
    for name, known in (data.standard.variables if data.standard else {}).items():
        if known.core == "Exp" and not data.has(name):
            yield Breach(data.name, name, f"{name} is not there", values=name)


@rule(
    "structure.required_value",
    "error",
    "a required variable has a value",
    published="CG0014, FDA SD0002",
    yields_to="trial.start, terminology.coded",
)
def required_value(data: Data) -> Iterable[Breach]:
    """Required variables with missing values; ADaM requires the variable, not its value."""
    for name, known in (data.standard.variables if data.standard else {}).items():
        if known.core == "Req" and data.has(name) and (data.engine == "sdtm" or name in _IDENTIFIERS):
            yield from records(data, name, ~data.present(name), f"{name} is missing")


@rule(
    "structure.empty",
    "info",
    "a permissible variable without any value is left out",
    on=SDTM,
    published="CG0015, FDA SD1078",
)
def empty(data: Data) -> Iterable[Breach]:
    """Columns without a value that nobody expects."""
    for name in map(str, data.frame.columns):
        known = data.variable_standard(name)
        if len(data) and known and known.core == "Perm" and not data.present(name).any():
            yield Breach(data.name, name, f"{name} has no value in any record")


@rule("structure.name", "error", "a variable's name is up to 8 letters, digits and underscores, a letter first",
      on=SDTM, published="CG0310")  # fmt: skip
def name_(data: Data) -> Iterable[Breach]:
    """Names of variables (ADaM has rules of its own)."""
    for name in map(str, data.frame.columns):
        if len(name) > _NAME_MOST or not (name[:1].isalpha() and name.replace("_", "").isalnum() and name.isascii()):
            yield Breach(data.name, name, values=name)


@rule("structure.label_length", "error", "a label has up to 40 characters", on=SDTM, published="CG0311")
def label_length(data: Data) -> Iterable[Breach]:
    """Labels of variables."""
    for name, variable in data.variables.items():
        if len(variable.label) > _LABEL_MOST:
            yield Breach(data.name, name, f"the label has {len(variable.label)} characters", values=variable.label)


@rule("structure.value_length", "error", "text has up to 200 characters", on=SDTM)
def value_length(data: Data) -> Iterable[Breach]:
    """Values that a version 5 transport file cannot hold."""
    for name in map(str, data.frame.columns):
        if data.is_text(name):
            _, found = data.distinct(name)
            yield from records(data, name, data.where(name, found.str.len() > _TEXT_MOST))


@rule(
    "structure.length",
    "warning",
    "a text variable is no longer than its longest value",
    published="FDA SD1082",
    yields_to="structure.type",
)
def length(data: Data) -> Iterable[Breach]:
    """Padding that makes transport files large; the longest value anywhere under the same name counts."""
    if data.path is None or data.path.suffix.lower() != ".xpt":
        return
    for name, variable in data.variables.items():
        if not data.is_text(name) or not variable.length:
            continue
        longest = max(_width(other, name) for other in data.package.of(data.engine) if other.has(name))
        if variable.length > max(longest, 1):
            yield Breach(data.name, name, f"length {variable.length}, longest value {longest}")


def _width(data: Data, name: str) -> int:
    if not data.is_text(name):
        return 0
    _, found = data.distinct(name)
    return max((len(value.encode()) for value in found.tolist()), default=0)


@rule(
    "structure.domain",
    "error",
    "DOMAIN is the dataset's domain in every record",
    on=SDTM,
    published="CG0413, FDA SD0004",
)
def domain(data: Data) -> Iterable[Breach]:
    """Records that say they belong to another domain."""
    if data.has("DOMAIN"):
        wrong = data.present("DOMAIN") & ~data.equals("DOMAIN", data.domain[:2])
        yield from records(data, "DOMAIN", wrong, f"expected {data.domain[:2]}")


@rule("structure.prefix", "warning", "a variable's prefix is its dataset's domain", on=SDTM, published="CG0349")
def prefix(data: Data) -> Iterable[Breach]:
    """Variables of another domain's prefix in a dataset of the sponsor's own."""
    if data.standard is not None or len(data.name) != _PREFIX:
        return
    generic = _all_suffixes()
    for name in map(str, data.frame.columns):
        if name[_PREFIX:] in generic and name[:_PREFIX] != data.name and name[:_PREFIX] in standard(SDTMIG):
            yield Breach(data.name, name, f"expected the prefix {data.name}", values=name)


_PREFIX = 2


def _all_suffixes() -> frozenset[str]:
    guide = standard(SDTMIG)
    return frozenset(
        variable.removeprefix(name)
        for name in guide.datasets
        for variable in guide.dataset(name).variables
        if variable.startswith(name)
    )


@package_rule("structure.study", "error", "STUDYID is the same in every dataset", published="CG0409, FDA SD1005")
def study(package: Package) -> Iterable[Breach]:
    """Records of another study than DM's (or, without DM, ADSL's)."""
    for reference in (package.get("DM"), package.get("ADSL")):
        if reference is not None and reference.has("STUDYID"):
            _, ids = reference.distinct("STUDYID")
            for data in package:
                if data.has("STUDYID"):
                    _, own = data.distinct("STUDYID")
                    yield from records(data, "STUDYID", data.where("STUDYID", ~own.isin(ids)), "not a study of DM")
            return


@package_rule(
    "structure.dm",
    "error",
    "a package of SDTM has DM",
    published="FDA SD1020",
    among_others=True,
)
def subjects(package: Package) -> Iterable[Breach]:
    """The dataset of subjects that everything refers to."""
    others = package.of("sdtm")
    if others and "DM" not in package.datasets and not package.unreadable("DM"):
        yield Breach("DM", message=f"DM is not there, {others[0].name} is")


@rule("structure.upper_case", "error", "a variable's name is in capitals")
def upper_case(data: Data) -> Iterable[Breach]:
    """Names in small letters; the other rules read them as capitals."""
    for name, variable in data.variables.items():
        if variable.name != name:
            yield Breach(data.name, name, f"found {variable.name}", values=variable.name)


@rule("structure.adam_variable", "info", "a variable is one of the structure's or of SDTM's", on=ADAM)
def adam_unknown(data: Data) -> Iterable[Breach]:
    """Names that neither ADaMIG nor SDTM has: allowed, and worth a look."""
    if data.structure not in ADAM_STRUCTURES:
        return
    sdtm = sdtm_variables()
    for name in map(str, data.frame.columns):
        if data.variable_standard(name) is None and name not in sdtm:
            yield Breach(data.name, name, f"{name} is in neither {ADAMIG} nor {SDTMIG}", values=name)


@rule("structure.records", "warning", "a dataset has records", published="CG0408, FDA SD0001")
def has_records(data: Data) -> Iterable[Breach]:
    """Datasets without a record, which a submission leaves out."""
    if not len(data):
        yield Breach(data.name, message="no record")


@rule("structure.printable", "error", "text has no control characters")
def printable(data: Data) -> Iterable[Breach]:
    """Tabs, line ends and the like within values."""
    for name in map(str, data.frame.columns):
        if data.is_text(name):
            _, found = data.distinct(name)
            yield from records(data, name, data.where(name, np.asarray(found.str.contains(r"[\x00-\x1f\x7f]"))))
