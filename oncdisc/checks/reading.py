"""A package from a folder: a build, or any folder of datasets in any format, with or without define.xml."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from oncdisc.checks.classify import classified
from oncdisc.checks.data import Data
from oncdisc.checks.files import hidden, name_in, read_files
from oncdisc.checks.package import DEFAULT_CT, Codelists, Defined, Package
from oncdisc.checks.terms import read_terminology
from oncdisc.transport import Dataset
from specs.columns import TEXT
from specs.errors import UsageError
from specs.models import Acceptance
from specs.terminology import PACKAGES, terminology

if TYPE_CHECKING:
    from define.model import ItemGroup

_RECORD = "build.json"
_MAYBE_UNTYPED = (".csv", ".parquet")


def read_package(folder: str | Path, ct: str | Path | Sequence[str | Path] | None = None) -> Package:
    """The datasets of a folder (or one file) with their define.xml files.

    `ct` is a published terminology package to check against, or several; else the one that the build or define.xml
    names, if it ships. Raises UsageError where there is no dataset or the terminology cannot be read.
    """
    root = Path(folder)
    if not root.exists():
        raise UsageError(f"{root}: found no folder or file; expected datasets to check")
    record = _record(root)
    found = read_files(root, record is not None)
    build = _build(record, found.unread)
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


def _record(root: Path) -> Path | None:
    """The file that makes a folder a build."""
    record = root / _RECORD
    return record if root.is_dir() and record.is_file() else None


def _build(record: Path | None, unread: dict[str, str]) -> dict[str, Any] | None:
    """What a build says of itself; None for a folder that is none, or whose record cannot be read."""
    if record is None:
        return None
    try:
        return json.loads(record.read_text("utf-8"))
    except ValueError as error:
        unread[_RECORD] = f"no JSON: {error}"
    except OSError as error:
        unread[_RECORD] = error.strerror or str(error)
    return None


def _read_defines(root: Path, unread: dict[str, str]) -> list[Defined]:
    from define import ReadError, read

    folder = root if root.is_dir() else root.parent
    paths = sorted(folder.rglob("define.xml") if root.is_dir() else folder.glob("define.xml"))
    defines: list[Defined] = []
    for path in paths:
        if hidden(path.relative_to(folder)):
            continue
        try:
            defines.append(Defined(path, read(path)))
        except ReadError as error:
            unread[path.relative_to(folder).as_posix()] = str(error).removeprefix(f"{path}: ")
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
            twice[name] = name_in(path, root)
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
