"""How fast raw forms become SDTM: the pilot study's AE and VS with its subjects replicated.

    python benchmarks/mapping.py RAW [--times 100] [--partitions 4] [--jobs 2] [AE VS]

RAW is the folder of the pilot's raw forms. Each dataset is built whole, in a process of its own: forms read, subjects
named, every variable derived, checked by its pandera schema, profiled and written as XPT with define.xml and lineage.
Prints output rows a second over all of that, over mapping alone (derived, checked, profiled), the processor time that
mapping took in the building process, which other work on the machine does not stretch, and the peak memory of the
largest process.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

FORMS = ("dm_raw", "ae_raw", "ds_raw", "ec_raw", "vs_raw")


def replicate(raw: Path, target: Path, times: int) -> None:
    """Write the forms with each subject `times` over, under numbers of their own."""
    target.mkdir(parents=True)
    for form in FORMS:
        frame = pd.read_csv(raw / f"{form}.csv", dtype=str, keep_default_na=False)
        copies = [frame.assign(PATNUM=frame["PATNUM"] + f"-{number:03}") for number in range(times)]
        pd.concat(copies, ignore_index=True).to_csv(target / f"{form}.csv", index=False)


def measure(raw: Path, dataset: str, partitions: int | None, jobs: int) -> dict[str, float | str]:
    """Build one dataset here and say what it took; libraries are loaded before the clock starts."""
    import pandera.pandas  # noqa: F401

    import oncdisc
    import oncdisc.pipeline

    marks: dict[str, float] = {}
    spent: dict[str, float] = {}

    def mark(step: str, detail: str) -> None:
        marks.setdefault(step, time.perf_counter())
        spent.setdefault(step, time.process_time())

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        result = oncdisc.build(
            "cdiscpilot", raw=raw, out=Path(folder) / "out", only=[dataset], partitions=partitions, jobs=jobs,
            progress=mark,
        )  # fmt: skip
        seconds = time.perf_counter() - began
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, children) / 1e6
    rows = result.rows[dataset]
    return {
        "dataset": dataset,
        "rows": rows,
        "seconds": round(seconds, 2),
        "rows a second": round(rows / seconds),
        "read s": round(marks["map"] - began, 2),
        "map s": round(marks["write"] - marks["map"], 2),
        "map CPU s": round(spent["write"] - spent["map"], 2),
        "mapped a second": round(rows / (marks["write"] - marks["map"])),
        "write s": round(began + seconds - marks["write"], 2),
        "peak GB": round(peak, 2),
    }


def main() -> None:
    """Measure each dataset in a process of its own and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw", type=Path)
    parser.add_argument("datasets", nargs="*", default=["AE", "VS"])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--partitions", type=int)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.here:
        print(json.dumps(measure(args.raw, args.datasets[0], args.partitions, args.jobs)))
        return
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        replicate(args.raw, raw, args.times)
        rows = [_elsewhere(raw, name, args.partitions, args.jobs) for name in args.datasets]
    print(pd.DataFrame(rows).to_string(index=False))


def _elsewhere(raw: Path, dataset: str, partitions: int | None, jobs: int) -> dict[str, float | str]:
    options = [*(["--partitions", str(partitions)] if partitions else []), "--jobs", str(jobs), "--here"]
    done = subprocess.run(
        [sys.executable, "-P", __file__, str(raw), dataset, *options], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
