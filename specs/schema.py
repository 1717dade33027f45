"""A dataset's spec as a pandera schema: types, required values, codelists, lengths, ISO 8601, keys.

Every dataset of a build passes through it lazily; failures become findings with their subject and record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs import iso8601
from specs.coded import is_coded, mask_by_value, plain, split
from specs.columns import TEXT, is_ascii
from specs.iso3166 import ALPHA_3, COUNTRY
from specs.ordering import joint
from specs.resolved import Dataset, Spec, Variable
from specs.terminology import NotInStandardError, terminology

if TYPE_CHECKING:
    import pandera.pandas as pa

_DTYPES: dict[str, Any] = {"text": TEXT, "number": "float64", "date": "datetime64[s]", "datetime": "datetime64[s]"}
_ISO = re.compile(r"[A-Z]{2}(ST|EN)?DTC|[A-Z]*DTC")
_MESSAGES = {
    "required": "a required value is missing",
    "country": "no code of three letters of ISO 3166-1, which SDTM names in place of a codelist",
    "codelist": "not a term of the codelist {codelist}, which can't be extended",
    "ascii": "not ASCII, which the study's transport files are declared to be: the file holds it as UTF-8",
    "iso8601": "not an ISO 8601 date or time",
    "keys": "another record has the same keys: {keys}",
}


def terms(spec: Spec, name: str | None) -> frozenset[str] | None:
    """The terms allowed by a codelist that can't be extended; None if anything is."""
    if name is None:
        return None
    own = spec.study.codelists.get(name)
    if own is not None:
        return frozenset(own.terms) if own.terms is not None and own.dictionary is None else None
    try:
        codelist = terminology(spec.study.standards.ct).codelist(name)
    except NotInStandardError:
        return None
    return None if codelist.extensible else frozenset(term.value for term in codelist.terms)


def schema_of(
    dataset: Dataset, spec: Spec, slice_id: str | None = None, coded: Collection[str] = ()
) -> pa.DataFrameSchema:
    """The pandera schema of a dataset, or of the records of one of its slices, whose codelists may differ.

    `coded`: text columns that are stored as codes, so of a type that is known, and checked value by value.
    """
    import pandera.pandas as pa

    columns = {
        name: pa.Column(
            None if name in coded else _DTYPES[variable.storage],
            checks=list(_checks(variable, _codelist(dataset, variable, slice_id), spec)),
            nullable=True,
            required=True,
            coerce=False,
        )
        for name, variable in dataset.variables.items()
        if not variable.supp
    }
    whole = [] if slice_id else list(_keys(dataset))
    return pa.DataFrameSchema(columns, name=dataset.name, strict=True, checks=whole)


def _codelist(dataset: Dataset, variable: Variable, slice_id: str | None) -> str | None:
    """The codelist to check against: a slice's own is checked with the slice, the variable's with the dataset."""
    if slice_id is not None:
        return dataset.codelist_of(slice_id, variable.name)
    listed = {dataset.codelist_of(part, variable.name) for part in dataset.slices}
    return variable.codelist if listed == {variable.codelist} else None


def differing(dataset: Dataset) -> tuple[str, ...]:
    """The slices in which the codelist of a variable is another than the dataset's or another slice's."""
    names = [name for name, variable in dataset.variables.items() if not variable.supp]
    lists = {part: tuple(dataset.codelist_of(part, name) for name in names) for part in dataset.slices}
    return tuple(lists) if len(set(lists.values())) > 1 else ()


def _checks(variable: Variable, codelist: str | None, spec: Spec) -> Iterator[pa.Check]:
    import pandera.pandas as pa

    if variable.required:
        yield pa.Check(_present, name="required", ignore_na=False)
    if variable.storage != "text":
        return
    if spec.study.encoding == "ascii":
        yield pa.Check(_by_value(is_ascii), name="ascii")
    allowed = terms(spec, codelist)
    if allowed is not None:
        yield pa.Check(_by_value(_within(allowed)), name="codelist")
    elif variable.name == COUNTRY:
        yield pa.Check(_by_value(_within(ALPHA_3)), name="country")
    if _ISO.fullmatch(variable.name):
        yield pa.Check(_by_value(_iso), name="iso8601")


