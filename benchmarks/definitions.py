"""How long a define.xml of many datasets takes: written, read, shown, imported and exported again.

    python benchmarks/definitions.py [--datasets 100] [--variables 40] [--values 25]

Each dataset has its variables, a codelist of twenty terms for every fourth, a method for every second and one
variable with value level. Prints the seconds and the size of each step; the file is the same every time.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import define
from define.model import (
    CodeList,
    Document,
    File,
    ItemDef,
    ItemGroup,
    ItemRef,
    Leaf,
    Method,
    Origin,
    RangeCheck,
    Standard,
    Study,
    Term,
    ValueList,
    WhereClause,
)

T = TypeVar("T")
TERMS = 20


def document(datasets: int, variables: int, values: int) -> Document:
    """A document of findings datasets `XA0`, `XA1`, …; its size is what counts."""
    names = [f"X{chr(65 + number // 10 % 26)}{number}" for number in range(datasets)]
    parts = [dataset(name, variables, values) for name in names]
    return Document(
        file=File("benchmark", "2026-01-01T00:00:00"),
        study=Study("ST.B", "B", "A benchmark", "B"),
        oid="MDV.B",
        name="Study B",
        standards=(Standard("STD.SDTMIG", "SDTMIG", "IG", "3.4"),),
        value_lists=tuple(part[2] for part in parts),
        where_clauses=tuple(clause for part in parts for clause in part[3]),
        datasets=tuple(part[0] for part in parts),
        items=tuple(item for part in parts for item in part[1]),
        codelists=tuple(codelist for part in parts for codelist in part[4]),
        methods=tuple(method for part in parts for method in part[5]),
    )


def dataset(
    name: str, variables: int, values: int
) -> tuple[ItemGroup, list[ItemDef], ValueList, list[WhereClause], list[CodeList], list[Method]]:
    columns = ["USUBJID", *(f"{name}{number}" for number in range(1, variables))]
    derived, collected = (Origin("Derived", "Sponsor"),), (Origin("Collected", "Investigator"),)
    items = [
        ItemDef(
            f"IT.{name}.{column}", column, "text", f"Variable {number}", 20,
            codelist=f"CL.{name}.{number}" if number % 4 == 3 else None,
            origins=derived if number % 2 else collected,
            value_list=f"VL.{name}" if number == 2 else None,
        )
        for number, column in enumerate(columns)
    ]  # fmt: skip
    refs = tuple(
        ItemRef(f"IT.{name}.{column}", number + 1, method=f"MT.{name}.{column}" if number % 2 else None)
        for number, column in enumerate(columns)
    )
    topic = f"IT.{name}.{columns[3]}"
    clauses = [WhereClause(f"WC.{name}.V{n}", (RangeCheck(topic, "EQ", (f"V{n}",)),)) for n in range(values)]
    items += [ItemDef(f"IT.{name}.V{n}", f"V{n}", "text", f"Value {n}", 8, origins=collected) for n in range(values)]
    listed = tuple(ItemRef(f"IT.{name}.V{n}", n + 1, where=(f"WC.{name}.V{n}",)) for n in range(values))
    file = f"{name.lower()}.xpt"
    group = ItemGroup(
        f"IG.{name}", name, f"Dataset {name}", "One record per subject", "Tabulation", "FINDINGS",
        standard="STD.SDTMIG", items=refs, leaf=Leaf(f"LF.{name}", file, file),
    )  # fmt: skip
    return group, items, ValueList(f"VL.{name}", listed), clauses, codelists(name, variables), methods(name, columns)


def codelists(name: str, variables: int) -> list[CodeList]:
    """One for each fourth variable."""
    return [
        CodeList(
            f"CL.{name}.{number}", f"List {number} of {name}", is_non_standard=True,
            terms=tuple(Term(f"V{n}", f"Value {n}", n + 1) for n in range(TERMS)),
        )
        for number in range(3, variables, 4)
    ]  # fmt: skip


def methods(name: str, columns: Sequence[str]) -> list[Method]:
    """One for each second variable."""
    return [
        Method(f"MT.{name}.{column}", f"{name}.{column}", f"Derived as number {number} says.")
        for number, column in enumerate(columns)
        if number % 2
    ]


def timed(what: str, step: Callable[[], T], size: Callable[[T], int]) -> T:
    """Run a step and print its seconds and the size of what it made."""
    start = time.perf_counter()
    made = step()
    print(f"{what:32} {time.perf_counter() - start:6.2f} s  {size(made) / 1e6:8.2f} MB")
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("datasets", 100), ("variables", 40), ("values", 25)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    made = document(chosen.datasets, chosen.variables, chosen.values)
    xml = timed("define.xml written", lambda: define.to_xml(made), len)
    read = timed("define.xml read", lambda: define.from_xml(xml), lambda _: len(xml))
    timed("define.html", lambda: define.to_html(read), len)
    timed("compared with itself", lambda: define.differences(made, read), len)
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study"
        files = timed("imported as a spec", lambda: define.write_spec([read], study), _total)
        book = Path(folder) / "spec.xlsx"
        timed("Excel written", lambda: (define.write_workbook([read], book),), _total)
        timed("Excel read", lambda: define.read_workbook(book), lambda _: book.stat().st_size)
        print(f"{len(files)} files of the spec, {len(made.items):,} items")


def _total(paths: tuple[Path, ...]) -> int:
    return sum(path.stat().st_size for path in paths)


if __name__ == "__main__":
    main()
