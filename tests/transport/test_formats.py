"""SAS formats taken apart and put together."""

from __future__ import annotations

import pytest

from oncdisc.transport.formats import compose_format, kind_of_format, parse_format


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("DATE9.", ("DATE", 9, 0)),
        ("8.2", ("", 8, 2)),
        ("BEST.", ("BEST", 0, 0)),
        ("$20.", ("$", 20, 0)),
        ("$CHAR200.", ("$CHAR", 200, 0)),
        ("E8601DT19.", ("E8601DT", 19, 0)),
        ("COMMA12.2", ("COMMA", 12, 2)),
    ],
)
def test_a_format_has_name_width_and_decimals(text: str, parts: tuple[str, int, int]) -> None:
    assert parse_format(text) == parts
    assert compose_format(*parts) == text


def test_no_format_is_none() -> None:
    assert parse_format(None) == parse_format("") == ("", 0, 0)
    assert compose_format("", 0, 0) is None


@pytest.mark.parametrize("text", ["DATE", "9", "DATE9.X", "8,2", "F 8.", "$$8.", "8.99999"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="format"):
        parse_format(text)


def test_date_time_and_datetime_formats_are_known() -> None:
    shown = ("DATE9.", "yymmdd10.", "DATETIME20.", "TIME5.", "8.", "$20.", None, "no format")
    assert [kind_of_format(text) for text in shown] == ["date", "date", "datetime", "time", None, None, None, None]
