from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sdtm.extracts import UnreadableFileError, item_groups, read_form

ODM = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="{type}" FileOID="f">
  <ClinicalData StudyOID="S" MetaDataVersionOID="1">
    <SubjectData SubjectKey="01"><SiteRef LocationOID="SITE1"/>
      <StudyEventData StudyEventOID="BASE">
        <FormData FormOID="VS">
          <ItemGroupData ItemGroupOID="G" ItemGroupRepeatKey="1">
            <ItemData ItemOID="SYSBP" Value=" 120 "><MeasurementUnitRef MeasurementUnitOID="mmHg"/></ItemData>
          </ItemGroupData>
          <ItemGroupData ItemGroupOID="G" ItemGroupRepeatKey="2">
            <ItemDataString ItemOID="POS">STANDING</ItemDataString>
          </ItemGroupData>
        </FormData>
      </StudyEventData>
    </SubjectData>
    <SubjectData SubjectKey="02">
      <StudyEventData StudyEventOID="BASE" StudyEventRepeatKey="1">
        <FormData FormOID="VS"><ItemGroupData ItemGroupOID="G"/></FormData>
        {more}
      </StudyEventData>
    </SubjectData>
  </ClinicalData>
</ODM>
"""
DM = """<FormData FormOID="DM">
  <ItemGroupData ItemGroupOID="D"><ItemData ItemOID="SEX" Value="F"/></ItemGroupData>
</FormData>"""


def written(folder: Path, more: str = "", type_: str = "Snapshot") -> Path:
    path = folder / "data.xml"
    path.write_text(ODM.format(more=more, type=type_))
    return path


def shown(values: pd.Series) -> list[object]:
    return [None if pd.isna(value) else value for value in values]


def test_each_item_group_is_a_record_with_its_keys(tmp_path: Path) -> None:
    frame = read_form(written(tmp_path))
    assert shown(frame["SubjectKey"]) == ["01", "01", "02"]
    assert shown(frame["SiteOID"]) == ["SITE1", "SITE1", None]
    assert shown(frame["StudyEventRepeatKey"]) == [None, None, "1"]
    assert shown(frame["ItemGroupRepeatKey"]) == ["1", "2", None]
    assert shown(frame["SYSBP"]) == ["120", None, None]
    assert shown(frame["SYSBP.unit"]) == ["mmHg", None, None]
    assert shown(frame["POS"]) == [None, "STANDING", None]
    assert frame["_row"].tolist() == [1, 2, 3]


def test_one_of_several_item_groups(tmp_path: Path) -> None:
    path = written(tmp_path, DM)
    assert item_groups(path) == ["VS/G", "DM/D"]
    assert shown(read_form(path, item_group="DM/D")["SEX"]) == ["F"]
    with pytest.raises(UnreadableFileError, match="found the item groups VS/G, DM/D; expected the item group declared"):
        read_form(path)
    with pytest.raises(UnreadableFileError, match="expected the item group AE/X"):
        read_form(path, item_group="AE/X")


def test_a_file_of_transactions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="Snapshot"):
        read_form(written(tmp_path, type_="Transactional"))


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text('<!DOCTYPE ODM [<!ENTITY x SYSTEM "secret.txt">]><ODM><a>&x;</a></ODM>')
    with pytest.raises(UnreadableFileError, match="entity or external reference"):
        read_form(path)


def test_broken_xml_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text("<ODM>\n<ClinicalData>\n</ODM>\n")
    with pytest.raises(UnreadableFileError, match="line 3: found broken XML"):
        read_form(path)


def test_metadata_without_clinical_data(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text("<ODM/>")
    with pytest.raises(UnreadableFileError, match="found no clinical data"):
        read_form(path)


def test_a_snapshot_that_others_made(shared: Path) -> None:
    path = shared / "data" / "raw_samples" / "odm" / "odm-data-snapshot.xml"
    groups = item_groups(path)
    assert "DM/IG.DM" in groups
    frame = read_form(path, item_group="DM/IG.DM")
    assert shown(frame["IT.AGE"])[0] == "56"
    items = [column for group in groups for column in read_form(path, item_group=group) if column.startswith("IT.")]
    assert items


@pytest.mark.parametrize(("text", "value"), [("true", "TRUE"), (" 1 ", "TRUE"), ("false", "FALSE"), ("0", "FALSE")])
def test_a_typed_boolean_is_written_as_in_other_formats(tmp_path: Path, text: str, value: str) -> None:
    item = f'<ItemDataBoolean ItemOID="SMOKES">{text}</ItemDataBoolean>'
    more = f'<FormData FormOID="DM"><ItemGroupData ItemGroupOID="D">{item}</ItemGroupData></FormData>'
    assert shown(read_form(written(tmp_path, more), item_group="DM/D")["SMOKES"]) == [value]
