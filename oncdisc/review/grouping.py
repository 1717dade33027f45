"""BY groups: each group of base is compared with the same group of compare.

Source: SAS documentation of the COMPARE procedure, "BY Statement": if compare has none of the BY variables,
each group of base is compared with all of compare; if it has some only, or of other types, nothing is
compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from oncdisc.review.comparison import GroupComparison, ValueComparison
from oncdisc.review.display import shown_cells
from oncdisc.review.errors import GroupsError
from oncdisc.review.matching import Matching
from oncdisc.review.options import Options
from oncdisc.review.tables import Table


def group_columns(base: Table, compare: Table, by: tuple[str, ...]) -> tuple[Table, list[str]]:
    """Compare with the BY variables, and a warning if they had to be lent to it. Raises GroupsError."""
    absent = [name for name in by if name not in base.frame.columns]
    if absent:
        raise GroupsError(f"{base.name}: found no BY variable {', '.join(absent)} in base")
    there = [name for name in by if name in compare.frame.columns]
    for name in there:
        if (base.kind(name) == "text") != (compare.kind(name) == "text"):
            raise GroupsError(
                f"{base.name}: found the BY variable {name} as {base.kind(name)} in base and "
                f"{compare.kind(name)} in compare; expected one type"
            )
    if there and len(there) < len(by):
        missing = [name for name in by if name not in there]
        raise GroupsError(f"{compare.name}: found no BY variable {', '.join(missing)} in compare")
    if not by or there:
        return compare, []
    groups = base.frame[list(by)].drop_duplicates().reset_index(drop=True)
    frame = groups.merge(compare.frame, how="cross")
    words = f"compare has no BY variable: each of base's {len(groups):,} groups is compared with all of it"
    return replace(compare, frame=frame), [words]


def group_comparisons(
    base: Table,
    compare: Table,
    options: Options,
    codes: tuple[np.ndarray, np.ndarray] | None,
    matching: Matching,
    values: Sequence[ValueComparison],
) -> list[GroupComparison]:
    """One result a BY group, in the order of base, then of compare; nothing without BY variables."""
    if codes is None:
        return []
    size = int(max(codes[0].max(initial=-1), codes[1].max(initial=-1))) + 1
    of_pair = codes[0][matching.base_positions(np.arange(matching.count))]
    unequal = np.zeros(size, dtype=np.int64)
    differs = np.zeros(matching.count, dtype=bool)
    for value in values:
        unequal += np.bincount(of_pair[value.pairs], minlength=size)
        differs[value.pairs] = True
    in_base, in_compare, paired, unequal_rows = (
        np.bincount(side, minlength=size).tolist() for side in (*codes, of_pair, of_pair[differs])
    )
    order, shown = _group_values(base, compare, options.by, codes)
    return [
        GroupComparison(names, in_base[code], in_compare[code], paired[code], unequal_rows[code], int(unequal[code]))
        for code, names in zip(order.tolist(), shown, strict=True)
    ]


def _group_values(
    base: Table, compare: Table, by: tuple[str, ...], codes: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    """The groups' codes in order of appearance, and the values that name them."""
    order, shown = list[np.ndarray](), list[tuple[str, ...]]()
    known: np.ndarray = np.zeros(0, dtype=np.int64)
    for table, side in ((base, codes[0]), (compare, codes[1])):
        found, first = np.unique(side, return_index=True)
        rows = np.sort(first[~np.isin(found, known)])
        order.append(side[rows])
        shown += list(zip(*(shown_cells(table, name, rows) for name in by), strict=True))
        known = np.union1d(known, found)
    return np.concatenate(order), shown
