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
        self._steps: dict[str, pd.DataFrame | None] = {}

    def raw(self, dataset: str, rows: pd.Series) -> pd.DataFrame:
        """`source` and `record` (its number in the file, from 1) for rows (from 0) of a dataset; blank if not known.

        Of several sources the record that the row was made from is given: `oncdisc trace` shows all.
        """
        at = pd.DataFrame({"source": dataset, "source_row": rows.to_numpy()})
        for _ in range(_DEPTH):
            moved = self._step(at)
            if moved.equals(at):
                break
            at = moved
        # what has no lineage was read, not built: its rows are the record numbers of its file
        built = at["source"].map({name: self._lineage(name) is not None for name in at["source"].unique()})
        known = ~built.to_numpy(bool) & (at["source"] != dataset).to_numpy(bool)
        made = pd.DataFrame({"source": at["source"].where(known, ""), "record": at["source_row"].where(known)})
        return made.set_index(rows.index)

    def _step(self, at: pd.DataFrame) -> pd.DataFrame:
        """One step towards the raw data, for all rows that have one."""
        made = at.copy()
        for source in at["source"].unique().tolist():
            known = self._lineage(source)
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
        """The one source of each row; None for what was not built."""
        if dataset not in self._steps:
            path = self._folder / f"{dataset.lower()}.parquet"
            self._steps[dataset] = _first(pd.read_parquet(path)) if dataset.isupper() and path.is_file() else None
        return self._steps[dataset]


def _first(lineage: pd.DataFrame) -> pd.DataFrame:
    """The record that each row was made from, else the first that it was derived from."""
    ranked = lineage.astype({"source": "object"}).assign(other=lineage["rule"].astype(str) != "record")
    return ranked.sort_values(["row", "other"], kind="stable").drop_duplicates("row").set_index("row")
