"""What lineage costs: time and size of a build with and without it, on the example trial.

    python -P benchmarks/lineage.py [--subjects 300] [--repeat 3]

Both builds run in this process in turn; the fastest of each counts, in processor time. On a busy machine the two differ
by more than lineage costs: so the time inside the functions that put lineage together and write it is given too.
Without lineage means that nothing is noted while datasets are made, nothing is put together and nothing is written.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

import oncdisc
from oncdisc.pipeline import parts
from oncdisc.pipeline.lineage import write_lineage

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


@contextmanager
def timed(spent: list[float]) -> Generator[None]:
    """Builds in this block add the processor time of what makes and writes lineage to `spent`."""

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            start = time.process_time()
            result = function(*arguments)
            spent.append(time.process_time() - start)
            return result

        return call

    with (
        patch("oncdisc.pipeline.parts._lineage", wrapped(parts._lineage)),  # pyright: ignore[reportPrivateUsage]
        patch("oncdisc.pipeline.build.write_lineage", wrapped(write_lineage)),
    ):
        yield


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
        spent: list[float] = []
        with timed(spent):
            whole = seconds(raw, out)
        data = sum(path.stat().st_size for path in out.rglob("*.xpt"))
        lineage = size(out / "lineage")
        print(f"{options.subjects} subjects: build {min(full):.2f} s, without lineage {min(bare):.2f} s, ", end="")
        print(f"{100 * (min(full) / min(bare) - 1):+.1f} %")
        print(f"inside lineage's own functions {sum(spent):.2f} s of {whole:.2f} s, {100 * sum(spent) / whole:.1f} %")
        print(
            f"datasets {data / 1e6:.1f} MB (XPT), inputs {size(raw) / 1e6:.1f} MB, lineage {lineage / 1e6:.2f} MB ",
            end="",
        )
        print(f"({100 * lineage / data:.1f} % of the datasets)")


if __name__ == "__main__":
    main()
