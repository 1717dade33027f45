"""Files over the limit: whole, and in parts that hold whole subjects or one category each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from oncdisc.transport import TEXT, InvalidDatasetError, Split, read_xpt, write_xpt


def laboratory(subjects: int = 30, each: int = 10) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": pd.Series([f"S{i:03}" for i in range(subjects) for _ in range(each)], dtype=TEXT),
            "LBCAT": pd.Series(["CHEMISTRY", "HEMATOLOGY"] * (subjects * each // 2), dtype=TEXT),
            "LBSTRESN": [float(i) for i in range(subjects * each)],
        }
    )


def parts(folder: Path) -> list[Path]:
    return sorted((folder / "split").iterdir())


def test_below_the_limit_there_are_no_parts(tmp_path: Path) -> None:
    path = write_xpt(laboratory(), tmp_path / "lb.xpt", name="LB")
    write_xpt(laboratory(), path, name="LB", limit=path.stat().st_size)
    assert [item.name for item in tmp_path.iterdir()] == ["lb.xpt"]


def test_over_the_limit_parts_hold_whole_subjects_in_order(tmp_path: Path) -> None:
    whole = write_xpt(laboratory(), tmp_path / "lb.xpt", name="LB", label="Labs", limit=4000)
    frames = [read_xpt(path) for path in parts(tmp_path)]
    assert [path.name for path in parts(tmp_path)] == [f"lb{i}.xpt" for i in range(1, len(frames) + 1)]
    assert all(path.stat().st_size <= 4000 for path in parts(tmp_path))
    assert len(frames) == 3
    assert [item.name for item in frames] == ["LB1", "LB2", "LB3"]
    assert {item.label for item in frames} == {"Labs"}
    together = pd.concat([item.frame for item in frames], ignore_index=True)
    pd.testing.assert_frame_equal(together, read_xpt(whole).frame)
    subjects = [set(item.frame["USUBJID"]) for item in frames]
    assert sum(map(len, subjects)) == 30


def test_parts_keep_the_lengths_of_the_whole(tmp_path: Path) -> None:
    frame = laboratory()
    frame.loc[0, "LBCAT"] = "CHEMISTRY, SPECIAL"
    write_xpt(frame, tmp_path / "lb.xpt", name="LB", limit=5000)
    assert {read_xpt(path)["LBCAT"].length for path in parts(tmp_path)} == {18}


def test_a_part_for_each_category(tmp_path: Path) -> None:
    rule = Split("LBCAT", {"CHEMISTRY": "LBCH", "HEMATOLOGY": "LBHE"})
    write_xpt(laboratory(), tmp_path / "lb.xpt", name="LB", split=rule, limit=6000)
    assert [path.name for path in parts(tmp_path)] == ["lbch.xpt", "lbhe.xpt"]
    assert set(read_xpt(parts(tmp_path)[1]).frame["LBCAT"]) == {"HEMATOLOGY"}


@pytest.mark.parametrize(
    ("rule", "limit", "found"),
    [
        (Split("LBCAT", {"CHEMISTRY": "LBCH"}), 6000, "'HEMATOLOGY': no name"),
        (Split("LBCAT", {"CHEMISTRY": "LBCH", "HEMATOLOGY": "LBCH"}), 6000, "'HEMATOLOGY': LBCH"),
        (Split("LBCAT", {"CHEMISTRY": "LBCH", "HEMATOLOGY": "LBHE"}), 4000, "150 records of 'CHEMISTRY'"),
        (Split("LBSCAT"), 6000, "no variable LBSCAT"),
        (Split(), 1400, "a subject of more than"),
    ],
)
def test_a_rule_that_gives_no_parts_is_refused_before_anything_is_written(
    tmp_path: Path, rule: Split, limit: int, found: str
) -> None:
    with pytest.raises(InvalidDatasetError, match=f"split.*found {found}"):
        write_xpt(laboratory(), tmp_path / "lb.xpt", name="LB", split=rule, limit=limit)
    assert list(tmp_path.iterdir()) == []


def test_parts_whose_names_are_too_long_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidDatasetError, match="dataset name: found 'LABORATO1'"):
        write_xpt(laboratory(), tmp_path / "laborato.xpt", name="LABORATO", limit=4000)
    assert list(tmp_path.iterdir()) == []


def test_a_record_without_its_category_is_named(tmp_path: Path) -> None:
    frame = laboratory()
    frame.loc[5, "LBCAT"] = None
    rule = Split("LBCAT", {"CHEMISTRY": "LBCH", "HEMATOLOGY": "LBHE"})
    with pytest.raises(InvalidDatasetError, match="LBCAT, record 6, USUBJID S000"):
        write_xpt(frame, tmp_path / "lb.xpt", name="LB", split=rule, limit=6000)


def test_without_subjects_parts_hold_as_many_records_as_fit(tmp_path: Path) -> None:
    frame = laboratory().drop(columns="USUBJID")
    write_xpt(frame, tmp_path / "lb.xpt", name="LB", limit=3000)
    sizes = [len(read_xpt(path).frame) for path in parts(tmp_path)]
    assert sum(sizes) == 300
    assert sizes[0] == sizes[1] > sizes[-1]
