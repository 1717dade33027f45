"""Analysis datasets derived again, by a study's spec, from the tabulations that are delivered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data, as_text
from oncdisc.checks.package import Package
from specs.coded import plain_frame
from specs.columns import TEXT, text_key
from specs.resolved import Dataset, Spec


def rederived(package: Package, spec: Spec) -> Mapping[str, pd.DataFrame]:
    """The spec's analysis datasets, made from the package's tabulations; without those that lack an input."""
    from oncdisc.pipeline.inputs import Inputs, byte_order, numbered
    from oncdisc.pipeline.parts import build_part, buildable

    dm = package.get("DM")
    if dm is None or not dm.has("USUBJID"):
        return {}
    frames = {data.name: numbered(_whole(package, data)) for data in package.of("sdtm") if data.has("USUBJID")}
    files = {name: package.datasets[name].path or Path(name) for name in frames}
    subjects = byte_order(dm.text("USUBJID").dropna())
    inputs = Inputs(frames=frames, files=files, subjects=subjects)
    chosen, _ = buildable(spec, frames, ())
    names = [name for name in chosen if spec.datasets[name].engine == "adam"]
    made = build_part(spec, subjects, inputs.part(subjects), names)
    return {name: plain_frame(finished.frame) for name, finished in made.datasets.items()}


def _whole(package: Package, data: Data) -> pd.DataFrame:
    """A tabulation with its supplemental qualifiers as columns, dates as the ISO 8601 text they are."""
    from specs.qualifiers import with_qualifiers

    supp = package.get(f"SUPP{data.name}")
    if supp is None:
        return data.frame
    return with_qualifiers(data.frame, pd.DataFrame({str(name): supp.text(str(name)) for name in supp.frame.columns}))


def pairs(spec: Dataset, delivered: pd.DataFrame, derived: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """For each delivered record the derived one of the same keys (-1: none), and the derived that nothing pairs with.

    Records that share all keys are paired in their order.
    """
    keys = [name for name in spec.keys if name in delivered.columns and name in derived.columns]
    ours, theirs = _numbered_keys(delivered, keys), _numbered_keys(derived, keys)
    place = pd.Index(theirs).get_indexer(pd.Index(ours))
    return place, np.setdiff1d(np.arange(len(derived)), place)


def _numbered_keys(frame: pd.DataFrame, keys: list[str]) -> pd.Series:
    joined = text_key([pd.Series("", index=frame.index, dtype=TEXT), *(as_text(frame[name]) for name in keys)])
    return text_key([joined, joined.groupby(joined).cumcount().astype(str).astype(TEXT)])
