"""Any format in, any format out: read, written beside the target, read back, compared, and only then kept."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from . import ibm
from .dataset_json import save_dataset_json, save_ndjson
from .dataset_json_reader import read_dataset_json
from .differences import differences
from .errors import LossyConversionError, UnknownMemberError, UnsupportedFormatError
from .model import TEXT, Dataset
from .sas7bdat import read_sas7bdat
from .tabular import read_csv, read_parquet, save_csv, save_parquet, sidecar
from .xpt import write_xpt
from .xpt_reader import read_members, read_xpt

_READERS: dict[str, Callable[[Path], Dataset]] = {
    ".json": read_dataset_json,
    ".ndjson": read_dataset_json,
    ".dsjc": read_dataset_json,
    ".parquet": read_parquet,
    ".csv": read_csv,
    ".sas7bdat": read_sas7bdat,
}
EXTENSIONS = {
    "xpt": ".xpt",
    "dataset-json": ".json",
    "ndjson": ".ndjson",
    "dsjc": ".dsjc",
    "parquet": ".parquet",
    "csv": ".csv",
}
"""The formats that are written, by the names that `--formats` takes, and their extensions."""
_UNTYPED = (".xpt", ".sas7bdat")
"""Formats that know text and numbers only: a number's logical type is what its values are."""


def read_dataset(path: str | os.PathLike[str], *, encoding: str | None = None) -> Dataset:
    """A dataset from a file of any format, which its extension names; `encoding` is XPT's (see read_xpt)."""
    source = Path(path)
    if source.suffix.lower() == ".xpt":
        return read_xpt(source, encoding=encoding)
    read = _READERS.get(source.suffix.lower())
    if read is None or source.name.endswith(sidecar(Path("x")).name[1:]):
        raise UnsupportedFormatError(f"{source}: found {source.suffix or 'no extension'}, expected {_known()}")
    return read(source)


def _known() -> str:
    return ", ".join((".xpt", *_READERS))


def write_dataset(dataset: Dataset, path: str | os.PathLike[str], *, version: int = 5, encoding: str = "ascii") -> Path:
    """A dataset to a file of the format that the path's extension names; the last two are XPT's."""
    target = Path(path)
    extension = target.suffix.lower()
    if extension == ".xpt":
        return write_xpt(
            dataset.frame,
            target,
            name=dataset.name,
            label=dataset.label,
            variables=dataset.variables,
            type=dataset.type,
            created=dataset.created,
            modified=dataset.modified,
            version=version,
            encoding=encoding,
        )
    writers = {".json": save_dataset_json, ".ndjson": save_ndjson, ".dsjc": save_ndjson}
    writers |= {".parquet": save_parquet, ".csv": save_csv}
    if extension not in writers:
        expected = ", ".join(EXTENSIONS.values())
        raise UnsupportedFormatError(f"{target}: found {extension or 'no extension'}, expected {expected}")
    return writers[extension](dataset, target)


def convert(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    format: str | None = None,
    version: int = 5,
    encoding: str | None = None,
) -> tuple[Path, ...]:
    """Convert a file, or each dataset of a folder, and return the paths written.

    `encoding` is that of XPT on either side (ASCII written, and read as read_xpt does, without it).
    `format` is one of EXTENSIONS; without it the target's extension says. With it the target may be a
    folder, where each dataset becomes <name><extension>. A conversion that would change a value, a label,
    a length or a format raises LossyConversionError, and one that the target's rules forbid
    InvalidDatasetError; nothing of it is written. Identifiers and keys that belong to define.xml (OIDs,
    key sequence, the ISO type of text) and informats are kept where the format has a place for them.
    """
    origin, goal = Path(source), Path(target)
    if format is not None and format not in EXTENSIONS:
        raise UnsupportedFormatError(f"found format {format}, expected one of {', '.join(EXTENSIONS)}")
    extension = EXTENSIONS[format] if format else goal.suffix.lower()
    into_folder = origin.is_dir() or goal.is_dir() or goal.suffix.lower() != extension
    if into_folder and format is None:
        raise UnsupportedFormatError(f"{goal}: found a folder, expected a format: {', '.join(EXTENSIONS)}")
    with tempfile.TemporaryDirectory(prefix=".convert-", dir=_existing_parent(goal)) as beside:
        made: list[Path] = []
        found = _datasets(origin, encoding)
        if len(found) != 1 and not into_folder:
            names = ", ".join(dataset.name for _, dataset in found)
            raise UnknownMemberError(f"{origin}: found {names}, expected one dataset for {goal}, or a folder")
        for path, dataset in found:
            place = goal / f"{dataset.name.lower()}{extension}" if into_folder else goal
            _write_checked(path, dataset, Path(beside), place, (version, encoding))
            made.append(place)
        for place in made:
            place.parent.mkdir(parents=True, exist_ok=True)
            for name in (place.name, *([sidecar(place).name] if extension == ".csv" else [])):
                (Path(beside) / name).replace(place.with_name(name))
    return tuple(made)


def _existing_parent(path: Path) -> Path:
    return next(parent for parent in path.absolute().parents if parent.is_dir())


def _datasets(origin: Path, encoding: str | None) -> list[tuple[Path, Dataset]]:
    """Each dataset of a file or a folder, with the file it comes from."""
    paths = sorted(path for path in origin.iterdir() if _is_dataset(path)) if origin.is_dir() else [origin]
    if not paths:
        raise UnsupportedFormatError(f"{origin}: found no dataset, expected {_known()}")
    found: list[tuple[Path, Dataset]] = []
    for path in paths:
        is_xpt = path.suffix.lower() == ".xpt"
        members = read_members(path, encoding=encoding) if is_xpt else (read_dataset(path),)
        found.extend((path, _with_logical_types(path, member)) for member in members)
    return found


def _is_dataset(path: Path) -> bool:
    return path.suffix.lower() in (".xpt", *_READERS) and not path.name.endswith(".variables.json")


def _with_logical_types(path: Path, dataset: Dataset) -> Dataset:
    """Numbers that are all whole are integers, where the format could not say."""
    if path.suffix.lower() not in _UNTYPED:
        return dataset
    variables = [
        dataclasses.replace(item, type="integer")
        if item.type == "float" and _is_whole(dataset.frame[item.name])
        else item
        for item in dataset.variables
    ]
    return dataclasses.replace(dataset, variables=tuple(variables))


def _is_whole(column: pd.Series) -> bool:
    if column.dtype == TEXT:
        return False
    values = column.to_numpy(dtype=np.float64)
    present = values[ibm.missing_letters(values) == 0]
    return bool((present == np.floor(present)).all() and (np.abs(present) <= 2**53).all())


def _write_checked(source: Path, dataset: Dataset, folder: Path, target: Path, options: tuple[int, str | None]) -> None:
    version, encoding = options
    made = write_dataset(dataset, folder / target.name, version=version, encoding=encoding or "ascii")
    found = differences(dataset, read_dataset(made, encoding=encoding))
    if found:
        raise LossyConversionError(source, target, found)
