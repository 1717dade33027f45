"""What lineage costs: time and size of a build with and without it, on the example trial.

    python -P benchmarks/lineage.py [--subjects 300] [--repeat 3]

Both builds run in this process in turn; the fastest of each counts, in processor time, which other work on the machine
does not add to. Without lineage means that nothing is noted while
datasets are made, nothing is put together and nothing is written.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import pandas as pd

import oncdisc

LINKS = pd.DataFrame({"row": [0], "rule": "", "source": "", "source_row": [0]}).iloc[:0]


def _nothing(*_: object) -> None:
    """In place of what notes or writes lineage."""


def _no_links(*_: object) -> pd.DataFrame:
    return LINKS


@contextmanager
def without_lineage() -> Generator[None]:
    """Builds in this block leave no lineage."""
    with ExitStack() as stack:
        stack.enter_context(patch("specs.interpreter.Interpreter.trace", _nothing))
        stack.enter_context(patch("oncdisc.pipeline.parts._lineage", _no_links))
        stack.enter_context(patch("oncdisc.pipeline.build.write_lineage", _nothing))
        yield


def seconds(raw: Path, out: Path) -> float:
    """Processor time of one build."""
    start = time.process_time()
    oncdisc.build("es_sclc", raw=raw, out=out)
    return time.process_time() - start


def size(folder: Path) -> int:
    """Bytes below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description="What lineage costs.")
    parser.add_argument("--subjects", type=int, default=300)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        oncdisc.simulate("es_sclc", raw, subjects=options.subjects, seed=1)
        seconds(raw, out)
        bare: list[float] = []
        full: list[float] = []
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
