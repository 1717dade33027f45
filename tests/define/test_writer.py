"""Writing: valid by the published schemas and by odmlib's rules, the same bytes, safe with any text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from define.errors import BrokenDocumentError, InvalidTextError
from define.model import CodeList, Comment, Document, File, FormalExpression, ItemRef, Method, Study, Term
from define.reader import from_xml, read
from define.writer import to_xml, write_define

ALLOWED = st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="￾￿")
WORDS = st.text(ALLOWED | st.sampled_from("\t\n\r<>&\"'")).map(str.strip)


def schema(standard: str, version: str) -> Any:
    import xmlschema
    from odmlib.schema_manager import get_schema_path

    return xmlschema.XMLSchema10(get_schema_path(standard, version))


def test_a_document_with_analysis_results_is_valid_by_the_schema(example: Document, tmp_path: Path) -> None:
    file = tmp_path / "define.xml"
    file.write_bytes(to_xml(example))
    assert [str(error.reason) for error in schema("arm", "1.0-define2.1").iter_errors(str(file))] == []


def test_a_document_without_analysis_results_is_valid_by_the_schema(example: Document, tmp_path: Path) -> None:
    file = tmp_path / "define.xml"
    file.write_bytes(to_xml(replace(example, displays=())))
    assert b"arm" not in file.read_bytes()
    assert [str(error.reason) for error in schema("define", "2.1").iter_errors(str(file))] == []


def test_an_upgraded_2_0_document_is_valid_by_the_2_1_schema(shared: Path, tmp_path: Path) -> None:
    published = shared / "data" / "submissions" / "rconsortium-pilot3/analysis/adam/datasets/define.xml"
    file = tmp_path / "define.xml"
    file.write_bytes(to_xml(read(published)))
    assert [str(error.reason) for error in schema("define", "2.1").iter_errors(str(file))] == []


def odmlib_document(file: Path) -> Any:
    from odmlib.define_loader import XMLDefineLoader
    from odmlib.loader import ODMLoader

    loader = ODMLoader(XMLDefineLoader(model_package="define_2_1"))
    loader.open_odm_document(str(file))
    return loader.root()


def test_odmlib_finds_the_order_the_references_and_the_contents_right(example: Document, tmp_path: Path) -> None:
    from odmlib.define_2_1.rules.metadata_schema import MetadataSchema
    from odmlib.oid_generator import create_oid_checker

    file = tmp_path / "define.xml"
    file.write_bytes(to_xml(replace(example, displays=())))
    document, checker = odmlib_document(file), create_oid_checker("define_2_1")
    assert document.verify_order()
    assert document.verify_conformance(MetadataSchema())
    assert document.verify_oids(checker)
    unused = set(document.unreferenced_oids(checker))
    assert unused <= {"STD.3", "WC.PFS.N", "COM.ARM"}  # used by nothing, or by the analysis results alone


def test_odmlib_reads_the_analysis_results(example: Document, tmp_path: Path) -> None:
    from odmlib.arm_loader import XMLArmLoader
    from odmlib.loader import ODMLoader

    file = tmp_path / "define.xml"
    file.write_bytes(to_xml(example))
    loader = ODMLoader(XMLArmLoader())
    loader.open_odm_document(str(file))
    result = loader.MetaDataVersion().AnalysisResultDisplays.ResultDisplay[0].AnalysisResult[0]
    assert (result.OID, result.AnalysisReason, result.ParameterOID) == (
        "AR.1",
        "SPECIFIED IN SAP",
        "IT.ADTTE.PARAMCD",
    )
    assert result.ProgrammingCode.Code._content == "fit(a < b)\n"


def texts(words: str) -> Document:
    """A document that has the words in every kind of place."""
    return Document(
        file=File("F", "2026-01-01T00:00:00", originator=words),
        study=Study("S", words, words, words),
        oid="M",
        name=words,
        description=words,
        codelists=(CodeList("C", words, terms=(Term(words, words, description=words),)),),
        methods=(Method("T", words, words, expressions=(FormalExpression("Python", f"\n {words}\t\r\n"),)),),
        comments=(Comment("K", words),),
    )


@given(WORDS)
def test_any_text_is_read_back_as_it_was(words: str) -> None:
    document = texts(words)
    assert from_xml(to_xml(document)) == document


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "￿", "\ud800"])
def test_a_character_that_xml_cannot_hold_is_named(character: str) -> None:
    with pytest.raises(InvalidTextError, match=rf"U\+{ord(character):04X} at position 4"):
        to_xml(texts(f"abc{character}"))


def test_a_reference_that_leads_nowhere_is_named(example: Document) -> None:
    first = example.datasets[0]
    group = replace(first, items=(*first.items, ItemRef("IT.NONE", method="MT.NONE", where=("WC.NONE",))))
    with pytest.raises(BrokenDocumentError) as caught:
        to_xml(replace(example, datasets=(group, *example.datasets[1:])))
    assert caught.value.problems == (
        "dataset ADTTE refers to item IT.NONE, which is not defined",
        "dataset ADTTE, item IT.NONE refers to method MT.NONE, which is not defined",
        "dataset ADTTE, item IT.NONE refers to where clause WC.NONE, which is not defined",
    )


def test_an_identifier_used_twice_is_named(example: Document) -> None:
    with pytest.raises(BrokenDocumentError, match=r"comment COM\.MDV is defined 2 times"):
        to_xml(replace(example, comments=(*example.comments, Comment("COM.MDV", "again"))))


def test_the_file_and_the_stylesheet_it_points_at_are_written(example: Document, tmp_path: Path) -> None:
    path = write_define(example, tmp_path / "define.xml")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["define.xml", "define2-1.xsl"]
    assert path.read_bytes() == to_xml(example)
    assert b'href="define2-1.xsl"' in path.read_bytes()


def test_the_stylesheet_can_be_another_or_none(example: Document) -> None:
    assert b'href="my&#34;own.xsl"' in to_xml(example, stylesheet='my"own.xsl')
    assert b"xml-stylesheet" not in to_xml(example, stylesheet=None)
