"""Differences of two documents, as people speak of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from define.diff import differences
from define.model import Document, ItemRef, Leaf, Term, ValueList


def said(before: Document, after: Document) -> list[str]:
    return [str(change) for change in differences(before, after)]


def with_item(document: Document, name: str, **changes: Any) -> Document:
    items = tuple(replace(item, **changes) if item.oid == name else item for item in document.items)
    return replace(document, items=items)


def test_a_document_does_not_differ_from_itself(example: Document) -> None:
    assert differences(example, example) == ()


def test_other_identifiers_are_no_difference(example: Document) -> None:
    renamed = with_item(example, "IT.ADAE.AEDECOD", oid="other")
    group = replace(example.datasets[1], oid="another", items=(ItemRef("other", 1, True),))
    display = replace(example.displays[0], results=(example.displays[0].results[1],))
    before = replace(example, displays=(display,))
    assert differences(before, replace(renamed, datasets=(example.datasets[0], group), displays=(display,))) == ()


def test_a_label_and_a_length_are_said_with_before_and_after(example: Document) -> None:
    after = with_item(example, "IT.ADTTE.PARAMCD", label="Param Code", length=12)
    assert said(example, after) == [
        "variable ADTTE.PARAMCD: label “Parameter Code” → “Param Code”",
        "variable ADTTE.PARAMCD: type “text 8” → “text 12”",
    ]


def test_a_method_s_text_is_said_at_the_variable(example: Document) -> None:
    methods = (replace(example.methods[0], description="ADT minus STARTDT"), example.methods[1])
    assert said(example, replace(example, methods=methods)) == [
        "variable ADTTE.AVAL: method “ADT minus STARTDT, plus 1” → “ADT minus STARTDT”"
    ]


def test_a_dataset_added_is_one_change_not_one_a_variable(example: Document) -> None:
    before = replace(example, datasets=example.datasets[:1], displays=())
    after = replace(example, displays=())
    assert said(before, after) == ["dataset ADAE added"]
    assert said(after, before) == ["dataset ADAE removed"]


def test_a_variable_removed_is_no_change_of_order(example: Document) -> None:
    first = example.datasets[0]
    after = replace(example, datasets=(replace(first, items=first.items[:3]), example.datasets[1]))
    assert said(example, after) == ["variable ADTTE.SITEX removed"]


def test_variables_in_another_order_are_said_once(example: Document) -> None:
    first = example.datasets[0]
    turned = replace(first, items=(first.items[1], first.items[0], *first.items[2:]))
    assert said(example, replace(example, datasets=(turned, example.datasets[1]))) == [
        "dataset ADTTE: order of variables “USUBJID, PARAMCD, AVAL, SITEX” → “PARAMCD, USUBJID, AVAL, SITEX”"
    ]


def test_value_level_is_named_by_its_condition(example: Document) -> None:
    values = example.value_lists[0]
    after = replace(example, value_lists=(ValueList(values.oid, values.items[:1]),))
    assert said(example, after) == ["variable ADTTE.AVAL where PARAMCD not in PFS, DOR removed"]
    shorter = with_item(example, "IT.ADTTE.AVAL.PFS", length=3)
    assert said(example, shorter) == ["variable ADTTE.AVAL where PARAMCD = PFS: type “integer 4” → “integer 3”"]


def test_terms_are_named_with_their_codelist(example: Document) -> None:
    site = replace(example.codelists[1], terms=(Term("A", order=1), Term("C", order=2, extended=True)))
    after = replace(example, codelists=(example.codelists[0], site, *example.codelists[2:]))
    assert said(example, after) == ["term B of codelist Site removed", "term C of codelist Site added"]


def test_keys_standards_documents_and_analyses_are_compared(example: Document) -> None:
    first = example.datasets[0]
    keyless = replace(first, items=(first.items[0], replace(first.items[1], key_sequence=None), *first.items[2:]))
    display = replace(example.displays[0], results=example.displays[0].results[:1])
    after = replace(
        example,
        datasets=(keyless, example.datasets[1]),
        standards=(replace(example.standards[0], version="1.2"), *example.standards[1:]),
        leaves=(Leaf("LF.ACRF", "crf.pdf", "Annotated CRF"), example.leaves[1]),
        displays=(display,),
    )
    assert said(example, after) == [
        "result Events of display Table 14.2.1 removed",
        "standard ADaMIG: version “1.3” → “1.2”",
        "dataset ADTTE: keys “USUBJID, PARAMCD” → “USUBJID”",
        "document Annotated CRF: file “acrf.pdf” → “crf.pdf”",
    ]
