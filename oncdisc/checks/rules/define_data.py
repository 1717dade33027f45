"""define.xml against the data, both ways: datasets, variables, labels, types, lengths, values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from define import Document, broken_references
from define.model import CodeList, ItemDef, ItemRef, RangeCheck
from oncdisc.checks.classify import classified
from oncdisc.checks.data import ADAM, SDTM, Data
from oncdisc.checks.guides import plain
from oncdisc.checks.package import Defined, Package
from oncdisc.checks.registry import Breach, package_rule, records, rule
from specs.wording import few

_NUMBERS = ("integer", "float")
_DATES = ("date", "datetime", "time", "partialDate", "partialDatetime", "incompleteDatetime", "durationDatetime")
_NUMBERED = ("SAS", "DATE", "TIME")
_STRUCTURES = {
    "SUBJECT LEVEL ANALYSIS DATASET": ("ADSL",),
    "BASIC DATA STRUCTURE": ("BDS", "TTE"),
    "OCCURRENCE DATA STRUCTURE": ("OCCDS", "ADAE"),
}
"""Classes of analysis datasets and the structures that are of them."""


def described(data: Data) -> Iterator[tuple[ItemRef, ItemDef]]:
    """The variables that define.xml has of a dataset."""
    if data.group is None or data.define is None:
        return
    items = _items(data.define)
    for ref in data.group.items:
        if ref.item in items:
            yield ref, items[ref.item]


@cache
def _items(document: Document) -> dict[str, ItemDef]:
    return {item.oid: item for item in document.items}


def _codelist(data: Data, item: ItemDef) -> CodeList | None:
    lists = data.define.codelists if data.define else ()
    return next((codelist for codelist in lists if codelist.oid == item.codelist), None)


def _has_define(package: Package, data: Data) -> Defined | None:
    """The define.xml that should describe a dataset: one that describes another of the same standard."""
    for defined in package.defines:
        if any(other.define is defined.document for other in package.of(data.engine)):
            return defined
    return None


@package_rule("define.dataset", "error", "a dataset is described in define.xml", published="FDA SD1063")
def dataset(package: Package) -> Iterable[Breach]:
    """Datasets that define.xml does not have."""
    for data in package:
        if data.group is None and _has_define(package, data) is not None:
            yield Breach(data.name, message=f"define.xml has no {data.name}")


@package_rule(
    "define.described",
    "error",
    "a dataset that define.xml describes is there",
    published="FDA SD0061",
    yields_to="structure.dm, adam.1, gateway.1736",
    among_others=True,
)
def described_is_there(package: Package) -> Iterable[Breach]:
    """Datasets of define.xml that no file has, several as one finding; those that it says have no data are left out,
    and those whose file could not be read."""
    for defined in package.defines:
        absent = [
            group.name
            for group in defined.document.datasets
            if group.name.upper() not in package.datasets
            and not group.has_no_data
            and not package.unreadable(group.name.upper())
        ]
        place = absent[0] if len(absent) == 1 else defined.path.name
        if absent:
            said = "no file has it" if len(absent) == 1 else "no file has them"
            yield Breach(place, message=f"{defined.path.name} describes {', '.join(absent)}; {said}")


@package_rule(
    "define.file", "error", "the file that define.xml has for a dataset is there", yields_to="gateway.file_name"
)
def file(package: Package) -> Iterable[Breach]:
    """References of datasets to files that are not there; the same name in another format is taken for a copy."""
    for defined in package.defines:
        for group in defined.document.datasets:
            known = package.get(group.name.upper())
            if known is None or known.define is not defined.document or known.path is None or group.leaf is None:
                continue
            place = defined.path.parent / group.leaf.href
            if not place.is_file() and known.path.stem != place.stem:
                yield Breach(known.name, message=f"found {known.path.name}; define.xml has {group.leaf.href}")


@rule("define.class", "warning", "define.xml has a dataset in the standard's class")
def class_(data: Data) -> Iterable[Breach]:
    """Classes that the standard does not have for the domain, or that the analysis dataset's variables are not of."""
    given = (data.group.class_name or "") if data.group is not None else ""
    if not given:
        return
    said = given.upper().replace("-", " ").replace("FINDINGS ABOUT", "FINDINGS")
    if data.engine == "adam":
        found = classified(data.name, data.label, data.frame, data.variables, folder="adam").structure
        if said in _STRUCTURES and found != "OTHER" and found not in _STRUCTURES[said]:
            yield Breach(data.name, message=f"found {given}; the dataset is built as {found}", values=given)
    elif data.standard is not None:
        expected = data.standard.class_.upper().replace("-", " ").replace("FINDINGS ABOUT", "FINDINGS")
        if said != expected:
            yield Breach(data.name, message=f"found {given}; {SDTM} has {data.standard.class_}", values=given)


