"""Writes the lineage of a build, so that any value can be traced from the output alone.

lineage/spec.json          how each variable is derived and what it reads
lineage/<dataset>.parquet  the records behind each record: row, rule, source, source_row
lineage/slices.parquet     the slice (record source or parameter) of each record of each dataset
lineage/raw/<form>.parquet the columns of the inputs that were used, with the record's number and subject
lineage/study/             the study's spec as it was, so that results are made from the output alone
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from oncdisc.pipeline.inputs import SUBJECT
from oncdisc.pipeline.parts import Finished
from oncdisc.pipeline.variables import record_columns, variable_lineage
from specs.coded import in_order
from specs.resolved import Dataset, Spec
from specs.store import RECORD, Ints
from specs.usage import form_columns

FOLDER = "lineage"
STUDY = f"{FOLDER}/study"
_FILES = ("study.yaml", "results.yaml")


def write_lineage(
    spec: Spec,
    finished: Mapping[str, Finished],
    frames: Mapping[str, pd.DataFrame],
    places: Mapping[str, str],
    out: Path,
) -> None:
    """Write record level, variable level and the inputs' columns that were used."""
    folder = out / FOLDER
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    for name, made in finished.items():
        compact = made.lineage.assign(rule=in_order(made.lineage["rule"]), source=in_order(made.lineage["source"]))
        compact.to_parquet(folder / f"{name.lower()}.parquet", index=False, compression="zstd")
    _slices(spec, finished).to_parquet(folder / "slices.parquet", index=False, compression="zstd")
    known = variable_lineage(spec, finished)
    known["files"] = dict(sorted(places.items()))
    (folder / "spec.json").write_text(json.dumps(known, ensure_ascii=False) + "\n", encoding="utf-8")
    _inputs(spec, frames, folder / "raw")


def keep_spec(spec: Spec, out: Path) -> None:
    """Copy the files of the spec. A study's own module stays away: nothing in an output is ever run."""
    names = dict.fromkeys([*_FILES, *(dataset.mark.file for dataset in spec.datasets.values())])
    for name in names:
        if (spec.folder / name).is_file():
            (out / STUDY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(spec.folder / name, out / STUDY / name)


def _slices(spec: Spec, finished: Mapping[str, Finished]) -> pd.DataFrame:
    """Dataset and slice of each record, in the order of the records."""
    labels = list(dict.fromkeys(slice_id for name in finished for slice_id in spec.datasets[name].slices))
    parts = [_codes(labels, spec.datasets[name], made) for name, made in finished.items()]
    datasets = np.repeat(np.arange(len(finished)), [len(part) for part in parts])
    codes = np.concatenate([np.empty(0, dtype=np.int64), *parts])
    return pd.DataFrame({"dataset": _category(datasets, list(finished)), "slice": _category(codes, labels)})


def _codes(labels: list[str], dataset: Dataset, made: Finished) -> Ints:
    """The place of each record's slice among the labels."""
    return np.asarray(pd.Index(labels).get_indexer(pd.Index(list(dataset.slices))), np.int64)[made.slices]


def _category(codes: Ints, labels: list[str]) -> Any:
    return pd.Categorical.from_codes(cast(Any, codes), cast(Any, labels))


def _inputs(spec: Spec, frames: Mapping[str, pd.DataFrame], folder: Path) -> None:
    used = form_columns(spec)
    forms = spec.study.raw.forms if spec.study.raw else {}
    for name, frame in frames.items():
        naming = record_columns(forms[name]) if name in forms else []
        wanted = [RECORD, SUBJECT, *naming, *used.get(name, frame.columns)]
        columns = [column for column in dict.fromkeys(wanted) if column in frame]
        frame[columns].to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
