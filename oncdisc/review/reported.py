"""A comparison as rows and as JSON: stable shapes for scripts.

Every finding has the shape that all of oncdisc's findings have; `published` names the bit of SYSINFO behind
it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import numpy as np

from oncdisc.review.comparison import Comparison, FolderComparison, ValueComparison
from oncdisc.review.display import shown_cells
from oncdisc.review.sysinfo import SysInfo, bit_names
from specs.findings import SHOWN, Finding, Findings
from specs.wording import counted


def comparison_findings(result: Comparison | FolderComparison) -> Findings:
    """Every difference as a finding; of one variable's values the first thousand, counted exactly."""
    findings = Findings()
    if isinstance(result, FolderComparison):
        for name, side in [(n, "base") for n in result.base_only] + [(n, "compare") for n in result.compare_only]:
            message = f"the dataset is only in {side}"
            findings.add([Finding("error", "COMPARE.DATASET", message, name, published=_published(SysInfo.ERROR))])
        for comparison in result.datasets:
            findings.merge(comparison_findings(comparison))
        return findings
    if result.error:
        findings.add(
            [Finding("error", "COMPARE.ERROR", result.error, result.name, published=_published(SysInfo.ERROR))]
        )
    for finding in [*_attribute_findings(result), *_variable_findings(result)]:
        findings.add([finding])
    _add_rows(findings, result)
    for value in result.worst:
        findings.add(_value_findings(result, value), value.unequal)
    findings.add(Finding("warning", "COMPARE.NOTE", warning, result.name) for warning in result.warnings)
    findings.add(Finding("info", "COMPARE.NOTE", note, result.name) for note in (*result.hints, *result.notes))
    return findings


def _published(bit: SysInfo) -> str:
    return f"PROC COMPARE {bit.name}" if bit else ""


def _attribute_findings(result: Comparison) -> Iterator[Finding]:
    for found in result.attributes:
        place = f"{found.variable}'s {found.attribute}" if found.variable else f"the dataset's {found.attribute}"
        message = f"{place} is {found.base!r} in base and {found.compare!r} in compare"
        severity = "info" if found.excused else "error" if found.bit >= SysInfo.TYPE else "warning"
        yield Finding(
            severity,
            "COMPARE.ATTRIBUTE",
            f"{message}: {found.excused}" if found.excused else message,
            result.name,
            found.variable,
            published=_published(found.bit),
        )


def _variable_findings(result: Comparison) -> Iterator[Finding]:
    for names, side, bit in (
        (result.variables.base_only, "base", SysInfo.BASEVAR),
        (result.variables.compare_only, "compare", SysInfo.COMPVAR),
    ):
        for name in names:
            message = f"the variable is only in {side}"
            yield Finding("error", "COMPARE.VARIABLE", message, result.name, name, published=_published(bit))


def _add_rows(findings: Findings, result: Comparison) -> None:
    if result.matching is None:
        return
    for side, table, rows, bit in (
        ("base", result.base, result.matching.base_only, SysInfo.BASEOBS),
        ("compare", result.compare, result.matching.compare_only, SysInfo.COMPOBS),
    ):
        few = rows[:SHOWN]
        keys = [key for key in (*result.options.by, *result.keys) if key in table.frame.columns]
        cells = {key: shown_cells(table, key, few) for key in keys}
        subjects = shown_cells(table, "USUBJID", few) if "USUBJID" in table.frame.columns else [""] * len(few)
        found: list[Finding] = []
        for place, row in enumerate(few.tolist()):
            value = ", ".join(f"{key}={cells[key][place]}" for key in keys)
            found.append(
                Finding(
                    "error",
                    "COMPARE.ROW",
                    f"the row is only in {side}",
                    result.name,
                    usubjid=subjects[place],
                    value=value,
                    source=f"{side} row {row + 1}",
                    published=_published(bit),
                )
            )
        findings.add(found, len(rows))


