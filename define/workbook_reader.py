"""A workbook with the usual sheets read back into documents, one of SDTM and one of ADaM.

Columns are found by name, in any order and case; sheets that are not there are empty. Identifiers may stand with or
without the prefix that define.xml gives them (`ACN` or `CL.ACN`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from define import usual
from define.model import (
    COMPARATORS,
    Alias,
    CodeList,
    Comment,
    Document,
    DocumentRef,
    ExternalDictionary,
    File,
    FormalExpression,
    ItemDef,
    ItemGroup,
    ItemRef,
    Leaf,
    Method,
    Origin,
    PageRef,
    RangeCheck,
    Standard,
    Study,
    Term,
    ValueList,
    WhereClause,
)
from define.naming import oid
from define.workbook import WorkbookError
from define.workbook_lines import Line, lines_of, split
from specs.resolved import Engine

_CREATED = "1960-01-01T00:00:00"


def read_workbook(path: str | Path) -> tuple[Document, ...]:
    """The documents in a workbook, SDTM first. Raises WorkbookError naming sheet, row and column."""
    lines = lines_of(Path(path))
    if not lines.get("datasets") or not lines.get("variables"):
        raise WorkbookError(f"{path}: no sheets Datasets and Variables with rows; found {', '.join(lines) or 'none'}")
    found: list[Document] = []
    engines: tuple[Engine, ...] = ("sdtm", "adam")
    for engine in engines:
        mine = [line for line in lines["datasets"] if _engine(line) == engine]
        if mine:
            found.append(_Reader(lines, engine, mine).document())
    return tuple(found)


def _engine(line: Line) -> Engine:
    purpose = (line.get("Purpose") or "").casefold()
    if purpose:
        return "adam" if purpose == "analysis" else "sdtm"
    analysis = ("SUBJECT LEVEL ANALYSIS DATASET", "BASIC DATA STRUCTURE", "OCCURRENCE DATA STRUCTURE", "ADAM OTHER")
    return "adam" if (line.get("Class") or "").upper() in analysis else "sdtm"


class _Reader:
    """Makes the document of one engine's datasets."""

    def __init__(self, lines: Mapping[str, list[Line]], engine: Engine, datasets: list[Line]) -> None:
        self._lines = lines
        self._engine: Engine = engine
        self._datasets = datasets
        self._names = {line.required("Dataset") for line in datasets}
        self._leaves = [self._leaf(line) for line in self._of("Documents")]

    def document(self) -> Document:
        study = {line.required("Attribute"): line.get("Value") or "" for line in self._of("Study")}
        study |= {line.required("Attribute"): line.get("Value") or "" for line in self._of("Define")}
        name, title = study.get("StudyName") or "STUDY", "SDTM" if self._engine == "sdtm" else "ADaM"
        values = list(self._values())
        variables = list(self._variables({(dataset, variable) for dataset, variable, _, _ in values}))
        lists = dict.fromkeys((dataset, variable) for dataset, variable, _, _ in values)
        used_clauses = {clause for _, _, ref, _ in values for clause in ref.where}
        refs = [ref for _, ref, _ in variables] + [ref for _, _, ref, _ in values]
        items = [item for _, _, item in variables] + [item for _, _, _, item in values]
        codelists = [one for one in (*self._codelists(), *self._dictionaries()) if one.oid in _targets(items)]
        crf = self._documents_used("Annotated CRF")
        datasets = tuple(self._dataset(line, variables) for line in self._datasets)
        clauses = tuple(clause for clause in self._clauses() if clause.oid in used_clauses)
        standards = tuple(self._standards(datasets, codelists))
        methods = {ref.method for ref in refs}
        comments = {*(item.comment for item in items), *(one.comment for one in (*datasets, *codelists, *standards))}
        return Document(
            file=File(f"{name}.{title}.define", study.get("CreationDateTime") or _CREATED, source_system="oncdisc"),
            study=Study(oid("ST", name), name, study.get("StudyDescription", ""), study.get("ProtocolName", "")),
            oid=oid("MDV", name, title),
            name=f"Study {name}, {title} data definitions",
            standards=standards,
            annotated_crf=crf,
            supplemental=self._documents_used("Supplemental"),
            value_lists=tuple(
                ValueList(oid("VL", *place), tuple(ref for d, v, ref, _ in values if (d, v) == place))
                for place in lists
            ),
            where_clauses=clauses,
            datasets=datasets,
            items=tuple(items),
            codelists=tuple(codelists),
            methods=tuple(one for one in self._methods() if one.oid in methods),
            comments=tuple(one for one in self._comments() if one.oid in comments),
            leaves=tuple(self._leaves),
        )

    def _of(self, sheet: str) -> list[Line]:
        return self._lines.get(sheet.casefold(), [])

    def _standards(self, datasets: Iterable[ItemGroup], codelists: Iterable[CodeList]) -> Iterator[Standard]:
        used = {one.standard for one in (*datasets, *codelists)}
        for line in self._of("Standards"):
            made = Standard(
                oid=line.required("ID"),
                name=line.required("Name"),
                type=line.required("Type"),
                version=line.required("Version"),
                status=line.get("Status") or "Final",
                publishing_set=line.get("Publishing Set"),
                comment=_id("COM", line.get("Comment")),
            )
            analysis = "ADaM" in (made.publishing_set or made.name)
            if made.oid in used or analysis == (self._engine == "adam"):
                yield made

    def _dataset(self, line: Line, variables: list[tuple[str, ItemRef, ItemDef]]) -> ItemGroup:
        name = line.required("Dataset")
        usual_one = usual.group(
            name,
            self._engine,
            {
                "label": line.get("Label"), "class": line.get("Class"), "subclass": line.get("SubClass"),
                "structure": line.get("Structure") or "", "study": line.yes("Reference Data"), "comment": None,
            },
        )  # fmt: skip
        repeating = line.get("Repeating")
        return replace(
            usual_one,
            purpose=line.get("Purpose") or usual_one.purpose,
            domain=line.get("Domain") or usual_one.domain,
            repeating=line.yes("Repeating") if repeating else usual_one.repeating,
            is_non_standard=line.yes("Non Standard"),
            has_no_data=line.yes("Has No Data"),
            standard=line.get("Standard"),
            comment=_id("COM", line.get("Comment")),
            items=tuple(ref for dataset, ref, _ in variables if dataset == name),
        )

    def _variables(self, by_value: set[tuple[str, str]]) -> Iterator[tuple[str, ItemRef, ItemDef]]:
        keys = {line.required("Dataset"): split(line.get("Key Variables")) for line in self._datasets}
        for line in self._of("Variables"):
            dataset, name = line.required("Dataset"), line.required("Variable")
            if dataset in self._names:
                place = (dataset, name)
                item = self._item(line, place, name, oid("VL", *place) if place in by_value else None)
                key = keys[dataset].index(name) + 1 if name in keys[dataset] else None
                yield dataset, self._ref(line, item.oid, (), key), item

    def _values(self) -> Iterator[tuple[str, str, ItemRef, ItemDef]]:
        known = {clause.oid: clause for clause in self._clauses()}
        taken: Counter[str] = Counter()
        for line in self._of("ValueLevel"):
            dataset, variable = line.required("Dataset"), line.required("Variable")
            if dataset not in self._names:
                continue
            where = tuple(_id("WC", one) or "" for one in split(line.required("Where Clause")))
            for one in where:
                if one not in known:
                    raise WorkbookError(
                        f"sheet ValueLevel, row {line.number}: no where clause {one} in sheet WhereClauses"
                    )
            values = [value for one in where for check in known[one].checks for value in check.values]
            level = ".".join(values) or "BLANK"
            place = (dataset, variable, level)
            taken[oid("IT", *place)] += 1
            count = taken[oid("IT", *place)]
            made = self._item(line, place, line.get("Name") or level, None)
            item = made if count == 1 else replace(made, oid=f"{made.oid}.{count}")
            yield dataset, variable, self._ref(line, item.oid, where, None), item

    def _ref(self, line: Line, item: str, where: tuple[str, ...], key: int | None) -> ItemRef:
        return ItemRef(
            item=item,
            order=line.integer("Order"),
            mandatory=line.yes("Mandatory"),
            key_sequence=key,
            method=_id("MT", line.get("Method")),
            role=line.get("Role"),
            is_non_standard=line.yes("Non Standard"),
            has_no_data=line.yes("Has No Data"),
            where=where,
        )

    def _item(self, line: Line, place: tuple[str, ...], name: str, values: str | None) -> ItemDef:
        return ItemDef(
            oid=oid("IT", *place),
            name=name,
            data_type=line.get("Data Type") or "text",
            label=line.get("Label"),
            length=line.integer("Length"),
            significant_digits=line.integer("Significant Digits"),
            sas_name=place[1],
            display_format=line.get("Format"),
            codelist=_id("CL", line.get("Codelist")),
            origins=self._origins(line),
            value_list=values,
            comment=_id("COM", line.get("Comment")),
        )

    def _origins(self, line: Line) -> tuple[Origin, ...]:
        kind = line.get("Origin")
        if kind is None:
            return ()
        document = line.get("Document") or (self._crf() if line.get("Pages") else None)
        kinds = kind.split("; ")
        sources = (line.get("Source") or "").split("; ") + [""] * len(kinds)
        more = [Origin(one, source or None) for one, source in zip(kinds, sources, strict=False)]
        first = replace(more[0], description=line.get("Predecessor"), documents=_refs(document, line.get("Pages")))
        return (first, *more[1:])

    def _crf(self) -> str | None:
        return next((ref.leaf for ref in self._documents_used("Annotated CRF")), None)

    def _clauses(self) -> Iterator[WhereClause]:
        checks: dict[str, list[RangeCheck]] = {}
        for line in self._of("WhereClauses"):
            comparator = line.required("Comparator").upper()
            if comparator not in COMPARATORS:
                place = f"sheet WhereClauses, row {line.number}"
                raise WorkbookError(f"{place}: Comparator is {comparator}, expected one of {', '.join(COMPARATORS)}")
            values = split(line.get("Value")) or ("",)
            item = oid("IT", line.required("Dataset"), line.required("Variable"))
            checks.setdefault(_id("WC", line.required("ID")) or "", []).append(RangeCheck(item, comparator, values))
        for identifier, found in checks.items():
            yield WhereClause(identifier, tuple(found))

    def _codelists(self) -> Iterator[CodeList]:
        grouped: dict[str, list[Line]] = {}
        for line in self._of("Codelists"):
            grouped.setdefault(_id("CL", line.required("ID")) or "", []).append(line)
        for identifier, lines in grouped.items():
            head, standard = lines[0], lines[0].get("Standard") or lines[0].get("Terminology")
            known = {line.get("ID") for line in self._of("Standards")}
            yield CodeList(
                oid=identifier,
                name=head.get("Name") or identifier,
                data_type=head.get("Data Type") or "text",
                terms=tuple(_term(line) for line in lines if line.get("Term") is not None),
                standard=standard if standard in known else None,
                is_non_standard=standard not in known,
                comment=_id("COM", head.get("Comment")),
                aliases=_nci(head.get("NCI Codelist Code")),
            )

    def _dictionaries(self) -> Iterator[CodeList]:
        for line in self._of("Dictionaries"):
            identifier = _id("CL", line.required("ID")) or ""
            outside = ExternalDictionary(line.get("Dictionary"), line.get("Version"))
            yield CodeList(
                identifier, line.get("Name") or identifier, line.get("Data Type") or "text", external=outside
            )

    def _methods(self) -> Iterator[Method]:
        for line in self._of("Methods"):
            identifier, code = _id("MT", line.required("ID")) or "", line.get("Expression Code")
            yield Method(
                oid=identifier,
                name=line.get("Name") or identifier,
                description=line.get("Description") or "",
                type=line.get("Type") or "Computation",
                expressions=(FormalExpression(line.get("Expression Context"), code),) if code else (),
                documents=_refs(line.get("Document"), line.get("Pages")),
            )

    def _comments(self) -> Iterator[Comment]:
        for line in self._of("Comments"):
            documents = _refs(line.get("Document"), line.get("Pages"))
            yield Comment(_id("COM", line.required("ID")) or "", line.get("Description") or "", documents)

    @staticmethod
    def _leaf(line: Line) -> Leaf:
        identifier = line.required("ID")
        return Leaf(_id("LF", identifier) or "", line.required("Href"), line.get("Title") or identifier)

    def _documents_used(self, use: str) -> tuple[DocumentRef, ...]:
        lines = [line for line in self._of("Documents") if line.get("Use") == use]
        return tuple(DocumentRef(_id("LF", line.required("ID")) or "") for line in lines)


def _term(line: Line) -> Term:
    rank = line.get("Rank")
    return Term(
        value=line.required("Term"),
        decode=line.get("Decoded Value"),
        order=line.integer("Order"),
        rank=float(rank) if rank else None,
        extended=line.yes("Extended"),
        aliases=_nci(line.get("NCI Term Code")),
    )


def _nci(code: str | None) -> tuple[Alias, ...]:
    return (Alias(usual.NCI, code),) if code else ()


def _targets(items: Iterable[ItemDef]) -> set[str]:
    return {item.codelist for item in items if item.codelist}


def _id(kind: str, name: str | None) -> str | None:
    """An identifier with the prefix of its kind, unless it has it already."""
    return name if name is None or name.startswith(f"{kind}.") else oid(kind, name)


def _refs(document: str | None, pages: str | None) -> tuple[DocumentRef, ...]:
    if document is None:
        return ()
    listed = tuple((pages or "").replace(",", " ").split())
    return (DocumentRef(_id("LF", document) or "", (PageRef(pages=listed),) if listed else ()),)
