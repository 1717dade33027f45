"""Which raw record a record of a dataset comes from, from the lineage that a build leaves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

_DEPTH = 8
"""Steps that a record may lie from its raw record; the longest chain in practice is four."""


class Sources:
    """The lineage files of a build, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "lineage"
        self._steps: dict[str, pd.DataFrame] = {}
        self._records: dict[str, pd.Series | None] = {}

    def raw(self, dataset: str, rows: pd.Series) -> pd.DataFrame:
        """`source` and `record` (the number in its file) for rows (from 0) of a dataset; blank where not known.

        Of several sources the first is given: `oncdisc trace` shows all.
        """
        at = pd.DataFrame({"source": dataset, "source_row": rows.to_numpy()})
        for _ in range(_DEPTH):
            moved = self._step(at)
            if moved.equals(at):
                break
            at = moved
        return pd.DataFrame({"source": at["source"], "record": self._numbers(at)}).set_index(rows.index)

    def _step(self, at: pd.DataFrame) -> pd.DataFrame:
        """One step towards the raw data, for all rows that have one."""
        made = at.copy()
        for source in at["source"].dropna().unique():
            known = self._lineage(str(source))
            if known is None:
                continue
            own = (at["source"] == source).to_numpy(bool)
            found = known.reindex(at["source_row"].to_numpy()[own])
            here = found["source"].notna().to_numpy(bool)
            index = at.index[own][here]
            made.loc[index, "source"] = found["source"].to_numpy()[here]
            made.loc[index, "source_row"] = found["source_row"].to_numpy()[here].astype("int64")
        return made

    def _lineage(self, dataset: str) -> pd.DataFrame | None:
        path = self._folder / f"{dataset.lower()}.parquet"
        if not dataset.isupper() or not path.is_file():
            return None
        if dataset not in self._steps:
            read = pd.read_parquet(path, columns=["row", "source", "source_row"])
            read = read[read["source"].astype(str) != dataset].astype({"source": "object"})
            self._steps[dataset] = read.drop_duplicates("row").set_index("row")
        return self._steps[dataset]

    def _numbers(self, at: pd.DataFrame) -> pd.Series:
        """The record's number in its file."""
        made = pd.Series(float("nan"), index=at.index)
        for source in at["source"].dropna().unique():
            records = self._file(str(source))
            if records is not None:
                own = (at["source"] == source).to_numpy(bool)
                made[own] = records.reindex(at["source_row"].to_numpy()[own]).to_numpy()
        return made

    def _file(self, source: str) -> pd.Series | None:
        if source not in self._records:
            path = self._folder / "raw" / f"{source}.parquet"
            self._records[source] = pd.read_parquet(path, columns=["_record"])["_record"] if path.is_file() else None
        return self._records[source]
