"""Specs exchanged with others: a study's folder from define.xml or a workbook, and documents from a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from define.assembly import from_spec
from define.describe import Data, spec_files
from define.described import from_described
from define.model import Document
from define.reader import read
from define.workbook_reader import read_workbook
from specs._yaml import plain_scalar
from specs.derivations.described import is_described
from specs.errors import UsageError
from specs.resolved import Engine, Spec


class _Dumper(yaml.CSafeDumper):
    """Quotes each text that YAML 1.2, or YAML 1.1, would read as something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None if plain_scalar(text) == text else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write_spec(documents: Sequence[Document], folder: str | Path) -> tuple[Path, ...]:
    """Write the study that the documents describe into a new or empty folder; returns the files.

    Raises UsageError where the folder holds something, NotASpecError for what no spec can hold.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is there already: expected a new or an empty folder")
    files = spec_files(documents)
    return tuple(_put(target / name, data) for name, data in files.items())


def _put(path: Path, data: Data) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dumped(data), encoding="utf-8", newline="\n")
    return path


def dumped(data: Data) -> str:
    """Plain data as YAML, in the order given."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def read_any(path: str | Path) -> tuple[Document, ...]:
    """The documents in a define.xml, or in a workbook with SDTM, ADaM or both. Raises DefineError."""
    return read_workbook(path) if Path(path).suffix.lower() == ".xlsx" else (read(path),)


def study_documents(spec: Spec) -> dict[Engine, Document]:
    """What a spec says of each engine's datasets, before anything is built: no lengths but those that it gives.

    Described datasets are as they were described. Raises SpecError.
    """
    found: dict[Engine, Document] = {}
    engines: tuple[Engine, ...] = ("sdtm", "adam")
    for engine in engines:
        datasets = spec.of(engine)
        derived = [dataset.name for dataset in datasets if not is_described(dataset)]
        if len(derived) < len(datasets):
            found[engine] = from_described(spec, engine)
        if derived:
            made = from_spec(spec, engine, derived, None, {})
            found[engine] = _joined(found[engine], made) if engine in found else made
    return found


def _joined(document: Document, more: Document) -> Document:
    """A document with the objects of another one that it does not have."""
    kinds = ("standards", "value_lists", "where_clauses", "datasets", "items", "codelists", "methods", "comments")
    merged = {kind: {one.oid: one for one in (*getattr(more, kind), *getattr(document, kind))} for kind in kinds}
    return replace(document, **{kind: tuple(objects.values()) for kind, objects in merged.items()})
