"""Speed and memory of the transport files, beside pyreadstat, the xport package and R's haven.

    python benchmarks/transport.py                 every part, one table
    python benchmarks/transport.py tr vs           some parts (tr, vs, lb, memory)
    python benchmarks/transport.py tr --xport PYTHON   beside xport, in an environment that has it

Every ratio is of two measurements of the same run on the same rows; the best of several tries counts. A
program that would need minutes for a shape is measured on the first rows of it, and so are we: the table says
how many. What is measured is synthetic, of the shapes that TR, LB and VS have, with text in Arrow's layout as
in every frame of this project, and once with Python objects.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from oncdisc.transport import TEXT, read_xpt, write_xpt

SEED = 20260304
TR_ROWS, VS_ROWS, LB_ROWS = 200_000, 2_960_000, 5_000_000
SLICE_ROWS = 200_000


@dataclass(frozen=True)
class Line:
    """One line of the table; `ratio` is theirs to ours, `goal` its smallest (or for `most`, largest) value."""

    shape: str
    what: str
    theirs: str
    ours: str
    ratio: float
    goal: str


def words(generator: np.random.Generator, values: list[str], rows: int) -> pd.Series:
    """A text column drawn from some values."""
    return pd.Series(generator.choice(np.array(values, dtype=object), rows)).astype(TEXT)


def subjects(rows: int, each: int) -> pd.Series:
    """USUBJID, `each` rows a subject."""
    numbers = pd.Series(np.arange(rows) // each)
    site, subject = (numbers // 40).astype(str).str.zfill(3), numbers.astype(str).str.zfill(6)
    return ("ONC-301-" + site + "-" + subject).astype(TEXT)


def findings(domain: str, rows: int, columns: int) -> pd.DataFrame:
    """A findings domain: twelve columns of its common shape, then pairs of text and number up to `columns`."""
    generator = np.random.default_rng(SEED)
    tests = {"TR": "Longest Diameter,Sum of Diameter,Tumor State", "LB": "Alanine Aminotransferase,Sodium,Hemoglobin"}
    names = tests.get(domain, "Systolic Blood Pressure,Diastolic Blood Pressure,Weight,Temperature").split(",")
    result = generator.integers(0, 2000, rows) / 10
    frame = {
        "STUDYID": words(generator, ["ONC-301"], rows),
        "DOMAIN": words(generator, [domain], rows),
        "USUBJID": subjects(rows, 40),
        f"{domain}SEQ": np.arange(rows) % 40 + 1.0,
        f"{domain}TESTCD": words(generator, [name[:8].upper() for name in names], rows),
        f"{domain}TEST": words(generator, names, rows),
        f"{domain}ORRES": pd.Series(result.astype(str)).astype(TEXT).mask(generator.random(rows) < 0.1),
        f"{domain}STRESN": np.where(generator.random(rows) < 0.1, np.nan, result),
        f"{domain}DTC": words(generator, [f"2025-{m:02}-{d:02}" for m in range(1, 13) for d in range(1, 29)], rows),
        f"{domain}DY": generator.integers(-28, 700, rows).astype(float),
        "VISITNUM": generator.integers(1, 30, rows).astype(float),
        "VISIT": words(generator, [f"CYCLE {n} DAY 1" for n in range(1, 30)], rows),
    }
    for place in range(columns - len(frame)):
        text = place % 3 < 2
        frame[f"X{place:02}"] = words(generator, ["", "NORMAL", "LOW", "Y", "SERUM"], rows) if text else result + place
    return pd.DataFrame(frame)


def objects(frame: pd.DataFrame) -> pd.DataFrame:
    """The same frame with text as Python objects, missing as None."""
    text = [name for name in frame if frame[name].dtype == TEXT]
    return frame.assign(**{name: frame[name].astype(object).where(frame[name].notna(), None) for name in text})


def seconds(work: Callable[[], object], tries: int = 5) -> float:
    """The shortest of several tries."""
    best = float("inf")
    for _ in range(tries):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def write_plain(data: bytes, path: Path) -> None:
    """The same bytes from memory to the same disk, replacing the file as the writer does."""
    beside = path.with_suffix(".part")
    beside.write_bytes(data)
    beside.replace(path)


def shown(time_taken: float) -> str:
    """Seconds or milliseconds."""
    return f"{time_taken:.2f} s" if time_taken >= 1 else f"{time_taken * 1000:.0f} ms"


def compared(shape: str, what: str, theirs: float, ours: float, goal: str) -> Line:
    """A line of two times, theirs over ours."""
    return Line(shape, what, shown(theirs), shown(ours), theirs / ours, goal)


def beside_pyreadstat(shape: str, name: str, frame: pd.DataFrame, folder: Path, tries: int) -> Iterator[Line]:
    """Writing from both kinds of text, the disk itself, and reading."""
    path, other = folder / f"{name.lower()}.xpt", str(folder / "other.xpt")

    def theirs(source: pd.DataFrame) -> Callable[[], None]:
        return lambda: pyreadstat.write_xport(source, other, table_name=name, file_format_version=5)

    kinds = (("Arrow text", frame, ">= 20"), ("objects", objects(frame), ">= 10"))
    for kind, source, goal in kinds:
        ours = seconds(lambda source=source: write_xpt(source, path, name=name), tries)
        yield compared(shape, f"write, {kind}: pyreadstat", seconds(theirs(source), 1), ours, goal)
    yield disk(shape, name, frame, folder, tries)
    read = seconds(lambda: pyreadstat.read_xport(str(path)), 1)
    yield compared(shape, "read: pyreadstat", read, seconds(lambda: read_xpt(path), tries), ">= 5")


def disk(shape: str, name: str, frame: pd.DataFrame, folder: Path, tries: int) -> Line:
    """The writer's time over that of writing its bytes."""
    path = folder / f"{name.lower()}.xpt"
    ours = seconds(lambda: write_xpt(frame, path, name=name), tries)
    data = path.read_bytes()
    plain = seconds(lambda: write_plain(data, path), tries)
    what = f"write over the disk's time, {len(data) / 1e6:.0f} MB"
    return Line(shape, what, shown(plain), shown(ours), ours / plain, "<= 6")


