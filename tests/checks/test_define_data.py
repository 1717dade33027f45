"""define.xml against data: each mutation of a small build is found, the build itself is clean of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from define.model import Alias, CodeList, Document, ItemDef, Term, ValueList
from oncdisc import checks
from specs.columns import constant_text

Change = Callable[[checks.Package], None]


def document(package: checks.Package, change: Callable[[Document], Document]) -> None:
    """Change the define.xml of SDTM in memory, for the package and its datasets."""
    old = next(item for item in package.defines if item.path.parent.name == "sdtm")
    new = replace(old, document=change(old.document))
    package.defines = tuple(new if item is old else item for item in package.defines)
    for data in package:
        if data.define is old.document:
            data.define = new.document
            data.group = next((g for g in new.document.datasets if g.name == data.name), None)


def item(package: checks.Package, name: str, **changes: object) -> None:
    """Change one variable's definition."""

    def change(whole: Document) -> Document:
        items = tuple(replace(i, **changes) if i.name == name else i for i in whole.items)  # type: ignore[arg-type]
        return replace(whole, items=items)

    document(package, change)


def column(package: checks.Package, name: str, value: str) -> None:
    """Give AE a column with one value."""
    data = package.datasets["AE"]
    data.frame = data.frame.assign(**{name: constant_text(value, len(data))})


def without(package: checks.Package, name: str) -> None:
    data = package.datasets["AE"]
    data.frame = data.frame.drop(columns=name)


def reversed_order(package: checks.Package) -> None:
    data = package.datasets["AE"]
    data.frame = data.frame[list(data.frame.columns)[::-1]]


def emptied(package: checks.Package, name: str) -> None:
    data = package.datasets["AE"]
    data.frame = data.frame.assign(**{name: data.frame[name].mask(np.ones(len(data), dtype=bool))})


def dropped(package: checks.Package, name: str) -> None:
    package.datasets = {key: data for key, data in package.datasets.items() if key != name}


def undescribed(package: checks.Package) -> None:
    document(package, lambda d: replace(d, datasets=tuple(g for g in d.datasets if g.name != "AE")))


def codelist(package: checks.Package) -> None:
    listed = CodeList("CL.T", "Terms", terms=(Term("SOMETHING ELSE"),))
    document(package, lambda d: replace(d, codelists=(*d.codelists, listed)))
    item(package, "AETERM", codelist="CL.T")


def unused(package: checks.Package) -> None:
    codelist(package)
    emptied(package, "AETERM")


def mandatory(package: checks.Package) -> None:
    emptied(package, "AETERM")


def other_study(package: checks.Package) -> None:
    document(package, lambda d: replace(d, study=replace(d.study, name="OTHER", protocol="")))


def other_terminology(package: checks.Package) -> None:
    document(
        package,
        lambda d: replace(
            d, standards=tuple(replace(s, version="2001-01-01") if s.type == "CT" else s for s in d.standards)
        ),
    )


def broken(package: checks.Package) -> None:
    item(package, "AETERM", codelist="CL.NOWHERE")


def fraction(package: checks.Package) -> None:
    item(package, "AESEQ", data_type="integer")
    data = package.datasets["AE"]
    data.frame = data.frame.assign(AESEQ=1.5)


CHANGES: dict[str, Change] = {
    "define.dataset": undescribed,
    "define.described": lambda package: dropped(package, "AE"),
    "define.variable": lambda package: column(package, "AEXTRA", "x"),
    "define.variable_described": lambda package: without(package, "AETERM"),
    "define.order": reversed_order,
    "define.label": lambda package: item(package, "AETERM", label="Another Label"),
    "define.type": lambda package: item(package, "AESEQ", data_type="text"),
    "define.integer": fraction,
    "define.length": lambda package: item(package, "AETERM", length=1),
    "define.mandatory": mandatory,
    "define.codelist": codelist,
    "define.unused_term": unused,
    "define.reference": broken,
    "define.study": other_study,
    "define.terminology": other_terminology,
    "identifiers.keys": lambda package: [column(package, name, "x") for name in ("USUBJID", "AETERM", "AESTDTC")],
}


@pytest.mark.parametrize("rule", CHANGES)
def test_a_mutation_is_found_where_the_build_is_clean(rule: str, built: Path) -> None:
    before = checks.run(checks.read_package(built), [rule])
    assert before.count("error") + before.count("warning") == 0
    package = checks.read_package(built)
    CHANGES[rule](package)
    assert len(checks.run(package, [rule]).rows()) > len(before.rows())


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
