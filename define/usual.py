"""What goes without saying: the objects of a document that follow from a spec's own words alone.

Reading a define.xml into a spec keeps what differs from these; making a define.xml from a described spec starts
from them. So nothing is lost, and a file that follows the conventions of this project needs no more than the words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from define.model import (
    Alias,
    CodeList,
    Comment,
    ExternalDictionary,
    ItemDef,
    ItemGroup,
    ItemRef,
    Leaf,
    Method,
    Origin,
    RangeCheck,
    SubClass,
    Term,
    WhereClause,
)
from define.naming import oid
from specs.conditions import AllOf, AnyOf, Compare, Condition
from specs.models import Attributes, Codelist
from specs.resolved import Engine

NCI = "nci:ExtCodeID"
_DATES = ("date", "datetime")


def item(place: tuple[str, ...], said: Attributes, codelists: Mapping[str, str], values: bool = False) -> ItemDef:
    """A variable (`place` is dataset and variable), or with a third part the name of its value level."""
    kind = "integer" if said.type in _DATES and said.format else said.type
    return ItemDef(
        oid=oid("IT", *place),
        name=place[-1],
        data_type=kind or "text",
        label=said.label,
        length=said.length,
        significant_digits=said.digits,
        sas_name=place[1],
        display_format=said.format,
        codelist=codelists.get(said.codelist, said.codelist) if said.codelist else None,
        origins=(Origin(said.origin, said.source),) if said.origin else (),
        value_list=oid("VL", *place) if values else None,
        comment=oid("COM", *place) if said.comment else None,
    )


def ref(identifier: str, order: int, said: Attributes, method: str | None, where: tuple[str, ...] = ()) -> ItemRef:
    """The place of an item in a dataset or value list."""
    return ItemRef(identifier, order, said.core == "Req", method=method, role=said.role, where=where)


def method(place: tuple[str, ...], text: str) -> Method:
    """The method of a variable or of a value of it."""
    name = f"{place[0]}.{place[1]}" + "".join(f", {part}" for part in place[2:])
    return Method(oid("MT", *place), name, text, "Imputation" if "imput" in text.lower() else "Computation")


def comment(place: tuple[str, ...], text: str) -> Comment:
    return Comment(oid("COM", *place), text)


def group(name: str, engine: Engine, said: Mapping[str, Any]) -> ItemGroup:
    """A dataset; `said` has label, class, subclass, structure, study (whether it is of the study) and comment."""
    sdtm, file = engine == "sdtm", f"{name.lower()}.xpt"
    return ItemGroup(
        oid=oid("IG", name),
        name=name,
        label=said["label"],
        structure=said["structure"],
        purpose="Tabulation" if sdtm else "Analysis",
        class_name=said["class"],
        subclasses=(SubClass(said["subclass"]),) if said["subclass"] else (),
        domain=name.removeprefix("SUPP") if sdtm else None,
        sas_name=name,
        repeating=not said["study"],
        reference_data=said["study"],
        comment=oid("COM", name) if said["comment"] else None,
        leaf=Leaf(oid("LF", name), file, file),
    )


def codelist(name: str, said: Codelist) -> CodeList:
    """A codelist of the study with its terms, their codes and ranks."""
    return CodeList(
        oid=oid("CL", name),
        name=said.name,
        data_type=said.type,
        terms=tuple(
            Term(
                value,
                decode,
                order,
                said.ranks.get(value),
                value in said.extended,
                aliases=_code(said.codes.get(value)),
            )
            for order, (value, decode) in enumerate((said.terms or {}).items(), start=1)
        ),
        external=ExternalDictionary(said.dictionary, said.version) if said.dictionary else None,
        aliases=_code(said.code),
    )


def _code(code: str | None) -> tuple[Alias, ...]:
    return (Alias(NCI, code),) if code else ()


def clauses(dataset: str, condition: Condition, items: Mapping[tuple[str, str], str]) -> tuple[WhereClause, ...]:
    """The where clauses of a condition: several where any of them may hold.

    `items` gives the identifier of (dataset, variable). Raises LookupError naming a variable that is not there.
    """
    alternatives = condition.items if isinstance(condition, AnyOf) else (condition,)
    return tuple(_clause(dataset, one, items) for one in alternatives)


def _clause(dataset: str, condition: Condition, items: Mapping[tuple[str, str], str]) -> WhereClause:
    parts = condition.items if isinstance(condition, AllOf) else (condition,)
    checks: list[RangeCheck] = []
    names: list[str] = []
    for part in parts:
        if not isinstance(part, Compare):
            raise ValueError("a where clause compares variables with constants, nothing else")
        values = tuple(str(value) for value in part.values)
        checks.append(RangeCheck(items[_home(dataset, part.variable, items)], part.comparator, values))
        names += values if part.comparator == "EQ" else [part.variable, part.comparator, *values]
    return WhereClause(oid("WC", dataset, ".".join(names)), tuple(checks))


def _home(dataset: str, name: str, items: Mapping[tuple[str, str], str]) -> tuple[str, str]:
    """The dataset and the variable that a name in a condition means."""
    table, dot, variable = name.partition(".")
    found = (table, variable) if dot else (dataset, name)
    if found not in items:
        raise LookupError(f"{found[0]} has no variable {found[1]}")
    return found
