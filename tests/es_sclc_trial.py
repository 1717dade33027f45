"""The example trial simulated and built, beside what its simulator knows to be true."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow import parquet

import oncdisc
from oncdisc.trial import simulate

ENDPOINTS = ("ADSL", "ADRS", "ADTTE")
FOLDER = Path("analysis", "adam", "datasets")


@dataclass(frozen=True)
class Trial:
    """A build of a simulated extract; datasets are read when asked for."""

    raw: Path
    out: Path
    findings: list[dict[str, Any]]

    @property
    def truth(self) -> pd.DataFrame:
        """truth.csv as text, indexed by subject."""
        table = pd.read_csv(self.raw / "truth.csv", dtype=str, keep_default_na=False)
        return table.set_index("USUBJID")

    def adam(self, name: str, **where: str) -> pd.DataFrame:
        """An analysis dataset, or those of its records that have these values."""
        frame = _read(self.out / FOLDER / f"{name.lower()}.parquet")
        for column, value in where.items():
            frame = frame.loc[frame[column] == value]
        return frame.reset_index(drop=True)

    def sdtm(self, name: str) -> pd.DataFrame:
        return _read(self.out / "tabulations" / "sdtm" / f"{name.lower()}.parquet")

    def record(self) -> dict[str, Any]:
        return json.loads((self.out / "build.json").read_text(encoding="utf-8"))


def _read(path: Path) -> pd.DataFrame:
    return parquet.read_table(path).to_pandas(date_as_object=False)


def build_trial(
    folder: Path,
    *,
    subjects: int,
    seed: int,
    messy: bool = False,
    only: Iterable[str] = ENDPOINTS,
    study: Path | str = "es_sclc",
    options: dict[str, str] | None = None,
) -> Trial:
    """Simulate the trial into `folder` and build some of its datasets."""
    simulate(study, folder / "raw", subjects=subjects, seed=seed, messy=messy)
    return build_extract(folder / "raw", folder / "out", only=only, study=study, options=options)


def build_extract(
    raw: Path,
    out: Path,
    *,
    only: Iterable[str] = ENDPOINTS,
    study: Path | str = "es_sclc",
    options: dict[str, str] | None = None,
) -> Trial:
    """Build some datasets from an extract that is there."""
    oncdisc.build(study, raw=raw, out=out, only=only, formats=("parquet",), options=options)
    findings = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    return Trial(raw, out, findings["findings"])


def differences(trial: Trial) -> list[tuple[str, str, str, str]]:
    """Subject, endpoint, built and true value, wherever they are not the same."""
    truth = trial.truth
    found: list[tuple[str, str, str, str]] = []
    for endpoint, values in _built(trial).items():
        mine = values.reindex(truth.index).fillna("").astype(str)
        wrong = truth.index[(mine != truth[endpoint]).to_numpy()]
        found += [(subject, endpoint, mine[subject], truth.loc[subject, endpoint]) for subject in wrong]
    return found


def _built(trial: Trial) -> dict[str, pd.Series]:
    """The built value of each endpoint of truth.csv, by subject, as truth.csv writes it."""
    found: dict[str, pd.Series] = {}
    for name in ("PFS", "OS", "DOR"):
        records = trial.adam("ADTTE", PARAMCD=name).set_index("USUBJID")
        found[f"{name}_ADT"] = _iso(records["ADT"])
        found[f"{name}_CNSR"] = records["CNSR"].astype(int).astype(str)
        found[f"{name}_EVNTDESC"] = records["EVNTDESC"]
    found["DOR_STARTDT"] = _iso(trial.adam("ADTTE", PARAMCD="DOR").set_index("USUBJID")["STARTDT"])
    for name in ("BOR", "CBOR"):
        found[name] = trial.adam("ADRS", PARAMCD=name).set_index("USUBJID")["AVALC"]
    for name in ("PD", "RSP", "CRSP", "CB", "CCB", "DEATH"):
        records = trial.adam("ADRS", PARAMCD=name).set_index("USUBJID")
        found[name], found[f"{name}_ADT"] = records["AVALC"], _iso(records["ADT"])
    found["LSTA_ADT"] = _iso(trial.adam("ADRS", PARAMCD="LSTA").set_index("USUBJID")["ADT"])
    subjects = trial.adam("ADSL").set_index("USUBJID")
    found["RANDDT"] = _iso(subjects["RANDDT"])
    found["LSTALVDT"] = _iso(subjects.loc[subjects["RANDDT"].notna(), "LSTALVDT"])
    return found


def _iso(dates: pd.Series) -> pd.Series:
    return pd.to_datetime(dates).dt.strftime("%Y-%m-%d").fillna("")
