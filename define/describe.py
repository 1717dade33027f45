"""A document as a spec: the files of a study in which every dataset is described, none derived.

Each dataset becomes a YAML file with its variables, value level and methods in words, to be replaced by derivations
one by one. Codelists go to study.yaml; what is of no dataset goes to `definitions/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from define import usual
from define.errors import DefineError
from define.lookup import Lookup
from define.model import CodeList, Document, ItemDef, ItemGroup, ItemRef, RangeCheck, WhereClause
from define.naming import oid
from define.plain import beyond, plain
from define.upgrade import upgraded
from specs.models import Attributes, Codelist, DatasetFile, DataType, OriginSource, OriginType, StudyFile
from specs.resolved import Engine
from specs.standard import NotInStandardError, standard, terminology
from specs.variables import standard_of

Data = dict[str, Any]
FRAMES = "definitions"
"""The folder of a study with what a define.xml says of no dataset."""
_LABEL, _LENGTH = 40, 200
_STRUCTURES = {
    "SUBJECT LEVEL ANALYSIS DATASET": "ADSL",
    "OCCURRENCE DATA STRUCTURE": "OCCDS",
    "BASIC DATA STRUCTURE": "BDS",
}


class NotASpecError(DefineError):
    """A document that says what no spec can hold, such as a dataset without a usable name."""


def spec_files(documents: Sequence[Document]) -> dict[str, Data]:
    """The files of a study, by path, from the documents of its datasets (SDTM, ADaM or both).

    Raises NotASpecError.
    """
    if not documents:
        raise NotASpecError("a study needs at least one define.xml")
    known = [upgraded(document) for document in documents]
    engines: list[Engine] = [engine_of(document) for document in known]
    if len(set(engines)) < len(engines):
        raise NotASpecError(f"{' and '.join(engines)}: expected one define.xml of SDTM and one of ADaM at most")
    study = _study(known)
    files: dict[str, Data] = {"study.yaml": study}
    pairs = sorted(zip(engines, known, strict=True), key=_sdtm_first)
    for engine, document in pairs:
        writer = _Writer(document, engine, study)
        for name, data in writer.datasets():
            if f"{engine}/{name.lower()}.yaml" in files:
                raise NotASpecError(f"dataset {name} is defined twice")
            files[f"{engine}/{name.lower()}.yaml"] = data
        files[f"{FRAMES}/{engine}.yaml"] = writer.frame()
    StudyFile.model_validate(study)
    return files


def _sdtm_first(pair: tuple[Engine, Document]) -> bool:
    return pair[0] != "sdtm"


def engine_of(document: Document) -> Engine:
    """Whether the document is of tabulations or of analysis datasets."""
    guides = any(one.name.upper().startswith("ADAM") for one in document.standards if one.type == "IG")
    return "adam" if guides or any(group.purpose == "Analysis" for group in document.datasets) else "sdtm"


def _study(documents: Sequence[Document]) -> Data:
    first = documents[0]
    return {
        "study": first.study.name,
        "title": first.study.description or first.study.name,
        "protocol": first.study.protocol,
        "standards": _standards(documents),
        "codelists": {},
    }


def _standards(documents: Sequence[Document]) -> dict[str, str]:
    """The standards that ship among those named; the spec's own choice where none does."""
    found: dict[str, str] = {}
    for one in (one for document in documents for one in document.standards):
        try:
            if one.type == "CT":
                found["ct"] = terminology(one.version).version
            else:
                found["adam" if one.name == "ADaMIG" else "sdtm"] = standard(f"{one.name} {one.version}").name
        except NotInStandardError:
            continue
    return found


@dataclass
class _Used:
    """The identifiers of what has found its place in the files."""

    items: set[str] = field(default_factory=set[str])
    value_lists: set[str] = field(default_factory=set[str])
    clauses: set[str] = field(default_factory=set[str])
    methods: set[str] = field(default_factory=set[str])
    comments: set[str] = field(default_factory=set[str])
    codelists: set[str] = field(default_factory=set[str])


