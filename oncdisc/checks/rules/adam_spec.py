"""Analysis data against the study's spec: flags, values and records derived again from the delivered tabulations."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data, as_text
from oncdisc.checks.kernels import near
from oncdisc.checks.package import Package, take
from oncdisc.checks.rederive import pairs, rederived
from oncdisc.checks.registry import Breach, package_rule, records


@package_rule("analysis.recomputed", "error", "analysis data is what the study's spec derives from the tabulations")
def recomputed(package: Package) -> Iterable[Breach]:
    """Every variable, analysis flags as well, of the study given with --study; what it lacks inputs for is left out."""
    if package.spec is None:
        return
    for name, derived in rederived(package, package.spec).items():
        data = package.get(name)
        if data is None:
            yield Breach(name, message=f"the spec derives {len(derived)} records; {name} is not there")
            continue
        place, missing = pairs(package.spec.datasets[name], data.frame, derived)
        yield from records(data, "", place < 0, "the spec derives no such record")
        if len(missing):
            yield Breach(name, message=f"the spec derives {len(missing)} more records", values=str(len(missing)))
        for variable in derived.columns.intersection(data.frame.columns):
            yield from _differing(data, str(variable), derived[variable], place)


def _differing(data: Data, name: str, derived: pd.Series, place: np.ndarray) -> Iterable[Breach]:
    expected = take(as_text(derived), place)
    wrong = (place >= 0) & (data.text(name).fillna("") != expected.fillna("")).to_numpy(dtype=bool)
    if pd.api.types.is_numeric_dtype(derived.dtype):
        wrong &= ~_same_number(data, name, derived, place)
    yield from records(data, name, wrong, "the spec derives " + expected.fillna("nothing"))


def _same_number(data: Data, name: str, derived: pd.Series, place: np.ndarray) -> Booleans:
    """Numbers equal but for the last bits that a transport file keeps."""
    theirs = take(derived, place).to_numpy(dtype=float, na_value=np.nan)
    return near(data.number(name), theirs, 1e-12)
