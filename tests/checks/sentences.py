"""A mutation in words, as the page of seeded errors has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specs.conditions import parse, words
from tests.checks.cases import Mutation
from tests.checks.define_changes import DefineChange
from tests.checks.folder_changes import FolderChange
from tests.checks.mutations import Change

_LONGEST = 60


def sentence(mutation: Mutation) -> str:
    """What is changed: `AE: AESDTH is N in the first record where AEOUT is FATAL`."""
    return "; ".join(part for place, change in mutation.steps for part in _parts(place, change))


def _parts(place: str, change: Change | DefineChange | FolderChange) -> Iterator[str]:
    if isinstance(change, FolderChange):
        yield from _files(change)
    elif isinstance(change, DefineChange):
        yield f"define.xml{' of ADaM' if place.endswith('adam') else ''}: {_defined(change)}"
    else:
        yield f"{place}: {', '.join(_dataset(change))}"


def _dataset(change: Change) -> Iterator[str]:
    rows = records(change)
    if change.delete:
        yield f"without {rows}"
    elif change.repeat:
        yield f"{rows} once more" + (f", with {_values(change.set, ' ')}" if change.set else "")
    elif change.set:
        yield f"{_values(change.set)} in {rows}"
    if change.add:
        yield f"a variable more, {_values(change.add)} in {rows}"
    yield from _variables(change)
    yield from _whole(change, rows)


def _variables(change: Change) -> Iterator[str]:
    if change.remove:
        yield f"without {', '.join(change.remove)}"
    yield from (f"{old} is called {new}" for old, new in change.rename.items())
    yield from (f"the label of {name} is {_shown(text) or 'empty'}" for name, text in change.relabel.items())
    yield from (f"the length of {name} is {length}" for name, length in change.resize.items())
    yield from (f"{name} is stored as {kind}" for name, kind in change.retype.items())
    if change.last:
        yield f"{', '.join(change.last)} after all others"


def _whole(change: Change, rows: str) -> Iterator[str]:
    if change.label is not None:
        yield f"the dataset's label is {_shown(change.label) or 'empty'}"
    for name, prefix in change.copy_as.items():
        yield f"{rows} as a dataset {name}" + (f" with the prefix {prefix}" if prefix != name else "")
    if change.name is not None:
        yield f"the dataset is called {change.name}"
    if change.bytes is not None:
        yield f"a file of {change.bytes:,} bytes"
    if change.gone:
        yield "not there"


def records(change: Change) -> str:
    """Which records: `the first record where AEOUT is FATAL`."""
    where = f" where {words(parse(change.where))}" if change.where else ""
    of_one = f" of the first's {' and '.join(change.within)}" if change.within else ""
    if change.record is not None:
        return f"{'the first record' if change.record == 1 else f'record {change.record}'}{where}"
    if change.first is not None:
        return f"the first {'record' if change.first == 1 else f'{change.first} records'}{of_one}{where}"
    return f"{'the' if where or of_one else 'all'} records{of_one}{where}"


def _values(given: Mapping[str, Any], between: str = " is ") -> str:
    return ", ".join(f"{name}{between}{value(new, name)}" for name, new in given.items())


def value(given: object, name: str = "") -> str:
    """What a variable is set to, in words; of its own old value: `1 day later`."""
    if given is None:
        return "missing"
    if not isinstance(given, Mapping):
        return _shown(str(given))
    if "date" in given:
        return str(given["date"])
    if "char" in given:
        return f"{given['times']} letters long"
    found = "" if given["of"] == name else str(given["of"])
    if days := given.get("days", 0):
        later = ("plus", "later") if days > 0 else ("minus", "earlier")
        count = f"{abs(days)} day{'s' if abs(days) > 1 else ''}"
        found = f"{found} {later[0]} {count}" if found else f"{count} {later[1]}"
    if (places := given.get("round")) is not None:
        found = f"{found or 'itself'} rounded to {places} decimal{'s' if places != 1 else ''}"
    if plus := given.get("plus", 0):
        more = ("plus", "more") if plus > 0 else ("minus", "less")
        found = f"{found} {more[0]} {abs(plus)}" if found else f"{abs(plus)} {more[1]}"
    if chars := given.get("chars"):
        found = f"the first {chars} letters of {found or 'itself'}"
    if before := given.get("before"):
        found = f"`{before}` before {found or 'itself'}"
    return f"{found or 'itself'} with `{after}` after it" if (after := given.get("after")) else found or "itself"


def _defined(change: DefineChange) -> str:
    place = change.item or change.dataset
    if change.gone:
        return f"without {place}"
    if change.terms:
        return f"{place} has a codelist of {', '.join(change.terms)}"
    given = change.study or change.terminology or change.set
    whose = "the study" if change.study else "the terminology" if change.terminology else place
    return ", ".join(f"{name.replace('_', ' ')} of {whose} is {value(new)}" for name, new in given.items())


def _files(change: FolderChange) -> Iterator[str]:
    written = "" if change.encoding == "utf-8" else f" in {change.encoding}"
    yield from (f"{path} holds `{_one_line(text)}`{written}" for path, text in change.write.items())
    for path, changed in change.replace.items():
        yield from (f"{path} has {_shown(new)} for {_shown(old)}" for old, new in changed.items())
    yield from (f"{old} is at {new}" for old, new in change.move.items())
    yield from (f"{old} is at {new} too" for old, new in change.copy_to.items())
    yield from (f"of {path} the first {size} bytes are left" for path, size in change.cut.items())
    yield from (f"{path} is a transport file of version {version}" for path, version in change.rewrite.items())
    if change.delete:
        yield f"without {', '.join(change.delete)}"


def _one_line(text: str) -> str:
    """Text with its control characters in words of a program."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def _shown(text: str) -> str:
    """A value as a table shows it."""
    text = _one_line(text)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"`{text}`" if text != text.strip() or set(text) & set("<>|\\*_") else text
