"""Runs the parts of a build, here, over local processes or on a Dask cluster, and puts them together.

A part is a contiguous range of subjects in byte order, so the parts' records one below the other are in the
order of the whole; the same bytes come out however many parts there are.
"""

from __future__ import annotations

import importlib
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from multiprocessing import active_children
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from oncdisc.engines import load_spec
from oncdisc.pipeline.inputs import Inputs
from oncdisc.pipeline.memory import RECORDS, give_back
from oncdisc.pipeline.parts import Finished, PartResult, build_part
from specs.coded import below, split
from specs.errors import UsageError
from specs.findings import Finding
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
    _SPECS[spec.folder, options] = spec
    run = partial(_run_elsewhere, spec.folder, options, chosen) if elsewhere else partial(_run_here, spec, chosen)
    made = enumerate(_results(run, work, jobs, engine, scheduler), start=1)
    return assemble((_said(part, number, len(parts), say) for number, part in made), spec)


def _said(part: PartResult, number: int, parts: int, say: Progress) -> PartResult:
    say("build", f"part {number} of {parts}" if parts > 1 else "datasets")
    give_back()
    return part


def _run_elsewhere(folder: Path, options: Options, names: Sequence[str], work: _Work) -> PartResult:
    """A part in another process, which has the spec from the one it was forked from, or reads it for itself."""
    if (folder, options) not in _SPECS:
        _SPECS[folder, options] = load_spec(folder, dict(options))
    return build_part(_SPECS[folder, options], work.subjects, work.tables, names)


_SPECS: dict[tuple[Path, Options], Spec] = {}


def _run_here(spec: Spec, names: Sequence[str], work: _Work) -> PartResult:
    return build_part(spec, work.subjects, work.tables, names)


def _results(
    run: Callable[[_Work], PartResult], work: Iterable[_Work], jobs: int, engine: str, scheduler: str | None
) -> Iterator[PartResult]:
    if engine == "dask":
        yield from _on_dask(run, work, scheduler)
    elif jobs > 1:
        yield from _on_processes(run, work, jobs)
    else:
        yield from map(run, work)


def _on_processes(run: Callable[[_Work], PartResult], work: Iterable[_Work], jobs: int) -> Iterator[PartResult]:
    """The parts' results in order; no more parts are handed out than workers can take up soon."""
    importlib.import_module("pandera.pandas")  # loaded once, before the workers are forked

    others = set(active_children())
    with ProcessPoolExecutor(jobs, initializer=_leave_interrupts_to_the_parent) as pool:
        waiting: deque[Future[PartResult]] = deque()
        try:
            for part in work:
                waiting.append(pool.submit(run, part))
                if len(waiting) > jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except KeyboardInterrupt:
            for worker in set(active_children()) - others:
                worker.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _on_dask(run: Callable[[_Work], PartResult], work: Iterable[_Work], scheduler: str | None) -> Iterator[PartResult]:
    try:
        from distributed import Client  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name in ("distributed", "dask"):
            raise UsageError("--engine dask needs the extra: pip install 'oncdisc[dask]'") from error
        raise UsageError(f"--engine dask: distributed is installed and can't be loaded: {error}") from error
    with Client(scheduler) if scheduler else Client(processes=False, dashboard_address=None) as client:
        futures = [client.submit(run, part, pure=False) for part in work]
        for future in futures:
            yield future.result()


def assemble(parts: Iterable[PartResult], spec: Spec) -> PartResult:
    """The parts as one: records one below the other, in the spec's order of datasets, one account a slice.

    What a part holds is let go as soon as it stands in the whole.
    """
    whole = PartResult()
    made: dict[str, list[Finished]] = {name: [] for name in spec.datasets}
    before: Counter[str] = Counter()
    for part in parts:
        moved = [_moved(finished, name, before) for name, finished in part.datasets.items()]
        for (name, finished), lineage in zip(part.datasets.items(), moved, strict=True):
            made[name].append(Finished(finished.frame, lineage, finished.slices))
            before[name] += len(finished.frame)
        whole.findings.merge(part.findings)
        whole.profile.merge(part.profile)
        whole.accounts.extend(part.accounts)
    whole.datasets = {name: _whole(found) for name, found in made.items() if found}
    whole.accounts = _merged(whole.accounts)
    return whole


def report_slices_without_records(whole: PartResult, spec: Spec) -> None:
    """Slices that take none of the records that their raw form has: what a mistyped condition comes to."""
    forms = spec.study.raw.forms if spec.study.raw else {}
    for account in whole.accounts:
        if account.source in forms and account.read > 0 and account.used == 0:
            whole.findings.add([_without_records(account)])


def _without_records(account: Account) -> Finding:
    conditions = ", ".join(f"{rule} ({count})" for rule, count in account.excluded.items())
    message = f"slice {account.slice} takes none of the {account.read} records of {account.source}: {conditions}"
    return Finding("info", "records.none", message, account.dataset)


def _whole(parts: list[Finished]) -> Finished:
    if len(parts) == 1:
        return parts[0]
    large = give_back if sum(len(part.frame) for part in parts) > RECORDS else None
    frame, lineage = (below([getattr(p, name) for p in parts], large) for name in ("frame", "lineage"))
    slices = np.concatenate([part.slices for part in parts])
    parts.clear()
    return Finished(frame, lineage, slices)


def _moved(made: Finished, name: str, before: Mapping[str, int]) -> pd.DataFrame:
    """A part's lineage, its rows moved down by the records of the parts before it."""
    lineage = made.lineage
    if not any(before.values()):
        return lineage
    codes, sources = split(lineage["source"])
    shift = np.array([before.get(source, 0) for source in sources], dtype=np.int64)[codes]
    return lineage.assign(row=lineage["row"] + before.get(name, 0), source_row=lineage["source_row"] + shift)


def _merged(accounts: Iterable[Account]) -> list[Account]:
    merged: dict[tuple[str, str, str], Account] = {}
    for account in accounts:
        key = (account.dataset, account.slice, account.source)
        merged[key] = _add(merged.get(key) or _nothing(account), account)
    return [merged[key] for key in sorted(merged)]


def _nothing(account: Account) -> Account:
    return Account(account.dataset, account.slice, account.source, 0, 0, {})


def _add(a: Account, b: Account) -> Account:
    """Both accounts in one, its rules in an order that does not depend on which part met them first."""
    rules = sorted({*a.excluded, *b.excluded})
    excluded = {rule: a.excluded.get(rule, 0) + b.excluded.get(rule, 0) for rule in rules}
    return Account(a.dataset, a.slice, a.source, a.read + b.read, a.used + b.used, excluded)
