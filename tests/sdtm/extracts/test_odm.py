from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sdtm.extracts import DuplicateColumnError, Fault, UnreadableFileError, open_odm, read_form

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
    assert open_odm(path).counts == {"VS/G": 3, "DM/D": 1}
    assert shown(read_form(path, item_group="DM/D")["SEX"]) == ["F"]
    with pytest.raises(UnreadableFileError, match="found the item groups VS/G, DM/D; expected the item group declared"):
        read_form(path)
    with pytest.raises(UnreadableFileError, match="expected the item group AE/X"):
        read_form(path, item_group="AE/X")


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
    groups = open_odm(path).counts
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


def test_only_the_item_groups_asked_for_are_kept_and_the_others_counted(tmp_path: Path) -> None:
    opened = open_odm(written(tmp_path, DM), ["DM/D"])
    assert opened.counts == {"VS/G": 3, "DM/D": 1}
    assert list(opened.records) == ["DM/D"]


@pytest.mark.parametrize(("names", "twice"), [(("SiteOID",), "SiteOID"), (("A", "A.unit"), "A.unit")])
def test_an_item_named_as_a_key_or_a_unit_is_refused(tmp_path: Path, names: tuple[str, ...], twice: str) -> None:
    unit = '<MeasurementUnitRef MeasurementUnitOID="kg"/>'
    items = "".join(f'<ItemData ItemOID="{name}" Value="x">{unit}</ItemData>' for name in names)
    more = f'<FormData FormOID="DM"><ItemGroupData ItemGroupOID="D">{items}</ItemGroupData></FormData>'
    with pytest.raises(DuplicateColumnError, match=f"the name {twice} on columns"):
        read_form(written(tmp_path, more), item_group="DM/D")


def test_an_item_twice_in_a_snapshot_is_a_fault_with_both_values(tmp_path: Path) -> None:
    items = '<ItemData ItemOID="SEX" Value="F"/><ItemData ItemOID="SEX" Value="M"/>'
    same = '<ItemData ItemOID="SEX" Value="F"/><ItemData ItemOID="SEX" Value="F"/>'
    groups = "".join(f'<ItemGroupData ItemGroupOID="D">{each}</ItemGroupData>' for each in (same, items))
    opened = open_odm(written(tmp_path, f'<FormData FormOID="DM">{groups}</FormData>'))
    message = "the item SEX is there twice, first as F: the last one is taken"
    assert opened.faults == (Fault("DM/D", 2, "02", "M", message),)


@pytest.mark.parametrize("place", ["<FormData", "<ItemGroupData", "<ItemData"])
def test_a_snapshot_that_removes_is_refused(tmp_path: Path, place: str) -> None:
    more = DM.replace(place, f'{place} TransactionType="Remove"')
    with pytest.raises(UnreadableFileError, match=r'TransactionType="Remove" \(.*subject 02.*FileType="Transactional"'):
        open_odm(written(tmp_path, more))


def test_a_kind_of_transaction_that_odm_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match='found TransactionType="Delete"; expected one of Insert, Update'):
        open_odm(written(tmp_path, DM.replace("<FormData", '<FormData TransactionType="Delete"')))


def transactions(folder: Path, *blocks: str) -> Path:
    """A file of transactions; each block is `subject kind: group[repeat] kind item=value kind, ...; ...`."""
    data = ""
    for block in blocks:
        head, _, groups = block.partition(": ")
        subject, _, kind = head.partition(" ")
        inner = "".join(_group(group) for group in filter(None, groups.split("; ")))
        data += f'<SubjectData SubjectKey="{subject}"{_kind(kind)}><SiteRef LocationOID="S1"/>'
        data += f'<StudyEventData StudyEventOID="E"><FormData FormOID="AE">{inner}</FormData></StudyEventData>'
        data += "</SubjectData>"
    path = folder / "t.xml"
    root = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Transactional" FileOID="f">'
    path.write_text(f'{root}<ClinicalData StudyOID="S" MetaDataVersionOID="1">{data}</ClinicalData></ODM>')
    return path


def _kind(kind: str) -> str:
    return f' TransactionType="{kind}"' if kind else ""


