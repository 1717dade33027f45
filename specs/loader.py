"""Reads a study's folder into a resolved spec; every problem is collected, then raised together."""

from __future__ import annotations

import difflib
import importlib.util
import re
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

import specs.derivations  # noqa: F401  # pyright: ignore[reportUnusedImport] - registers the shared words
from specs import _yaml
from specs.errors import Problem, SpecError, UsageError
from specs.models import DatasetFile, StudyFile
from specs.nodes import cycle_problem, graph, ordered
from specs.references import check_references
from specs.registry import STUDY_MODULE, forget
from specs.resolve import Context, resolve_dataset
from specs.resolved import Dataset, Engine, Spec
from specs.supplemental import supplemental_files
from specs.validation import validation_problems

STUDIES = Path(__file__).parent / "studies"
_OPTION = re.compile(r"\$([a-z][a-z0-9_]*)")

M = TypeVar("M", bound=BaseModel)
Option = str | int | float


@dataclass
class _Reading:
    """A study being read: its files, the problems so far, the values that `$name` stands for."""

    folder: Path
    problems: list[Problem] = field(default_factory=list[Problem])
    options: dict[str, Option] = field(default_factory=dict[str, Option])

    def document(self, path: Path) -> _yaml.Document | None:
        try:
            return _yaml.load_document(path, path.relative_to(self.folder).as_posix())
        except SpecError as error:
            self.problems.extend(error.problems)
            return None

    def model(self, document: _yaml.Document, model: type[M]) -> M | None:
        """The file's data as a model; a key that it doesn't know is reported and then left out, to see the rest."""
        data = document.data
        if isinstance(data, dict):
            known = {alias for name, info in model.model_fields.items() for alias in (name, info.alias or name)}
            for key in [key for key in data if key not in known]:
                near = ", ".join(difflib.get_close_matches(key, sorted(known), n=3)) or ", ".join(sorted(known))
                self.problems.append(Problem(document.file, document.line((key,)), key, "unknown key", key, near))
            data = {key: value for key, value in data.items() if key in known}
        try:
            return model.model_validate(data)
        except ValidationError as error:
            self.problems.extend(validation_problems(error, document, ()))
            return None


def find_study(name: str | Path) -> Path:
    """The folder of a study: a path, or the name of one that ships. Raises UsageError."""
    for folder in (Path(name), STUDIES / str(name)):
        if (folder / "study.yaml").is_file():
            return folder
    for folder in (Path(name), STUDIES / str(name)):
        if (folder / "study.yml").is_file():
            raise UsageError(f"{folder / 'study.yml'}: expected the name study.yaml")
    shipped = ", ".join(sorted(path.parent.name for path in STUDIES.glob("*/study.yaml")))
    raise UsageError(f"no study {name}: expected a folder with study.yaml, or one of {shipped}")


def load_spec(study: str | Path, options: Mapping[str, Option] | None = None) -> Spec:
    """Read and resolve a study's spec; `options` override the build options in study.yaml.

    Raises SpecError with every problem found, UsageError if there is no such study.
    """
    reading = _Reading(find_study(study))
    study_file = _read_study(reading, options or {})
    datasets = _read_datasets(reading, study_file) if study_file else {}
    if study_file is None:
        raise SpecError(reading.problems)
    spec = Spec(study_file, reading.folder, datasets, reading.options)
    reading.problems.extend(check_references(spec))
    if not reading.problems:
        try:
            ordered(graph(spec, tuple(datasets)))
        except CycleError as error:
            reading.problems.append(cycle_problem(spec, error))
    if reading.problems:
        raise SpecError(reading.problems)
    return spec


def _read_study(reading: _Reading, options: Mapping[str, Option]) -> StudyFile | None:
    document = reading.document(reading.folder / "study.yaml")
    if document is None:
        return None
    study = reading.model(document, StudyFile)
    if study is None:
        return None
    unknown = sorted(set(options) - set(study.options))
    if unknown:
        known = ", ".join(study.options) or "none"
        raise UsageError(f"unknown build option {unknown[0]}: this study has {known}")
    reading.options = {"study": study.study, **study.options, **options}
    if study.cutoff:
        reading.options["cutoff"] = study.cutoff
        # what a collected date with a time of day is compared with: a time on the day of the cutoff is before its end
        reading.options["cutoff_end"] = f"{study.cutoff}T23:59:59"
    if study.module:
        _import_module(reading, study.module, document)
    return study