def _by_value(check: Callable[[pd.Series], pd.Series]) -> Callable[[pd.Series], pd.Series]:
    """A check of text whose outcome depends on each value alone: of coded text it sees the distinct values."""

    def checked(values: pd.Series) -> pd.Series:
        if not is_coded(values):
            return check(values)
        holds = mask_by_value(values, lambda texts: check(texts).to_numpy(dtype=bool), missing=True)
        return pd.Series(holds, index=values.index)

    return checked


def _present(values: pd.Series) -> pd.Series:
    return values.notna()


def _within(allowed: frozenset[str]) -> Any:
    listed = sorted(allowed)

    def within(values: pd.Series) -> pd.Series:
        return values.isin(listed)

    return within


def _iso(values: pd.Series) -> pd.Series:
    return pd.Series(iso8601.is_valid(values), index=values.index)


def _keys(dataset: Dataset) -> Iterator[pa.Check]:
    import pandera.pandas as pa

    keys = [name for name in dataset.keys if name in dataset.variables and not dataset.variables[name].supp]
    if keys:

        def unique(frame: pd.DataFrame) -> pd.Series:
            values = joint((split(frame[name])[0] + 1 for name in keys), len(frame))
            return ~pd.Series(values, index=frame.index).duplicated(keep=False)

        yield pa.Check(unique, name="keys", ignore_na=False)


Failure = tuple[str, str, str, np.ndarray]
"""Rule, variable (or nothing), message and the positions of the records."""


def failures(
    frame: pd.DataFrame, dataset: Dataset, spec: Spec, slices: npt.NDArray[np.object_] | None = None
) -> Iterator[Failure]:
    """Each rule that fails, by variable; `slices` names the slice of each record, where codelists differ."""
    yield from _failures(frame, dataset, spec, None)
    if slices is not None:
        for slice_id in differing(dataset):
            positions = np.flatnonzero(slices == slice_id)
            part = frame.iloc[positions].reset_index(drop=True)
            for rule, variable, message, found in _failures(part, dataset, spec, slice_id):
                own = _codelist(dataset, dataset.variables[variable], None) if variable else None
                if rule == "schema.codelist" and own is None:
                    yield rule, variable, message, positions[found]


def _coded(frame: pd.DataFrame, dataset: Dataset) -> set[str]:
    """The columns that are stored as codes of text, where text is declared."""
    text = (name for name, variable in dataset.variables.items() if variable.storage == "text" and name in frame)
    return {name for name in text if is_coded(frame[name])}


def _failures(frame: pd.DataFrame, dataset: Dataset, spec: Spec, slice_id: str | None) -> Iterator[Failure]:
    cases = _failure_cases(frame, dataset, spec, slice_id)
    if cases is not None:  # what fails is looked at as plain text: pandera can't say where a coded column is missing
        wrong = frame.assign(**{name: plain(frame[name]) for name in set(cases["column"]) & _coded(frame, dataset)})
        cases = _failure_cases(wrong, dataset, spec, slice_id)
    if cases is None:
        return
    keys = cases["check"] == "keys"  # one case a row and column: the column says nothing
    cases = cases.assign(column=cases["column"].mask(keys, ""))
    for (column, check), group in cases.groupby(["column", "check"], dropna=False, sort=True):
        positions = np.sort(group["index"].dropna().astype("int64").unique())
        yield f"schema.{check}", str(column), _message(str(check), str(column), dataset, slice_id), positions


def _failure_cases(frame: pd.DataFrame, dataset: Dataset, spec: Spec, slice_id: str | None) -> pd.DataFrame | None:
    import pandera.errors

    try:
        schema_of(dataset, spec, slice_id, _coded(frame, dataset)).validate(frame, lazy=True, inplace=True)
    except pandera.errors.SchemaErrors as error:
        return error.failure_cases
    return None


def _message(check: str, variable: str, dataset: Dataset, slice_id: str | None) -> str:
    codelist: str | None = ""
    if variable in dataset.variables:
        codelist = _codelist(dataset, dataset.variables[variable], slice_id)
    return _MESSAGES.get(check, check).format(codelist=codelist, keys=", ".join(dataset.keys))
