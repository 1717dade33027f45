"""The files of a package: each read, or noted as unread with the reason, so that one of them never stops a check."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from oncdisc.checks.csv_form import INDEX, read_csv_form
from oncdisc.transport import Dataset, TransportError, UndecodableTextError, Variable

PLACES = ("tabulations", "analysis")
"""Where a build has its datasets."""
_JSON = (".json", ".ndjson")
_SIDECAR = ".variables.json"
_OLDER = "cp1252"
"""Windows-1252, in which text that is no UTF-8 is read, as in transport files."""


@dataclass
class Found:
    """Datasets that were read, and the files (or folders) that could not be, with the reason."""

    datasets: list[tuple[Path, Dataset]] = field(default_factory=list[tuple[Path, Dataset]])
    unread: dict[str, str] = field(default_factory=dict[str, str])


def read_files(root: Path, built: bool) -> Found:
    """The datasets of a folder, of a build's folders of datasets, or of one file."""
    found = Found()
    if root.is_dir() and (root / INDEX).is_file():
        found.datasets = read_csv_form(root, found.unread)
        return found
    for path in [root] if root.is_file() else _files(root, built, found.unread):
        try:
            found.datasets.extend((path, member) for member in _members(path))
        except TransportError as error:
            found.unread[name_in(path, root)] = str(error).removeprefix(f"{path}: ")
        except OSError as error:
            found.unread[name_in(path, root)] = error.strerror or str(error)
    return found


def hidden(path: Path) -> bool:
    """Whether a path within a package is nobody's to check."""
    return any(part.startswith((".", "_")) for part in path.parts)


def name_in(path: Path, root: Path) -> str:
    """A file as it is named: by its path in the package."""
    return path.relative_to(root).as_posix() if root.is_dir() else path.name


def _files(root: Path, built: bool, unread: dict[str, str]) -> Iterable[Path]:
    """The datasets' files in order, and what should be one and does not say so; folders that stay shut are noted."""
    from oncdisc.review.sources import dataset_files

    places = dataset_files(root)
    paths = [*places.values(), *_broken_json(root, set(places.values()), unread)]
    if built:
        paths = [path for path in paths if path.relative_to(root).as_posix().startswith(PLACES)]
    return [path for path in paths if not hidden(path.relative_to(root))]


def _broken_json(root: Path, known: set[Path], unread: dict[str, str]) -> list[Path]:
    """JSON that is no dataset where it should be: that cannot be parsed, or is called as a dataset beside others."""

    def shut(error: OSError) -> None:
        unread[name_in(Path(error.filename), root)] = error.strerror or str(error)

    below = [Path(folder) / name for folder, _, names in os.walk(root, onerror=shut) for name in names]
    same = {path.with_suffix("") for path in known}
    loose = sorted(
        path
        for path in below
        if path.suffix.lower() in _JSON and not path.name.endswith(_SIDECAR) and path.with_suffix("") not in same
    )
    return [path for path in loose if _called_as_dataset(path) or not _is_json(path)]


def _called_as_dataset(path: Path) -> bool:
    from oncdisc.checks.data import SDTM
    from specs.standard import standard

    name = path.stem.upper()
    return name in standard(SDTM).datasets or name.startswith("SUPP") or path.suffix.lower() == ".ndjson"


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except (ValueError, OSError):
        return False
    return True


def _members(path: Path) -> tuple[Dataset, ...]:
    from oncdisc.transport import read_dataset, read_members

    if path.suffix.lower() == ".xpt":
        return read_members(path)
    if path.suffix.lower() != ".csv":
        return (read_dataset(path),)
    try:
        return (read_dataset(path),)
    except UndecodableTextError:
        return (_text_of_any_encoding(path),)


def _text_of_any_encoding(path: Path) -> Dataset:
    """CSV that is no UTF-8, as raw extracts are read. Raises TransportError with what is wrong."""
    from sdtm.extracts import ROW, EncodingError, ExtractError, read_form

    try:
        try:
            frame = read_form(path)
        except EncodingError:
            frame = read_form(path, encoding=_OLDER)
    except ExtractError as error:
        raise TransportError(str(error)) from error
    frame = frame.drop(columns=ROW)
    return Dataset(path.stem.upper(), "", frame, tuple(Variable(str(name)) for name in frame.columns))
