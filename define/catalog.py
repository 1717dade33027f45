"""Codelists, methods and comments that are gathered while a document is made, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from define import formal
from define.model import (
    Alias,
    CodeList,
    Comment,
    ExternalDictionary,
    FormalExpression,
    Method,
    Standard,
    Term,
)
from define.naming import oid
from specs.models import Codelist as StudyCodelist
from specs.profile import Column
from specs.resolved import Engine, Spec
from specs.standard import NotInStandardError, terminology
from specs.terminology import Codelist as Published

# Numbers, perhaps beyond a limit of detection, and dates.
_MEASURED = re.compile(r"[<>]?=?-?\d+(\.\d+)?|\d{4}(-\d\d){1,2}(T.*)?")
ALLOWED = 100
"""The terms of a closed codelist that are listed where the data hold none of them; a longer one is left out."""


class Catalog:
    """What the variables of a document refer to, in the order of first use."""

    def __init__(self, spec: Spec, engine: Engine) -> None:
        self._spec = spec
        self._engine = engine
        self._terminology = terminology(spec.study.standards.ct)
        self._codelists: dict[tuple[str, tuple[Term, ...]], CodeList] = {}
        self._packages: dict[str, Standard] = {}
        self.methods: list[Method] = []
        self._methods: dict[tuple[str, str, str | None], str] = {}
        self._comments: dict[str, Comment] = {}

    @property
    def codelists(self) -> tuple[CodeList, ...]:
        return tuple(self._codelists.values())

    @property
    def comments(self) -> tuple[Comment, ...]:
        return tuple(self._comments.values())

    @property
    def packages(self) -> tuple[Standard, ...]:
        """The terminology packages that codelists are of."""
        return tuple(self._packages.values())

    def method(self, identifier: str, name: str, text: str | None, expression: str | None) -> str | None:
        """The identifier of a method; None where there is no text.

        `name` is `DATASET.VARIABLE` or more; the same variable derived in the same way in several datasets
        has one method.
        """
        if text is None:
            return None
        key = (name.partition(".")[2].partition(",")[0], text, expression)
        if key in self._methods:
            return self._methods[key]
        self._methods[key] = identifier
        expressions = (FormalExpression(formal.CONTEXT, expression),) if expression else ()
        kind = "Imputation" if "imput" in text.lower() else "Computation"
        self.methods.append(Method(identifier, name, text, kind, expressions))
        return identifier

    def comment(self, identifier: str, text: str | None) -> str | None:
        """The identifier of a comment; None where there is no text."""
        if not text:
            return None
        self._comments.setdefault(identifier, Comment(identifier, text))
        return identifier

    def meaning(self, name: str | None, value: str) -> str | None:
        """The decode of a value in a codelist of the terminology."""
        found = self._terminology.codelist(name).get(value) if name and name in self._terminology else None
        return found.decode if found else None

    def codelist(self, name: str | None, place: str, column: Column, kind: str) -> str | None:
        """The codelist of a variable with the terms that its values use; None where it has none.

        `name` is a codelist of the study or of the terminology, `place` the variable (`AE.AESEV`).
        """
        if name is None:
            return None
        own = self._spec.study.codelists.get(name)
        if own is not None:
            return self._own(name, own)
        try:
            published = self._terminology.codelist(name)
        except NotInStandardError:
            return None
        return self._published(published, place, column, kind)

    def combined(self, names: Sequence[str], place: str, column: Column, kind: str) -> str | None:
        """One codelist of the terms of several, as a variable of define.xml refers to one at most.

        Each term keeps its code; a list of which nothing is used leaves no trace.
        """
        used = {str(value) for value in column.terms or ()}
        found = [self._known(name) for name in names]
        parts = [(name, kept) for name, terms in found if (kept := [term for term in terms if term.value in used])]
        if len(parts) < 2 and not used - {term.value for _, kept in parts for term in kept}:
            whole = [name for name in names if parts and self._known(name)[0] == parts[0][0]]
            return self.codelist(whole[0] if whole else names[0], place, column, kind)
        terms = {term.value: term for _, kept in parts for term in kept}
        added = sorted(used - set(terms))
        if not terms or any(_MEASURED.fullmatch(value) for value in added):
            return None
        listed = [*terms.values(), *(Term(value, value, extended=True) for value in added)]
        if any(term.decode for term in listed):
            listed = [replace(term, decode=term.decode or term.value) for term in listed]
        ordered = tuple(replace(term, order=order) for order, term in enumerate(listed, start=1))
        made = CodeList(
            oid("CL", place), " and ".join(name for name, _ in parts), "text", ordered, is_non_standard=True
        )
        return self._codelists.setdefault((place, ordered), made).oid

    def _known(self, name: str) -> tuple[str, tuple[Term, ...]]:
        """The name and the terms of a codelist of the study or of the terminology."""
        own = self._spec.study.codelists.get(name)
        if own is not None:
            base = self._base(own.extends)
            terms = tuple(self._own_term(value, decode, 0, base) for value, decode in (own.terms or {}).items())
            return own.name, terms
        if name not in self._terminology:
            return name, ()
        published = self._terminology.codelist(name)
        return published.name, tuple(Term(one.value, one.decode, aliases=_code(one.code)) for one in published.terms)

    def listed(self, name: str, label: str, values: Iterable[tuple[str, str | None]], kind: str) -> str | None:
        """A codelist of values that the spec itself lists, such as parameters and their codes."""
        terms = tuple(Term(value, decode, order) for order, (value, decode) in enumerate(values, start=1))
        if not terms:
            return None
        whole = CodeList(oid("CL", name), label, kind, terms, is_non_standard=True)
        return self._codelists.setdefault((name, ()), whole).oid

    def _own(self, name: str, own: StudyCodelist) -> str:
        base = self._base(own.extends)
        outside = ExternalDictionary(own.dictionary, own.version) if own.dictionary else None
        decodes = any(own.terms.values()) if own.terms else False
        listed = () if outside else tuple((own.terms or {}).items())
        terms = tuple(
            self._own_term(value, decode or (value if decodes else None), order, base)
            for order, (value, decode) in enumerate(listed, start=1)
        )
        made = CodeList(
            oid=oid("CL", name),
            name=own.name,
            data_type=own.type,
            terms=terms,
            external=outside,
            standard=self._package(base) if base else None,
            is_non_standard=base is None and outside is None,
            aliases=_code(base.code) if base else (),
        )
        return self._codelists.setdefault((name, ()), made).oid

    def _base(self, name: str | None) -> Published | None:
        return self._terminology.codelist(name) if name and name in self._terminology else None

    @staticmethod
    def _own_term(value: str, decode: str | None, order: int, base: Published | None) -> Term:
        known = base.get(value) if base else None
        return Term(
            value,
            decode,
            order,
            extended=base is not None and known is None,
            aliases=_code(known.code) if known else (),
        )

    def _published(self, codelist: Published, place: str, column: Column, kind: str) -> str | None:
        terms = self._terms(codelist, column)
        if not terms:
            return None
        key = (codelist.submission, terms)
        if key not in self._codelists:
            subset = any(name == codelist.submission for name, _ in self._codelists)
            self._codelists[key] = CodeList(
                oid=oid("CL", codelist.submission, place if subset else ""),
                name=f"{codelist.name}, {place}" if subset else codelist.name,
                data_type="text" if kind not in ("integer", "float") else kind,
                terms=terms,
                standard=self._package(codelist),
                aliases=_code(codelist.code),
            )
        return self._codelists[key].oid

    @staticmethod
    def _terms(codelist: Published, column: Column) -> tuple[Term, ...]:
        """The terms that are used, in the package's order, then those that the sponsor added.

        None where values that the codelist lacks are numbers or dates: they are measured, not terms; and where
        nothing is used of a codelist that may be extended: which terms the study allows is not known.
        """
        used = {str(value) for value in column.terms or ()}
        if not used and (codelist.extensible or len(codelist.terms) > ALLOWED):
            return ()
        published = [term for term in codelist.terms if not used or term.value in used]
        added = sorted(value for value in used if value not in codelist)
        if any(_MEASURED.fullmatch(value) for value in added):
            return ()
        terms = [Term(term.value, term.decode, aliases=_code(term.code)) for term in published]
        terms += [Term(value, value, extended=True) for value in added]
        return tuple(
            Term(term.value, term.decode, order, extended=term.extended, aliases=term.aliases)
            for order, term in enumerate(terms, start=1)
        )

    def _package(self, codelist: Published) -> str:
        """The identifier of the terminology package that a codelist is of."""
        wanted = "ADaM" if self._engine == "adam" else "SDTM"
        name = wanted if wanted in codelist.packages else (*codelist.packages, wanted)[0]
        identifier = oid("STD", "CT", name)
        made = Standard(identifier, "CDISC/NCI", "CT", self._terminology.version, publishing_set=name)
        return self._packages.setdefault(name, made).oid


def _code(code: str) -> tuple[Alias, ...]:
    return (Alias("nci:ExtCodeID", code),) if code else ()
