"""Files and folders of any format, and CDISC's example packages in two formats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncdisc.review import (
    Comparison,
    FolderComparison,
    OptionError,
    Options,
    SysInfo,
    compare,
    compare_files,
    compare_folders,
    compare_paths,
    read_table,
    table_from_dataset,
)
from oncdisc.review.sources import dataset_files
from oncdisc.transport import Dataset, Variable, special_missing, write_dataset
from specs.columns import TEXT

FRAME = pd.DataFrame(
    {
        "USUBJID": pd.Series(["01", "02", "03"], dtype=TEXT),
        "AVAL": pd.Series([1.5, np.nan, 3.0]),
        "ADT": pd.Series(["2020-01-01", "2020-02-29", None], dtype="datetime64[s]"),
    }
)
VARIABLES = (
    Variable("USUBJID", "Unique Subject Identifier", length=2, key=1),
    Variable("AVAL", "Analysis Value", "float", length=8),
    Variable("ADT", "Analysis Date", "date", length=8, format="DATE9."),
)
ADXX = Dataset("ADXX", "Example", FRAME, VARIABLES)
SUFFIXES = [".xpt", ".json", ".ndjson", ".dsjc", ".parquet", ".csv"]


def saved(folder: Path, dataset: Dataset, suffix: str = ".xpt") -> Path:
    path = folder / f"{dataset.name.lower()}{suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    write_dataset(dataset, path)
    return path


def with_values(**columns: list[object]) -> Dataset:
    frame = FRAME.assign(**{name: pd.Series(values) for name, values in columns.items()})
    return Dataset("ADXX", "Example", frame, VARIABLES)


@pytest.mark.parametrize("left", SUFFIXES)
@pytest.mark.parametrize("right", SUFFIXES)
def test_one_dataset_in_two_formats_is_equal(tmp_path: Path, left: str, right: str) -> None:
    found = compare(saved(tmp_path / "a", ADXX, left), saved(tmp_path / "b", ADXX, right))
    assert isinstance(found, Comparison)
    assert (found.sysinfo, found.equal, found.error) == (0, True, "")


def test_a_changed_value_is_found_across_formats(tmp_path: Path) -> None:
    other = with_values(AVAL=[1.5, np.nan, 3.25])
    found = compare(saved(tmp_path, ADXX, ".xpt"), saved(tmp_path, other, ".json"), keys=["USUBJID"])
    assert found.sysinfo == SysInfo.VALUE
    assert isinstance(found, Comparison)
    assert found.differences("AVAL")[["base", "compare"]].to_numpy().tolist() == [["3", "3.25"]]


def test_csv_without_metadata_is_read_as_what_the_other_side_is(tmp_path: Path) -> None:
    path = tmp_path / "adxx.csv"
    path.write_text("USUBJID,AVAL,ADT\n01,1.50,2020-01-01\n02,,2020-02-28\n03,3,\n", encoding="utf-8")
    found = compare(saved(tmp_path / "a", ADXX), path, keys=["USUBJID"])
    assert isinstance(found, Comparison)
    assert found.sysinfo == SysInfo.VALUE
    assert [value.name for value in found.worst] == ["ADT"]
    assert "AVAL: one side's file knows no types: compared as numbers" in found.notes
    assert "ADT: one side's file knows no types: compared as ISO 8601 text" in found.notes


def test_csv_text_that_is_no_number_conflicts_with_numbers(tmp_path: Path) -> None:
    path = tmp_path / "adxx.csv"
    path.write_text("USUBJID,AVAL,ADT\n01,1.5,2020-01-01\n02,none,2020-02-29\n03,3,\n", encoding="utf-8")
    found = compare(saved(tmp_path / "a", ADXX), path, keys=["USUBJID"])
    assert found.sysinfo == SysInfo.TYPE


def test_special_missing_values_survive_xpt(tmp_path: Path) -> None:
    other = with_values(AVAL=[1.5, special_missing("A"), 3.0])
    found = compare(saved(tmp_path / "a", ADXX), saved(tmp_path / "b", other), keys=["USUBJID"])
    assert isinstance(found, Comparison)
    assert found.differences("AVAL")["compare"].tolist() == [".A"]


def test_attributes_of_the_files_are_compared(tmp_path: Path) -> None:
    variables = (Variable("USUBJID", "Subject", length=4), *VARIABLES[1:])
    other = Dataset("ADXX", "Another", FRAME, variables)
    found = compare(saved(tmp_path / "a", ADXX), saved(tmp_path / "b", other))
    assert found.sysinfo == SysInfo.DSLABEL | SysInfo.LENGTH | SysInfo.LABEL


def test_keys_come_from_the_datasets_own_metadata() -> None:
    assert table_from_dataset(ADXX).keys == ("USUBJID",)


def test_keys_come_from_the_define_xml_beside_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path, ADXX)
    (tmp_path / "define.xml").write_text(
        '<ODM><ItemGroupDef Name="ADXX"><ItemRef ItemOID="I" KeySequence="1"/></ItemGroupDef>'
        '<ItemDef OID="I" Name="ADT"/></ODM>',
        encoding="utf-8",
    )
    found = compare_files(path, path)
    assert found.keys == ("ADT",)
    assert found.pairing == "by ADT (from the metadata)"


def test_folders_pair_datasets_by_name_whatever_their_format(tmp_path: Path) -> None:
    left, right = tmp_path / "left", tmp_path / "right"
    saved(left, ADXX)
    saved(left, Dataset("ADYY", "", FRAME, VARIABLES))
    saved(right, ADXX, ".parquet")
    saved(right, Dataset("ADZZ", "", FRAME, VARIABLES), ".json")
    (right / "findings.json").write_text('{"findings": []}', encoding="utf-8")
    found = compare_paths(left, right)
    assert isinstance(found, FolderComparison)
    assert [(c.name, c.equal) for c in found.datasets] == [("ADXX", True)]
    assert (found.base_only, found.compare_only) == (("adyy",), ("adzz",))
    assert found.sysinfo == SysInfo.ERROR


def test_equal_folders_are_equal(tmp_path: Path) -> None:
    saved(tmp_path / "left" / "adam", ADXX)
    saved(tmp_path / "right" / "adam", ADXX)
    found = compare_folders(tmp_path / "left", tmp_path / "right")
    assert (found.sysinfo, found.equal, len(found.datasets)) == (0, True, 1)


def test_keys_of_one_dataset_do_not_stop_the_others(tmp_path: Path) -> None:
    saved(tmp_path / "left", ADXX)
    saved(tmp_path / "right", ADXX)
    options = Options(keys=("USUBJID", "PARAMCD"), by=("PARAMCD",))
    found = compare_folders(tmp_path / "left", tmp_path / "right", options)
    assert found.equal
    assert found.notes == (
        "adxx has not all BY variables: compared without them",
        "adxx has not all the keys that were given: its own are used",
    )


def test_a_damaged_file_does_not_stop_the_others(tmp_path: Path) -> None:
    for side in ("left", "right"):
        saved(tmp_path / side, ADXX)
        (tmp_path / side / "broken.xpt").write_bytes(b"nothing of the kind")
    found = compare_folders(tmp_path / "left", tmp_path / "right")
    assert [(c.name, c.sysinfo) for c in found.datasets] == [("ADXX", 0), ("BROKEN", 32768)]
    assert "broken.xpt" in found.datasets[1].error


def test_of_several_formats_the_first_or_the_chosen_is_taken(tmp_path: Path) -> None:
    for suffix in (".csv", ".json", ".xpt"):
        saved(tmp_path, ADXX, suffix)
    assert dataset_files(tmp_path)["adxx"].suffix == ".xpt"
    assert dataset_files(tmp_path, ["json"])["adxx"].suffix == ".json"
    assert list(dataset_files(tmp_path)) == ["adxx"]


def test_a_path_that_is_not_there_and_a_file_beside_a_folder_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, ADXX)
    with pytest.raises(OptionError, match="found no file or folder"):
        compare(tmp_path / "none.xpt", path)
    with pytest.raises(OptionError, match="found a file and a folder"):
        compare(tmp_path, path)


def test_a_frame_and_a_file(tmp_path: Path) -> None:
    found = compare(FRAME, saved(tmp_path, ADXX), keys=["USUBJID"])
    assert found.sysinfo == 0
    assert read_table(saved(tmp_path, ADXX)).name == "ADXX"


@pytest.mark.parametrize("suffix", ["json", "ndjson", "dsjc"])
def test_cdiscs_sdtm_example_is_equal_as_xpt_and_dataset_json(shared: Path, suffix: str) -> None:
    folder = shared / "data" / "submissions" / "dataset-json-examples" / "sdtm"
    found = compare_folders(folder, folder, base_formats=["xpt"], compare_formats=[suffix])
    assert len(found.datasets) >= 20
    assert [(c.name, c.sysinfo, c.equal) for c in found.datasets] == [(c.name, 0, True) for c in found.datasets]
    assert all("(from the metadata)" in c.pairing for c in found.datasets)


def test_cdiscs_adam_example_differs_in_attributes_only(shared: Path) -> None:
    """The XPT files lack two dataset labels, and hold formats and lengths that the Dataset-JSON does not."""
    folder = shared / "data" / "submissions" / "dataset-json-examples" / "adam"
    found = compare_folders(folder, folder, base_formats=["xpt"], compare_formats=["json"])
    by_name = {comparison.name: comparison for comparison in found.datasets}
    assert sorted(by_name) == ["ADCIBC", "ADSL", "ADTTE"]
    attributes = SysInfo.DSLABEL | SysInfo.FORMAT | SysInfo.LENGTH | SysInfo.LABEL
    assert [c.sysinfo & ~attributes for c in found.datasets] == [0, 0, 0]
    assert by_name["ADSL"].sysinfo == SysInfo.DSLABEL
    (label,) = by_name["ADSL"].attributes
    assert (label.base, label.compare) == ("Subject-Level Analysis Dataset", "Subject-Level Analysis")


def test_one_value_differs_between_two_programs_of_one_adsl(shared: Path) -> None:
    """A subject without BMI has a BMI group in CDISC's ADSL and none in the R Consortium's."""
    submissions = shared / "data" / "submissions"
    base = submissions / "rconsortium-pilot3" / "analysis" / "adam" / "datasets" / "adsl.xpt"
    found = compare(base, submissions / "dataset-json-examples" / "adam" / "adsl.xpt")
    assert isinstance(found, Comparison)
    assert found.sysinfo == SysInfo.VALUE | SysInfo.INFORMAT
    assert found.differences(found.worst[0].name).to_dict("records") == [
        {"base row": 42, "compare row": 42, "USUBJID": "01-702-1082", "base": "", "compare": "<25"}
    ]
    assert [value.name for value in found.worst] == ["BMIBLGR1"]
