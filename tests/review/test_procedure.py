"""Whole comparisons: hand-worked tables, and properties that hold for any."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.review import Comparison, GroupComparison, Options, SysInfo, compare, compare_tables, parse_tolerances
from oncdisc.review.sysinfo import bit_names
from specs.columns import TEXT
from tests.review.builders import table

ADRS = table(
    "ADRS",
    USUBJID=["01", "01", "02", "02", "03"],
    PARAMCD=["BOR", "PD", "BOR", "PD", "BOR"],
    AVALC=["CR", "N", "SD", "Y", "NE"],
    AVAL=[1, 0, 3, 1, 6],
    COUNTRY=["DEU", "DEU", "FRA", "FRA", "FRA"],
)
OTHER = table(
    "ADRS",
    USUBJID=["02", "02", "01", "01", "04"],
    PARAMCD=["PD", "BOR", "BOR", "PD", "BOR"],
    AVALC=["Y", "sd", "cr", "N", "NE"],
    AVAL=[1, 3, 1, 0.5, 6],
    COUNTRY=["FRA", "FRA", "DEU", "DEU", "FRA"],
)
KEYS = Options(keys=("USUBJID", "PARAMCD"))


@pytest.fixture
def compared() -> Comparison:
    return compare_tables(ADRS, OTHER, KEYS)


def test_rows_variables_and_bits(compared: Comparison) -> None:
    assert bit_names(compared.sysinfo) == ["VALUE", "COMPOBS", "BASEOBS"]
    assert compared.matching is not None
    assert compared.matching.count == 4
    assert compared.unequal_rows == 3
    assert [(value.name, value.unequal) for value in compared.worst] == [("AVALC", 2), ("AVAL", 1)]


def test_differences_stand_side_by_side_with_their_keys(compared: Comparison) -> None:
    assert compared.differences("AVALC").to_dict("list") == {
        "base row": [1, 3],
        "compare row": [3, 2],
        "USUBJID": ["01", "02"],
        "PARAMCD": ["BOR", "BOR"],
        "base": ["CR", "SD"],
        "compare": ["cr", "sd"],
    }
    assert len(compared.differences("AVALC", limit=1)) == 1


def test_a_reason_and_a_place_are_given(compared: Comparison) -> None:
    (pattern,) = compared.value("AVALC").patterns
    assert pattern.sentence == "all 2 are upper case in base"
    assert compared.value("AVALC").contexts == ("all where PARAMCD is BOR",)
    assert compared.value("AVAL").largest == 0.5


def test_methods_for_all_and_for_one_variable() -> None:
    base = table(ID=[1, 2], X=[100, 100], Y=[100, 100])
    compare_ = table(ID=[1, 2], X=[100.5, 102], Y=[100.5, 102])
    for_all, single = parse_tolerances(["absolute:1", "Y=percent:3"])
    found = compare_tables(base, compare_, Options(keys=("ID",), tolerance=for_all, tolerances=single))
    assert (found.value("X").unequal, found.value("X").within) == (1, 1)
    assert (found.value("Y").unequal, found.value("Y").within) == (0, 2)


def test_by_groups_are_compared_one_by_one() -> None:
    found = compare_tables(ADRS, OTHER, Options(keys=("PARAMCD",), by=("USUBJID",)))
    assert found.groups == (
        GroupComparison(("01",), 2, 2, 2, 2, 2),
        GroupComparison(("02",), 2, 2, 2, 1, 1),
        GroupComparison(("03",), 1, 0, 0, 0, 0),
        GroupComparison(("04",), 0, 1, 0, 0, 0),
    )
    assert bit_names(found.sysinfo) == ["VALUE", "COMPBY", "BASEBY", "COMPOBS", "BASEOBS"]


def test_position_within_a_group() -> None:
    base = table(USUBJID=["1", "2", "2"], X=[1, 2, 3])
    found = compare_tables(base, table(USUBJID=["2", "2", "1"], X=[2, 4, 1]), Options(by=("USUBJID",), keys=()))
    assert found.value("X").pairs.tolist() == [2]
    assert found.pairing == "by position within USUBJID"


def test_without_by_variables_compare_is_compared_whole_with_every_group() -> None:
    base = table(G=["a", "a", "b", "b"], ID=[1, 2, 1, 2], X=[1, 2, 1, 9])
    found = compare_tables(base, table(ID=[1, 2], X=[1, 2]), Options(by=("G",), keys=("ID",)))
    assert found.groups == (GroupComparison(("a",), 2, 2, 2, 0, 0), GroupComparison(("b",), 2, 2, 2, 1, 1))
    assert found.bits == SysInfo.BYVAR | SysInfo.BASEVAR | SysInfo.VALUE


def test_order_differs_without_a_bit_but_is_not_equal() -> None:
    found = compare_tables(table(A=[1], B=[2]), table(B=[2], A=[1]), Options(keys=()))
    assert found.sysinfo == 0
    assert not found.equal
    (difference,) = found.attributes
    assert (difference.attribute, difference.base, difference.compare) == (
        "order", "A is common variable 1", "B",
    )  # fmt: skip


def test_names_in_other_letters_are_one_variable() -> None:
    found = compare_tables(table(ID=[1], AVAL=[1]), table(id=[1], aval=[2]), Options(keys=("Id",)))
    assert found.sysinfo == SysInfo.VALUE
    assert found.value("AVAL").unequal == 1
    assert found.variables.spelled == {"ID": "id", "AVAL": "aval"}
    assert [(a.attribute, a.compare, a.bit) for a in found.attributes] == [("name", "id", 0), ("name", "aval", 0)]


def test_only_the_chosen_variables_are_compared() -> None:
    base, compare_ = table(ID=[1], X=[1], Y=[1]), table(ID=[1], X=[2], Y=[2])
    assert [v.name for v in compare_tables(base, compare_, Options(variables=("x",))).values] == ["X"]
    assert [v.name for v in compare_tables(base, compare_, Options(ignore=("x", "id"))).values] == ["Y"]


def test_leniency_is_counted_never_silent() -> None:
    found = compare(ADRS, OTHER, keys=["USUBJID", "PARAMCD"], lenient=["case"])
    assert isinstance(found, Comparison)
    assert (found.value("AVALC").unequal, found.value("AVALC").within) == (0, 2)


def test_frames_are_compared_as_they_are() -> None:
    frame = pd.DataFrame({"USUBJID": ["1", "2"], "AGE": [50, 60]})
    found = compare(frame, frame.assign(AGE=[50, 61]))
    assert found.sysinfo == SysInfo.VALUE


names = st.sampled_from(["USUBJID", "PARAMCD", "AVALC", "AVAL", "AVISITN"])
texts = st.one_of(st.none(), st.sampled_from(["", "a", "A", "a ", "b", "2020-01-01", "2020-01"]))
numbers = st.one_of(st.just(np.nan), st.integers(-3, 3).map(float), st.floats(allow_nan=False))


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Frames of a few variables, with missing values and duplicates."""
    rows = draw(st.integers(0, 8))
    columns: dict[str, pd.Series] = {}
    for name in draw(st.lists(names, unique=True, min_size=1)):
        if name in ("AVAL", "AVISITN"):
            columns[name] = pd.Series(draw(st.lists(numbers, min_size=rows, max_size=rows)), dtype="float64")
        else:
            columns[name] = pd.Series(draw(st.lists(texts, min_size=rows, max_size=rows)), dtype=TEXT)
    return pd.DataFrame(columns)


