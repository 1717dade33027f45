"""Packages from folders: builds, mixed formats, files that cannot be read, CDISC's CSV form."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from oncdisc import checks, write_xpt
from oncdisc.checks.rules import load
from specs.errors import UsageError


def test_a_build_brings_its_datasets_terminology_and_raw_records(built: Path) -> None:
    package = checks.read_package(built)
    assert {"AE", "DM", "ADSL"} <= set(package.datasets)
    assert package.codelists.version == "2025-03-28"
    assert package.datasets["ADSL"].structure == "ADSL"
    assert package.datasets["AE"].group is not None
    data = package.datasets["AE"]
    data.frame = data.frame.assign(DOMAIN=data.frame["DOMAIN"].mask(data.frame.index == 0, "XX"))
    (finding,) = checks.run(package, ["structure.domain"]).rows()
    assert finding.source.startswith("record 1, from ae.csv record ")


def test_a_file_that_cannot_be_read_is_a_finding_and_the_rest_is_checked(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "tabulations", tmp_path / "tabulations")
    (tmp_path / "tabulations/sdtm/lb.xpt").write_bytes(b"HEADER RECORD*******LIB")
    (tmp_path / "tabulations/sdtm/define.xml").write_text("<ODM>")
    package = checks.read_package(tmp_path)
    rows = checks.run(package, ["package.unread"]).rows()
    assert {finding.dataset for finding in rows} == {"tabulations/sdtm/lb.xpt", "tabulations/sdtm/define.xml"}
    assert "AE" in package.datasets


def test_of_two_files_of_one_dataset_the_one_beside_define_is_checked(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "tabulations/sdtm", tmp_path / "z")
    (tmp_path / "a").mkdir()
    write_xpt(pd.DataFrame({"USUBJID": ["1"]}), tmp_path / "a" / "ae.xpt", name="AE", label="Adverse Events")
    package = checks.read_package(tmp_path)
    path = package.datasets["AE"].path
    assert path is not None
    assert path.parent.name == "z"
    assert [finding.value for finding in checks.run(package, ["package.twice"]).rows()] == ["a/ae.xpt"]


def test_names_in_small_letters_are_read_as_capitals_and_told(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text("usubjid,AGE\n1,50\n")
    package = checks.read_package(tmp_path)
    assert list(package.datasets["DM"].frame.columns) == ["USUBJID", "AGE"]
    assert package.datasets["DM"].number("AGE").tolist() == [50.0]
    assert [finding.value for finding in checks.run(package, ["structure.upper_case"]).rows()] == ["usubjid"]


def test_a_folder_without_datasets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found no dataset"):
        checks.read_package(tmp_path)
    with pytest.raises(UsageError, match="found no folder or file"):
        checks.read_package(tmp_path / "nowhere")


def test_the_csv_form_says_types_labels_and_classes(tmp_path: Path) -> None:
    (tmp_path / "_datasets.csv").write_text(
        "Filename,Label,Class,Subclass\nadx,Mine,BASIC DATA STRUCTURE,TIME TO EVENT\n"
    )
    (tmp_path / "_variables.csv").write_text("dataset,variable,label,type,length\nadx,AVAL,Analysis Value,Num,8\n")
    (tmp_path / "adx.csv").write_text("USUBJID,AVAL\n007,1.5\n008,\n")
    data = checks.read_package(tmp_path).datasets["ADX"]
    assert (data.engine, data.structure, data.label) == ("adam", "TTE", "Mine")
    assert data.frame["USUBJID"].tolist() == ["007", "008"]
    assert data.number("AVAL")[0] == 1.5
    assert data.variables["AVAL"].label == "Analysis Value"


def test_control_characters_are_told(tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text('USUBJID,AETERM\n1,"a\tb"\n2,a b\n')
    rows = checks.run(checks.read_package(tmp_path), ["structure.printable"]).rows()
    assert [finding.usubjid for finding in rows] == ["1"]


def test_every_module_of_rules_loads() -> None:
    load()
    assert len(checks.all_rules()) > 350


def test_a_build_whose_findings_are_damaged_is_checked_all_the_same(built: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(built, tmp_path / "out"))
    (out / "findings.json").write_text("{damaged")
    found = [row for row in checks.check(out).findings.rows() if row.rule == "package.unread"]
    assert [row.message.partition(": Expecting")[0] for row in found] == [
        "findings.json: what the build found is not known"
    ]


def test_findings_are_the_same_bytes_each_time(built: Path) -> None:
    first, second = (checks.to_json(checks.check(built)) for _ in range(2))
    assert first == second
    assert set(json.loads(first)) == {"findings", "counts", "folded", "accepted", "checked"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_csv_is_read_in_the_encoding_that_it_is_in(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "ae.csv").write_text("USUBJID,AETERM\n1,Größe\n", encoding=encoding)
    package = checks.read_package(tmp_path)
    assert package.datasets["AE"].frame["AETERM"].tolist() == ["Größe"]
    assert package.unread == {}


def test_text_in_no_known_encoding_and_damaged_json_are_noted(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text("USUBJID\n1\n")
    (tmp_path / "ae.csv").write_bytes(b"USUBJID,AETERM\n1,\x81\n")
    (tmp_path / "lb.json").write_text('{"datasetJSONV')
    (tmp_path / "vs.json").write_text("{}")
    (tmp_path / "notes.json").write_text("{}")
    package = checks.read_package(tmp_path)
    assert set(package.unread) == {"ae.csv", "lb.json", "vs.json"}
    assert not any(str(tmp_path) in why for why in package.unread.values())
    assert package.unreadable("AE")
    assert not package.unreadable("DM")


def test_a_file_that_may_not_be_opened_is_noted_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DM", "AE"):
        write_xpt(pd.DataFrame({"USUBJID": ["1"]}), tmp_path / f"{name.lower()}.xpt", name=name, label="x")
    opened = Path.open

    def refused(path: Path, *args: object, **options: object) -> object:
        if path.name == "ae.xpt":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refused)
    package = checks.read_package(tmp_path)
    assert (list(package.datasets), dict(package.unread)) == (["DM"], {"ae.xpt": "Permission denied"})


def test_files_of_other_formats_are_not_held_against_the_gateway(tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text("USUBJID,AETERM\n1,a\n")
    assert checks.run(checks.read_package(tmp_path), ["gateway.1734", "gateway.1736"]).rows() == []