@rule("define.keys", "error", "define.xml has the keys of a dataset")
def keys(data: Data) -> Iterable[Breach]:
    """Datasets none of whose variables has a place in the key."""
    if data.group is not None and data.group.items and all(ref.key_sequence is None for ref in data.group.items):
        yield Breach(data.name, message="no variable has a KeySequence")


@rule("define.repeating", "error", "a dataset of several records a subject is repeating in define.xml")
def repeating(data: Data) -> Iterable[Breach]:
    """Repeating No where a subject has several records."""
    if data.group is not None and not data.group.repeating:
        subjects = data.text("USUBJID").dropna()
        if subjects.duplicated().any():
            first = str(subjects[subjects.duplicated()].iloc[0])
            yield Breach(data.name, message=f"found Repeating No; {first} has several records", values=first)


@rule("define.where", "info", "a value of define.xml's where clauses is in the data")
def where(data: Data) -> Iterable[Breach]:
    """Values of conditions that no record has; items that are said to have no data are left out."""
    names = {item.oid: item.name for _, item in described(data) if data.has(item.name)}
    unmet = {
        (names[check.item], value)
        for check in _conditions(data)
        if check.item in names and check.comparator in ("EQ", "IN")
        for value in _not_there(data, names[check.item], check)
    }
    for name, value in sorted(unmet):
        yield Breach(data.name, name, f"no record has {value}, define.xml has a where clause of it", values=value)


def _conditions(data: Data) -> Iterator[RangeCheck]:
    """The conditions of all value-level items that are to have data."""
    if data.define is None:
        return
    clauses = {clause.oid: clause for clause in data.define.where_clauses}
    for values in data.define.value_lists:
        for ref in values.items:
            for oid in () if ref.has_no_data else ref.where:
                yield from clauses[oid].checks if oid in clauses else ()


def _not_there(data: Data, name: str, check: RangeCheck) -> Iterator[str]:
    """A condition's values that no record has; an empty one stands for missing."""
    known = set(data.distinct(name)[1].tolist())
    for value in check.values:
        spelled = f"{float(value):.15g}" if not data.is_text(name) and _is_number(value) else value
        if value and spelled not in known:
            yield value


@rule(
    "define.variable",
    "error",
    "a variable is described in define.xml",
    published="FDA SD0060",
    yields_to="structure.name, structure.variable_unknown",
)
def variable(data: Data) -> Iterable[Breach]:
    """Variables that define.xml does not have for the dataset."""
    if data.group is not None:
        known = {item.name for _, item in described(data)}
        for name in map(str, data.frame.columns):
            if name not in known:
                yield Breach(data.name, name, f"define.xml has no {name}", values=name)


@rule(
    "define.variable_described",
    "error",
    "a variable that define.xml describes is there",
    published="FDA SD0054",
    yields_to="structure.required",
)
def variable_is_there(data: Data) -> Iterable[Breach]:
    """Variables of define.xml that the dataset has not."""
    for ref, item in described(data):
        if not data.has(item.name) and not ref.has_no_data:
            yield Breach(data.name, item.name, f"the dataset has no {item.name}", values=item.name)


