"""A define.xml becomes a spec, and the spec the same define.xml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

import define
from define.describe import NotASpecError, spec_files
from define.described import from_described
from define.model import Alias, CodeList, Document, ItemDef, ItemRef, Term
from define.plain import plain, restored
from oncdisc.engines import load_spec
from specs.errors import SpecError, UsageError

PUBLISHED = (
    ("dataset-json-examples/sdtm/define.xml", "sdtm"),
    ("dataset-json-examples/adam/define.xml", "adam"),
    ("rconsortium-pilot3/analysis/adam/datasets/define.xml", "adam"),
)


def round_trip(document: Document, folder: Path) -> Document:
    define.write_spec([document], folder)
    (made,) = define.study_documents(load_spec(folder)).values()
    return made


def edited(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")


def test_every_element_of_the_model_comes_back(example: Document, tmp_path: Path) -> None:
    made = round_trip(example, tmp_path / "study")
    assert define.differences(example, made) == ()
    again = round_trip(made, tmp_path / "again")
    assert define.to_xml(again) == define.to_xml(made)
    for kind in ("datasets", "items", "value_lists", "where_clauses", "codelists", "methods", "comments"):
        assert {one.oid: one for one in getattr(made, kind)} == {one.oid: one for one in getattr(example, kind)}
    assert (made.displays, made.leaves, made.standards, made.file) == (
        example.displays,
        example.leaves,
        example.standards,
        example.file,
    )


@pytest.mark.parametrize(("file", "engine"), PUBLISHED)
def test_published_files_come_back_without_a_change(file: str, engine: str, shared: Path, tmp_path: Path) -> None:
    document = define.read(shared / "data" / "submissions" / file)
    made = round_trip(document, tmp_path / "study")
    assert define.differences(document, made) == ()
    assert (tmp_path / "study" / engine).is_dir()
    again = round_trip(define.from_xml(define.to_xml(made)), tmp_path / "again")
    assert define.to_xml(again) == define.to_xml(made)


def test_the_files_are_the_same_from_the_same_define(example: Document, tmp_path: Path) -> None:
    first, second = define.write_spec([example], tmp_path / "a"), define.write_spec([example], tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_dataset_reads_as_a_person_would_write_it(example: Document) -> None:
    adtte = spec_files([example])["adam/adtte.yaml"]
    assert (adtte["dataset"], adtte["standard"], adtte["keys"]) == ("ADTTE", "TTE", ["USUBJID", "PARAMCD"])
    value = adtte["variables"]["AVAL"]["described"]["values"][0]
    assert (value["where"], value["type"], value["method"]) == (
        {"PARAMCD": "PFS"},
        "integer",
        "Days to progression\nor death",
    )


def test_words_that_yaml_takes_for_something_else_stay_words(example: Document, tmp_path: Path) -> None:
    words = ("N", "NO", "1e5", "007", "null", "~", "1.0", "true", "2020-01-01", "a: b", "# c", " d ", "é\n中")
    codelist = CodeList("CL.SITE", "Site", terms=tuple(Term(word, word) for word in words))
    others = tuple(one for one in example.codelists if one.oid != "CL.SITE")
    made = round_trip(replace(example, codelists=(*others, codelist)), tmp_path / "study")
    assert define.Lookup(made).codelists["CL.SITE"].terms == codelist.terms


def test_a_described_study_builds_nothing(example: Document, tmp_path: Path) -> None:
    from oncdisc.pipeline.parts import buildable

    define.write_spec([example], tmp_path / "study")
    assert buildable(load_spec(tmp_path / "study"), ["DM"], []) == ([], {})


def test_a_derivation_takes_the_place_of_the_words(example: Document, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    define.write_spec([example], folder)
    path = folder / "adam" / "adtte.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    data["variables"]["SITEX"] = {"upper": "SITEID", "label": "Site Group", "type": "text", "origin": "Derived"}
    path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    lookup = define.Lookup(from_described(load_spec(folder), "adam"))
    assert lookup.methods["MT.ADTTE.SITEX"].description == "SITEID in upper case"
    assert lookup.items["IT.ADTTE.SITEX"].origins[0].type == "Derived"


def test_two_texts_for_one_method_are_refused_with_their_place(example: Document, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    shared_method = tuple(
        replace(
            group,
            items=tuple(
                replace(ref, method="MT.AVAL" if ref.item != "IT.ADTTE.AVAL" else ref.method) for ref in group.items
            ),
        )
        for group in example.datasets
    )
    define.write_spec([replace(example, datasets=shared_method)], folder)
    edited(folder, "adam/adtte.yaml", "method: ADT minus STARTDT, plus 1", "method: Something else")
    with pytest.raises(SpecError, match=r"adam/adtte.yaml:\d+: .*MT.AVAL stands elsewhere"):
        from_described(load_spec(folder), "adam")


def test_what_define_xml_has_no_place_for_is_refused_with_its_place(example: Document, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    define.write_spec([example], folder)
    edited(folder, "adam/adae.yaml", "is_non_standard: true", "is_not_standard: true")
    with pytest.raises(SpecError, match=r"adam/adae.yaml:1: ADAE: define: ItemGroup has no is_not_standard"):
        from_described(load_spec(folder), "adam")


def test_a_folder_that_holds_something_is_left_alone(example: Document, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(UsageError, match="expected a new or an empty folder"):
        define.write_spec([example], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_two_files_of_the_same_kind_are_refused(example: Document) -> None:
    with pytest.raises(NotASpecError, match=r"one define\.xml of SDTM and one of ADaM at most"):
        spec_files([example, example])


def test_a_variable_twice_in_a_dataset_is_refused(example: Document) -> None:
    group = example.datasets[0]
    twice = replace(group, items=(*group.items, ItemRef("IT.ADTTE.AVAL", 9)))
    with pytest.raises(NotASpecError, match="ADTTE has variable AVAL twice"):
        spec_files([replace(example, datasets=(twice, *example.datasets[1:]))])


def test_plain_data_holds_what_differs_from_the_default() -> None:
    item = ItemDef("IT.A", "A", "text", aliases=(Alias("x", "y"),))
    said = {"oid": "IT.A", "name": "A", "data_type": "text", "aliases": [{"context": "x", "name": "y"}]}
    assert plain(item) == said
    assert restored(ItemDef, said) == item


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"oid": "IT.A", "name": "A"}, "ItemDef has no data_type"),
        ({"oid": "IT.A", "name": "A", "data_type": "text", "colour": 1}, "ItemDef has no colour"),
        ({"oid": "IT.A", "name": "A", "data_type": "text", "aliases": "x"}, "expected a list"),
        ({"oid": "IT.A", "name": "A", "data_type": "text", "aliases": ["x"]}, "expected a mapping"),
    ],
)
def test_plain_data_that_is_no_such_object(said: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        restored(ItemDef, said)
