"""Terminology packages in the shapes that NCI EVS publishes, and values against them.

The shapes: text with tabs, not quoted; an Excel workbook with a ReadMe and a dated sheet; ODM-XML with NCI's own
attributes and elements. The terms here are made up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pytest

from oncdisc import checks
from oncdisc.checks.terms import GivenTerminology, read_terminology
from oncdisc.cli.main import run
from specs.errors import UsageError
from specs.terminology import terminology

Rows = Sequence[Sequence[str]]
HEADER = ["Code", "Codelist Code", "Codelist Extensible (Yes/No)", "Codelist Name", "CDISC Submission Value",
          "CDISC Synonym(s)", "CDISC Definition", "NCI Preferred Term"]  # fmt: skip
ROWS = [
    ["C66731", "", "No", "Sex", "SEX", "Sex", "…", "CDISC SDTM Sex of Individual Terminology"],
    ["C16576", "C66731", "", "Sex", "F", "Female; Woman", '"A person" of a sex.', "Female"],
    ["C20197", "C66731", "", "Sex", "Z", "Other", '"Not closed, as published.', "Zed"],
    ["C65047", "", "Yes", "Laboratory Test Code", "LBTESTCD", "", "…", ""],
    ["C64433", "C65047", "", "Laboratory Test Code", "ALT", "ALT; SGPT", "…", "ALT Measurement"],
    ["C67154", "", "Yes", "Laboratory Test Name", "LBTEST", "", "…", ""],
    ["C64433", "C67154", "", "Laboratory Test Name", "Alanine Aminotransferase", "ALT", "…", "ALT Measurement"],
    ["C71620", "", "Yes", "Unit", "UNIT", "Unit", "…", ""],
    ["C48152", "C71620", "", "Unit", "ug", "mcg; µg; Microgram", "<1 & more", "Microgram"],
]
DAY = "2026-03-27"
ODM = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema-instance" xmlns:nciodm="http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC" '
    f'FileType="Snapshot" FileOID="CDISC_CT.SDTM.{DAY}" Granularity="Metadata" '
    f'CreationDateTime="2026-03-20T09:00:00" AsOfDateTime="{DAY}T00:00:00" ODMVersion="1.3.2" '
    f'SourceSystem="NCI Thesaurus" SourceSystemVersion="{DAY}" nciodm:Context="Submission" '
    f'nciodm:ControlledTerminologyVersion="1.2.0"><Study OID="CDISC_CT.SDTM.{DAY}"><GlobalVariables>'
    "<StudyName>CDISC SDTM Controlled Terminology</StudyName></GlobalVariables>"
    f'<MetaDataVersion OID="CDISC_CT_MetaDataVersion.SDTM.{DAY}" Name="CDISC SDTM Controlled Terminology">'
)


def text(folder: Path, rows: Rows = ROWS, name: str = f"SDTM Terminology {DAY}") -> Path:
    """The text: one line a row, tabs between cells, nothing quoted."""
    path = folder / f"{name}.txt"
    path.write_text("".join("\t".join(row) + "\n" for row in [HEADER, *rows]), encoding="utf-8")
    return path


def excel(folder: Path, rows: Rows = ROWS, name: str = "SDTM Terminology") -> Path:
    """The workbook: ReadMe, then a sheet with the release's date."""
    book = openpyxl.Workbook()
    readme = book.active
    assert readme is not None
    readme.title = "ReadMe"
    readme.append(["CDISC Controlled Terminology", "Code: the code of a term or codelist"])
    sheet = book.create_sheet(f"SDTM Terminology {DAY}")
    for row in [HEADER, *rows]:
        sheet.append([cell or None for cell in row])
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path


