"""The variables of a dataset of a spec, and their value level, as items of define.xml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from define import observed
from define.catalog import Catalog
from define.codelists import codelist_in
from define.levels import Level, levels
from define.model import ItemDef, ItemRef, RangeCheck, ValueList, WhereClause
from define.naming import oid
from define.observed import Observed
from define.provenance import Provenance, merged, provenance
from specs.profile import Column
from specs.resolved import Dataset, Engine, Spec, Variable
from specs.standard import standard

Lengths = Mapping[tuple[Engine, str], int]
"""Bytes of text variables in the transport files, by variable, or by `DATASET.VARIABLE` for SUPP--."""

_NO_VALUES = "The variable has no values in the data."
# Results, whose meaning depends on the test or parameter (Define-XML 2.1, 4.2; SDTM MSG 2.0, 3.3.4).
_RESULTS = re.compile(r"AVALC?|TSVAL|[A-Z]{2}(ORRES|STRESC|STRESN)")
# What a test or parameter is called: it says what the level is, not what a value means there.
_TITLES = re.compile(r"PARAM|QLABEL|TSPARM|[A-Z]{2}TEST")
_QUALIFIER = "QVAL"


@dataclass
class Items:
    """What a dataset gives to a document."""

    refs: list[ItemRef] = field(default_factory=list[ItemRef])
    definitions: list[ItemDef] = field(default_factory=list[ItemDef])
    value_lists: list[ValueList] = field(default_factory=list[ValueList])
    where_clauses: dict[str, WhereClause] = field(default_factory=dict[str, WhereClause])


@dataclass(frozen=True, slots=True)
class _Fact:
    """What a variable is in one level: its type there, and the parts that value-level metadata is about.

    `kind` is as the level's values are, `declared` what the spec says: that 37 is an integer and 36.6 is not
    makes no value level.
    """

    level: Level
    kind: str
    declared: str | None
    codelist: str | None
    provenance: tuple[tuple[str, Provenance], ...]

    def differs(self, other: _Fact) -> bool:
        mine, theirs = merged(self.provenance), merged(other.provenance)
        return (self.declared, self.codelist, mine) != (other.declared, other.codelist, theirs)


class Variables:
    """Makes the items of one dataset."""

    def __init__(
        self, spec: Spec, dataset: Dataset, catalog: Catalog, seen: Observed, lengths: Lengths, crf: str | None
    ) -> None:
        self._spec = spec
        self._dataset = dataset
        self._catalog = catalog
        self._seen = seen
        self._lengths = lengths
        self._crf = crf
        self._parent = _parent(spec, dataset)
        self._levels = levels(dataset) or seen.levels(dataset)
        self._items = Items()

    def items(self) -> Items:
        """All variables in the dataset's order; supplemental ones stand in their SUPP--."""
        shown = [variable for variable in self._dataset.variables.values() if not variable.supp]
        for order, variable in enumerate(shown, start=1):
            self._add(variable, order)
        return self._items

    def _add(self, variable: Variable, order: int) -> None:
        dataset, name = self._dataset, variable.name
        column = self._seen.column(dataset.name, name)
        facts = self._facts(variable)
        by_value = self._by_value(variable, facts)
        whole = self._whole(variable)
        origins, text, expression = merged(whole)
        if not by_value and self._result and len(self._levels) > 1 and all(one.by_records for _, one in whole):
            text, expression = self._see_result(), None
        empty = column.present == 0 and self._seen.records(dataset.name) > 0
        self._items.definitions.append(
            self._definition(
                variable,
                oid("IT", dataset.name, name),
                column,
                label=variable.label,
                codelist=self._codelist(variable, column),
                origins=() if by_value else origins,
                value_list=oid("VL", dataset.name, name) if by_value else None,
                comment=self._comment(variable, empty),
            )
        )
        method = None
        if by_value:
            self._add_values(variable, facts)
        else:
            identifier = oid("MT", dataset.name, name)
            method = self._catalog.method(identifier, f"{dataset.name}.{name}", text, expression)
        self._items.refs.append(self._ref(variable, order, method, empty))

    def _comment(self, variable: Variable, empty: bool) -> str | None:
        """The spec's comment; without one, a word on a variable that has no values, as HasNoData asks for."""
        if variable.attributes.comment:
            identifier = oid("COM", self._dataset.name, variable.name)
            return self._catalog.comment(identifier, variable.attributes.comment)
        return self._catalog.comment(oid("COM", "NO_VALUES"), _NO_VALUES if empty else None)

    def _ref(self, variable: Variable, order: int, method: str | None, empty: bool) -> ItemRef:
        dataset, sdtm = self._dataset, self._dataset.engine == "sdtm"
        return ItemRef(
            item=oid("IT", dataset.name, variable.name),
            order=order,
            mandatory=variable.required,
            key_sequence=dataset.keys.index(variable.name) + 1 if variable.name in dataset.keys else None,
            method=method,
            role=variable.role if sdtm else None,
            is_non_standard=sdtm and not variable.standard,
            has_no_data=empty,
        )

    def _definition(
        self, variable: Variable, identifier: str, column: Column, *, name: str | None = None, **given: object
    ) -> ItemDef:
        kind = observed.data_type(variable, self._dataset, column)
        return ItemDef(
            oid=identifier,
            name=name or variable.name,
            data_type=kind,
            length=self._length(variable, kind, column, whole=name is None),
            significant_digits=observed.significant_digits(variable, kind, column),
            sas_name=variable.name,
            display_format=observed.display_format(variable),
            **given,  # pyright: ignore[reportArgumentType]
        )

    def _length(self, variable: Variable, kind: str, column: Column, *, whole: bool) -> int | None:
        if self._seen.planned:
            return variable.attributes.length
        return observed.length(variable, kind, column, self._width(variable) if whole else None)

    def _width(self, variable: Variable) -> int | None:
        engine, name = self._dataset.engine, variable.name
        own = self._lengths.get((engine, f"{self._dataset.name}.{name}"))
        return own or self._lengths.get((engine, name))

    def _whole(self, variable: Variable) -> list[tuple[str, Provenance]]:
        """The provenance of a variable in every slice that has it; slices that leave it blank only if all do."""
        having = [part for part in self._dataset.slices.values() if variable.name in part.assignments]
        filled = [part for part in having if part.assignments[variable.name].bound.name != "blank"]
        return [
            (part.id, provenance(self._spec, self._dataset, part, variable.name, self._crf))
            for part in filled or having
        ]

    def _facts(self, variable: Variable) -> tuple[_Fact, ...]:
        """What the variable is in each level that derives it."""
        if variable.name == _QUALIFIER and self._parent is not None:
            return tuple(self._qualifier(level, self._parent) for level in self._levels)
        found = dict(self._whole(variable))
        facts: list[_Fact] = []
        for level in self._levels:
            parts = tuple((part, found[part]) for part in level.slices if part in found)
            if parts:
                column = self._seen.of_level(self._dataset.name, variable.name, level)
                kind = observed.data_type(variable, self._dataset, column)
                declared, codelist = self._declared(variable, level)
                facts.append(_Fact(level, kind, declared, codelist, parts))
        return tuple(facts)

    def _qualifier(self, level: Level, parent: Dataset) -> _Fact:
        """A supplemental qualifier: it is what the variable of the parent dataset is."""
        variable = parent.variables[dict(level.where)["QNAM"]]
        column = self._seen.column(self._dataset.name, _QUALIFIER, level.slices)
        parts = tuple(
            (part.id, provenance(self._spec, parent, part, variable.name, self._crf))
            for part in parent.slices.values()
            if variable.name in part.assignments
        )
        kind = observed.data_type(variable, parent, column)
        return _Fact(level, kind, variable.attributes.type, variable.codelist, parts)

    def _declared(self, variable: Variable, level: Level) -> tuple[str | None, str | None]:
        """The type and the codelist that the spec says of a variable in a level, else in the dataset."""
        found = [self._dataset.slices[part].assignments.get(variable.name) for part in level.slices]
        attributes = [variable.attributes if one is None else one.attributes for one in found]
        kinds = [one.type for one in attributes if one.type]
        codelists = [codelist_in(self._spec, self._dataset, part, variable.name) for part in level.slices]
        return next(iter(kinds), variable.attributes.type), next((one for one in codelists if one), None)

    def _by_value(self, variable: Variable, facts: tuple[_Fact, ...]) -> bool:
        """Whether the variable means another thing in some slices: type, codelist, origin or method differ.

        What comes with a result, made by the same derivation, refers to the result's methods instead.
        """
        if variable.name == _QUALIFIER or (_RESULTS.fullmatch(variable.name) and len(facts) > 1):
            return len(facts) > 0
        if _TITLES.fullmatch(variable.name):
            return False
        if self._result and all(one.by_records for fact in facts for _, one in fact.provenance):
            return False
        parts = [self._dataset.slices[part] for fact in facts for part, _ in fact.provenance]
        constant = all(part.assignments[variable.name].bound.name == "constant" for part in parts)
        return not constant and any(fact.differs(other) for fact, other in pairwise(facts))

    @cached_property
    def _result(self) -> str | None:
        """The result of the dataset that the records' derivations give: AVAL, else AVALC."""
        for name in ("AVAL", "AVALC"):
            variable = self._dataset.variables.get(name)
            if variable and any(one.by_records for _, one in self._whole(variable)):
                return name
        return None

    def _see_result(self) -> str | None:
        """The method of what comes with a result."""
        topic = " and ".join(name for name, _ in self._levels[0].where)
        return f"Made with the record: see the methods of {self._result} by {topic}." if self._result else None

    def _add_values(self, variable: Variable, facts: tuple[_Fact, ...]) -> None:
        refs = tuple(self._value(variable, fact, order) for order, fact in enumerate(facts, start=1))
        self._items.value_lists.append(ValueList(oid("VL", self._dataset.name, variable.name), refs))

    def _value(self, variable: Variable, fact: _Fact, order: int) -> ItemRef:
        dataset, level = self._dataset, fact.level
        place = (dataset.name, variable.name, level.name)
        column = self._seen.of_level(dataset.name, variable.name, level)
        origins, text, expression = merged(fact.provenance)
        codelist = self._catalog.codelist(
            fact.codelist, f"{dataset.name}.{variable.name}.{level.name}", column, fact.kind
        )
        self._items.definitions.append(
            self._definition(
                variable,
                oid("IT", *place),
                column,
                name=level.name,
                label=level.label or self._meaning(level),
                codelist=codelist,
                origins=origins,
            )
        )
        return ItemRef(
            item=oid("IT", *place),
            order=order,
            mandatory=variable.required,
            method=self._catalog.method(*self._method_name(variable, fact), text, expression),
            has_no_data=column.present == 0 and self._seen.records(dataset.name) > 0,
            where=(self._where(level),),
        )

    def _method_name(self, variable: Variable, fact: _Fact) -> tuple[str, str]:
        """Identifier and name of a level's method; that of its records is one for all variables."""
        dataset, level = self._dataset.name, fact.level.name
        if all(one.by_records for _, one in fact.provenance):
            return oid("MT", dataset, level), f"{dataset}, {level}"
        return oid("MT", dataset, variable.name, level), f"{dataset}.{variable.name}, {level}"

    def _meaning(self, level: Level) -> str | None:
        """What the first value that selects a level means, as its codelist has it."""
        name, value = level.where[0]
        return self._catalog.meaning(self._dataset.variables[name].codelist, value)

    def _where(self, level: Level) -> str:
        """The where clause of a level: the spec's own constants."""
        identifier = oid("WC", self._dataset.name, level.name)
        checks = tuple(RangeCheck(oid("IT", self._dataset.name, name), "EQ", (value,)) for name, value in level.where)
        self._items.where_clauses.setdefault(identifier, WhereClause(identifier, checks))
        return identifier

    def _codelist(self, variable: Variable, column: Column) -> str | None:
        """The codelist of a variable, or the values that the spec's slices give it, with their meaning."""
        dataset = self._dataset
        place = f"{dataset.name}.{variable.name}"
        kind = observed.data_type(variable, dataset, column)
        names = self._codelists(variable)
        if len(names) > 1:
            return self._catalog.combined(names, place, column, kind)
        if names:
            return self._catalog.codelist(names[0], place, column, kind)
        if not any(variable.name == selecting for level in self._levels for selecting, _ in level.where):
            return None
        meanings = {value: level.label for level in self._levels for key, value in level.where if key == variable.name}
        return self._catalog.listed(place, f"{variable.label} ({dataset.name})", meanings.items(), kind)

    def _codelists(self, variable: Variable) -> tuple[str, ...]:
        """The codelists whose terms a variable has: the spec's, by slice, else those of the standard."""
        if variable.name in ("DOMAIN", "RDOMAIN"):
            return ("DOMAIN",)
        dataset = self._dataset
        having = [part for part, one in dataset.slices.items() if variable.name in one.assignments]
        said = [codelist_in(self._spec, dataset, part, variable.name) for part in having]
        names = tuple(dict.fromkeys(name for name in said if name))
        if names and None in said:
            return ()
        known = standard(self._spec.study.standards.sdtm)
        if names or dataset.engine != "sdtm" or dataset.name not in known:
            return names
        facts = known.dataset(dataset.name).variables.get(variable.name)
        return facts.codelists if facts else ()


def _parent(spec: Spec, dataset: Dataset) -> Dataset | None:
    """The dataset that a SUPP-- qualifies: its variables say what the qualifiers are."""
    return spec.datasets.get(dataset.name.removeprefix("SUPP")) if dataset.name.startswith("SUPP") else None