def _value_findings(result: Comparison, value: ValueComparison) -> list[Finding]:
    pairs = value.pairs[:SHOWN]
    table = result.side_by_side(value, pairs)
    causes = np.full(value.unequal, -1, dtype=np.int64)
    for number, pattern in enumerate(value.patterns):
        causes[pattern.members] = number
    rows = table["base row"].to_numpy() - 1
    subjects = shown_cells(result.base, "USUBJID", rows) if "USUBJID" in result.base.frame.columns else None
    found: list[Finding] = []
    for place, record in enumerate(table.to_dict("records")):
        cause = f" ({value.patterns[causes[place]].code})" if causes[place] >= 0 else ""
        keys = ", ".join(f"{key}={record[key]}" for key in (*result.options.by, *result.keys))
        found.append(
            Finding(
                "error",
                "COMPARE.VALUE",
                f"base has {record['base']!r}, compare has {record['compare']!r}{cause}",
                result.name,
                value.name,
                subjects[place] if subjects else "",
                record["compare"],
                f"base row {record['base row']}, compare row {record['compare row']}{'; ' if keys else ''}{keys}",
                _published(SysInfo.VALUE),
            )
        )
    return found


def as_dict(result: Comparison | FolderComparison) -> dict[str, object]:
    """The stable JSON shape: `sysinfo`, `equal`, `datasets` (one a pair of datasets) and `findings`."""
    folder = isinstance(result, FolderComparison)
    datasets = result.datasets if folder else (result,)
    findings = comparison_findings(result)
    return {
        "sysinfo": result.sysinfo,
        "bits": bit_names(result.sysinfo),
        "equal": result.equal,
        "base": result.base if folder else result.base.source or result.base.name,
        "compare": result.compare if folder else result.compare.source or result.compare.name,
        "only_in_base": list(result.base_only) if folder else [],
        "only_in_compare": list(result.compare_only) if folder else [],
        "datasets": [_dataset(comparison) for comparison in datasets],
        "counts": findings.counts(),
        "findings": [finding.as_dict() for finding in findings.rows()],
    }


def to_json(result: Comparison | FolderComparison) -> str:
    """`as_dict` as JSON text, ending with a newline; numbers that JSON does not know are null."""
    return json.dumps(as_dict(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _dataset(result: Comparison) -> dict[str, object]:
    matching = result.matching
    return {
        "dataset": result.name,
        "sysinfo": result.sysinfo,
        "bits": bit_names(result.sysinfo),
        "equal": result.equal,
        "error": result.error,
        "pairing": result.pairing,
        "keys": list(result.keys),
        "by": list(result.options.by),
        "method": str(result.options.tolerance),
        "lenient": sorted(result.options.lenient),
        "rows": {
            "base": result.base.rows,
            "compare": result.compare.rows,
            "paired": matching.count if matching else 0,
            "unequal": result.unequal_rows,
            "only_in_base": len(matching.base_only) if matching else 0,
            "only_in_compare": len(matching.compare_only) if matching else 0,
            "duplicate_keys_in_base": len(matching.duplicates[0]) if matching else 0,
            "duplicate_keys_in_compare": len(matching.duplicates[1]) if matching else 0,
        },
        "variables_only_in_base": list(result.variables.base_only),
        "variables_only_in_compare": list(result.variables.compare_only),
        "variables": [_variable(value) for value in result.values],
        "groups": [_group(result, number) for number in range(len(result.groups))],
        "notes": list(result.notes),
        "warnings": list(result.warnings),
        "hints": list(result.hints),
    }


def _variable(value: ValueComparison) -> dict[str, object]:
    return {
        "variable": value.name,
        "method": str(value.tolerance),
        "compared": value.compared,
        "unequal": value.unequal,
        "within_criterion": value.within,
        "largest_difference": None if math.isnan(value.largest) else value.largest,
        "patterns": [
            {"code": p.code, "sentence": p.sentence, "count": p.count, "examined": p.examined} for p in value.patterns
        ],
        "contexts": list(value.contexts),
    }


def _group(result: Comparison, number: int) -> dict[str, object]:
    group = result.groups[number]
    return {
        "group": dict(zip(result.options.by, group.values, strict=True)),
        "base_rows": group.base_rows,
        "compare_rows": group.compare_rows,
        "paired": group.paired,
        "unequal_rows": group.unequal_rows,
        "unequal_values": group.unequal_values,
    }


def headline(result: Comparison) -> str:
    """One sentence: what is different, the gravest first."""
    if result.error:
        return f"not compared: {result.error}"
    if result.equal:
        return f"equal: {counted(result.base.rows, 'row')}, {counted(len(result.values), 'variable')}"
    parts = list(result.meanings)
    if any(difference.attribute == "order" for difference in result.attributes):
        parts.append("the variables' order differs")
    if any(difference.attribute == "name" for difference in result.attributes):
        parts.append("names are spelled in other letters")
    return "; ".join(parts)