def part_tr(folder: Path, xport: str | None) -> Iterator[Line]:
    """200,000 rows of 12 columns."""
    frame = findings("TR", TR_ROWS, 12)
    shape = f"TR {TR_ROWS:,} x 12"
    yield from beside_pyreadstat(shape, "TR", frame, folder, 7)
    if xport:
        yield from beside_xport(frame.head(10_000), folder, xport)


XPORT_SCRIPT = """
import sys, time, warnings
warnings.simplefilter("ignore")
import pandas, xport, xport.v56
frame = pandas.read_pickle(sys.argv[1])
start = time.perf_counter()
with open(sys.argv[2], "wb") as stream:
    xport.v56.dump(xport.Dataset(frame, name="TR"), stream)
middle = time.perf_counter()
with open(sys.argv[2], "rb") as stream:
    xport.v56.load(stream)
print(middle - start, time.perf_counter() - middle)
"""


def beside_xport(frame: pd.DataFrame, folder: Path, python: str) -> Iterator[Line]:
    """The pure Python package, on the first rows."""
    filled = objects(frame).assign(TRORRES=frame["TRORRES"].astype(object).fillna(""))
    filled.to_pickle(folder / "tr.pickle")
    command = [python, "-c", XPORT_SCRIPT, str(folder / "tr.pickle"), str(folder / "xport.xpt")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    write, read = map(float, done.stdout.split())
    shape, path = f"TR {len(frame):,} x 12", folder / "tr.xpt"
    yield compared(shape, "write, objects: xport", write, seconds(lambda: write_xpt(filled, path, name="TR")), "")
    yield compared(shape, "read: xport", read, seconds(lambda: read_xpt(path)), "")


HAVEN_SCRIPT = """
frame <- haven::read_xpt(commandArgs(TRUE)[1])
once <- function() system.time(haven::write_xpt(frame, commandArgs(TRUE)[2], version = 5, name = "VS"))[["elapsed"]]
cat(min(once(), once()))
"""


def part_vs(folder: Path, _: str | None) -> Iterator[Line]:
    """2.96 million rows of 12 columns: what haven writes in seconds."""
    frame = findings("VS", VS_ROWS, 12)
    path = write_xpt(frame, folder / "vs.xpt", name="VS")
    shape = f"VS {VS_ROWS:,} x 12"
    rscript = shutil.which("Rscript")
    if rscript:
        command = [rscript, "-e", HAVEN_SCRIPT, str(path), str(folder / "haven.xpt")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        ours = seconds(lambda: write_xpt(frame, path, name="VS"), 3)
        yield compared(shape, "write: R haven", float(done.stdout), ours, ">= 3")
    yield disk(shape, "VS", frame, folder, 3)
    first = frame.head(SLICE_ROWS)
    other = str(folder / "other.xpt")
    theirs = seconds(lambda: pyreadstat.write_xport(first, other, table_name="VS", file_format_version=5), 1)
    ours = seconds(lambda: write_xpt(first, folder / "vs.xpt", name="VS"), 5)
    yield compared(f"VS first {SLICE_ROWS:,} x 12", "write, Arrow text: pyreadstat", theirs, ours, ">= 20")


def part_lb(folder: Path, _: str | None) -> Iterator[Line]:
    """5 million rows of 30 columns; pyreadstat on the first of them."""
    frame = findings("LB", LB_ROWS, 30)
    yield disk(f"LB {LB_ROWS:,} x 30", "LB", frame, folder, 2)
    first = frame.head(SLICE_ROWS).copy()
    yield from beside_pyreadstat(f"LB first {SLICE_ROWS:,} x 30", "LB", first, folder, 3)


MEMORY_ROWS = 1_500_000


def part_memory(folder: Path, _: str | None) -> Iterator[Line]:
    """Peak memory while 1.5 million rows of 30 columns are written, over the frame's own."""
    frame = findings("LB", MEMORY_ROWS, 30)
    size = int(frame.memory_usage(deep=True).sum())
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    write_xpt(frame, folder / "lb.xpt", name="LB")
    more = max(0, _status("VmHWM") - before)
    shape = f"LB {MEMORY_ROWS:,} x 30"
    yield Line(
        shape, "peak memory of a write", f"{size / 1e6:.0f} MB", f"+ {more / 1e6:.0f} MB", 1 + more / size, "<= 1.3"
    )


def _status(name: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


PARTS = {"tr": part_tr, "vs": part_vs, "lb": part_lb, "memory": part_memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="default: every part")
    parser.add_argument("--xport", help="the python of an environment that holds the xport package")
    arguments = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}, {os.cpu_count()} cores\n")
    print(f"{'shape':<24} {'measured':<34} {'theirs':>9} {'ours':>10} {'ratio':>7}  goal")
    for part in arguments.parts or PARTS:
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
            for line in PARTS[part](Path(folder), arguments.xport):
                times = f"{line.theirs:>9} {line.ours:>10} {line.ratio:>7.1f}  {line.goal}"
                print(f"{line.shape:<24} {line.what:<34} {times}", flush=True)


if __name__ == "__main__":
    main()
