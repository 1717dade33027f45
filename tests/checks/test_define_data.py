"""Values that define.xml declares are no findings (define.xml against data otherwise: seeded/define.yaml)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from define.model import Alias, CodeList, Document, ItemDef, Term, ValueList
from oncdisc import checks
from specs.columns import constant_text


def document(package: checks.Package, change: Callable[[Document], Document]) -> None:
    """Change the define.xml of SDTM in memory, for the package and its datasets."""
    old = next(item for item in package.defines if item.path.parent.name == "sdtm")
    new = replace(old, document=change(old.document))
    package.defines = tuple(new if item is old else item for item in package.defines)
    for data in package:
        if data.define is old.document:
            data.define = new.document
            data.group = next((g for g in new.document.datasets if g.name == data.name), None)


def column(package: checks.Package, name: str, value: str) -> None:
    """Give AE a column with one value."""
    data = package.datasets["AE"]
    data.frame = data.frame.assign(**{name: constant_text(value, len(data))})


def test_an_addition_that_define_declares_is_no_finding(built: Path) -> None:
    package = checks.read_package(built)
    column(package, "AELOC", "THIRD EYE")
    assert [finding.value for finding in checks.run(package, ["terminology.extension"]).rows()][:1] == ["THIRD EYE"]

    def declared(whole: Document) -> Document:
        listed = CodeList("CL.L", "Place", terms=(Term("THIRD EYE", extended=True),))
        place = ItemDef("IT.AE.AELOC.X", "AELOC", "text", codelist="CL.L")
        groups = tuple(
            replace(group, items=(*group.items, replace(group.items[0], item=place.oid)))
            if group.name == "AE"
            else group
            for group in whole.datasets
        )
        return replace(whole, codelists=(*whole.codelists, listed), items=(*whole.items, place), datasets=groups)

    document(package, declared)
    assert checks.run(package, ["terminology.extension"]).rows() == []


def test_a_term_of_another_codelist_that_define_has_for_one_test_is_no_finding(built: Path) -> None:
    def by_value(whole: Document, term: Term) -> Document:
        listed = CodeList("CL.L", "Place", terms=(term,))
        level = ItemDef("IT.AE.AELOC.X.HERE", "HERE", "text", codelist="CL.L")
        place = ItemDef("IT.AE.AELOC.X", "AELOC", "text", value_list="VL.L")
        groups = tuple(
            replace(group, items=(*group.items, replace(group.items[0], item=place.oid)))
            if group.name == "AE"
            else group
            for group in whole.datasets
        )
        values = ValueList("VL.L", (replace(whole.datasets[0].items[0], item=level.oid),))
        return replace(
            whole,
            codelists=(*whole.codelists, listed),
            items=(*whole.items, place, level),
            value_lists=(*whole.value_lists, values),
            datasets=groups,
        )

    found: list[int] = []
    for term in (Term("NOT THERE"), Term("THIRD EYE", aliases=(Alias("nci:ExtCodeID", "C1"),))):
        package = checks.read_package(built)
        column(package, "AELOC", "THIRD EYE")
        document(package, lambda whole, term=term: by_value(whole, term))
        rows = checks.run(package, ["terminology.extension"]).rows()
        found.append(len([finding for finding in rows if finding.variable == "AELOC"]))
    assert found[0] > 0
    assert found[1] == 0
