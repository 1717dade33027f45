"""The comparison itself: attributes, pairing of rows, values variable by variable, groups.

Variables are compared one at a time on two threads (Arrow and NumPy release the interpreter), so that only
two columns of each side exist a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from oncdisc.review.attributes import Variables, compare_attributes, pair_variables
from oncdisc.review.comparison import Comparison, ValueComparison
from oncdisc.review.contexts import contexts
from oncdisc.review.equality import unequal_numbers, unequal_texts
from oncdisc.review.errors import ColumnError, ComparisonError
from oncdisc.review.grouping import group_columns, group_comparisons
from oncdisc.review.keys import key_columns, metadata_keys, propose_keys
from oncdisc.review.matching import Matching, key_codes, pair_by_codes, pair_by_position
from oncdisc.review.operands import Operands, operands
from oncdisc.review.options import Options
from oncdisc.review.patterns import MOST_EXAMINED, find_patterns, take, take_sides
from oncdisc.review.sysinfo import SysInfo
from oncdisc.review.tables import Table
from oncdisc.review.unpaired import near_pairs

THREADS = 2


@dataclass(frozen=True)
class Pairing:
    """The rows' pairing, the keys behind it, and what there is to say of it."""

    matching: Matching
    keys: tuple[str, ...]
    words: str
    codes: tuple[np.ndarray, np.ndarray] | None
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


def compare_tables(base: Table, compare: Table, options: Options | None = None) -> Comparison:
    """Compare two datasets.

    Data that cannot be paired (keys that base lacks, keys of two types, BY variables that do not match) give
    a comparison with `error` and the ERROR bit alone, not an exception, so that one of many datasets does not
    stop the rest.
    """
    found = pair_variables(base, compare)
    compare = compare.renamed({other: name for name, other in found.spelled.items()})
    options = (options or Options()).spelled_as(base.variables)
    variables = _chosen(found, options)
    try:
        return _compare(base, compare, options, variables)
    except ComparisonError as error:
        readable = not isinstance(error, ColumnError)
        said = tuple(compare_attributes(base, compare, variables, {})[0]) if readable else ()
        return Comparison(base, compare, options, variables, said, None, (), "", bits=error.bits, error=str(error))


def unreadable(name: str, base: str, compare: str, options: Options, error: str) -> Comparison:
    """The comparison of two files of which one could not be read."""
    dataset = name.rpartition("/")[2].upper()
    left, right = (Table(dataset, pd.DataFrame(), source=source) for source in (base, compare))
    nothing = Variables((), (), ())
    return Comparison(
        left, right, options, nothing, (), None, (), "", bits=SysInfo.ERROR, error=error
    )  # fmt: skip


def _compare(base: Table, compare: Table, options: Options, variables: Variables) -> Comparison:
    compare, by_note = group_columns(base, compare, options.by)
    pairing = _pair(base, compare, options)
    values, conflicts, notes = _values(base, compare, options, variables, pairing.matching)
    attributes, unsaid = compare_attributes(base, compare, variables, notes)
    groups = group_comparisons(base, compare, options, pairing.codes, pairing.matching, values)
    bits = _attribute_bits([difference.bit for difference in attributes]) | _row_bits(pairing.matching)
    bits |= SysInfo.BASEVAR if variables.base_only else SysInfo(0)
    bits |= SysInfo.COMPVAR if variables.compare_only else SysInfo(0)
    bits |= SysInfo.VALUE if any(value.unequal for value in values) else SysInfo(0)
    bits |= SysInfo.TYPE if conflicts else SysInfo(0)
    bits |= SysInfo.BASEBY if any(not group.compare_rows for group in groups) else SysInfo(0)
    bits |= SysInfo.COMPBY if any(not group.base_rows for group in groups) else SysInfo(0)
    bits |= SysInfo.BYVAR if by_note else SysInfo(0)
    warnings = [*pairing.warnings, *by_note, *conflicts]
    hints = near_pairs(base, compare, pairing.matching, options.by, pairing.keys, options.lenient)
    said = dict.fromkeys([*pairing.notes, *notes.values(), *unsaid])
    return Comparison(
        base, compare, options, variables, tuple(attributes), pairing.matching, pairing.keys, pairing.words,
        tuple(values), tuple(groups), bits, tuple(said), tuple(warnings), hints,
    )  # fmt: skip


def _chosen(variables: Variables, options: Options) -> Variables:
    """The variables that are to be compared; keys and BY variables stay."""
    ignored = {name.upper() for name in options.ignore}
    wanted = None if options.variables is None else {name.upper() for name in options.variables}

    def chosen(name: str) -> bool:
        return name.upper() not in ignored and (wanted is None or name.upper() in wanted)

    return Variables(
        tuple(name for name in variables.common if chosen(name)),
        tuple(name for name in variables.base_only if chosen(name)),
        tuple(name for name in variables.compare_only if chosen(name)),
        {name: other for name, other in variables.spelled.items() if chosen(name)},
    )