def odm(folder: Path, rows: Rows = ROWS, name: str = "SDTM Terminology") -> Path:
    """The XML: all terms EnumeratedItem; a codelist's submission value comes after its terms."""
    parts: list[str] = []
    tail = ""
    for code, of, extensible, label, value, synonyms, definition, preferred in rows:
        named = f'nciodm:ExtCodeID="{code}"'
        others = "".join(f"<nciodm:CDISCSynonym>{escape(name)}</nciodm:CDISCSynonym>" for name in synonyms.split("; "))
        meant = f"<nciodm:PreferredTerm>{escape(preferred)}</nciodm:PreferredTerm>"
        if of:
            said = f"<nciodm:CDISCDefinition>{escape(definition)}</nciodm:CDISCDefinition>"
            parts.append(
                f"<EnumeratedItem CodedValue={quoteattr(value)} {named}>{others}{said}{meant}</EnumeratedItem>"
            )
            continue
        answer = f' nciodm:CodeListExtensible="{extensible}"' if extensible else ""
        parts.append(
            f'{tail}<CodeList OID="CL.{code}.{value}" Name={quoteattr(label)} DataType="text" {named}{answer}>'
            f'<Description><TranslatedText xml:lang="en">{escape(definition)}</TranslatedText></Description>'
        )
        submitted = f"<nciodm:CDISCSubmissionValue>{escape(value)}</nciodm:CDISCSubmissionValue>"
        tail = f"{submitted}{others}{meant}</CodeList>"
    path = folder / f"{name}.odm.xml"
    xml = f"{ODM}{''.join(parts)}{tail}</MetaDataVersion></Study></ODM>"
    path.write_bytes(xml.encode("ascii", "xmlcharrefreplace"))
    return path


FORMS = [text, excel, odm]


@pytest.mark.parametrize("form", FORMS)
def test_a_published_package_is_read(form: Callable[[Path], Path], tmp_path: Path) -> None:
    given = read_terminology(form(tmp_path))
    assert given.version == DAY
    sex = given.codelist("C66731")
    assert (sex.submission, sex.name, sex.extensible, sex.values) == ("SEX", "Sex", False, ("F", "Z"))
    assert given.codelist("SEX") is sex
    assert "C99999" not in given


@pytest.mark.parametrize("form", FORMS)
def test_every_part_of_a_term_is_read(form: Callable[[Path], Path], tmp_path: Path) -> None:
    given = read_terminology(form(tmp_path))
    unit = given.codelist("UNIT").get("ug")
    assert unit is not None
    assert (unit.code, unit.synonyms, unit.preferred) == ("C48152", ("mcg", "µg", "Microgram"), "Microgram")
    assert [len(given.codelist(name).terms) for name in ("SEX", "LBTESTCD", "LBTEST", "UNIT")] == [2, 1, 1, 1]


@pytest.mark.parametrize("form", FORMS)
def test_codes_are_paired_with_their_names_by_their_code(form: Callable[[Path], Path], tmp_path: Path) -> None:
    codes = read_terminology(form(tmp_path)).codelist("LBTESTCD")
    term = codes.get("ALT")
    assert codes.names == "LBTEST"
    assert term is not None
    assert term.decode == "Alanine Aminotransferase"


def pair(code: str, name: str, *terms: str) -> Rows:
    """Two codelists; each of `terms` is in both, `-` in that of the codes alone."""
    one = [["C1", "", "Yes", code, code, "", "", ""]]
    one += [[f"C9{at}", "C1", "", code, f"A{at}", "", "", ""] for at in range(len(terms))]
    other = [["C2", "", "Yes", name, name, "", "", ""]]
    other += [[f"C9{at}", "C2", "", name, term, "", "", ""] for at, term in enumerate(terms) if term != "-"]
    return [*one, *other]


@pytest.mark.parametrize(("code", "name"), [("XYTESTCD", "XYTEST"), ("XY1TC", "XY1TN"), ("XY1PC", "XY1PN")])
def test_codelists_of_tests_pair_by_their_names_endings(code: str, name: str, tmp_path: Path) -> None:
    term = read_terminology(text(tmp_path, pair(code, name, "Alpha", "-"))).codelist(code).get("A0")
    assert term is not None
    assert term.decode == "Alpha"


def test_codelists_with_little_in_common_do_not_pair(tmp_path: Path) -> None:
    assert read_terminology(text(tmp_path, pair("XYCD", "XY", "Alpha", "-", "-"))).codelist("XYCD").names is None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("said", "extensible"), [("Yes", True), ("No", False), ("", True)])
def test_a_codelist_is_closed_where_it_says_so(
    form: Callable[[Path, Rows], Path], said: str, extensible: bool, tmp_path: Path
) -> None:
    rows = [["C1", "", said, "Any", "ANY", "", "", ""], ["C2", "C1", "", "Any", "X", "", "", ""]]
    assert read_terminology(form(tmp_path, rows)).codelist("ANY").extensible is extensible


