"""Swimmer plot: how long each subject was followed, with treatment, responses, progression and death."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oncdisc.reporting.declaration import DAYS
from oncdisc.reporting.figures.style import INK, MUTED, Margins, canvas, response_style, title
from specs.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LANES = 40
"""Subjects on one page; of more, those followed longest."""
_SHOWN = ("CR", "PR", "SD", "PD")


def draw(data: pd.DataFrame, words: str) -> Figure:
    """Lanes of `analyses.courses.courses`, the longest follow-up first."""
    lanes = _lanes(data)
    longest = max((len(label) for label in lanes["label"]), default=0)
    lines = 0.165 * max(len(lanes), 4)
    figure, axes = canvas(5.9, lines, Margins(left=0.45 + 0.06 * longest, right=0.25, bottom=1.05))
    place = lanes.set_index("USUBJID")["lane"]
    own = data[data["USUBJID"].isin(lanes["USUBJID"])]
    own = own.assign(
        lane=own["USUBJID"].map(place), start=own["start"] / DAYS["months"], end=own["end"] / DAYS["months"]
    )
    follow = own[own["kind"] == "follow-up"]
    axes.barh(follow["lane"], follow["end"], height=0.26, color="#e3e7eb", label="In follow-up")
    _treatment(axes, own[own["kind"] == "dose"])
    _responses(axes, own[own["kind"] == "assessment"])
    _milestones(axes, own, follow)
    total = data["USUBJID"].nunique()
    subjects = counted(total, "subject")
    shown = subjects if len(lanes) == total else f"{len(lanes)} of {subjects}, followed longest"
    axes.set(ylim=(len(lanes) - 0.3, -0.7), yticks=range(len(lanes)))
    axes.set_xlim(left=0)
    axes.set_yticklabels(lanes["label"], fontsize=6.5)
    axes.set_xlabel("Time since the start, months")
    axes.set_ylabel(shown)
    title(axes, words)
    axes.tick_params(axis="y", length=0)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.42 / lines), fontsize=7.5, ncols=5, columnspacing=1.4)
    return figure


def _lanes(data: pd.DataFrame) -> pd.DataFrame:
    follow = data[data["kind"] == "follow-up"]
    made = follow.sort_values(["end", "USUBJID"], ascending=[False, True], ignore_index=True).head(_LANES)
    names = made["USUBJID"].tolist()
    common = _common_start(names)
    return made.assign(lane=np.arange(len(made)), label=[name[common:] for name in names])


def _common_start(names: list[str]) -> int:
    """How much of the identifiers is the study's name: up to the last dash that all have in common."""
    if len(names) < 2:
        return 0
    first, last = min(names), max(names)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    parts = first[:same].split("-")
    return len("-".join(parts[:-1])) + 1 if len(parts) > 1 else 0


def _treatment(axes: Axes, doses: pd.DataFrame) -> None:
    """From each subject's first dose to the last, of all drugs."""
    span = doses.groupby("lane").agg(start=("start", "min"), end=("end", "max"))
    axes.barh(span.index, span["end"] - span["start"], left=span["start"], height=0.5, color="#b9c4cf", edgecolor=INK,
              lw=0.4, label="On treatment")  # fmt: skip


def _responses(axes: Axes, assessments: pd.DataFrame) -> None:
    for response in _SHOWN:
        chosen = assessments[assessments["words"] == response]
        if len(chosen):
            fill, _, marker = response_style(response)
            size = 8 if marker == "*" else 6
            axes.plot(chosen["start"], chosen["lane"], ls="none", marker=marker, ms=size, color=fill, mec=INK, mew=0.5,
                      label=response)  # fmt: skip


def _milestones(axes: Axes, own: pd.DataFrame, follow: pd.DataFrame) -> None:
    """Deaths and other milestones; an arrow where follow-up goes on."""
    milestones = own[own["kind"] == "milestone"]
    others = [words for words in dict.fromkeys(milestones["words"]) if words != "Death"]
    for number, words in enumerate([*others, *(["Death"] if len(others) < milestones["words"].nunique() else [])]):
        chosen = milestones[milestones["words"] == words]
        marker = "d" if words == "Death" else ("P", "h", "8")[number % 3]
        axes.plot(chosen["start"], chosen["lane"], ls="none", marker=marker, ms=6, label=words, mec=INK, mew=0.6,
                  color=INK if words == "Death" else "#F0E442")  # fmt: skip
    dead = set(milestones.loc[milestones["words"] == "Death", "lane"])
    alive = follow[~follow["lane"].isin(dead)]
    axes.plot(alive["end"], alive["lane"], ls="none", marker=">", ms=4, color=MUTED, label="Alive at the end")
