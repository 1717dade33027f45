"""A package from a folder: a build, or any folder of datasets in any format, with or without define.xml."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from oncdisc.checks.classify import classified
from oncdisc.checks.csv_form import INDEX, read_csv_form
from oncdisc.checks.data import Data
from oncdisc.checks.package import DEFAULT_CT, Codelists, Defined, Package
from oncdisc.checks.terms import read_terminology
from oncdisc.transport import Dataset, TransportError
from specs.columns import TEXT
from specs.errors import UsageError
from specs.models import Acceptance
from specs.terminology import PACKAGES, terminology

if TYPE_CHECKING:
    from define.model import ItemGroup

_PLACES = ("tabulations", "analysis")
_MAYBE_UNTYPED = (".csv", ".parquet")


@dataclass
class _Found:
    """Files that were read, and those that could not be."""

    datasets: list[tuple[Path, Dataset]]
    unread: dict[str, str]


def read_package(folder: str | Path, ct: str | Path | Sequence[str | Path] | None = None) -> Package:
    """The datasets of a folder (or one file) with their define.xml files.

    `ct` is a published terminology package to check against, or several; else the one that the build or define.xml
    names, if it ships. Raises UsageError where there is no dataset or the terminology cannot be read.
    """
    root = Path(folder)
    if not root.exists():
        raise UsageError(f"{root}: found no folder or file; expected datasets to check")
    build = _build(root)
    found = _read_files(root, build is not None)
    defines = _read_defines(root, found.unread)
    chosen, twice = _once(found.datasets, root)
    datasets = _described(chosen, defines, root)
    if not datasets and not found.unread:
        raise UsageError(f"{root}: found no dataset; expected XPT, Dataset-JSON, Parquet, sas7bdat or CSV")
    return Package(
        datasets=dict(sorted(datasets.items())),
        root=root,
        defines=tuple(defines),
        codelists=_codelists(ct, build, defines),
        build=build,
        accepted=_acceptances(build),
        unread=found.unread,
        twice=twice,
    )


def package_of(frames: Mapping[str, pd.DataFrame], **options: Any) -> Package:
    """A package from frames by dataset name, classified as files of those names would be; labels are unknown."""
    from oncdisc.transport import Variable

    datasets: dict[str, Data] = {}
    for name, frame in frames.items():
        capitals = _capitals([str(column) for column in frame.columns])
        variables = {capitals[given]: Variable(given) for given in capitals}
        datasets[name] = classified(name, "", _cleaned(frame, capitals), variables)
        datasets[name].typed = False
    return Package(datasets, **options)


def _build(root: Path) -> dict[str, Any] | None:
    record = root / "build.json"
    return json.loads(record.read_text("utf-8")) if root.is_dir() and record.is_file() else None


def _read_files(root: Path, built: bool) -> _Found:
    if root.is_dir() and (root / INDEX).is_file():
        return _Found(read_csv_form(root), {})
    found = _Found([], {})
    for path in _files(root, built):
        try:
            found.datasets.extend((path, member) for member in _members(path))
        except TransportError as error:
            found.unread[_name(path, root)] = str(error)
    return found


def _files(root: Path, built: bool) -> Iterable[Path]:
    from oncdisc.review.sources import dataset_files

    if root.is_file():
        return [root]
    places = dataset_files(root)
    if built:
        places = {name: path for name, path in places.items() if name.startswith(_PLACES)}
    return [path for path in places.values() if not _hidden(path.relative_to(root))]


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def _members(path: Path) -> tuple[Dataset, ...]:
    from oncdisc.transport import read_dataset, read_members

    return read_members(path) if path.suffix.lower() == ".xpt" else (read_dataset(path),)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if root.is_dir() else path.name


def _read_defines(root: Path, unread: dict[str, str]) -> list[Defined]:
    from define import ReadError, read

    folder = root if root.is_dir() else root.parent
    paths = sorted(folder.rglob("define.xml") if root.is_dir() else folder.glob("define.xml"))
    defines: list[Defined] = []
    for path in paths:
        if _hidden(path.relative_to(folder)):
            continue
        try:
            defines.append(Defined(path, read(path)))
        except ReadError as error:
            unread[path.relative_to(folder).as_posix()] = str(error)
    return defines


def _dataset_name(path: Path, dataset: Dataset) -> str:
    return dataset.name.upper() or path.stem.upper()


def _once(datasets: list[tuple[Path, Dataset]], root: Path) -> tuple[list[tuple[Path, Dataset]], dict[str, str]]:
    """Of datasets of one name the one that has define.xml beside it, else the first; and where the others are."""
    chosen: dict[str, tuple[Path, Dataset]] = {}
    twice: dict[str, str] = {}
    for path, dataset in sorted(datasets, key=lambda item: not (item[0].parent / "define.xml").is_file()):
        name = _dataset_name(path, dataset)
        if name in chosen:
            twice[name] = _name(path, root)
        else:
            chosen[name] = (path, dataset)
    return list(chosen.values()), twice


def _described(datasets: list[tuple[Path, Dataset]], defines: list[Defined], root: Path) -> dict[str, Data]:
    """Datasets by name, with what define.xml says of them."""
    result: dict[str, Data] = {}
    for path, dataset in datasets:
        name = _dataset_name(path, dataset)
        place = _define_of(path, name, defines)
        group = place[1] if place else None
        untyped = path.suffix.lower() in _MAYBE_UNTYPED and not any(v.label for v in dataset.variables)
        said = dataset.attributes
        capitals = _capitals([variable.name for variable in dataset.variables])
        data = classified(
            name,
            dataset.label,
            _cleaned(dataset.frame, capitals),
            {capitals[variable.name]: variable for variable in dataset.variables},
            class_=str(said.get("class", "") or (group.class_name if group else "") or ""),
            subclass=str(said.get("subclass", "") or _subclass(group)),
            folder="/".join(path.relative_to(root).parts[:-1]) if root.is_dir() else "",
            untyped=untyped,
        )
        data.path, data.group, data.define = path, group, place[0].document if place else None
        result[name] = data
    return result


def _capitals(names: list[str]) -> dict[str, str]:
    """Names in capitals; as they are where that would make two the same."""
    upper = Counter(name.upper() for name in names)
    return {name: name.upper() if upper[name.upper()] == 1 else name for name in names}


def _cleaned(frame: pd.DataFrame, capitals: Mapping[str, str]) -> pd.DataFrame:
    """Text columns as TEXT with blank as missing, dates by the second, other numbers float64."""
    columns: dict[str, pd.Series] = {}
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            columns[capitals[str(name)]] = values.astype("datetime64[s]")
        elif pd.api.types.is_numeric_dtype(values.dtype):
            columns[capitals[str(name)]] = values.astype("float64")
        else:
            text = values.astype(TEXT)
            columns[capitals[str(name)]] = text.mask(text.str.strip() == "").astype(TEXT)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))


def _subclass(group: ItemGroup | None) -> str:
    return group.subclasses[0].name if group and group.subclasses else ""


def _define_of(path: Path, name: str, defines: list[Defined]) -> tuple[Defined, ItemGroup] | None:
    """The define.xml that describes a dataset: the one beside it before any other."""
    near = sorted(defines, key=lambda defined: defined.path.parent != path.parent)
    for defined in near:
        for group in defined.document.datasets:
            if group.name.upper() == name:
                return defined, group
    return None


def _codelists(
    ct: str | Path | Sequence[str | Path] | None, build: Mapping[str, Any] | None, defines: list[Defined]
) -> Codelists:
    if ct:
        return read_terminology(*map(Path, [ct] if isinstance(ct, str | Path) else ct))
    named = [str(build["standards"]["ct"])] if build else []
    named += [s.version for defined in defines for s in defined.document.standards if s.type == "CT"]
    shipped = [version for version in named if (PACKAGES / version).is_dir()]
    return terminology(shipped[0] if shipped else DEFAULT_CT)


def _acceptances(build: Mapping[str, Any] | None) -> tuple[Acceptance, ...]:
    return tuple(Acceptance(**item) for item in (build or {}).get("accept", ()))