def _group(text: str) -> str:
    head, _, items = text.partition(" | ")
    repeat, _, kind = head.partition(" ")
    inner = ""
    for item in filter(None, items.split(", ")):
        said, _, item_kind = item.partition(" ")
        name, _, value = said.partition("=")
        inner += f'<ItemData ItemOID="{name}" Value="{value}"{_kind(item_kind)}/>'
    return f'<ItemGroupData ItemGroupOID="G" ItemGroupRepeatKey="{repeat}"{_kind(kind)}>{inner}</ItemGroupData>'


def left(path: Path) -> list[list[object]]:
    frame = read_form(path)
    names = [name for name in ("SubjectKey", "ItemGroupRepeatKey", "TERM", "SEV") if name in frame]
    return [shown(row) for _, row in frame[names].iterrows()]


def faults(path: Path) -> list[str]:
    return [fault.message for fault in open_odm(path).faults]


def test_transactions_are_carried_out_in_their_order(tmp_path: Path) -> None:
    path = transactions(
        tmp_path,
        "1 Insert: 1 | TERM=Rash, SEV=MILD; 2 | TERM=Cough; 3 | TERM=Fall",
        "2 Insert: 1 | TERM=Nausea",
        "3 Insert: 1 | TERM=Mistake",
        "1 Update: 1 | SEV=SEVERE; 2 Remove | TERM=Cough; 3 | TERM=Fall Remove",
        "3 Remove",
        "2 Context: 1 | TERM=Nausea; 2 Upsert | TERM=Itch",
    )
    assert left(path) == [
        ["1", "1", "Rash", "SEVERE"],
        ["1", "3", None, None],
        ["2", "1", "Nausea", None],
        ["2", "2", "Itch", None],
    ]
    assert faults(path) == []
    frame = read_form(path)
    assert frame["_row"].tolist() == [1, 2, 3, 4]
    assert shown(frame["SiteOID"]) == ["S1"] * 4
    assert open_odm(path).counts == {"AE/G": 4}


def test_what_was_removed_can_be_inserted_again(tmp_path: Path) -> None:
    path = transactions(tmp_path, "1 Insert: 1 | TERM=A, SEV=MILD", "1 Update: 1 Remove", "1 Update: 1 Insert | TERM=B")
    assert left(path) == [["1", "1", "B"]]
    assert faults(path) == []


@pytest.mark.parametrize(
    ("blocks", "message", "records"),
    [
        (["1 Update: 1 | TERM=A"], "Update of E / AE / G 1, which the file did not insert", [["1", "1", "A"]]),
        (["1 Insert: 1 | TERM=A", "1 Insert: 1 | SEV=B"], "Insert of E / AE / G 1, which is", [["1", "1", "A", "B"]]),
        (["1 Insert: 1 | TERM=A", "1 Update: 1 | TERM=B Insert"], "Insert of TERM, which is there already as A",
         [["1", "1", "B"]]),
        (["1 Insert: 1 | TERM=A", "1 Update: 1 | SEV=B"], "Update of SEV, which the file did", [["1", "1", "A", "B"]]),
        (["1 Insert: 1 | TERM=A", "1 Context: 1 Remove; 2 Remove"], "Remove of E / AE / G 2, which is not there", []),
        (["1 Insert: 1 | TERM=A", "1 Update: 1 | SEV=B Remove"], "Remove of SEV, which is not", [["1", "1", "A"]]),
        (["1 Insert: 1 | TERM=A", "2 Context: 1 | TERM=C"], "Context of E / AE / G 1, which", [["1", "1", "A"]]),
        (["1 Insert: 1 | TERM=A", "1 Context: 1 | TERM=C"], "Context of TERM with another", [["1", "1", "A"]]),
    ],
)  # fmt: skip
def test_a_transaction_that_supposes_what_is_not_so_is_a_fault(
    tmp_path: Path, blocks: list[str], message: str, records: list[list[object]]
) -> None:
    path = transactions(tmp_path, *blocks)
    found = faults(path)
    assert message in found[0]
    if records:
        assert left(path) == records
    else:
        assert open_odm(path).counts == {}


def test_what_is_new_in_what_is_context_is_there(tmp_path: Path) -> None:
    path = transactions(tmp_path, "1 Context: 1 Insert")
    assert open_odm(path).counts == {"AE/G": 1}
    assert faults(path) == []


def test_nothing_can_be_new_in_what_is_removed(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="found Insert of something in what is removed"):
        open_odm(transactions(tmp_path, "1 Remove: 1 Insert"))
