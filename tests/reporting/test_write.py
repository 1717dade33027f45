"""Results on disk and as a frame, and the metadata for define.xml."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_study

import define
from oncdisc.pipeline import build
from oncdisc.reporting import results, spec_of, with_displays, write_results
from oncdisc.reporting.write import records
from specs.errors import UsageError
from specs.resolved import Spec

Declared = tuple[Path, Spec]


def test_results_of_a_build_are_one_statistic_a_row(declared: Declared, tmp_path: Path) -> None:
    made = results(declared[0], tmp_path / "study")
    found = made[(made["result"] == "AE") & (made["category"] == "Any event")].set_index("statistic")["value"]
    assert found[["n", "N", "pct"]].tolist() == [3, 3, 100]


def test_results_json_has_the_stable_keys_and_null_for_what_is_not_estimable() -> None:
    frame = pd.DataFrame([["PFS", "PFS", "A", "", "median", np.nan, "months"], ["PFS", "PFS", "A", "", "n", 1 / 3, ""]])
    frame.columns = ["result", "paramcd", "group", "category", "statistic", "value", "unit"]
    made = records(frame)["results"]
    assert {"result", "paramcd", "group", "statistic", "value", "unit"} <= set(made[0])
    assert made[0]["value"] is None
    assert made[1]["value"] == 0.3333333333
    assert "NaN" not in json.dumps(made)


def test_two_runs_write_the_same_bytes(declared: Declared) -> None:
    folder, spec = declared

    def written() -> dict[str, bytes]:
        write_results(folder, spec, formats=("svg", "png"))
        files = sorted(path for path in (folder / "results").rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    first = written()
    assert {"results/results.json", "results/tables.html", "results/figures/ae_forest.svg"} <= set(first)
    assert written() == first


def test_tables_as_rtf_need_the_extra(declared: Declared, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "rtflite", None)
    with pytest.raises(UsageError, match=r"oncdisc\[rtf\]"):
        write_results(*declared, rtf=True)


def test_tables_are_written_as_rtf(declared: Declared) -> None:
    pytest.importorskip("rtflite")
    write_results(*declared, rtf=True)
    made = (declared[0] / "results" / "tables" / "ae.rtf").read_text(encoding="utf-8")
    assert made.startswith("{\\rtf1")
    assert "Any event" in made
    assert "(N=3)" in made


def test_a_study_without_results_writes_nothing(small: Path) -> None:
    build(small / "study", raw=small / "raw", out=small / "out")
    assert results(small / "out", small / "study").empty
    assert not (small / "out" / "results").exists()


def test_a_folder_without_a_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no build"):
        spec_of(tmp_path)


def test_a_build_stands_alone_with_the_spec_it_was_made_with(declared: Declared) -> None:
    folder, spec = declared
    shutil.rmtree(spec.folder)
    found = results(folder)
    assert set(found["result"]) == {"AE", "DEMO"}
    assert spec_of(folder).study == spec.study


def test_a_build_without_its_spec_must_be_told_the_study(declared: Declared) -> None:
    shutil.rmtree(declared[0] / "lineage" / "study")
    with pytest.raises(UsageError, match="--study"):
        spec_of(declared[0])


def test_a_module_is_not_kept_and_never_run_from_a_build(small: Path) -> None:
    study = small / "study" / "study.yaml"
    study.write_text(study.read_text() + "module: own.py\n")
    (small / "study" / "own.py").write_text("")
    build(small / "study", raw=small / "raw", out=small / "out")
    kept = small / "out" / "lineage" / "study"
    assert sorted(path.name for path in kept.rglob("*.*")) == ["adsl.yaml", "ae.yaml", "dm.yaml", "study.yaml"]
    (kept / "own.py").write_text("raise SystemExit")
    with pytest.raises(UsageError, match=r"derivations in own\.py: name the study's folder with --study"):
        spec_of(small / "out")


def test_define_gets_a_display_for_every_result_and_stays_whole(declared: Declared, tmp_path: Path) -> None:
    folder, spec = declared
    document = define.read(folder / "analysis" / "adam" / "datasets" / "define.xml")
    made = with_displays(document, spec)
    assert [display.name for display in made.displays] == ["Table 1", "DEMO"]
    assert with_displays(made, spec) == made
    analysis = made.displays[0].results[0]
    assert analysis.description == "Any event"
    assert analysis.datasets[0].where in {clause.oid for clause in made.where_clauses}
    assert define.broken_references(made) == ()
    assert define.unused(made) == define.unused(document)
    define.write_define(made, tmp_path / "define.xml")
    assert define.read(tmp_path / "define.xml").displays == made.displays


def test_define_leaves_out_results_of_datasets_it_lacks(declared: Declared) -> None:
    folder, spec = declared
    document = define.read(folder / "tabulations" / "sdtm" / "define.xml")
    assert with_displays(document, spec).displays == ()


def test_define_of_a_study_without_results_is_as_it_was(declared: Declared, tmp_path: Path) -> None:
    from oncdisc.engines import load_spec

    small_study.write(tmp_path / "plain", small_study.FILES)
    document = define.read(declared[0] / "analysis" / "adam" / "datasets" / "define.xml")
    assert with_displays(document, load_spec(tmp_path / "plain")) is document
