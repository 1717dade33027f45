"""Terminology packages in the forms that NCI publishes, and values against them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from oncdisc import checks
from oncdisc.checks.terms import read_terminology
from specs.errors import UsageError
from specs.terminology import terminology

HEADER = ["Code", "Codelist Code", "Codelist Extensible (Yes/No)", "Codelist Name", "CDISC Submission Value",
          "CDISC Synonym(s)", "CDISC Definition", "NCI Preferred Term"]  # fmt: skip
ROWS = [
    ["C66731", "", "No", "Sex", "SEX", "Sex", "…", "CDISC SDTM Sex of Individual Terminology"],
    ["C16576", "C66731", "", "Sex", "F", "Female; Woman", "…", "Female"],
    ["C20197", "C66731", "", "Sex", "Z", "Other", "…", "Zed"],
    ["C65047", "", "Yes", "Laboratory Test Code", "LBTESTCD", "", "…", ""],
    ["C64433", "C65047", "", "Laboratory Test Code", "ALT", "ALT; SGPT", "…", "ALT Measurement"],
    ["C67154", "", "Yes", "Laboratory Test Name", "LBTEST", "", "…", ""],
    ["C64433", "C67154", "", "Laboratory Test Name", "Alanine Aminotransferase", "ALT", "…", "ALT Measurement"],
]
ODM = """<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:nciodm="http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC">
<Study><MetaDataVersion><CodeList OID="CL.C66731.SEX" Name="Sex" DataType="text" nciodm:ExtCodeID="C66731"
 nciodm:CodeListExtensible="No">
<EnumeratedItem CodedValue="F" nciodm:ExtCodeID="C16576"><nciodm:CDISCSynonym>Female</nciodm:CDISCSynonym>
<nciodm:PreferredTerm>Female</nciodm:PreferredTerm></EnumeratedItem>
<EnumeratedItem CodedValue="Z" nciodm:ExtCodeID="C20197"/>
<nciodm:CDISCSubmissionValue>SEX</nciodm:CDISCSubmissionValue></CodeList></MetaDataVersion></Study></ODM>"""


def text(folder: Path) -> Path:
    path = folder / "SDTM Terminology 2026-03-27.txt"
    path.write_text("\n".join("\t".join(row) for row in [HEADER, *ROWS]), encoding="utf-8")
    return path


def excel(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.create_sheet("SDTM Terminology 2026-03-27").append(HEADER)
    for row in ROWS:
        book["SDTM Terminology 2026-03-27"].append(row)
    path = folder / "SDTM Terminology 2026-03-27.xlsx"
    book.save(path)
    return path


def odm(folder: Path) -> Path:
    path = folder / "SDTM Terminology 2026-03-27.odm.xml"
    path.write_text(ODM, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", [text, excel, odm])
def test_a_published_package_is_read(form: object, tmp_path: Path) -> None:
    given = read_terminology(form(tmp_path))  # type: ignore[operator]
    assert given.version == "2026-03-27"
    sex = given.codelist("C66731")
    assert (sex.submission, sex.extensible, sex.values) == ("SEX", False, ("F", "Z"))
    assert given.codelist("SEX") is sex
    assert "C99999" not in given


def test_codes_are_paired_with_their_names(tmp_path: Path) -> None:
    codes = read_terminology(text(tmp_path)).codelist("LBTESTCD")
    term = codes.get("ALT")
    assert codes.names == "LBTEST"
    assert term is not None
    assert term.decode == "Alanine Aminotransferase"


def test_the_given_package_decides(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/dm.csv").write_text("USUBJID,SEX\n1,Z\n2,M\n")
    shipped = checks.run(checks.read_package(tmp_path / "data"), ["terminology.closed"]).rows()
    given = checks.run(checks.read_package(tmp_path / "data", text(tmp_path)), ["terminology.closed"]).rows()
    assert [finding.value for finding in shipped] == ["Z"]
    assert [finding.value for finding in given] == ["M"]


@pytest.mark.parametrize("name", ["nothing.txt", "terms.doc"])
def test_a_file_that_holds_no_terminology_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "terms.doc").write_text("x")
    with pytest.raises(UsageError, match="--ct"):
        read_terminology(tmp_path / name)


def test_a_package_of_the_shared_facts_is_read(shared: Path) -> None:
    given = read_terminology(shared / "reference" / "ct-sdtm-2025-03-28.csv")
    assert given.codelist("C66731").values == terminology("2025-03-28").codelist("C66731").values


def test_multiple_stands_for_several_values(tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text("USUBJID,AEACN\n1,MULTIPLE\n2,SOME\n")
    rows = checks.run(checks.read_package(tmp_path), ["terminology.closed"]).rows()
    assert [finding.value for finding in rows] == ["SOME"]


def test_a_result_that_is_a_number_or_a_date_is_no_addition(tmp_path: Path) -> None:
    values = ["ALIVE", "2024-03-12", "2024-03", "7.5", "2024-03-12T08:30", "SOON", "2024-3"]
    (tmp_path / "ss.csv").write_text("\n".join(["USUBJID,SSTESTCD,SSSTRESC", *(f"1,X,{value}" for value in values)]))
    rows = checks.run(checks.read_package(tmp_path), ["terminology.extension"]).rows()
    assert [finding.value for finding in rows if finding.variable == "SSSTRESC"] == ["SOON", "2024-3"]
