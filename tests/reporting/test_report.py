"""report.html: self-contained, quick, at home on a phone and on the keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_study

from oncdisc.engines import load_spec
from oncdisc.pipeline import build
from oncdisc.reporting import write_report
from oncdisc.reporting.report.page import _headline  # pyright: ignore[reportPrivateUsage]
from oncdisc.reporting.report.sources import Sources
from specs.resolved import Spec

Browse = Callable[[Path, str, int], str]


def embedded(page: Path) -> dict[str, list[object]]:
    """The subjects' data in the page."""
    found = re.search(r'id="subject-data">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_page_needs_no_network(report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    loaded = re.findall(r"""(?:src|href)=["']([^"'#][^"']*)["']|url\(\s*['"]?([^#'")][^)]*)\)|@import""", page)
    targets = [first or second for first, second in loaded]
    assert not [target for target in targets if re.match(r"(?:[a-z]+:)?//", target)]


def test_links_lead_to_files_of_the_build(report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    targets = {target.split("#")[0] for target in re.findall(r'<a [^>]*href="([^"#][^"]*)"', page)}
    assert {"build.json", "results/tables.html", "tabulations/sdtm/dm.xpt"} <= targets
    assert [target for target in targets if not (report.parent / target).exists()] == []


def test_the_two_runs_give_the_same_bytes(declared: tuple[Path, Spec]) -> None:
    assert write_report(*declared).read_bytes() == write_report(*declared).read_bytes()


def test_records_left_out_are_accounted_for(report: Path) -> None:
    page = report.read_text(encoding="utf-8")
    account = page[page.index('id="flow-AE"') :]
    assert "1 not: AEYN is Y" in account[: account.index("</details>")]
    assert "5 records of ae" not in page  # four of the five were used
    assert "4 records of ae used in AE" in page


def test_identifiers_are_unique(report: Path) -> None:
    page = re.sub(r"<script.*?</script>", "", report.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = re.findall(r'\sid="([^"]+)"', page)
    assert len(found) == len(set(found))


def test_text_of_the_data_can_not_end_the_script(report: Path) -> None:
    data = embedded(report)
    assert "<Start> & begin" in data["words"]
    script = report.read_text(encoding="utf-8").split('id="subject-data">')[1].split("</script>")[0]
    assert "<" not in script


def test_subjects_have_their_records_and_where_they_come_from(report: Path) -> None:
    data = embedded(report)
    (first,) = (subject for subject in data["subjects"] if subject["id"] == "ABC-1")  # type: ignore[index]
    assert first["first"] == "2024-01-01"  # type: ignore[index]
    assert first["facts"] == {"Sex": "M"}  # type: ignore[index]
    kinds = [data["kinds"][item[0]] for item in first["items"]]  # type: ignore[index]
    assert kinds == ["event", "milestone"]
    event = first["items"][0]  # type: ignore[index]
    assert (event[1], event[2]) == (1, 3)
    assert data["source"][event[8]] == "dm"
    assert event[9] == 2  # second record of dm.csv


@pytest.mark.parametrize(
    ("low", "high", "limits"),
    [(1.3, 9.0, "1.3 to 9.0"), (1.3, np.nan, "1.3 to not reached"), (np.nan, np.nan, "not reached")],
)
def test_a_limit_that_is_not_reached_is_said_so(low: float, high: float, limits: str) -> None:
    made = _headline("", (4.2, low, high), "months", "not reached", "")
    assert (made["value"], made["limits"]) == ("4.2", f"95% CI {limits}")


def test_a_median_that_is_not_reached_has_no_unit() -> None:
    made = _headline("", (np.nan,) * 3, "months", "not reached", "")
    assert (made["value"], made["unit"]) == ("Not reached", "")


def test_a_study_without_results_has_a_report_too(small: Path) -> None:
    build(small / "study", raw=small / "raw", out=small / "out")
    page = write_report(small / "out", load_spec(small / "study")).read_text(encoding="utf-8")
    assert "At a glance" not in page
    assert 'id="flow"' in page


def test_sources_follow_lineage_to_the_raw_record(declared: tuple[Path, Spec]) -> None:
    made = Sources(declared[0]).raw("ADSL", pd.Series([0, 2]))
    assert made["source"].tolist() == ["dm", "dm"]
    assert made["record"].tolist() == [2, 1]


def test_sources_of_an_unknown_dataset_are_blank(declared: tuple[Path, Spec]) -> None:
    made = Sources(declared[0]).raw("ADXX", pd.Series([0]))
    assert made["record"].isna().all()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_not_wider_than_the_screen(report: Path, browse: Browse, width: int) -> None:
    script = "answer = document.documentElement.scrollWidth + '/' + innerWidth"
    scroll, inner = map(int, browse(report, script, width).split("/"))
    assert scroll <= inner


def test_the_arrow_keys_show_the_record_behind_each_point(report: Path, browse: Browse) -> None:
    script = """
      document.getElementById('after').click();
      const line = document.querySelector('.timeline');
      line.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
      answer = document.getElementById('who').value + '|' + document.getElementById('point').textContent
    """
    shown = browse(report, script, 1280)
    assert shown.startswith("ABC-10|")
    assert "day 1 (2024-02-01)" in shown
    assert "from dm, record 3" in shown
    assert "oncdisc trace OUT ADSL USUBJID=ABC-10" in shown


def test_a_subject_is_found_by_the_end_of_its_number(report: Path, browse: Browse) -> None:
    script = """
      const who = document.getElementById('who'); who.value = '-2'; who.dispatchEvent(new Event('change'));
      answer = document.querySelector('#subject h3').textContent
    """
    assert browse(report, script, 390) == "ABC-2"


@pytest.mark.slow
def test_a_thousand_subjects_are_drawn_when_they_are_chosen_and_not_before(tmp_path: Path, browse: Browse) -> None:
    rows = "\n".join(f"{number},2024-01-05,F" for number in range(1, 1001))
    events = "\n".join(f"{n},{1 + n % 1000},Y,Headache {n % 7},{1 + n % 28:02d}-Jan-2024," for n in range(5000))
    extract = {"dm.csv": f"SUBJ,START,SEX\n{rows}\n", "ae.csv": f"RECID,SUBJ,AEYN,TERM,DAT,HOME\n{events}\n"}
    from reporting.conftest import ADSL, RESULTS

    small_study.write(tmp_path / "study", small_study.FILES | {"adam/adsl.yaml": ADSL, "results.yaml": RESULTS})
    small_study.write(tmp_path / "raw", extract)
    build(tmp_path / "study", raw=tmp_path / "raw", out=tmp_path / "out")
    page = write_report(tmp_path / "out", load_spec(tmp_path / "study"))
    script = "answer = document.getElementById('position').textContent + '|' + document.querySelectorAll('*').length"
    position, elements = browse(page, script, 1280).split("|")
    assert position == "1 of 1000"
    assert int(elements) < 6000


def test_tables_are_open_on_paper_and_closed_again(report: Path, browse: Browse) -> None:
    script = """
      const count = () => document.querySelectorAll('details.table[open], details.plot[open]').length;
      const before = count(); dispatchEvent(new Event('beforeprint'));
      const during = count(); dispatchEvent(new Event('afterprint'));
      answer = [before, during, count()].join()
    """
    assert browse(report, script, 1280) == "0,3,0"
