"""Lines filled with numbers, and tables as HTML."""

from __future__ import annotations

import pytest

from oncdisc.reporting.declaration import Result
from oncdisc.reporting.statistics import Group, Line, Outcome, Statistic, long_frame
from oncdisc.reporting.tables import Table, html_table, shown, table

RESULT = Result(title="A < B", number="1", population="ITT", swimmer=True)


def outcome(statistics: list[Statistic], *lines: Line) -> Outcome:
    return Outcome("X", RESULT, "All", (Group("A", 2), Group("B", 3)), tuple(statistics), lines)


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (float("nan"), ".1f", "NE"),
        (0.00001, ".4f", "<0.0001"),
        (-0.04, ".1f", "0.0"),
        (-0.06, ".1f", "-0.1"),
        (12.0, "d", "12"),
        (3.14159, ".2f", "3.14"),
    ],
)
def test_numbers_as_a_reader_wants_them(value: float, form: str, expected: str) -> None:
    assert shown(value, form) == expected


def test_an_arm_without_a_reason_has_zero_and_a_line_without_numbers_is_left_out() -> None:
    found = [Statistic("P", "A", "Lost", "n", 1), Statistic("P", "A", "Lost", "pct", 50)]
    made = table(outcome(found, Line("Lost", "{n:d} ({pct:.1f}%)", "Lost"), Line("Other", "{n:d}", "Other")))
    assert [(row.label, row.cells) for row in made.rows] == [("Lost", ("1 (50.0%)", "0"))]


def test_a_heading_without_lines_is_left_out() -> None:
    found = [Statistic("P", "A", "", "n", 1)]
    made = table(outcome(found, Line("Kept"), Line("n", "{n:d}", indent=1), Line("Gone"), Line("Gone too")))
    assert [row.label for row in made.rows] == ["Kept", "n"]


def test_a_result_without_lines_has_no_rows() -> None:
    assert table(outcome([])).rows == ()


def test_html_escapes_what_the_data_hold() -> None:
    made = html_table(Table("X", "1", "A < B", "All & more", ("<i>",), (), ("Note <b>",)))
    assert "<i>" not in made
    assert "A &lt; B" in made
    assert "All &amp; more" in made
    assert "Note &lt;b&gt;" in made


def test_long_frame_has_a_statistic_a_row_in_order() -> None:
    made = long_frame([outcome([Statistic("P", "A", "", "n", 1, "subjects"), Statistic("P", "B", "", "n", 2)])])
    assert list(made.columns) == ["result", "paramcd", "group", "category", "statistic", "value", "unit"]
    assert made["value"].tolist() == [1, 2]
    assert made.iloc[0].tolist() == ["X", "P", "A", "", "n", 1, "subjects"]


def test_no_results_still_have_the_columns() -> None:
    assert long_frame([]).empty
