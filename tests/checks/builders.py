"""Packages from small tables, for tests of rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from oncdisc import checks
from oncdisc.checks.classify import classified
from oncdisc.transport import Variable
from specs.columns import TEXT

CORPUS = Path(__file__).with_name("corpus.txt")
Tables = Mapping[str, str]


def package(tables: Tables, labels: Mapping[str, Mapping[str, str]] | None = None) -> checks.Package:
    """Tables as `VAR VAR / value value / …` by dataset; numbers and dates as the standard has them."""
    found = {name: _data(name, table, (labels or {}).get(name)) for name, table in tables.items()}
    return checks.Package(found)


def _data(name: str, table: str, labels: Mapping[str, str] | None) -> checks.Data:
    header, *rows = (part.split() for part in table.split(" / "))
    columns = zip(*rows, strict=True) if rows else ([] for _ in header)
    values = {
        variable: pd.Series([None if value == "." else value.replace("~", " ") for value in column], dtype=TEXT)
        for variable, column in zip(header, columns, strict=True)
    }
    frame = pd.DataFrame(values, columns=header)
    variables = {variable: Variable(variable, (labels or {}).get(variable, "")) for variable in header}
    data = classified(name, "", frame, variables, untyped=True)
    data.typed = labels is not None
    return data


def found(rule: str, tables: Tables, labels: Mapping[str, Mapping[str, str]] | None = None) -> list[str]:
    """What a rule finds: dataset, variable and record of each."""
    findings = checks.run(package(tables, labels), [rule])
    return [f"{item.dataset}.{item.variable} {item.source}".strip() for item in findings.rows()]


def corpus() -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Rule → tables that break it, and tables that nearly do."""
    cases: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for block in CORPUS.read_text("utf-8").split("\n\n")[1:]:
        rule, *lines = [line for line in block.strip().splitlines() if line]
        sides: tuple[dict[str, str], dict[str, str]] = ({}, {})
        for line in lines:
            name, _, table = line[2:].partition(": ")
            sides[line[0] == "="][name] = table
        cases[rule] = sides
    return cases
