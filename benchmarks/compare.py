"""Comparison of two large datasets: oncdisc, datacompy and pandas' merge on the same frames.

    python benchmarks/compare.py [--rows 5000000] [--only oncdisc,datacompy,merge]

Each tool runs in a process of its own, on two frames of 30 variables (12 text, 18 numeric; two keys, the second
frame in another order) of which one value in 100,000 differs, and must find exactly those. Times are of the
comparison alone; memory is the process's peak above its size with both frames loaded, in units of the size of both
frames as Arrow tables.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
KEYS = ["USUBJID", "LBSEQ"]
TEXTS, NUMBERS = 11, 17
VISITS = 500
SHARE = 100_000
TERMS = [f"Result or finding number {number:03d}" for number in range(200)]


def frames(rows: int) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Base, compare, and how many values differ."""
    generator = np.random.default_rng(20250328)
    columns: dict[str, pd.Series] = {
        "USUBJID": _text([f"STUDY-01-{number:07d}" for number in range(rows // VISITS + 1)], np.arange(rows) // VISITS),
        "LBSEQ": pd.Series((np.arange(rows) % VISITS).astype("float64")),
    }
    for number in range(TEXTS):
        columns[f"TEXT{number:02d}"] = _text(TERMS, generator.integers(0, len(TERMS), rows))
    for number in range(NUMBERS):
        values = np.round(generator.normal(100, 20, rows), 2)
        values[generator.random(rows) < 0.05] = np.nan
        columns[f"NUM{number:02d}"] = pd.Series(values)
    base = pd.DataFrame(columns)
    changed = base.copy()
    count = 0
    for name in list(columns)[2:]:
        places = np.unique(generator.integers(0, rows, max(rows // SHARE, 1)))
        changed[name] = _changed(base[name], places)
        count += len(places)
    order = generator.permutation(rows)
    return base, changed.take(order).reset_index(drop=True), count


def _text(values: list[str], codes: np.ndarray) -> pd.Series:
    taken = pa.array(values, pa.large_string()).take(pa.array(codes))
    return pd.Series(pd.array(taken, dtype=TEXT))


def _changed(column: pd.Series, places: np.ndarray) -> pd.Series:
    column = column.copy()
    if column.dtype == TEXT:
        column.iloc[places] = column.iloc[places].str.upper()
    else:
        column.iloc[places] = column.iloc[places].fillna(0) + 1
    return column


def oncdisc(base: pd.DataFrame, compare: pd.DataFrame) -> int:
    """Ours, with keys given."""
    from oncdisc.review import Comparison
    from oncdisc.review import compare as run

    found = run(base, compare, keys=KEYS)
    assert isinstance(found, Comparison)
    return sum(value.unequal for value in found.values)


def oncdisc_proposed(base: pd.DataFrame, compare: pd.DataFrame) -> int:
    """Ours, with keys proposed from the data."""
    from oncdisc.review import Comparison
    from oncdisc.review import compare as run

    found = run(base, compare)
    assert isinstance(found, Comparison)
    return sum(value.unequal for value in found.values)


def datacompy(base: pd.DataFrame, compare: pd.DataFrame) -> int:
    """datacompy's pandas comparison."""
    import datacompy as package

    found = package.PandasCompare(base, compare, join_columns=KEYS)
    return int(sum(column["unequal_cnt"] for column in found.column_stats))


def merge(base: pd.DataFrame, compare: pd.DataFrame) -> int:
    """An outer merge on the keys, then one comparison a variable."""
    merged = base.merge(compare, on=KEYS, how="outer", suffixes=("_x", "_y"), indicator=True)
    unequal = 0
    for name in base.columns.drop(KEYS):
        x, y = merged[f"{name}_x"], merged[f"{name}_y"]
        unequal += int(((x != y) & ~(x.isna() & y.isna())).sum())
    return unequal


TOOLS: dict[str, Callable[[pd.DataFrame, pd.DataFrame], int]] = {
    "oncdisc": oncdisc,
    "oncdisc-proposed": oncdisc_proposed,
    "merge": merge,
    "datacompy": datacompy,
}


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _measured(tool: str, rows: int, answer: Connection) -> None:
    base, compare, expected = frames(rows)
    arrow = sum(pa.Table.from_pandas(frame).nbytes for frame in (base, compare))
    pa.default_memory_pool().release_unused()
    # The peak so far is of making the frames: reset it, so that what is measured is the comparison's own.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _resident()
    start = time.perf_counter()
    found = TOOLS[tool](base, compare)
    seconds = time.perf_counter() - start
    peak = _peak()
    answer.send(
        {
            "tool": tool,
            "rows": rows,
            "seconds": round(seconds, 2),
            "found": found,
            "expected": expected,
            "frames_gb": round(arrow / 1e9, 2),
            "peak_above_frames": round((peak - before) / arrow, 2),
            "peak_in_all": round(peak / arrow, 2),
        }
    )


def _peak() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("the system does not tell the peak of memory")


def main() -> None:
    """Run the tools one after another and print one line of JSON each."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--only", default=",".join(TOOLS))
    given = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    for tool in given.only.split(","):
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=_measured, args=(tool, given.rows, send))
        process.start()
        process.join()
        print(json.dumps(receive.recv() if receive.poll() else {"tool": tool, "failed": process.exitcode}), flush=True)


if __name__ == "__main__":
    main()