def changed(path: Path, change: Callable[[str], bytes]) -> GivenTerminology:
    """The text package after a change of its bytes."""
    path.write_bytes(change(path.read_text(encoding="utf-8")))
    return read_terminology(path)


def quoted(content: str) -> str:
    """As Excel saves text: cells with a quotation mark or comma are quoted."""
    cells = ([f'"{c.replace(chr(34), chr(34) * 2)}"' if '"' in c or "," in c else c for c in line.split("\t")]
             for line in content.splitlines())  # fmt: skip
    return "\r\n".join("\t".join(row) for row in cells)


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "with a byte order mark": lambda content: content.encode("utf-8-sig"),
    "in the Windows code page of older releases": lambda content: content.encode("cp1252"),
    "as Excel saves Unicode text": lambda content: quoted(content).encode("utf-16"),
    "with Windows line ends": lambda content: content.replace("\n", "\r\n").encode(),
}


@pytest.mark.parametrize("change", ENCODINGS.values(), ids=list(ENCODINGS))
def test_text_is_read_in_every_encoding(change: Callable[[str], bytes], tmp_path: Path) -> None:
    given = changed(text(tmp_path), change)
    term = given.codelist("UNIT").get("ug")
    assert term is not None
    assert term.synonyms == ("mcg", "µg", "Microgram")
    assert len(given.lists) == 4


def test_packages_one_below_the_other_in_a_file_are_read(tmp_path: Path) -> None:
    define = [["C170452", "", "Yes", "Origin Type", "ORIGINT", "", "", ""],
              ["C170449", "C170452", "", "Origin Type", "Assigned", "", "", ""]]  # fmt: skip
    given = read_terminology(text(tmp_path, [*ROWS, HEADER, *define]))
    assert given.codelist("ORIGINT").values == ("Assigned",)
    assert "Code" not in given


def test_the_first_of_several_files_counts_for_a_codelist(tmp_path: Path) -> None:
    adam = [["C81224", "", "Yes", "Derivation Type", "DTYPE", "", "", ""],
            ["C81209", "C81224", "", "Derivation Type", "LOCF", "", "", ""],
            ["C66731", "", "Yes", "Sex", "SEX", "", "", ""]]  # fmt: skip
    given = read_terminology(text(tmp_path), text(tmp_path, adam, "ADaM Terminology 2025-09-26"))
    assert given.version == "2026-03-27, 2025-09-26"
    assert given.codelist("DTYPE").values == ("LOCF",)
    assert given.codelist("SEX").values == ("F", "Z")


def test_columns_named_for_another_organization_are_found(tmp_path: Path) -> None:
    def renamed(content: str) -> bytes:
        return (
            content.replace("CDISC Submission", "ICH Submission").replace("CDISC Synonym(s)", "ICH Synonym(s)").encode()
        )

    assert changed(text(tmp_path), renamed).codelist("SEX").find("Woman")


def test_a_header_below_a_title_is_found(tmp_path: Path) -> None:
    path = excel(tmp_path)
    book = openpyxl.load_workbook(path)
    book.worksheets[1].insert_rows(1, 2)
    book.save(path)
    assert read_terminology(path).codelist("SEX").values == ("F", "Z")


def test_numbers_of_a_workbook_are_the_terms_that_they_show(tmp_path: Path) -> None:
    path = excel(tmp_path)
    book = openpyxl.load_workbook(path)
    book.worksheets[1]["E3"] = 2.0
    book.worksheets[1]["E4"] = 1.5
    book.save(path)
    assert read_terminology(path).codelist("SEX").values == ("2", "1.5")


def test_excels_old_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "SDTM Terminology.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    with pytest.raises(UsageError, match=r"format of 1997.*save it as \.xlsx.*\.txt or \.odm\.xml"):
        read_terminology(path)


def test_a_workbook_of_todays_format_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = excel(tmp_path).rename(tmp_path / "SDTM Terminology.xls")
    assert read_terminology(path).version == DAY


def test_a_text_without_a_date_in_its_name_goes_by_its_name(tmp_path: Path) -> None:
    assert read_terminology(text(tmp_path, name="SDTM Terminology")).version == "SDTM Terminology"


