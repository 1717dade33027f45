"""Runs the parts of a build, here, over local processes or on a Dask cluster, and puts them together.

A part is a contiguous range of subjects in byte order, so the parts' records one below the other are in the
order of the whole; the same bytes come out however many parts there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from oncdisc.engines import load_spec
from oncdisc.pipeline.inputs import Inputs
from oncdisc.pipeline.parts import Finished, PartResult, build_part
from specs.errors import UsageError
from specs.interpreter import Account
from specs.resolved import Spec
from specs.store import Table

Progress = Callable[[str, str], None]
Options = tuple[tuple[str, str | int | float], ...]


@dataclass
class _Work:
    """What a worker needs for one part."""

    subjects: tuple[str, ...]
    tables: dict[str, Table] = field(default_factory=dict[str, Table])


def ranges(subjects: tuple[str, ...], partitions: int) -> Iterator[tuple[str, ...]]:
    """The subjects in contiguous ranges of about the same size."""
    if partitions < 1:
        raise UsageError(f"--partitions {partitions}: expected 1 or more")
    bounds = np.linspace(0, len(subjects), min(partitions, max(len(subjects), 1)) + 1).round().astype(int)
    for start, end in pairwise(bounds):
        yield subjects[start:end]


def run_parts(
    spec: Spec,
    inputs: Inputs,
    names: Sequence[str],
    partitions: int,
    jobs: int,
    engine: Literal["local", "dask"],
    scheduler: str | None,
    say: Progress,
) -> PartResult:
    """Build the datasets of subjects in parts and put them together."""
    chosen = [name for name in names if spec.datasets[name].scope != "study"]
    parts = list(ranges(inputs.subjects, max(partitions, jobs)))
    work = (_Work(part, inputs.part(part)) for part in parts)
    options = tuple((name, spec.options[name]) for name in spec.study.options)
    elsewhere = engine == "dask" or jobs > 1
    run = partial(_run_elsewhere, spec.folder, options, chosen) if elsewhere else partial(_run_here, spec, chosen)
    whole = PartResult()
    for number, made in enumerate(_results(run, work, jobs, engine, scheduler), start=1):
        say("build", f"part {number} of {len(parts)}" if len(parts) > 1 else "datasets")
        assemble(whole, made, spec)
    finish(whole, spec)
    return whole


def _run_elsewhere(folder: Path, options: Options, names: Sequence[str], work: _Work) -> PartResult:
    """A part in another process, which reads the spec for itself."""
    return build_part(_spec(folder, options), work.subjects, work.tables, names)


@cache
def _spec(folder: Path, options: Options) -> Spec:
    return load_spec(folder, dict(options))


def _run_here(spec: Spec, names: Sequence[str], work: _Work) -> PartResult:
    return build_part(spec, work.subjects, work.tables, names)


def _results(
    run: Callable[[_Work], PartResult], work: Iterable[_Work], jobs: int, engine: str, scheduler: str | None
) -> Iterator[PartResult]:
    if engine == "dask":
        yield from _on_dask(run, work, scheduler)
    elif jobs > 1:
        with ProcessPoolExecutor(jobs) as pool:
            yield from pool.map(run, work)
    else:
        yield from map(run, work)


def _on_dask(run: Callable[[_Work], PartResult], work: Iterable[_Work], scheduler: str | None) -> Iterator[PartResult]:
    try:
        from distributed import Client  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise UsageError("--engine dask needs the extra: pip install 'oncdisc[dask]'") from error
    with Client(scheduler) if scheduler else Client(processes=False, dashboard_address=None) as client:
        futures = [client.submit(run, part, pure=False) for part in work]
        for future in futures:
            yield future.result()


def assemble(whole: PartResult, part: PartResult, spec: Spec) -> None:
    """Put a part below what is there; rows of lineage move down by the records before them."""
    before = {name: len(made.frame) for name, made in whole.datasets.items()}
    for name, made in part.datasets.items():
        lineage = _moved(made.lineage, name, before)
        known = whole.datasets.get(name)
        if known is None:
            whole.datasets[name] = Finished(made.frame, lineage, made.slices)
        else:
            known.frame = pd.concat([known.frame, made.frame], ignore_index=True)
            known.lineage = pd.concat([known.lineage, lineage], ignore_index=True)
            known.slices = np.concatenate([known.slices, made.slices])
    whole.findings.merge(part.findings)
    whole.profile.merge(part.profile)
    whole.accounts.extend(part.accounts)


def _moved(lineage: pd.DataFrame, name: str, before: dict[str, int]) -> pd.DataFrame:
    if not any(before.values()):
        return lineage
    shift = lineage["source"].map(before).fillna(0).astype("int64")
    return lineage.assign(row=lineage["row"] + before.get(name, 0), source_row=lineage["source_row"] + shift)


def finish(whole: PartResult, spec: Spec) -> None:
    """What only the whole can do: one account a slice, datasets in the spec's order."""
    merged: dict[tuple[str, str, str], Account] = {}
    for account in whole.accounts:
        key = (account.dataset, account.slice, account.source)
        known = merged.get(key)
        merged[key] = _add(known or _nothing(account), account)
    whole.accounts = [merged[key] for key in sorted(merged)]
    whole.datasets = {name: whole.datasets[name] for name in spec.datasets if name in whole.datasets}


def _nothing(account: Account) -> Account:
    return Account(account.dataset, account.slice, account.source, 0, 0, {})


def _add(a: Account, b: Account) -> Account:
    """Both accounts in one, its rules in an order that does not depend on which part met them first."""
    rules = sorted({*a.excluded, *b.excluded})
    excluded = {rule: a.excluded.get(rule, 0) + b.excluded.get(rule, 0) for rule in rules}
    return Account(a.dataset, a.slice, a.source, a.read + b.read, a.used + b.used, excluded)