tolerances = st.sampled_from([[], ["absolute:0.5"], ["relative"], ["percent:10"], ["AVAL=absolute"]])
leniencies = st.sets(st.sampled_from(["case", "blanks", "dates", "missing", "special-missing"]))


@given(frames(), tolerances, leniencies)
def test_anything_equals_itself(frame: pd.DataFrame, methods: list[str], lenient: set[str]) -> None:
    _, single = parse_tolerances(methods)
    found = compare(frame, frame.copy(), methods=single, lenient=lenient)
    assert found.sysinfo == 0
    assert found.equal


MIRRORED = {
    SysInfo.BASEOBS: SysInfo.COMPOBS,
    SysInfo.BASEBY: SysInfo.COMPBY,
    SysInfo.BASEVAR: SysInfo.COMPVAR,
}


def mirrored(bits: int) -> int:
    """The bits of the comparison the other way round."""
    result = bits
    for base, compare_ in MIRRORED.items():
        result &= ~(base | compare_)
        result |= (compare_ if bits & base else 0) | (base if bits & compare_ else 0)
    return result


@given(frames(), frames(), leniencies)
def test_the_other_way_round_the_bits_are_mirrored(left: pd.DataFrame, right: pd.DataFrame, lenient: set[str]) -> None:
    there, back = (compare(*pair, keys=[], lenient=lenient) for pair in ((left, right), (right, left)))
    assert back.sysinfo == mirrored(there.sysinfo)
    assert isinstance(there, Comparison)
    assert isinstance(back, Comparison)
    assert [(v.name, v.unequal) for v in there.worst] == [(v.name, v.unequal) for v in back.worst]


@given(frames(), st.randoms(use_true_random=False))
def test_rows_in_another_order_are_equal_by_a_unique_key(frame: pd.DataFrame, random: object) -> None:
    keyed = frame.assign(ID=pd.Series([f"{row:03d}" for row in range(len(frame))], dtype=TEXT))
    order = list(range(len(frame)))
    random.shuffle(order)  # type: ignore[attr-defined]
    found = compare(keyed, keyed.iloc[order].reset_index(drop=True), keys=["ID"])
    assert found.sysinfo == 0


@given(frames(), st.data())
def test_one_changed_value_is_found_where_it_is(frame: pd.DataFrame, data: st.DataObject) -> None:
    keyed = frame.assign(ID=np.arange(len(frame), dtype="float64"), MARK=np.zeros(len(frame)))
    if not len(keyed):
        return
    row = data.draw(st.integers(0, len(keyed) - 1))
    changed = keyed.copy()
    changed.loc[row, "MARK"] = 1.0
    found = compare(keyed, changed, keys=["ID"])
    assert isinstance(found, Comparison)
    assert found.sysinfo == SysInfo.VALUE
    assert found.value("MARK").pairs.tolist() == [row]
