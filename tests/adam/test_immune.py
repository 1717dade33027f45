"""Immune progression from reported responses: blocks, confirmation, and what ends a block."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adam.immune import reported_progression

DAYS = ("2024-02-12", "2024-03-25", "2024-05-06", "2024-06-17", "2024-07-29")


@pytest.mark.parametrize(
    ("reported", "at", "confirmed"),
    [
        (["iSD", "iPR", "iSD"], None, None),  # no progression
        (["iSD", "iUPD"], 1, False),  # nothing followed it
        (["iUPD", "iCPD"], 0, True),
        (["iUPD", "iUPD", "iCPD"], 0, True),  # dated at the first of the block
        (["iUPD", "iSD", "iPR"], None, None),  # pseudo-progression
        (["iUPD", "iSD", "iUPD", "iCPD"], 2, True),  # the first block was over
        (["iUPD", "iSD", "iUPD"], 2, False),
        (["iUPD", "NE"], 0, False),  # not evaluable: nothing that could confirm it
        (["iUPD", "NE", "iCPD"], 0, True),  # not evaluable does not end the block
        (["iUPD", "NON-iCR/NON-iUPD"], None, None),
        (["iUPD", "iCPD", "iSD", "iUPD", "iCPD"], 0, True),  # after the confirmation nothing counts
        (["NE", "NE"], None, None),
        ([], None, None),
    ],
)
def test_progression_is_dated_at_the_first_of_its_block(records, reported, at, confirmed):
    found = reported_progression(records(*[(0, day, value) for day, value in zip(DAYS, reported, strict=False)]))
    if at is None:
        assert found.empty
    else:
        assert found["record"].tolist() == [at]
        assert found["date"].dt.strftime("%Y-%m-%d").tolist() == [DAYS[at]]
        assert found["confirmed"].tolist() == [confirmed]


def test_subjects_stand_alone_and_records_are_named_by_their_place(records):
    table = records((1, DAYS[1], "iCPD"), (0, DAYS[0], "iUPD"), (1, DAYS[0], "iUPD"), (0, DAYS[1], "iSD"))
    found = reported_progression(table)
    assert found[["subject", "record"]].to_numpy().tolist() == [[1, 2]]


@given(values=st.lists(st.sampled_from(["iSD", "iUPD", "NE", "iPR"]), max_size=5), seed=st.randoms())
def test_the_order_of_the_rows_does_not_matter(records, values, seed):
    rows = [(0, day, value) for day, value in zip(DAYS, values, strict=False)]
    shuffled = seed.sample(rows, len(rows))
    one, other = (reported_progression(records(*given))["date"].tolist() for given in (rows, shuffled))
    assert one == other
