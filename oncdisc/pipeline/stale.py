"""Which datasets of an earlier build still stand: the fingerprint of all that each was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from oncdisc._version import __version__
from oncdisc.pipeline.inputs import Inputs
from oncdisc.pipeline.output import BUILD
from specs.errors import UsageError
from specs.nodes import inputs as inputs_of
from specs.resolved import Spec


def closure(spec: Spec, names: Collection[str]) -> list[str]:
    """The datasets and all that they are made from, in the spec's order."""
    found = _reached(_reads(spec), names)
    return [name for name in spec.datasets if name in found]


def _reads(spec: Spec) -> dict[str, tuple[str, ...]]:
    return {name: inputs_of(spec, dataset) for name, dataset in spec.datasets.items()}


def _reached(reads: Mapping[str, tuple[str, ...]], names: Collection[str]) -> set[str]:
    found: set[str] = set()
    waiting = [name for name in names if name in reads]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(other for other in reads[name] if other in reads)
    return found


def fingerprints(spec: Spec, inputs: Inputs) -> dict[str, str]:
    """A hash for each dataset: the version, study.yaml and its module, the spec files and inputs it is made from."""
    files, reads = inputs.hashes(), _reads(spec)
    own = ["study.yaml", *([spec.study.module] if spec.study.module else [])]
    study = "\n".join(hashlib.sha256((spec.folder / name).read_bytes()).hexdigest() for name in own)
    hashes = {name: _file_hash(spec, name) for name in spec.datasets}
    result: dict[str, str] = {}
    for name in spec.datasets:
        made_from = sorted(_reached(reads, [name]))
        parts = [f"{dataset}:{hashes[dataset]}" for dataset in made_from]
        names = {read for dataset in made_from for read in reads[dataset]}
        names |= {f"SUPP{read}" for read in names}
        parts += [f"{read}:{files[read]['sha256']}" for read in sorted(names) if read in files]
        text = "\n".join([__version__, study, json.dumps(dict(spec.options), sort_keys=True), *parts])
        result[name] = hashlib.sha256(text.encode()).hexdigest()
    return result


def _file_hash(spec: Spec, name: str) -> str:
    return hashlib.sha256((spec.folder / spec.datasets[name].mark.file).read_bytes()).hexdigest()


def refuse_stale(
    target: Path, spec: Spec, inputs: Inputs, only: Collection[str], formats: Collection[str]
) -> list[str]:
    """With `--only`: the datasets of the earlier build that stay.

    Raises UsageError if one of them is stale, or was written in other formats than are asked for now.
    """
    record = target / BUILD
    if not record.is_file():
        return []
    earlier = json.loads(record.read_text(encoding="utf-8"))
    now = fingerprints(spec, inputs)
    kept = [name for name in earlier["datasets"] if name not in only]
    stale = [name for name in kept if earlier["fingerprints"].get(name) != now.get(name)]
    if kept and sorted(earlier.get("formats", formats)) != sorted(formats):
        raise UsageError(
            f"--only would keep datasets that were written as {', '.join(earlier['formats'])}: "
            f"ask for the same --formats, or leave --only out"
        )
    if stale:
        raise UsageError(
            f"--only would keep {', '.join(stale)} of the earlier build, whose spec or inputs have changed since: "
            "build them too, or leave --only out"
        )
    return kept
