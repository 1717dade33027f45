"""Agreement of two assessments of the same subjects: a table of one against the other, and Cohen's kappa."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from oncdisc.reporting.data import Study, Subjects, paramcd
from oncdisc.reporting.declaration import Agreement
from oncdisc.reporting.statistics import Line, Statistic

MISSING = "None"


def crossing(study: Study, wanted: Agreement, of: Subjects) -> pd.DataFrame:
    """`row` and `column` of every subject of the population, or of every assessment that either side has.

    What one side lacks is `None` there.
    """
    keys = ["USUBJID", *wanted.by]
    made = of.frame[keys] if not wanted.by else None
    for name, source in (("row", wanted.rows), ("column", wanted.columns)):
        records = study.records(source, of).drop_duplicates(keys)
        values = records[[*keys, source.value]].rename(columns={source.value: name})
        made = values if made is None else made.merge(values, on=keys, how="outer" if wanted.by else "left")
    return pd.DataFrame(made).fillna({"row": MISSING, "column": MISSING})


def unit(wanted: Agreement) -> str:
    """What is counted."""
    return "assessments" if wanted.by else "subjects"


def statistics(wanted: Agreement, data: pd.DataFrame) -> Iterator[Statistic]:
    """Counts of each pair (the group is the column's value), overall agreement and kappa."""
    code = f"{paramcd(wanted.rows.where)}/{paramcd(wanted.columns.where)}"
    levels = level_names(wanted, data)
    table = pd.crosstab(data["row"], data["column"]).reindex(index=levels, columns=levels, fill_value=0)
    counts = table.to_numpy(np.float64)
    for row, name in enumerate(levels):
        for column, other in enumerate(levels):
            yield Statistic(code, other, name, "n", counts[row, column], unit(wanted))
    total = counts.sum()
    same = float(np.trace(counts) / total) if total else np.nan
    chance = float(counts.sum(axis=0) @ counts.sum(axis=1) / total**2) if total else np.nan
    kappa = (same - chance) / (1 - chance) if chance < 1 else np.nan
    yield Statistic(code, levels[0], "Agreement", "agree_n", float(np.trace(counts)), unit(wanted))
    yield Statistic(code, levels[0], "Agreement", "agree_pct", 100 * same, "%")
    yield Statistic(code, levels[0], "Agreement", "kappa", kappa)


def level_names(wanted: Agreement, data: pd.DataFrame) -> list[str]:
    """The values in the declared order, then those it does not name."""
    found = sorted(set(data["row"]) | set(data["column"]))
    return [*(level for level in wanted.levels if level in found), *(x for x in found if x not in wanted.levels)]


def lines(wanted: Agreement, levels: list[str]) -> Iterator[Line]:
    """A line for each value of the rows, and the agreement."""
    yield Line(f"{wanted.rows.label} (rows), {wanted.columns.label} (columns)")
    for level in levels:
        yield Line(level, "{n:d}", level, indent=1)
    yield Line("Agreement, n (%)", "{agree_n:d} ({agree_pct:.1f}%)", "Agreement")
    yield Line("Cohen's kappa", "{kappa:.2f}", "Agreement")
