"""What lineage costs: time and size of a build with and without it, on the example trial.

    python benchmarks/lineage.py [--subjects 300] [--repeat 3]

Both builds run in this process in turn; the fastest of each counts. Without lineage means that nothing is noted while
datasets are made, nothing is put together and nothing is written.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import pandas as pd

import oncdisc

LINKS = pd.DataFrame({"row": [0], "rule": "", "source": "", "source_row": [0]}).iloc[:0]


@contextmanager
def without_lineage() -> Iterator[None]:
    """Builds in this block leave no lineage."""
    with ExitStack() as stack:
        stack.enter_context(patch("specs.interpreter.Interpreter.trace", lambda *_: None))
        stack.enter_context(patch("oncdisc.pipeline.parts._lineage", lambda *_: LINKS))
        stack.enter_context(patch("oncdisc.pipeline.build.write_lineage", lambda *_: None))
        yield


def seconds(raw: Path, out: Path) -> float:
    """Wall time of one build."""
    start = time.perf_counter()
    oncdisc.build("es_sclc", raw=raw, out=out)
    return time.perf_counter() - start


def size(folder: Path) -> int:
    """Bytes below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--subjects", type=int, default=300)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        oncdisc.simulate("es_sclc", raw, subjects=options.subjects, seed=1)
        seconds(raw, out)
        bare, full = [], []
        for _ in range(options.repeat):
            with without_lineage():
                bare.append(seconds(raw, Path(folder) / "bare"))
            full.append(seconds(raw, out))
        data = sum(path.stat().st_size for path in out.rglob("*.xpt"))
        lineage = size(out / "lineage")
        print(f"{options.subjects} subjects: build {min(full):.2f} s, without lineage {min(bare):.2f} s, ", end="")
        print(f"lineage {100 * (min(full) / min(bare) - 1):.1f} %")
        print(
            f"datasets {data / 1e6:.1f} MB (XPT), inputs {size(raw) / 1e6:.1f} MB, lineage {lineage / 1e6:.2f} MB ",
            end="",
        )
        print(f"({100 * lineage / data:.1f} % of the datasets)")


if __name__ == "__main__":
    main()