def test_a_whole_release_is_read(tmp_path: Path) -> None:
    rows: list[list[str]] = []
    for at in range(1_000):
        rows.append([f"C{at}", "", "Yes", f"List {at}", f"LIST{at}", "", "", ""])
        rows += [[f"C{at}{n:02}", f"C{at}", "", f"List {at}", f"T{n}", f"Term {n}; T-{n}", "…", ""] for n in range(40)]
    for form in (text, odm):
        given = read_terminology(form(tmp_path, rows))
        assert sum(len(codelist.terms) for codelist in given.lists.values()) == 40_000
        assert given.codelist("LIST999").find("t-39") is given.codelist("C999").get("T39")


def test_the_given_package_decides(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/dm.csv").write_text("USUBJID,SEX\n1,Z\n2,M\n")
    shipped = checks.run(checks.read_package(tmp_path / "data"), ["terminology.closed"]).rows()
    given = checks.run(checks.read_package(tmp_path / "data", text(tmp_path)), ["terminology.closed"]).rows()
    assert [finding.value for finding in shipped] == ["Z"]
    assert [finding.value for finding in given] == ["M"]


WRONG = {
    "nothing.txt": b"",
    "terms.doc": b"x",
    "prose.txt": b"Code\tName\nC1\tx\n",
    "heads.txt": "\t".join(HEADER).encode(),
    "broken.xlsx": b"PK\x03\x04 but no more",
    "page.xlsx": b"<html></html>",
    "broken.xml": b"<ODM><Study>",
    "declared.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><ODM/>',
}


@pytest.mark.parametrize("name", [*WRONG, "absent.txt"])
def test_a_file_that_holds_no_terminology_is_refused(name: str, tmp_path: Path) -> None:
    if name in WRONG:
        (tmp_path / name).write_bytes(WRONG[name])
    with pytest.raises(UsageError, match=f"--ct .*{name}"):
        read_terminology(tmp_path / name)


def test_a_package_of_the_shared_facts_is_read(shared: Path) -> None:
    given = read_terminology(shared / "reference" / "ct-sdtm-2025-03-28.csv")
    ours = terminology("2025-03-28")
    for name in ("SEX", "LBTESTCD", "ECOG1TC", "UNIT", "RACE"):
        shown, shipped = given.codelist(name), ours.codelist(name)
        assert (shown.terms, shown.names, shown.extensible) == (shipped.terms, shipped.names, shipped.extensible)


def test_multiple_stands_for_several_values(tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text("USUBJID,AEACN\n1,MULTIPLE\n2,SOME\n")
    rows = checks.run(checks.read_package(tmp_path), ["terminology.closed"]).rows()
    assert [finding.value for finding in rows] == ["SOME"]


def test_a_result_that_is_a_number_or_a_date_is_no_addition(tmp_path: Path) -> None:
    values = ["ALIVE", "2024-03-12", "2024-03", "7.5", "2024-03-12T08:30", "SOON", "2024-3"]
    (tmp_path / "ss.csv").write_text("\n".join(["USUBJID,SSTESTCD,SSSTRESC", *(f"1,X,{value}" for value in values)]))
    rows = checks.run(checks.read_package(tmp_path), ["terminology.extension"]).rows()
    assert [finding.value for finding in rows if finding.variable == "SSSTRESC"] == ["SOON", "2024-3"]


def test_the_command_takes_several_packages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/dm.csv").write_text("USUBJID,SEX,AGE,AGEU\n1,M,50,EONS\n")
    ages = [["C66781", "", "No", "Age Unit", "AGEU", "", "", ""],
            ["C29848", "C66781", "", "Age Unit", "YEARS", "", "", ""]]  # fmt: skip
    files = [text(tmp_path), text(tmp_path, ages, "Other Terminology 2026-06-26")]
    given = [part for path in files for part in ("--ct", str(path))]
    assert run(["check", str(tmp_path / "data"), *given, "--rule", "terminology.closed", "--json", "-"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [(row["variable"], row["value"]) for row in found] == [("AGEU", "EONS"), ("SEX", "M")]
    assert found[0]["message"].endswith("not a term of AGEU (2026-03-27, 2026-06-26)")