class _Writer:
    """Puts one document into files; codelists go to `study`."""

    def __init__(self, document: Document, engine: Engine, study: Data) -> None:
        self._document = document
        self._engine: Engine = engine
        self._study = study
        self._lookup = Lookup(document)
        self._keys: dict[str, str] = {}
        self._used = _Used()

    def datasets(self) -> Iterator[tuple[str, Data]]:
        """Each dataset's name and file, in the document's order."""
        for group in self._document.datasets:
            yield group.name, self._dataset(group)

    def frame(self) -> Data:
        """What the document says of no dataset, once its datasets are written."""
        document, used = self._document, self._used
        rest = replace(
            document,
            datasets=(),
            items=_unused(document.items, used.items),
            value_lists=_unused(document.value_lists, used.value_lists),
            where_clauses=_unused(document.where_clauses, used.clauses),
            codelists=_unused(document.codelists, used.codelists),
            methods=_unused(document.methods, used.methods),
            comments=_unused(document.comments, used.comments),
        )
        return {"order": [group.name for group in document.datasets], "define": plain(rest)}

    def _dataset(self, group: ItemGroup) -> Data:
        found = [(ref, self._lookup.items[ref.item]) for ref in group.items if ref.item in self._lookup.items]
        names = [item.name for _, item in found]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise NotASpecError(f"dataset {group.name} has variable {twice} twice")
        keyed = [(ref.key_sequence, item.name) for ref, item in found if ref.key_sequence is not None]
        data, keys = self._head(group, [name for _, name in sorted(keyed)], names)
        data["variables"] = {
            item.name: self._variable(group, ref, item, order, keys) for order, (ref, item) in enumerate(found, start=1)
        }
        self._used.items.update(item.oid for _, item in found)
        return data

    def _head(self, group: ItemGroup, keys: list[str], names: list[str]) -> tuple[Data, list[str]]:
        """What a file says of the dataset, `records` included, and the keys that the spec will have."""
        data: Data = {
            "dataset": group.name,
            "label": (group.label or group.name)[:_LABEL],
            "class": group.class_name,
            "subclass": group.subclasses[0].name if group.subclasses else None,
            "structure": group.structure or None,
            "keys": keys or None,
            "scope": None if "USUBJID" in names else "study",
            "standard": _structure(group) if self._engine == "adam" else None,
            "comment": self._comment(group.comment),
        }
        data = {key: value for key, value in data.items() if value is not None}
        file = DatasetFile.model_validate(data)
        facts = standard_of(file, self._engine, StudyFile.model_validate(self._study))
        said = {
            "label": file.label,
            "class": file.class_ or (facts.class_ if facts else ""),
            "subclass": file.subclass or (facts.subclass if facts else None),
            "structure": file.structure or (facts.structure if facts else ""),
            "study": file.scope == "study",
            "comment": file.comment,
        }
        extra = {"group": beyond(replace(group, items=()), usual.group(group.name, self._engine, said))}
        extra |= self._comment_beyond(group.comment, (group.name,))
        data["records"] = [{"described": _with_define({}, extra)}]
        return data, keys or [name for name in (facts.keys if facts else ()) if name in names]

    def _variable(self, group: ItemGroup, ref: ItemRef, item: ItemDef, order: int, keys: list[str]) -> Data:
        place = (group.name, item.name)
        said = {"label": item.name[:_LABEL], **self._said(item, ref)}
        values = [self._value(place, value, number) for number, value in enumerate(self._lookup.values(item), start=1)]
        extra = self._beyond(place, ref, item, order, said, bool(values))
        usual_key = keys.index(item.name) + 1 if item.name in keys else None
        if ref.key_sequence == usual_key:
            extra["ref"].pop("key_sequence", None)
        if item.value_list:
            self._used.value_lists.add(item.value_list)
            description = self._lookup.value_lists[item.value_list].description if values else None
            extra["value_list"] = {"description": description} if description is not None else {}
        text = self._method(ref.method)
        described: Data = {} if text is None else {"method": text}
        if values:
            described["values"] = values
        return {"described": _with_define(described, extra), **said}

    def _value(self, place: tuple[str, str], ref: ItemRef, order: int) -> Data:
        """One entry of value level; an item that is not defined stays where it is."""
        item = self._lookup.items.get(ref.item)
        if item is None:
            raise NotASpecError(f"{'.'.join(place)}: value level refers to item {ref.item}, which is not defined")
        said = self._said(item, ref)
        found = [self._lookup.where_clauses[one] for one in ref.where if one in self._lookup.where_clauses]
        conditions = [self._condition(place[0], clause) for clause in found]
        where = conditions[0] if len(conditions) == 1 else {"any": conditions} if conditions else {}
        extra = self._beyond((*place, _level(found)), ref, item, order, said, bool(item.value_list))
        clauses = [beyond(clause, self._usual_clause(place[0], clause)) for clause in found]
        self._used.clauses.update(clause.oid for clause in found)
        if any(clauses):
            extra["where"] = {str(number): said for number, said in enumerate(clauses) if said}
        extra["ref"].pop("where", None)
        text = self._method(ref.method)
        given: Data = {"where": where, **said} if text is None else {"where": where, **said, "method": text}
        self._used.items.add(item.oid)
        return _with_define(given, extra)

    def _beyond(
        self, place: tuple[str, ...], ref: ItemRef, item: ItemDef, order: int, said: Data, values: bool
    ) -> dict[str, Data]:
        """What the item, its reference, method and comment say beyond the words of the spec."""
        attributes = Attributes.model_validate(said)
        codelists = {key: identifier for identifier, key in self._keys.items()}
        text = self._method(ref.method)
        method = None if text is None else usual.method(place, text).oid
        usual_ref = usual.ref(ref.item, order, attributes, method)
        extra = {
            "item": beyond(item, usual.item(place, attributes, codelists, values)),
            "ref": beyond(ref, replace(usual_ref, method=ref.method if method else None)),
        }
        if text is not None and ref.method is not None:
            extra["method"] = beyond(self._lookup.methods[ref.method], usual.method(place, text))
        extra |= self._comment_beyond(item.comment, place)
        if item.comment in self._lookup.comments:
            extra["item"].pop("comment", None)
        return extra

    def _comment_beyond(self, identifier: str | None, place: tuple[str, ...]) -> dict[str, Data]:
        found = self._lookup.comments.get(identifier or "")
        said = beyond(found, usual.comment(place, found.description)) if found else {}
        return {"comment": said} if said else {}

    def _said(self, item: ItemDef, ref: ItemRef) -> Data:
        """What the language has words for."""
        origin = item.origins[0] if len(item.origins) == 1 else None
        said: Data = {
            "label": item.label[:_LABEL] if item.label else None,
            "type": _type(item),
            "length": item.length if item.length and item.length <= _LENGTH else None,
            "digits": item.significant_digits,
            "format": item.display_format,
            "codelist": self._codelist(item.codelist),
            "origin": origin.type if origin and origin.type in get_args(OriginType) else None,
            "source": origin.source if origin and origin.source in get_args(OriginSource) else None,
            "comment": self._comment(item.comment),
            "role": ref.role,
            "core": "Req" if ref.mandatory else None,
        }
        return {key: value for key, value in said.items() if value is not None}

    def _method(self, identifier: str | None) -> str | None:
        found = self._lookup.methods.get(identifier or "")
        if found is None:
            return None
        self._used.methods.add(found.oid)
        return found.description

    def _comment(self, identifier: str | None) -> str | None:
        found = self._lookup.comments.get(identifier or "")
        if found is None:
            return None
        self._used.comments.add(found.oid)
        return found.description

    def _codelist(self, identifier: str | None) -> str | None:
        """The name of a codelist in study.yaml, where it is put the first time that it is asked for."""
        found = self._lookup.codelists.get(identifier or "")
        if found is None or identifier is None:
            return None
        if identifier not in self._keys:
            self._keys[identifier] = self._add_codelist(found)
            self._used.codelists.add(identifier)
        return self._keys[identifier]

    def _add_codelist(self, codelist: CodeList) -> str:
        codelists: Data = self._study["codelists"]
        key = codelist.oid.removeprefix("CL.")
        data = _codelist(codelist, key)
        if key in codelists and codelists[key] != data:
            key = f"{key}.{self._engine.upper()}"
            data = _codelist(codelist, key)
        codelists[key] = data
        return key

    def _condition(self, dataset: str, clause: WhereClause) -> Data:
        """A where clause as a spec writes it: a mapping where each variable and comparator stands once."""
        parts = [self._part(dataset, check) for check in clause.checks]
        names = [name for part in parts for name in part]
        return (
            {name: part[name] for part in parts for name in part} if len(set(names)) == len(names) else {"all": parts}
        )

    def _part(self, dataset: str, check: RangeCheck) -> Data:
        values: list[str] = list(check.values)
        if check.comparator == "IN":
            right: Any = values
        elif check.comparator == "EQ" and len(values) == 1 and values[0] != "missing":
            right = values[0]
        else:
            right = {check.comparator: values if check.comparator in ("NOTIN", "EQ") else values[0]}
        return {self._variable_name(dataset, check.item): right}

    def _variable_name(self, dataset: str, identifier: str) -> str:
        """`PARAMCD` of the dataset itself, `DM.SEX` of another one."""
        homes = [group.name for group, variable in self._lookup.homes.get(identifier, ()) if variable.oid == identifier]
        if not homes:
            raise NotASpecError(f"a where clause of {dataset} names item {identifier}, which is no variable")
        name = self._lookup.items[identifier].name
        return name if dataset in homes else f"{homes[0]}.{name}"

    def _usual_clause(self, dataset: str, clause: WhereClause) -> WhereClause:
        """The clause that its condition alone would make."""
        names: list[str] = []
        for check in clause.checks:
            variable = self._variable_name(dataset, check.item)
            names += check.values if check.comparator == "EQ" else (variable, check.comparator, *check.values)
        checks = tuple(RangeCheck(check.item, check.comparator, check.values) for check in clause.checks)
        return WhereClause(oid("WC", dataset, ".".join(names)), checks)


