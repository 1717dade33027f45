"""Where tables come from: frames, datasets that were read, files, folders.

What a format cannot say of a variable stays unsaid: CSV alone says nothing, Dataset-JSON has no informats.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeAlias

import pandas as pd

from oncdisc.review.errors import OptionError
from oncdisc.review.keys import define_keys
from oncdisc.review.tables import Table, VariableAttributes
from oncdisc.transport import Dataset, Variable

Source: TypeAlias = "pd.DataFrame | Dataset | Table | str | os.PathLike[str]"
SUFFIXES = (".xpt", ".json", ".ndjson", ".dsjc", ".parquet", ".sas7bdat", ".csv")
MAYBE_WITHOUT_ATTRIBUTES = {".csv", ".parquet"}
WITHOUT_INFORMATS = {".json", ".ndjson", ".dsjc", ".parquet"}
DATASET_JSON = b'"datasetJSONVersion"'
SNIFFED = 4096


def table_of(source: Source, name: str = "") -> Table:
    """Any source as a table."""
    if isinstance(source, Table):
        return source
    if isinstance(source, Dataset):
        return table_from_dataset(source)
    if isinstance(source, pd.DataFrame):
        return Table(name, source)
    return read_table(source)


def read_table(path: str | os.PathLike[str], keys: tuple[str, ...] = ()) -> Table:
    """A dataset's file, in any format that is read; `keys` are what a define.xml says of it."""
    from oncdisc.transport import read_dataset

    place = Path(path)
    return table_from_dataset(read_dataset(place), place.suffix.lower(), str(place), keys)


def table_from_dataset(dataset: Dataset, suffix: str = "", source: str = "", keys: tuple[str, ...] = ()) -> Table:
    """A dataset that was read, with the attributes that its format says."""
    said = suffix not in MAYBE_WITHOUT_ATTRIBUTES or any(v.label or v.format for v in dataset.variables)
    own = sorted((v.key, v.name) for v in dataset.variables if v.key is not None)
    return Table(
        dataset.name.upper(),
        dataset.frame,
        dataset.label if said else None,
        dataset.type if said and suffix not in WITHOUT_INFORMATS else None,
        {v.name: _attributes(v, suffix) for v in dataset.variables} if said else {},
        keys or tuple(name for _, name in own),
        source,
        untyped=suffix == ".csv" and not said,
    )


def _attributes(variable: Variable, suffix: str) -> VariableAttributes:
    """A variable's attributes; its type is left to its column, which is stored as SAS would store it."""
    informat = None if suffix in WITHOUT_INFORMATS else variable.informat or ""
    return VariableAttributes(variable.name, None, variable.length, variable.label, variable.format or "", informat)


def dataset_files(folder: Path, formats: Iterable[str] | None = None) -> dict[str, Path]:
    """The datasets' files below a folder, by their path without suffix, in lower case and in order.

    Of one dataset in several formats the first of XPT, Dataset-JSON, Parquet, sas7bdat, CSV is taken, or of
    `formats` (suffixes). Raises OptionError if the folder does not exist.
    """
    if not folder.is_dir():
        raise OptionError(f"found no folder {folder}")
    order = [f".{suffix.lower().lstrip('.')}" for suffix in formats] if formats else list(SUFFIXES)
    found: dict[str, Path] = {}
    for suffix in order:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).with_suffix("").as_posix().lower()
            if path.suffix.lower() == suffix and name not in found and _is_dataset(path):
                found[name] = path
    return dict(sorted(found.items()))


def _is_dataset(path: Path) -> bool:
    """Whether a file is a dataset; JSON is one only if it says so near its beginning, or may not be looked into."""
    if path.suffix.lower() not in (".json", ".ndjson"):
        return path.is_file()
    try:
        with path.open("rb") as stream:
            return DATASET_JSON in stream.read(SNIFFED)
    except OSError:
        return path.is_file()


def keys_beside(path: Path) -> dict[str, tuple[str, ...]]:
    """The keys that the define.xml beside a dataset names, by dataset; empty if there is none."""
    define = path.parent / "define.xml"
    return define_keys(define) if define.is_file() else {}


def either(base: Path, compare: Path) -> Literal["files", "folders"]:
    """Whether two paths are files or folders. Raises OptionError if they are not both the same."""
    for path in (base, compare):
        if not path.exists():
            raise OptionError(f"found no file or folder {path}")
    if base.is_dir() != compare.is_dir():
        raise OptionError(f"found a file and a folder ({base}, {compare}); expected two files or two folders")
    return "folders" if base.is_dir() else "files"