@rule("define.order", "warning", "define.xml has the variables in the dataset's order", yields_to="structure.order")
def order(data: Data) -> Iterable[Breach]:
    """The first variable that stands elsewhere."""
    listed = [item.name for _, item in described(data) if data.has(item.name)]
    given = [name for name in map(str, data.frame.columns) if name in set(listed)]
    wrong = next((pair for pair in zip(listed, given, strict=False) if pair[0] != pair[1]), None)
    if wrong:
        yield Breach(data.name, wrong[1], f"define.xml has {wrong[0]} where the dataset has {wrong[1]}")


@rule(
    "define.label",
    "error",
    "a label is define.xml's",
    published="FDA SD1324",
    yields_to="structure.label_length, adam.16, gateway.label, structure.label, adam.895, adam.same_meaning",
)
def label(data: Data) -> Iterable[Breach]:
    """Labels of the dataset and its variables."""
    if data.group is None or not data.typed:
        return
    if data.group.label and data.label and data.group.label[:40] != data.label[:40]:
        yield Breach(data.name, message=f"found {data.label}; define.xml has {data.group.label}", values=data.label)
    for _, item in described(data):
        given = data.variables.get(item.name)
        if given is not None and item.label and given.label and item.label != given.label:
            message = f"found {given.label}; define.xml has {item.label}"
            yield Breach(data.name, item.name, message, values=given.label)


@rule(
    "define.type",
    "error",
    "a variable is of define.xml's type",
    published="FDA SD0059",
    yields_to="structure.type, adam.same_meaning",
)
def type_(data: Data) -> Iterable[Breach]:
    """Text where define.xml has numbers, numbers where it has text."""
    for _, item in described(data):
        if not data.has(item.name) or not data.present(item.name).any():
            continue
        if item.data_type in _NUMBERS and data.is_text(item.name):
            yield Breach(data.name, item.name, f"found text; define.xml has {item.data_type}")
        elif item.data_type == "text" and not data.is_text(item.name):
            yield Breach(data.name, item.name, "found a number; define.xml has text")


@rule(
    "define.integer",
    "warning",
    "a variable that define.xml has as integer holds whole numbers",
    yields_to="identifiers.whole_sequence, adam.169",
)
def integer(data: Data) -> Iterable[Breach]:
    """Values with decimals."""
    for _, item in described(data):
        if item.data_type == "integer" and data.has(item.name) and not data.is_date(item.name):
            number = data.number(item.name)
            yield from records(data, item.name, data.present(item.name) & (number % 1 > 0))


@rule("define.length", "error", "a text is no longer than define.xml says")
def length(data: Data) -> Iterable[Breach]:
    """Values beyond the declared length, one finding a variable: it is the length that is wrong."""
    for _, item in described(data):
        if item.length and item.data_type == "text" and data.has(item.name) and data.is_text(item.name):
            _, found = data.distinct(item.name)
            longest = int(found.str.len().max()) if len(found) else 0
            count = int(data.where(item.name, found.str.len() > item.length).sum())
            if count:
                records_ = f"{count:,} record{'s' if count > 1 else ''}"
                said = f"define.xml has length {item.length}; {records_} longer, up to {longest}"
                yield Breach(data.name, item.name, said, values=str(longest))


@rule(
    "define.mandatory",
    "error",
    "a variable that define.xml calls mandatory has values",
    yields_to="trial.start, terminology.coded, structure.required_value",
)
def mandatory(data: Data) -> Iterable[Breach]:
    """Missing values of mandatory variables."""
    for ref, item in described(data):
        if ref.mandatory and data.has(item.name):
            yield from records(data, item.name, ~data.present(item.name), "missing; define.xml calls it mandatory")


