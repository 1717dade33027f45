"""Writes the datasets of a build: transport files with the spec's metadata, and other formats."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from oncdisc.pipeline.parts import Finished
from oncdisc.transport import TransportError, write_xpt
from oncdisc.transport import Variable as Attributes
from specs.coded import is_text, plain_frame, split
from specs.columns import is_ascii
from specs.errors import DataError
from specs.profile import Profile
from specs.resolved import Dataset, Engine, Spec, Variable

FOLDERS: dict[Engine, str] = {"sdtm": "tabulations/sdtm", "adam": "analysis/adam/datasets"}
_FORMATS = {"date": "DATE9.", "datetime": "DATETIME20."}


def dataset_label(dataset: Dataset) -> str:
    """The dataset's label, which XPT v5 holds to 40 bytes."""
    return dataset.label[:40]


def lengths(spec: Spec, profile: Profile) -> dict[tuple[Engine, str], int]:
    """The length of each text variable: its longest value over all the datasets of its engine, SUPP-- each its own."""
    found: dict[tuple[Engine, str], int] = {}
    for dataset in spec.datasets.values():
        for name, variable in dataset.variables.items():
            if variable.storage == "text":
                key = _length_key(dataset, name)
                width = profile.column(dataset.name, name).width
                found[key] = max(found.get(key, 1), width, 1)
    return found


def _length_key(dataset: Dataset, name: str) -> tuple[Engine, str]:
    return (dataset.engine, f"{dataset.name}.{name}" if dataset.name.startswith("SUPP") else name)


def attributes(dataset: Dataset, widths: dict[tuple[Engine, str], int]) -> tuple[Attributes, ...]:
    """The variables of a dataset as the transport formats want them."""
    shown = [variable for variable in dataset.variables.values() if not variable.supp]
    return tuple(_attributes(dataset, variable, widths) for variable in shown)


def _attributes(dataset: Dataset, variable: Variable, widths: dict[tuple[Engine, str], int]) -> Attributes:
    text = variable.storage == "text"
    declared = variable.attributes.length
    length = (declared or widths[_length_key(dataset, variable.name)]) if text else 8
    kinds = {"text": "text", "number": "float", "date": "date", "datetime": "datetime"}
    return Attributes(
        name=variable.name,
        label=variable.label[:40],
        type=kinds[variable.storage],
        length=length,
        format=variable.attributes.format or _FORMATS.get(variable.storage),
        key=dataset.keys.index(variable.name) + 1 if variable.name in dataset.keys else None,
    )


def write_datasets(
    spec: Spec, finished: dict[str, Finished], profile: Profile, out: Path, formats: tuple[str, ...]
) -> dict[str, list[str]]:
    """Write every dataset in every format; gives the files of each, relative to `out`."""
    widths = lengths(spec, profile)
    files: dict[str, list[str]] = {}
    for name, made in finished.items():
        dataset = spec.datasets[name]
        folder = out / FOLDERS[dataset.engine]
        folder.mkdir(parents=True, exist_ok=True)
        variables = attributes(dataset, widths)
        written = [_write(kind, made.frame, folder, dataset, variables, spec) for kind in formats]
        files[name] = [path.relative_to(out).as_posix() for path in written]
    return files


def _write(
    kind: str, frame: pd.DataFrame, folder: Path, dataset: Dataset, variables: tuple[Attributes, ...], spec: Spec
) -> Path:
    created = spec.study.created
    stem = dataset.name.lower()
    label = dataset_label(dataset)
    if kind == "xpt":
        path = folder / f"{stem}.xpt"
        encoding = _encoding(frame, spec.study.encoding)
        try:
            return write_xpt(
                frame, path, name=dataset.name, label=label, variables=variables, created=created, encoding=encoding
            )
        except TransportError as error:
            raise DataError(f"{path.name} can't be written: {error}") from error
    from oncdisc.transport import Dataset as Transported
    from oncdisc.transport import write_dataset

    suffix = {"dataset-json": "json", "parquet": "parquet", "csv": "csv"}[kind]
    whole = Transported(dataset.name, label, plain_frame(frame), variables, created=created, modified=created)
    return write_dataset(whole, folder / f"{stem}.{suffix}")


def _encoding(frame: pd.DataFrame, declared: str) -> str:
    """The declared encoding; UTF-8 where ASCII is declared and a value is not (a finding says which)."""
    text = (split(frame[name])[1] for name in frame.columns if is_text(frame[name]))
    fits = declared != "ascii" or all(is_ascii(values).all() for values in text)
    return declared if fits else "utf-8"
