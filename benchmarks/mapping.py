"""How fast raw forms become SDTM: the pilot study's AE and VS with its subjects replicated.

    python benchmarks/mapping.py RAW [--times 100] [--partitions 4] [--jobs 2] [AE12 AE VS]

RAW is the folder of the pilot's raw forms. Each dataset is built whole, in a process of its own: forms read, subjects
named, every variable derived, checked by its pandera schema, profiled and written as XPT with define.xml and lineage,
and so are the datasets that it reads (DM for a study day, EX and DS for DM): `all rows` counts their records too.
AE12 is AE cut down to twelve variables that need no other dataset.
Prints rows a second of mapping alone (derived, checked, profiled), of the dataset and of all that were made, the
processor time that it took in the building process, which other work on the machine does not stretch, and the peak
memory of the largest process when the datasets stood in memory, and at the end.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import yaml

FORMS = ("dm_raw", "ae_raw", "ds_raw", "ec_raw", "vs_raw")


def replicate(raw: Path, target: Path, times: int) -> None:
    """Write the forms with each subject `times` over, under numbers of their own."""
    target.mkdir(parents=True)
    for form in FORMS:
        frame = pd.read_csv(raw / f"{form}.csv", dtype=str, keep_default_na=False)
        copies = [frame.assign(PATNUM=frame["PATNUM"] + f"-{number:03}") for number in range(times)]
        pd.concat(copies, ignore_index=True).to_csv(target / f"{form}.csv", index=False)


def cut_down(folder: Path) -> None:
    """The pilot's spec with an AE of twelve variables: these, AESEQ, STUDYID, DOMAIN and USUBJID."""
    from oncdisc.engines import load_spec

    shutil.copytree(load_spec("cdiscpilot").folder, folder)
    path = folder / "sdtm" / "ae.yaml"
    spec = yaml.safe_load(path.read_text("utf-8"))
    kept = ("AETERM", "AESEV", "AESER", "AEACN", "AEREL", "AEOUT", "AESTDTC", "AEENDTC")
    variables = {name: spec["variables"][name] for name in kept}
    spec["variables"] = variables | {"AESEQ": {"sequence": ["AESTDTC", "AETERM"]}}
    path.write_text(yaml.safe_dump(spec, sort_keys=False), "utf-8")


class Watch:
    """What the build says of its steps, each with the time, processor time and memory at which it first came."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.marks: dict[str, float] = {}
        self.spent: dict[str, float] = {}
        self.peaks: dict[str, float] = {}

    def __call__(self, step: str, detail: str) -> None:
        self.marks.setdefault(step, time.perf_counter())
        self.spent.setdefault(step, time.process_time())
        self.peaks.setdefault(step, _peak())


def measure(raw: Path, dataset: str, partitions: int | None, jobs: int) -> dict[str, float | str]:
    """Build one dataset here and say what it took; libraries are loaded before the clock starts."""
    import oncdisc
    from oncdisc.engines import load_spec
    from oncdisc.pipeline.stale import closure

    importlib.import_module("pandera.pandas")
    with tempfile.TemporaryDirectory() as folder:
        study, made = "cdiscpilot", dataset
        if dataset == "AE12":
            cut_down(Path(folder) / study)
            study, made = str(Path(folder) / study), "AE"
        whole = closure(load_spec(study), [made])
        watch = Watch()
        result = oncdisc.build(
            study, raw=raw, out=Path(folder) / "out", only=whole, partitions=partitions, jobs=jobs,
            progress=watch,
        )  # fmt: skip
        ended = time.perf_counter()
    return _figures(dataset, result.rows[made], sum(result.rows.values()), watch, ended)


def _figures(dataset: str, rows: int, all_rows: int, watch: Watch, ended: float) -> dict[str, float | str]:
    mapping = watch.marks["write"] - watch.marks["map"]
    return {
        "dataset": dataset,
        "rows": rows,
        "all rows": all_rows,
        "read s": round(watch.marks["map"] - watch.began, 2),
        "map s": round(mapping, 2),
        "map CPU s": round(watch.spent["write"] - watch.spent["map"], 2),
        "rows/s": round(rows / mapping),
        "all rows/s": round(all_rows / mapping),
        "write s": round(ended - watch.marks["write"], 2),
        "whole s": round(ended - watch.began, 2),
        "mapped GB": round(watch.peaks["write"], 2),
        "peak GB": round(_peak(), 2),
    }


def _peak() -> float:
    """The most memory, in GB, that a process of this one or one it waited for has had."""
    usages = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(usages) / 1e6


def main() -> None:
    """Measure each dataset in a process of its own and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw", type=Path)
    parser.add_argument("datasets", nargs="*", default=["AE12", "AE", "VS"])
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
