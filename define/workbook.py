"""A document as a workbook with the sheets that Pinnacle 21's Excel specification made usual.

Study, Standards, Datasets, Variables, ValueLevel, WhereClauses, Codelists, Dictionaries, Methods, Comments,
Documents. SDTM and ADaM go into one workbook. What it has no column for (analysis results, several origins of one
variable, page ranges) stays in define.xml: a workbook is for people to edit, not the archive.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from define import usual
from define.errors import DefineError
from define.files import put
from define.lookup import Lookup
from define.model import CodeList, Document, DocumentRef, ItemDef, ItemGroup, ItemRef
from define.upgrade import upgraded
from define.xmltext import text as checked
from specs.workbook import without_times

Row = dict[str, Any]

_VARIABLE = (
    "Order", "Dataset", "Variable", "Where Clause", "Name", "Label", "Data Type", "Length", "Significant Digits",
    "Format", "Mandatory", "Codelist", "Origin", "Source", "Document", "Pages", "Method", "Predecessor", "Role",
    "Non Standard", "Has No Data", "Comment",
)  # fmt: skip
SHEETS: dict[str, tuple[str, ...]] = {
    "Study": ("Attribute", "Value"),
    "Standards": ("ID", "Name", "Type", "Publishing Set", "Version", "Status", "Comment"),
    "Datasets": (
        "Dataset", "Label", "Class", "SubClass", "Structure", "Purpose", "Domain", "Key Variables", "Standard",
        "Non Standard", "Has No Data", "Repeating", "Reference Data", "Comment",
    ),
    "Variables": tuple(name for name in _VARIABLE if name not in ("Where Clause", "Name")),
    "ValueLevel": tuple(name for name in _VARIABLE if name != "Non Standard"),
    "WhereClauses": ("ID", "Dataset", "Variable", "Comparator", "Value"),
    "Codelists": (
        "ID", "Name", "NCI Codelist Code", "Data Type", "Standard", "Order", "Term", "NCI Term Code",
        "Decoded Value", "Rank", "Extended", "Comment",
    ),
    "Dictionaries": ("ID", "Name", "Data Type", "Dictionary", "Version"),
    "Methods": (
        "ID", "Name", "Type", "Description", "Expression Context", "Expression Code", "Document", "Pages",
    ),
    "Comments": ("ID", "Description", "Document", "Pages"),
    "Documents": ("ID", "Title", "Href", "Use"),
}  # fmt: skip
"""The columns of each sheet; a reader finds them by name, in any order."""

_WIDE = {"Label": 32, "Description": 70, "Decoded Value": 40, "Structure": 40, "Value": 40, "Expression Code": 50}
_CELL = 32767
"""The characters that a cell can hold."""


class WorkbookError(DefineError):
    """A workbook that cannot be written or read: the sheet, the row and what was expected."""


def write_workbook(documents: Sequence[Document], path: str | Path) -> Path:
    """Write documents (of one study: SDTM, ADaM) as a workbook; the same documents give the same bytes."""
    rows = sheets(documents)
    return put(Path(path), _workbook(rows))


def sheets(documents: Sequence[Document]) -> dict[str, list[Row]]:
    """The rows of each sheet. Raises WorkbookError where two documents use one identifier for two things."""
    found: dict[str, list[Row]] = {name: [] for name in SHEETS}
    codelists: dict[str, CodeList] = {}
    for document in documents:
        made = _apart(upgraded(document), codelists)
        shared = {one.oid for one in made.codelists if one.oid in codelists}
        codelists |= {one.oid: one for one in made.codelists}
        for name, rows in _Sheets(made).all().items():
            there = {tuple(row.items()) for row in found[name]}
            fresh = [row for row in rows if tuple(row.items()) not in there]
            found[name] += [row for row in fresh if name != "Codelists" or row["ID"] not in shared]
    _refuse_twice(found)
    return found


def _apart(document: Document, known: dict[str, CodeList]) -> Document:
    """The document with another identifier for each codelist that an earlier document has with other terms."""
    names = {
        one.oid: f"{one.oid}.{len(known)}" for one in document.codelists if one.oid in known and known[one.oid] != one
    }
    return replace(
        document,
        codelists=tuple(replace(one, oid=names.get(one.oid, one.oid)) for one in document.codelists),
        items=tuple(replace(one, codelist=names.get(one.codelist or "", one.codelist)) for one in document.items),
    )


def _refuse_twice(found: dict[str, list[Row]]) -> None:
    for name in ("Standards", "Methods", "Comments", "Documents"):
        identifiers = [row["ID"] for row in found[name]]
        twice = next((one for one in identifiers if identifiers.count(one) > 1), None)
        if twice is not None:
            raise WorkbookError(f"sheet {name}: {twice} would stand for two things; write SDTM and ADaM apart")


class _Sheets:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._lookup = Lookup(document)

    def all(self) -> dict[str, list[Row]]:
        document = self._document
        return {
            "Study": list(self._study()),
            "Standards": [
                {
                    "ID": one.oid, "Name": one.name, "Type": one.type, "Publishing Set": one.publishing_set,
                    "Version": one.version, "Status": one.status, "Comment": one.comment,
                }
                for one in document.standards
            ],
            "Datasets": [self._dataset(group) for group in document.datasets],
            "Variables": list(self._variables()),
            "ValueLevel": list(self._values()),
            "WhereClauses": list(self._clauses()),
            "Codelists": [row for one in document.codelists if not one.external for row in self._terms(one)],
            "Dictionaries": list(self._dictionaries()),
            "Methods": list(self._methods()),
            "Comments": [
                {"ID": one.oid, "Description": one.description, **_documents(one.documents)}
                for one in document.comments
            ],
            "Documents": list(self._leaves()),
        }  # fmt: skip

    def _study(self) -> Iterator[Row]:
        study = self._document.study
        for name, value in (
            ("StudyName", study.name),
            ("StudyDescription", study.description),
            ("ProtocolName", study.protocol),
        ):
            yield {"Attribute": name, "Value": value}

    def _dataset(self, group: ItemGroup) -> Row:
        keyed = sorted((ref.key_sequence, ref.item) for ref in group.items if ref.key_sequence is not None)
        names = [self._lookup.items[item].name for _, item in keyed if item in self._lookup.items]
        return {
            "Dataset": group.name,
            "Label": group.label,
            "Class": group.class_name,
            "SubClass": group.subclasses[0].name if group.subclasses else None,
            "Structure": group.structure,
            "Purpose": group.purpose,
            "Domain": group.domain,
            "Key Variables": ", ".join(names),
            "Standard": group.standard,
            "Non Standard": _yes(group.is_non_standard),
            "Has No Data": _yes(group.has_no_data),
            "Repeating": "Yes" if group.repeating else "No",
            "Reference Data": None if group.reference_data is None else "Yes" if group.reference_data else "No",
            "Comment": group.comment,
        }

    def _variables(self) -> Iterator[Row]:
        for group in self._document.datasets:
            for ref in group.items:
                item = self._lookup.items.get(ref.item)
                if item:
                    row = {"Dataset": group.name, "Variable": item.name, **self._row(ref, item)}
                    yield row | {"Non Standard": _yes(ref.is_non_standard)}

    def _values(self) -> Iterator[Row]:
        for group in self._document.datasets:
            for variable in (self._lookup.items[one.item] for one in group.items if one.item in self._lookup.items):
                for ref in self._lookup.values(variable):
                    item = self._lookup.items.get(ref.item)
                    if item:
                        row = {"Dataset": group.name, "Variable": variable.name, "Where Clause": ", ".join(ref.where)}
                        yield row | {"Name": item.name} | self._row(ref, item)

    def _row(self, ref: ItemRef, item: ItemDef) -> Row:
        origin = item.origins[0] if item.origins else None
        predecessor = origin.description if origin and origin.type == "Predecessor" else None
        return {
            "Order": ref.order,
            "Label": item.label,
            "Data Type": item.data_type,
            "Length": item.length,
            "Significant Digits": item.significant_digits,
            "Format": item.display_format,
            "Mandatory": "Yes" if ref.mandatory else "No",
            "Codelist": item.codelist,
            "Origin": "; ".join(one.type for one in item.origins) or None,
            "Source": "; ".join(one.source or "" for one in item.origins).strip("; ") or None,
            **(_documents(origin.documents) if origin else {}),
            "Method": ref.method,
            "Predecessor": predecessor,
            "Role": ref.role,
            "Has No Data": _yes(ref.has_no_data),
            "Comment": item.comment,
        }

    def _clauses(self) -> Iterator[Row]:
        for clause in self._document.where_clauses:
            for check in clause.checks:
                home, _, name = self._lookup.name(check.item).rpartition(".")
                value = ", ".join(_quoted(one) for one in check.values)
                yield {
                    "ID": clause.oid, "Dataset": home, "Variable": name, "Comparator": check.comparator, "Value": value,
                }  # fmt: skip

    def _terms(self, codelist: CodeList) -> Iterator[Row]:
        head = {
            "ID": codelist.oid, "Name": codelist.name, "NCI Codelist Code": _nci(codelist),
            "Data Type": codelist.data_type, "Standard": codelist.standard, "Comment": codelist.comment,
        }  # fmt: skip
        if not codelist.terms:
            yield {**head, "Term": None}
        for term in codelist.terms:
            yield {
                **head, "Order": term.order, "Term": term.value, "NCI Term Code": _nci(term),
                "Decoded Value": term.decode, "Rank": term.rank, "Extended": _yes(term.extended),
            }  # fmt: skip

    def _dictionaries(self) -> Iterator[Row]:
        for one in self._document.codelists:
            if one.external:
                yield {
                    "ID": one.oid, "Name": one.name, "Data Type": one.data_type, "Dictionary": one.external.name,
                    "Version": one.external.version,
                }  # fmt: skip

    def _methods(self) -> Iterator[Row]:
        for one in self._document.methods:
            formal = one.expressions[0] if one.expressions else None
            yield {
                "ID": one.oid, "Name": one.name, "Type": one.type, "Description": one.description,
                "Expression Context": formal.context if formal else None,
                "Expression Code": formal.code if formal else None, **_documents(one.documents),
            }  # fmt: skip

    def _leaves(self) -> Iterator[Row]:
        crf = {ref.leaf for ref in self._document.annotated_crf}
        more = {ref.leaf for ref in self._document.supplemental}
        for leaf in self._document.leaves:
            use = "Annotated CRF" if leaf.oid in crf else "Supplemental" if leaf.oid in more else None
            yield {"ID": leaf.oid, "Title": leaf.title, "Href": leaf.href, "Use": use}


def _yes(holds: bool) -> str | None:
    return "Yes" if holds else None


def _nci(named: Any) -> str | None:
    return next((alias.name for alias in named.aliases if alias.context == usual.NCI), None)


def _documents(refs: Iterable[DocumentRef]) -> Row:
    """The first document that is referred to, and the pages named of it."""
    first = next(iter(refs), None)
    pages = [page for ref in first.pages for page in ref.pages] if first else []
    return {"Document": first.leaf if first else None, "Pages": " ".join(pages) or None}


def _quoted(value: str) -> str:
    """A value of a where clause: in quotes where a comma or quote would be read as more than one."""
    return '"' + value.replace('"', '""') + '"' if set(value) & set('",') or value != value.strip() else value


def _workbook(rows: dict[str, list[Row]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)  # pyright: ignore[reportArgumentType]
    for name, columns in SHEETS.items():
        sheet = book.create_sheet(name)
        for number, column in enumerate(columns, start=1):
            sheet.cell(1, number, column).font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(number)].width = _WIDE.get(column, 14)
        sheet.freeze_panes = "A2"
        for line, row in enumerate(rows[name], start=2):
            for number, column in enumerate(columns, start=1):
                _put_cell(sheet, line, number, row.get(column), name)
    content = io.BytesIO()
    book.save(content)
    return without_times(content.getvalue())


def _put_cell(sheet: Any, line: int, number: int, value: Any, name: str) -> None:
    """A value in its cell: text stays text, so that nothing in it is ever a formula."""
    if value is None:
        return
    cell = sheet.cell(line, number)
    if isinstance(value, str):
        checked(value)
        if len(value) > _CELL:
            raise WorkbookError(f"sheet {name}, row {line}: a cell holds {_CELL:,} characters, found {len(value):,}")
        cell.value = value
        cell.data_type = "s"
    else:
        cell.value = value
