"""Comparing files, folders and frames: the calls that scripts and the command line make."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from oncdisc.review.comparison import Comparison, FolderComparison
from oncdisc.review.options import Options, Tolerance, parse_leniencies, tolerance
from oncdisc.review.procedure import compare_tables, unreadable
from oncdisc.review.sources import Source, dataset_files, either, keys_beside, read_table, table_of
from oncdisc.review.tables import Table
from oncdisc.transport import TransportError


def compare(
    base: Source,
    compare: Source,
    *,
    keys: Iterable[str] | None = None,
    by: Iterable[str] = (),
    method: str | None = None,
    criterion: float | None = None,
    delta: float = 0.0,
    methods: Mapping[str, Tolerance] | None = None,
    lenient: Iterable[str] = (),
    trailing_blanks: bool = False,
    variables: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
) -> Comparison | FolderComparison:
    """Compare two datasets (frames, datasets, files) or two folders.

    keys None takes them from the metadata, else proposes them from the data; an empty list pairs rows by
    position. method and criterion are PROC COMPARE's; `methods` gives single variables their own. `lenient`
    names what is declared equal: case, blanks, dates, missing, special-missing. Raises OptionError for
    options and paths that cannot be followed, TransportError for files that cannot be read.
    """
    options = Options(
        None if keys is None else tuple(keys),
        tuple(by),
        tolerance(method, criterion, delta),
        {name.upper(): own for name, own in (methods or {}).items()},
        parse_leniencies(lenient),
        trailing_blanks,
        None if variables is None else tuple(variables),
        tuple(ignore),
    )
    if isinstance(base, str | os.PathLike) and isinstance(compare, str | os.PathLike):
        return compare_paths(base, compare, options)
    return compare_tables(table_of(base, "BASE"), table_of(compare, "COMPARE"), options)


def compare_paths(
    base: str | os.PathLike[str], compare: str | os.PathLike[str], options: Options | None = None
) -> Comparison | FolderComparison:
    """Compare two files, or two folders."""
    left, right = Path(base), Path(compare)
    if either(left, right) == "folders":
        return compare_folders(left, right, options)
    return compare_files(left, right, options)


def compare_files(base: Path, compare: Path, options: Options | None = None) -> Comparison:
    """Compare two datasets' files of any format; keys may come from the define.xml beside either."""
    return compare_tables(_read(base), _read(compare), options)


def _read(path: Path) -> Table:
    table = read_table(path)
    keys = keys_beside(path).get(table.name)
    return replace(table, keys=keys) if keys else table


def compare_folders(
    base: Path,
    compare: Path,
    options: Options | None = None,
    *,
    base_formats: Iterable[str] | None = None,
    compare_formats: Iterable[str] | None = None,
) -> FolderComparison:
    """Compare two folders, dataset by dataset: those of one path below the folders, whatever their format.

    Keys and BY variables that are given apply to the datasets that have them; a note names the others. A file
    that cannot be read gives a comparison with `error`, and the rest is compared.
    """
    left, right = dataset_files(base, base_formats), dataset_files(compare, compare_formats)
    notes: list[str] = []
    found = [
        _compare_in_folder(name, left[name], right[name], options or Options(), notes) for name in left if name in right
    ]
    return FolderComparison(
        str(base),
        str(compare),
        tuple(found),
        tuple(name for name in left if name not in right),
        tuple(name for name in right if name not in left),
        tuple(notes),
    )


def _compare_in_folder(name: str, base: Path, compare: Path, options: Options, notes: list[str]) -> Comparison:
    try:
        tables = _read(base), _read(compare)
    except TransportError as error:
        return unreadable(name, str(base), str(compare), options, str(error))
    applicable = _applicable(options, tables)
    if applicable.by != options.by:
        notes.append(f"{name} has not all BY variables: compared without them")
    if applicable.keys != options.keys:
        notes.append(f"{name} has not all the keys that were given: its own are used")
    return compare_tables(*tables, applicable)


def _applicable(options: Options, tables: tuple[Table, Table]) -> Options:
    """The options without keys or BY variables that either dataset lacks."""
    common = set(tables[0].variables) & set(tables[1].variables)
    by = options.by if common.issuperset(options.by) else ()
    keys = options.keys if options.keys is None or common.issuperset(options.keys) else None
    return replace(options, by=by, keys=keys)
