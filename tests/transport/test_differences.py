"""What a conversion must not change, in words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from oncdisc.transport import TEXT, Dataset, Variable, special_missing
from oncdisc.transport.differences import differences


def dataset() -> Dataset:
    frame = pd.DataFrame(
        {
            "A": pd.Series(["x", None], dtype=TEXT),
            "N": [1.0, np.nan],
            "D": np.array(["2024-02-29", "NaT"], dtype="datetime64[s]"),
        }
    )
    variables = (Variable("A", "Text", length=5), Variable("N", "Number", "float"), Variable("D", type="date"))
    return Dataset("AE", "Events", frame, variables)


def changed(name: str, **attributes: object) -> Dataset:
    one = dataset()
    variables = [dataclasses.replace(v, **attributes) if v.name == name else v for v in one.variables]  # type: ignore[arg-type]
    return dataclasses.replace(one, variables=tuple(variables))


def with_column(name: str, values: pd.Series) -> Dataset:
    one = dataset()
    return dataclasses.replace(one, frame=one.frame.assign(**{name: values}))


def test_the_same_is_no_difference() -> None:
    assert differences(dataset(), dataset()) == []


@pytest.mark.parametrize(
    "other",
    [
        changed("A", length=None),
        changed("N", length=8),
        changed("A", type="date"),
        changed("A", informat="$5."),
        changed("N", type="integer", key=2, oid="IT.N"),
        with_column("A", pd.Series(["x", ""], dtype=TEXT)),
        with_column("A", pd.Series(["x", None], dtype=object)),
    ],
)
def test_what_counts_as_the_same(other: Dataset) -> None:
    assert differences(dataset(), other) == []


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (dataclasses.replace(dataset(), name="DM"), "dataset name: 'AE' would become 'DM'"),
        (dataclasses.replace(dataset(), label=""), "dataset label: 'Events' would become ''"),
        (dataclasses.replace(dataset(), frame=dataset().frame.head(1)), "records: 2 would become 1"),
        (changed("A", label="t"), "A: label 'Text' would become 't'"),
        (changed("A", length=6), "A: length 5 would become 6"),
        (changed("N", length=3), "N: length 8 would become 3"),
        (changed("N", format="8.2"), "N: format '' would become '8.2'"),
        (
            with_column("A", pd.Series(["x ", None], dtype=TEXT)),
            "A: 1 values, the first in record 1: 'x' would become 'x '",
        ),
        (with_column("N", pd.Series([1.0, 0.0])), "N: 1 values, the first in record 2: .* would become .*0"),
        (with_column("N", pd.Series([1.0, special_missing("A")])), "N: 1 values, the first in record 2"),
        (with_column("D", pd.Series(["2024-02-29", None], dtype=TEXT)), "D: storage 'date' would become 'text'"),
    ],
)
def test_what_differs_is_said(other: Dataset, found: str) -> None:
    (line,) = differences(dataset(), other)
    assert pd.Series([line]).str.match(found).all(), line