def _level(clauses: Iterable[WhereClause]) -> str:
    """The name of a value level: the values that select it."""
    return ".".join(value for clause in clauses for check in clause.checks for value in check.values)


def _type(item: ItemDef) -> str | None:
    """The type as a spec has it: a date held as a number is a date there."""
    if item.data_type in ("integer", "float") and item.display_format:
        kind = item.display_format.upper()
        if kind.startswith(("DATETIME", "E8601DT")):
            return "datetime"
        if kind.startswith(("DATE", "E8601DA", "YYMMDD")):
            return "date"
    return item.data_type if item.data_type in get_args(DataType) else None


def _structure(group: ItemGroup) -> str | None:
    """The ADaM structure whose variables the dataset has."""
    if any(sub.name == "TIME-TO-EVENT" for sub in group.subclasses):
        return "TTE"
    return _STRUCTURES.get((group.class_name or "").upper())


def _codelist(codelist: CodeList, key: str) -> Data:
    """A codelist as study.yaml has it."""
    code = [alias.name for alias in codelist.aliases if alias.context == usual.NCI]
    codes = {term.value: alias.name for term in codelist.terms for alias in term.aliases if alias.context == usual.NCI}
    external = codelist.external
    data: Data = {
        "name": codelist.name,
        "type": codelist.data_type if codelist.data_type in ("text", "integer", "float") else None,
        "code": code[0] if code else None,
        "terms": {term.value: term.decode for term in codelist.terms} or None,
        "codes": codes or None,
        "ranks": {term.value: term.rank for term in codelist.terms if term.rank is not None} or None,
        "extended": [term.value for term in codelist.terms if term.extended] or None,
        "dictionary": external.name if external else None,
        "version": external.version if external else None,
    }
    data = {name: value for name, value in data.items() if value is not None}
    extra = beyond(codelist, usual.codelist(key, Codelist.model_validate(data)))
    return {**data, "define": extra} if extra else data


def _unused(objects: tuple[Any, ...], used: set[str]) -> tuple[Any, ...]:
    return tuple(one for one in objects if one.oid not in used)


def _with_define(data: Data, extra: Mapping[str, Data]) -> Data:
    """An entry with what define.xml says beyond it, where there is such."""
    said = {name: part for name, part in extra.items() if part}
    return {**data, "define": said} if said else data