@rule(
    "define.codelist",
    "error",
    "a value is in define.xml's codelist",
    published="FDA SD0037",
    yields_to="terminology.closed, terminology.yes_only, adam.39, adam.tmf",
)
def codelist(data: Data) -> Iterable[Breach]:
    """Values that the variable's codelist does not list."""
    for _, item in described(data):
        found_list = _codelist(data, item)
        if found_list is None or not found_list.terms or not data.has(item.name):
            continue
        _, found = data.distinct(item.name)
        listed = _spelled(found_list) if found_list.data_type in _NUMBERS else {t.value for t in found_list.terms}
        wrong = data.where(item.name, ~found.isin(listed))
        yield from records(data, item.name, wrong, f"not in {found_list.name}")


def _spelled(codelist_: CodeList) -> set[str]:
    """Numeric terms as numbers are written: 1.0 is 1."""
    return {f"{float(term.value):.15g}" for term in codelist_.terms if _is_number(term.value)}


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdigit()


@rule("define.unused_term", "info", "a term of define.xml's codelist is used")
def unused_term(data: Data) -> Iterable[Breach]:
    """Terms that no value of the dataset has, where nothing of a codelist is used at all."""
    for _, item in described(data):
        found_list = _codelist(data, item)
        if found_list is not None and found_list.terms and data.has(item.name) and not data.present(item.name).any():
            yield Breach(data.name, item.name, f"no value, define.xml has {found_list.name}")


@package_rule("define.reference", "error", "what define.xml refers to is in define.xml")
def reference(package: Package) -> Iterable[Breach]:
    """Identifiers that lead nowhere."""
    for defined in package.defines:
        for broken in broken_references(defined.document):
            yield Breach(defined.path.name, message=str(broken))


@package_rule("define.study", "error", "define.xml is of the datasets' study")
def study(package: Package) -> Iterable[Breach]:
    """Names of study and protocol neither of which a dataset has as STUDYID."""
    for defined in package.defines:
        ids, known = studies(package, defined), defined.document.study
        if ids and known.name not in ids and known.protocol not in ids:
            yield Breach(defined.path.name, message=f"found {known.name}; the datasets have {', '.join(ids)}")


def studies(package: Package, defined: Defined) -> list[str]:
    """The values of STUDYID in the datasets that a define.xml describes, sorted."""
    members = [data for data in package if data.define is defined.document and data.has("STUDYID")]
    return sorted({str(value) for data in members for value in data.distinct("STUDYID")[1]})


@package_rule("define.terminology", "warning", "define.xml names the terminology in force")
def terminology(package: Package) -> Iterable[Breach]:
    """Terminology packages of another date than the one that values were checked against."""
    for defined in package.defines:
        named = {item.version for item in defined.document.standards if item.type == "CT"}
        if named and not named & set(package.codelists.version.split(", ")):
            words = f"found {', '.join(sorted(named))}; checked against {package.codelists.version}"
            yield Breach(defined.path.name, message=words)


@package_rule("define.standard", "warning", "define.xml names the standard that is checked against")
def standard_(package: Package) -> Iterable[Breach]:
    """Implementation guides of another version than the one whose rules are applied."""
    for defined in package.defines:
        for checked in (SDTM, ADAM):
            guide, version = checked.split()
            named = {s.version for s in defined.document.standards if plain(s.name) == guide.upper()}
            if named and version not in named:
                words = f"found {guide} {', '.join(sorted(named))}; checked against {checked}"
                yield Breach(defined.path.name, message=words)


@package_rule("define.beside", "error", "define.xml is beside the datasets", published="FDA DD0101")
def beside(package: Package) -> Iterable[Breach]:
    """Folders of datasets without define.xml; one that cannot be read is another matter."""
    with_define = {defined.path.parent for defined in package.defines}
    folders = sorted({data.path.parent for data in package if data.path is not None} - with_define)
    for folder in folders:
        if not (folder / "define.xml").is_file():
            names = [data.name for data in package if data.path is not None and data.path.parent == folder]
            yield Breach("define.xml", message=f"no define.xml beside {few(names)}")
