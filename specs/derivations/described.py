"""What a define.xml or a workbook said of a dataset, kept in the language until a derivation takes its place.

A described dataset builds nothing and defines everything: define.xml is made from it as from any other. `define`
holds what the language has no words for, as the document's own objects have it (identifiers, page references).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pydantic import Field, field_validator

from specs import conditions
from specs.arguments import Arguments
from specs.columns import empty_text
from specs.models import Attributes
from specs.registry import records, variable
from specs.resolved import Dataset
from specs.scope import Records, Scope

NAME = "described"
Extra = dict[str, dict[str, Any]]


class Value(Attributes):
    """Value level: what the variable is where a condition holds."""

    where: dict[str, Any] = Field(default_factory=dict, description="a condition on variables of the study")
    define: Extra = Field(default_factory=Extra, description="what else define.xml says")

    @field_validator("where")
    @classmethod
    def _is_condition(cls, where: dict[str, Any]) -> dict[str, Any]:
        conditions.parse(where)
        return where


class Described(Arguments):
    """Arguments of described."""

    method: str | None = Field(None, description="the method in words")
    values: list[Value] = Field(default_factory=list[Value], description="value level")
    define: Extra = Field(default_factory=Extra, description="what else define.xml says")


@variable(NAME, short="method", sentence=lambda args: args.method or "As described")
def described(scope: Scope, args: Described) -> pd.Series:
    """A variable of which only words are known: blank until a derivation takes their place."""
    message = "is described in words only: left blank"
    scope.report("value.described", np.ones(len(scope), dtype=bool), message, severity="warning")
    return empty_text(len(scope))


class DescribedRecords(Arguments):
    """Arguments of described records."""

    define: Extra = Field(default_factory=Extra, description="what else define.xml says of the dataset")


@records(NAME, sentence="As described")
def described_records(scope: Scope, args: DescribedRecords) -> Records:
    """A dataset of which only words are known: it is defined, and not built."""
    return Records(np.empty(0, dtype=np.int64))


def is_described(dataset: Dataset) -> bool:
    """Whether a dataset is known in words only: it is defined, and not built."""
    return all(part.bound.name == NAME for part in dataset.slices.values())