def _attribute_bits(bits: Sequence[SysInfo]) -> SysInfo:
    return SysInfo(int(np.bitwise_or.reduce([int(bit) for bit in bits]))) if bits else SysInfo(0)


def _row_bits(matching: Matching) -> SysInfo:
    bits = SysInfo.BASEOBS if len(matching.base_only) else SysInfo(0)
    return bits | (SysInfo.COMPOBS if len(matching.compare_only) else SysInfo(0))


def _pair(base: Table, compare: Table, options: Options) -> Pairing:
    keys, origin = _keys(base, compare, options)
    lengths = base.rows, compare.rows
    by, _ = key_columns(base, compare, options.by, options.lenient)
    groups = key_codes(by, lengths, options.lenient) if by else None
    if not keys:
        matching = pair_by_codes(*groups) if groups else pair_by_position(lengths)
        words = f"by position within {', '.join(options.by)}" if groups else "by position"
        warning = f"rows are paired {words}: {origin}"
        return Pairing(matching, (), words, groups, (warning,), ())
    columns, notes = key_columns(base, compare, keys, options.lenient)
    matching = pair_by_codes(*key_codes([*by, *columns], lengths, options.lenient))
    used = tuple(key for key in keys if key in compare.frame.columns)
    words = f"by {', '.join((*options.by, *used))} ({origin})"
    warnings = _duplicate_warnings(matching)
    if origin.startswith("proposed"):
        warnings = (f"no keys were given: rows are paired {words}", *warnings)
    return Pairing(matching, used, words, groups, warnings, tuple(notes))


def _keys(base: Table, compare: Table, options: Options) -> tuple[tuple[str, ...], str]:
    """The key variables, and where they come from."""
    if options.keys is not None:
        keys = tuple(key for key in options.keys if key not in options.by)
        return keys, "given" if keys else "no keys, as asked"
    known = metadata_keys(base, compare)
    if known:
        return tuple(key for key in known if key not in options.by), "from the metadata"
    proposed = propose_keys(base, compare, options.lenient, options.by)
    if proposed:
        return proposed, "proposed from the data"
    return (), "no keys were given, and no set of variables is unique"


def _duplicate_warnings(matching: Matching) -> tuple[str, ...]:
    counts = [len(rows) for rows in matching.duplicates]
    if not any(counts):
        return ()
    return (
        f"duplicate keys: {counts[0]:,} rows of base and {counts[1]:,} of compare repeat a key; "
        "rows of one key are paired in order, the first with the first",
    )


def _values(
    base: Table, compare: Table, options: Options, variables: Variables, matching: Matching
) -> tuple[list[ValueComparison], list[str], dict[str, str]]:
    """Every common variable's comparison, the type conflicts, and the notes of variables that were
    converted."""

    def one(name: str) -> tuple[ValueComparison | None, str]:
        return _value(base, compare, options, name, matching)

    names = [name for name in variables.common if name not in options.by]
    with ThreadPoolExecutor(THREADS) as threads:
        results = list(threads.map(one, names))
    found = [value for value, _ in results if value is not None]
    conflicts = [note for value, note in results if value is None]
    notes = {value.name: note for value, note in results if value is not None and note}
    return found, conflicts, notes


def _value(
    base: Table, compare: Table, options: Options, name: str, matching: Matching
) -> tuple[ValueComparison | None, str]:
    """One variable's comparison and its note; None and the conflict if the types conflict."""
    both = operands(base, compare, name, options.lenient)
    if both is None:
        kinds = f"{base.kind(name)} in base and {compare.kind(name)} in compare"
        return None, f"{name} is not compared: it is {kinds}"
    if matching.base_rows is not None and matching.compare_rows is not None:
        both = take_sides(both, matching.base_rows, matching.compare_rows)
    tolerance = options.tolerance_of(name)
    if isinstance(both.base, pa.Array):
        rows, within = unequal_texts(both.base, both.compare, options.lenient, trailing_blanks=options.trailing_blanks)
    else:
        rows, within = unequal_numbers(both.base, both.compare, tolerance, options.lenient)
    return _described(base, options, name, matching, take(both, rows), rows, within), both.note


def _described(
    base: Table,
    options: Options,
    name: str,
    matching: Matching,
    unequal: Operands,
    rows: np.ndarray,
    within: int,
) -> ValueComparison:
    """The variable's comparison with its patterns and contexts; `unequal` are the values of the pairs
    `rows`."""
    largest = float("nan")
    if not unequal.is_text and len(rows):
        apart = np.abs(np.asarray(unequal.compare) - np.asarray(unequal.base))
        largest = float(np.nanmax(apart)) if np.isfinite(apart).any() else largest
    return ValueComparison(
        name,
        options.tolerance_of(name),
        matching.count,
        rows,
        within,
        largest,
        unequal.scale,
        tuple(find_patterns(unequal)) if len(rows) else (),
        contexts(base, matching.base_positions(rows[:MOST_EXAMINED]), name) if len(rows) > 1 else (),
    )
