"""Figures: the same bytes for the same data, and pictures that stay close to those that were looked at."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncdisc.reporting.declaration import Result
from oncdisc.reporting.figures import draw, figure_bytes, write_figures
from oncdisc.reporting.figures.style import COLOURS, RESPONSES, styled, ticks_to
from oncdisc.reporting.statistics import Group, Outcome
from specs.errors import UsageError

BASELINE = Path(__file__).parent / "baseline"
TOLERANCE = 0.004
"""Mean difference of the grey values, of 1: letters that are drawn a little differently stay below it, the loss of
half the data does not."""


def outcome(kind: str, data: pd.DataFrame) -> Outcome:
    """The result of a figure, with two arms."""
    wanted = {
        "km": {"time_to_event": {"from": "ADTTE"}},
        "forest": {"time_to_event": {"from": "ADTTE"}},
        "waterfall": {"waterfall": {"from": "ADTR"}},
        "spider": {"spider": {"from": "ADTR"}},
        "swimmer": {"swimmer": True},
    }
    result = Result.model_validate({"title": "A title", "population": "ITT", **wanted[kind]})
    return Outcome("X", result, "All", (Group("Placebo", 4), Group("Drug", 4)), figures={kind: data})


def curves() -> pd.DataFrame:
    columns = ["group", "time", "at_risk", "events", "censored", "survival", "lower", "upper"]
    rows = [
        ("Placebo", 0.0, 4, 0, 0, 1.0, 1.0, 1.0),
        ("Placebo", 3.0, 4, 1, 0, 0.75, 0.13, 0.96),
        ("Placebo", 7.0, 3, 1, 1, 0.5, 0.06, 0.84),
        ("Drug", 0.0, 4, 0, 0, 1.0, 1.0, 1.0),
        ("Drug", 9.0, 4, 1, 3, 0.75, 0.13, 0.96),
    ]
    return pd.DataFrame(rows, columns=columns)


def forest() -> pd.DataFrame:
    rows = [
        ("", "All subjects", "Drug", 8, 5, 0.6, 0.2, 1.8),
        ("Sex", "Female", "Drug", 5, 3, 0.5, 0.01, 40.0),
        ("Sex", "Male", "Drug", 3, 0, np.nan, np.nan, np.nan),
    ]
    columns = ["subgroup", "level", "group", "n", "events", "value", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns).assign(statistic="hr")


def changes() -> pd.DataFrame:
    change, response = [140.0, 25, 3, -20, -35, -100], ["PD", "PD", "SD", "SD", "PR", "CR"]
    return pd.DataFrame({"USUBJID": list("ABCDEF"), "group": "Drug", "change": change, "response": response})


def spider() -> pd.DataFrame:
    late = changes().assign(day=80.0)
    return pd.concat([late.assign(day=1.0, change=0.0), late]).sort_values(["USUBJID", "day"], ignore_index=True)


def courses() -> pd.DataFrame:
    columns = ["USUBJID", "group", "kind", "start", "end", "words", "detail", "value", "dataset", "row"]
    rows = [
        ("ABC-1", "Drug", "follow-up", 1, 300, "", "", np.nan, "ADSL", -1),
        ("ABC-1", "Drug", "dose", 1, 200, "Drug", "", np.nan, "ADEX", 0),
        ("ABC-1", "Drug", "assessment", 42, 42, "PR", "", np.nan, "ADRS", 0),
        ("ABC-1", "Drug", "assessment", 210, 210, "PD", "", np.nan, "ADRS", 1),
        ("ABC-1", "Drug", "milestone", 300, 300, "Death", "", np.nan, "ADSL", 0),
        ("ABC-2", "Drug", "follow-up", 1, 100, "", "", np.nan, "ADSL", -1),
        ("ABC-2", "Drug", "milestone", 60, 60, "New therapy", "", np.nan, "ADSL", 1),
    ]
    return pd.DataFrame(rows, columns=columns)


DATA = {"km": curves(), "forest": forest(), "waterfall": changes(), "spider": spider(), "swimmer": courses()}


def grey(content: bytes) -> np.ndarray:
    from matplotlib.image import imread

    return np.asarray(imread(io.BytesIO(content), format="png"))[..., :3].mean(axis=2)


def picture(kind: str, data: pd.DataFrame | None = None) -> bytes:
    file = io.BytesIO()
    with styled():
        draw(outcome(kind, DATA[kind] if data is None else data), kind).savefig(
            file, format="png", dpi=60, metadata={"Software": None}
        )
    return file.getvalue()


@pytest.mark.parametrize("kind", DATA)
def test_a_figure_looks_as_it_did_when_it_was_looked_at(kind: str) -> None:
    made, expected = grey(picture(kind)), grey((BASELINE / f"{kind}.png").read_bytes())
    assert made.shape == expected.shape
    assert float(np.abs(made - expected).mean()) < TOLERANCE


@pytest.mark.parametrize("kind", DATA)
def test_the_tolerance_sees_half_the_data_missing(kind: str) -> None:
    data = DATA[kind]
    made = picture(kind, data[data["group"] == "Placebo"] if kind == "km" else data.iloc[: len(data) // 2 + 1])
    expected = grey((BASELINE / f"{kind}.png").read_bytes())
    found = grey(made)
    assert found.shape != expected.shape or float(np.abs(found - expected).mean()) > TOLERANCE


@pytest.mark.parametrize("form", ["svg", "pdf", "png"])
def test_the_same_data_give_the_same_bytes_without_a_date(form: str) -> None:
    one, other = (figure_bytes(outcome("km", curves()), "km", form) for _ in range(2))
    assert one == other
    assert b"CreationDate" not in one
    assert b"<dc:date>" not in one


@pytest.mark.parametrize("kind", DATA)
def test_no_words_leave_the_figure(kind: str) -> None:
    with styled():
        figure = draw(outcome(kind, DATA[kind]), kind)
        figure.canvas.draw()
        words = [text for axes in figure.axes for text in axes.texts if text.get_text()]
        outside = [
            text.get_text()
            for text in words
            if text.get_window_extent().x0 < 0 or text.get_window_extent().x1 > figure.bbox.x1 + 1
        ]
    assert outside == []


ARMS = ["Placebo", "Drug", "Drug with a name so long that it has no room on a line"]


@pytest.mark.parametrize("arms", [1, 2, 3])
def test_the_legend_of_curves_lies_over_no_curve_nor_the_title(arms: int) -> None:
    data = pd.concat([curves()[curves()["group"] == "Drug"].assign(group=arm) for arm in ARMS[-arms:]])
    with styled():
        figure = draw(outcome("km", data), "km")
        figure.canvas.draw()
        axes = figure.axes[0]
        legend = axes.get_legend()
        assert legend is not None
        place = legend.get_window_extent()
        assert place.y0 >= axes.get_window_extent().y1 - 1
        above = figure.axes[0]._left_title.get_window_extent()  # type: ignore[attr-defined]
        assert place.y1 <= above.y0
        assert place.x1 <= figure.bbox.x1
        assert [text.get_text() for text in legend.get_texts()] == [*ARMS[-arms:], "Censored"]


def test_a_milestone_never_has_the_marker_of_a_death() -> None:
    """Also where it is the first that is met."""
    data = pd.DataFrame({
        "USUBJID": ["1"] * 3, "label": ["1"] * 3, "kind": ["follow-up", "milestone", "milestone"],
        "words": ["", "New therapy", "Death"], "start": [0.0, 20, 50], "end": [60.0, np.nan, np.nan],
        "group": ["Drug"] * 3,
    })  # fmt: skip
    with styled():
        axes = draw(outcome("swimmer", data), "swimmer").axes[0]
    markers = {line.get_label(): line.get_marker() for line in axes.lines}
    assert markers["Death"] == "d"
    assert markers["New therapy"] != "d"


def test_very_many_bars_keep_their_colours() -> None:
    data = pd.DataFrame({"USUBJID": [str(n) for n in range(200)], "change": np.linspace(40, -90, 200),
                         "response": "PR", "group": "Drug"})  # fmt: skip
    with styled():
        many, few = (draw(outcome("waterfall", part), "waterfall").axes[0] for part in (data, data.head(20)))
    assert {bar.get_linewidth() for bar in many.patches} == {0}
    assert {bar.get_hatch() for bar in few.patches} == {"///"}


def test_every_response_has_a_fill_and_a_hatch_or_marker_of_its_own() -> None:
    assert len({(fill, hatch) for fill, hatch, _ in RESPONSES.values()}) == len(RESPONSES)
    assert len({marker for _, _, marker in RESPONSES.values()}) == len(RESPONSES)
    assert len(set(COLOURS)) == len(COLOURS)


@pytest.mark.parametrize(("last", "expected"), [(7, 8), (18, 7), (24, 9), (0.4, 2), (100, 6)])
def test_ticks_reach_the_last_time_and_are_few(last: float, expected: int) -> None:
    made = ticks_to(last)
    assert made[-1] >= last
    assert len(made) == expected


def test_figures_are_written_with_the_data_they_show(tmp_path: Path) -> None:
    written = write_figures([outcome("waterfall", changes())], tmp_path, ("svg", "png"))
    assert sorted(path.relative_to(tmp_path).as_posix() for path in written) == [
        "data/x_waterfall.csv",
        "figures/x_waterfall.png",
        "figures/x_waterfall.svg",
    ]
    assert pd.read_csv(tmp_path / "data" / "x_waterfall.csv")["change"].tolist() == changes()["change"].tolist()


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gif"):
        write_figures([], tmp_path, ("gif",))


def test_no_data_no_figure(tmp_path: Path) -> None:
    assert write_figures([outcome("waterfall", changes().iloc[:0])], tmp_path, ("svg",)) == []
