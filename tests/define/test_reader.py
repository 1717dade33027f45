"""Reading: the round trip keeps everything; unsafe, foreign and broken files are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from define.errors import NotADefineError, ReadError, UnsafeXmlError, UnsupportedVersionError
from define.model import Document, Origin
from define.reader import from_xml, read
from define.upgrade import upgraded
from define.writer import to_xml

PUBLISHED = (
    "dataset-json-examples/adam/define.xml",
    "dataset-json-examples/sdtm/define.xml",
    "rconsortium-pilot3/analysis/adam/datasets/define.xml",
)
SMALL = """<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"
  FileOID="F" CreationDateTime="2026-01-01T00:00:00" def:Context="Other"><Study OID="S"><GlobalVariables>
  <StudyName>A</StudyName><StudyDescription>B</StudyDescription><ProtocolName>C</ProtocolName></GlobalVariables>
  <MetaDataVersion OID="M" Name="N" def:DefineVersion="2.1.0">{}</MetaDataVersion></Study></ODM>"""


def small(inside: str = "") -> bytes:
    return SMALL.format(inside).encode()


def test_a_document_written_and_read_is_equal_and_gives_the_same_bytes(example: Document) -> None:
    xml = to_xml(example)
    assert from_xml(xml) == example
    assert to_xml(from_xml(xml)) == xml


@pytest.mark.parametrize("path", PUBLISHED)
def test_published_files_survive_the_round_trip(shared: Path, path: str) -> None:
    document = read(shared / "data" / "submissions" / path)
    xml = to_xml(document)
    assert from_xml(xml) == upgraded(document)
    assert to_xml(from_xml(xml)) == xml


def test_published_sdtm_holds_what_the_file_holds(shared: Path) -> None:
    document = read(shared / "data" / "submissions" / PUBLISHED[1])
    assert (len(document.datasets), len(document.items), len(document.codelists)) == (31, 644, 189)
    assert (len(document.value_lists), len(document.where_clauses), len(document.methods)) == (24, 197, 29)
    assert sum(len(group.items) for group in document.datasets) == 439
    assert sum(group.has_no_data for group in document.datasets) == 3


def test_published_adam_holds_its_analysis_results(shared: Path) -> None:
    document = read(shared / "data" / "submissions" / PUBLISHED[0])
    assert [display.name for display in document.displays] == ["Table14.3.01", "Table14.5.02"]
    assert document.displays[0].results[0].parameter == "IT.ADADAS.PARAMCD"
    assert [sub.name for group in document.datasets for sub in group.subclasses] == [
        "TIME-TO-EVENT",
        "ADVERSE EVENT",
    ]


def test_define_1_0_gets_a_clear_answer(shared: Path) -> None:
    with pytest.raises(UnsupportedVersionError, match=r"define\.xml: is Define-XML 1\.0"):
        read(shared / "data" / "submissions/rconsortium-pilot3/tabulations/sdtm/define.xml")


def test_2_0_is_read_as_written_and_upgraded_when_written() -> None:
    xml = small('<ItemDef OID="I" Name="X" DataType="text"><def:Origin Type="CRF"/></ItemDef>')
    xml = xml.replace(b"def/v2.1", b"def/v2.0").replace(
        b'def:DefineVersion="2.1.0"',
        b'def:DefineVersion="2.0.0" def:StandardName="SDTM-IG" def:StandardVersion="3.2"',
    )
    document = from_xml(xml)
    assert document.define_version == "2.0.0"
    assert document.standards[0].name == "SDTM-IG"
    assert document.items[0].origins == (Origin("CRF"),)
    written = from_xml(to_xml(document))
    assert written.define_version == "2.1.0"
    assert written.standards[0].name == "SDTMIG"
    assert written.items[0].origins == (Origin("Collected", "Investigator"),)


def test_english_is_preferred_among_translations() -> None:
    german, english = (
        '<TranslatedText xml:lang="de">Alter</TranslatedText>',
        '<TranslatedText xml:lang="en-GB">Age</TranslatedText>',
    )
    xml = small(f'<ItemDef OID="I" Name="A" DataType="text"><Description>{german}{english}</Description></ItemDef>')
    assert from_xml(xml).items[0].label == "Age"


def test_the_only_language_is_taken_whatever_it_is() -> None:
    text = '<TranslatedText xml:lang="de">Alter</TranslatedText>'
    xml = small(f'<ItemDef OID="I" Name="AGE" DataType="integer"><Description>{text}</Description></ItemDef>')
    assert from_xml(xml).items[0].label == "Alter"


def test_elements_of_other_namespaces_are_left_out() -> None:
    assert from_xml(small('<v:Extra xmlns:v="urn:vendor" OID="E"/>')) == from_xml(small())


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE ODM SYSTEM "http://example.org/x.dtd">',
        '<!DOCTYPE ODM [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
    ids=["external DTD", "billion laughs", "external entity"],
)
def test_document_types_and_entities_are_refused(declaration: str) -> None:
    with pytest.raises(UnsafeXmlError):
        from_xml(declaration.encode() + small())


def test_a_file_over_the_size_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "define.xml"
    file.write_bytes(small())
    assert read(file, max_bytes=len(small())).name == "N"
    with pytest.raises(UnsafeXmlError, match=r"define\.xml: has more than 100 bytes"):
        read(file, max_bytes=100)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not well-formed"),
        (b"PK\x03\x04", "not well-formed"),
        (b"<html/>", "starts with the element html"),
        (b'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"/>', "without a def:DefineVersion"),
        (small().replace(b"</Study>", b'</Study><Study OID="T"/>'), "2 studies and 1 metadata versions"),
    ],
    ids=["empty", "zip", "html", "ODM", "two studies"],
)
def test_what_is_no_define_is_said_to_be_none(content: bytes, message: str) -> None:
    with pytest.raises(NotADefineError, match=message):
        from_xml(content)


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ('<ItemDef Name="X" DataType="text"/>', "ItemDef has no OID"),
        (
            '<ItemDef OID="I" Name="X" DataType="text" Length="ten"/>',
            "ItemDef I: Length is 'ten', expected a whole",
        ),
        (
            '<CodeList OID="C" Name="C"><EnumeratedItem CodedValue="A" Rank="one"/></CodeList>',
            "EnumeratedItem A: Rank is 'one', expected a number",
        ),
        (
            '<def:WhereClauseDef OID="W"><RangeCheck Comparator="LIKE"/></def:WhereClauseDef>',
            "Comparator is 'LIKE', expected one of EQ",
        ),
    ],
    ids=["no OID", "length", "rank", "comparator"],
)
def test_broken_elements_are_named(inside: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        from_xml(small(inside))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"absent\.xml: cannot be read"):
        read(tmp_path / "absent.xml")