def _import_module(reading: _Reading, name: str, document: _yaml.Document) -> None:
    """Run the study's own module of derivations, which study.yaml names."""
    path = reading.folder / name
    if not path.is_file():
        line = document.line(("module",))
        reading.problems.append(Problem("study.yaml", line, "module", "no such file", name, "a .py file beside it"))
        return
    module_spec = importlib.util.spec_from_file_location(f"{STUDY_MODULE}{path.stem}", path)
    if module_spec and module_spec.loader:
        module = importlib.util.module_from_spec(module_spec)
        sys.modules[module_spec.name] = module
        forget(module_spec.name)
        try:
            module_spec.loader.exec_module(module)
        except SpecError:
            raise
        except Exception as error:
            line = getattr(error, "lineno", None) or _line_in(path, error)
            raise SpecError(
                [Problem(name, line, "module", "can't be loaded", f"{type(error).__name__}: {error}")]
            ) from error


def _line_in(path: Path, error: Exception) -> int:
    """The last line of the module itself that led to an error."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (frames[-1].lineno or 1) if frames else 1


def _read_datasets(reading: _Reading, study: StudyFile) -> dict[str, Dataset]:
    found: dict[str, Dataset] = {}
    engines: tuple[Engine, ...] = ("sdtm", "adam")
    for engine in engines:
        for path in _dataset_files(reading, engine):
            _read_dataset(reading, study, engine, path, found)
        if engine == "sdtm":
            for parent, file in supplemental_files([*found.values()]):
                context = Context(study, engine, _yaml.Document(parent.mark.file, {}), reading.problems)
                found[file.dataset] = resolve_dataset(file, context)
    return found


def _dataset_files(reading: _Reading, engine: Engine) -> list[Path]:
    """The files of an engine's datasets; what else is there, but for hidden files and backups, is a fault."""
    found: list[Path] = []
    for path in sorted((reading.folder / engine).glob("*")):
        if path.is_file() and path.suffix == ".yaml":
            found.append(path)
        elif not path.name.startswith((".", "#")) and not path.name.endswith("~"):
            message = (
                "a folder of datasets' files holds no other" if path.is_dir() else "no dataset's file: it is not read"
            )
            expected = f"{path.stem}.yaml" if path.suffix.lower() in (".yml", ".yaml") else "a name that ends in .yaml"
            name = path.relative_to(reading.folder).as_posix()
            reading.problems.append(Problem(name, 1, "file", message, path.name, expected))
    return found


def _read_dataset(reading: _Reading, study: StudyFile, engine: Engine, path: Path, found: dict[str, Dataset]) -> None:
    document = reading.document(path)
    if document is None:
        return
    document.data = _substitute(document.data, document, reading, ())
    file = reading.model(document, DatasetFile)
    if file is None:
        return
    if file.dataset in found:
        message = f"dataset {file.dataset} is defined twice"
        reading.problems.append(Problem(document.file, 1, "dataset", message))
    else:
        found[file.dataset] = resolve_dataset(file, Context(study, engine, document, reading.problems))


def _substitute(data: Any, document: _yaml.Document, reading: _Reading, path: tuple[str | int, ...]) -> Any:
    """Put the study's options where `$name` stands alone as a value."""
    if isinstance(data, dict):
        return {key: _substitute(value, document, reading, (*path, key)) for key, value in data.items()}
    if isinstance(data, list):
        return [_substitute(value, document, reading, (*path, i)) for i, value in enumerate(data)]
    match = _OPTION.fullmatch(data) if isinstance(data, str) else None
    if match is None:
        return data
    if match[1] not in reading.options:
        known = ", ".join(sorted(reading.options))
        place = ".".join(map(str, path))
        reading.problems.append(Problem(document.file, document.line(path), place, "unknown option", data, known))
        return ""
    return reading.options[match[1]]
