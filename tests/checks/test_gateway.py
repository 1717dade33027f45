"""The gateway's criteria: a submission that would be rejected, and one that would not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from oncdisc import checks, write_xpt
from oncdisc.transport import Variable

STF = """<?xml version="1.0"?>
<ectd:study xmlns:ectd="http://www.ich.org/ectd" xmlns:xlink="http://www.w3c.org/1999/xlink">
<study-identifier><title>A study</title><study-id>{study}</study-id></study-identifier>
<study-document>{content}</study-document>
</ectd:study>
"""
CONTENT = '<doc-content xlink:href="{href}"><file-tag name="{tag}" info-type="us"/></doc-content>'
TAGS = {
    "tabulations": ("data-tabulation-dataset-sdtm", "data-tabulation-data-definition"),
    "analysis": ("analysis-dataset-adam", "analysis-data-definition"),
}
TS: dict[str, list[object]] = {
    "STUDYID": ["ABC"],
    "DOMAIN": ["TS"],
    "TSSEQ": [1.0],
    "TSPARMCD": ["SSTDTC"],
    "TSVAL": ["2024-01-15"],
}


@pytest.fixture
def submission(built: Path, tmp_path: Path) -> Path:
    """The datasets of a build, with TS and a study tagging file."""
    root = tmp_path / "m5"
    for place in ("tabulations", "analysis"):
        shutil.copytree(built / place, root / place)
    summary(root, TS)
    tagged(root)
    return root


def summary(root: Path, table: dict[str, list[object]], label: str = "Trial Summary") -> None:
    write_xpt(pd.DataFrame(table), root / "tabulations/sdtm/ts.xpt", name="TS", label=label)


def tagged(root: Path, **tags: str) -> None:
    """A tagging file that lists all there is; `tags` has the tag of a file, by its stem, that is another."""
    paths = [path.relative_to(root) for end in ("*.xpt", "define.xml") for path in sorted(root.rglob(end))]
    content = [
        CONTENT.format(href=path.as_posix(), tag=tags.get(path.stem) or TAGS[path.parts[0]][path.suffix == ".xml"])
        for path in paths
    ]
    (root / "stf-abc.xml").write_text(STF.format(study="ABC", content="\n".join(content)))


def errors(root: Path, *rules: str) -> list[str]:
    package = checks.read_package(root)
    return [finding.message for finding in checks.run(package, rules or ["gateway"]).rows()]


def test_a_submission_in_order_passes(submission: Path) -> None:
    assert errors(submission) == []


def test_no_tagging_file_is_1789(submission: Path) -> None:
    (submission / "stf-abc.xml").unlink()
    assert errors(submission, "gateway.1789") == ["no study tagging file (stf-….xml) is there"]


def test_a_tagging_file_that_cannot_be_read_is_told(submission: Path) -> None:
    (submission / "stf-abc.xml").write_text("<study>")
    assert errors(submission, "gateway.stf") == ["no study-id can be read in it"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"TSVAL": ["2024"]}, "SSTDTC is not a complete date"),
        ({"TSPARMCD": ["TITLE"]}, "TSPARMCD has no SSTDTC with a value"),
        ({"STUDYID": ["XYZ"]}, "stf-abc.xml is of study ABC"),
    ],
)
def test_a_summary_without_a_start_or_of_another_study_is_1734(
    submission: Path, change: dict[str, list[object]], message: str
) -> None:
    summary(submission, {**TS, **change})
    assert errors(submission, "gateway.1734") == [message]


def test_no_summary_is_1734(submission: Path) -> None:
    (submission / "tabulations/sdtm/ts.xpt").unlink()
    assert errors(submission, "gateway.1734") == ["there is no ts.xpt"]


@pytest.mark.parametrize("tag", ["no-such-tag", "analysis-dataset-adam", "data-tabulation-data-definition"])
def test_a_wrong_file_tag_is_1735(submission: Path, tag: str) -> None:
    tagged(submission, ts=tag)
    expected = f"tabulations/sdtm/ts.xpt: found {tag}; expected data-tabulation-dataset-sdtm"
    assert errors(submission, "gateway.1735") == [expected]


def test_define_tagged_as_a_dataset_is_1735(submission: Path) -> None:
    tagged(submission, define="data-tabulation-dataset-sdtm")
    assert "expected data-tabulation-data-definition" in errors(submission, "gateway.1735")[-1]


@pytest.mark.parametrize(("tag", "count"), [("synopsis", 0), ("case-report-forms", 0), ("no-such-tag", 1)])
def test_a_tag_that_is_not_published_is_a_warning(submission: Path, tag: str, count: int) -> None:
    report = CONTENT.format(href="csr.pdf", tag=tag)
    (submission / "stf-report.xml").write_text(STF.format(study="ABC", content=report))
    found = checks.run(checks.read_package(submission), ["gateway"])
    assert (found.count("error"), found.count("warning")) == (0, count)


@pytest.mark.parametrize("place", ["tabulations/sdtm/ts.xpt", "tabulations/sdtm/define.xml"])
def test_a_file_that_no_tagging_file_lists_is_an_error(submission: Path, place: str) -> None:
    text = (submission / "stf-abc.xml").read_text()
    (submission / "stf-abc.xml").write_text(text.replace(place, "csr.pdf"))
    assert errors(submission, "gateway.listed") == [f"no study tagging file lists {place}"]


def test_a_tagging_file_may_refer_to_leaves_of_the_index(submission: Path) -> None:
    path = submission / "stf-abc.xml"
    path.write_text(path.read_text().replace("tabulations/sdtm/ts.xpt", "../index.xml#a1"))
    assert errors(submission, "gateway.listed") == []  # without the index nobody can say
    index = '<ectd xmlns:xlink="http://www.w3c.org/1999/xlink"><leaf ID="a1" xlink:href="m5/{}"/></ectd>'
    (submission.parent / "index.xml").write_text(index.format("tabulations/sdtm/ts.xpt"))
    assert errors(submission) == []
    (submission.parent / "index.xml").write_text(index.format("tabulations/sdtm/ta.xpt"))
    assert errors(submission, "gateway.listed") == ["no study tagging file lists tabulations/sdtm/ts.xpt"]


@pytest.mark.parametrize("name", ["dm.xpt", "define.xml"])
def test_what_is_not_in_its_place_is_1736(submission: Path, name: str) -> None:
    (submission / "tabulations/sdtm" / name).unlink()
    assert errors(submission, "gateway.1736")


def test_analysis_data_without_subjects_is_1736_and_breaks_adams_first_rule() -> None:
    package = checks.package_of({"ADLB": pd.DataFrame({"USUBJID": ["1"], "PARAMCD": ["A"]})})
    found = checks.run(package, ["gateway.1736", "adam.1"]).rows()
    assert {(finding.rule, finding.dataset) for finding in found} == {("gateway.1736", "ADSL"), ("adam.1", "ADSL")}


def test_define_is_wanted_beside_the_datasets(submission: Path) -> None:
    assert errors(submission, "define.beside") == []
    (submission / "tabulations/sdtm/define.xml").unlink()
    assert errors(submission, "define.beside")[0].startswith("no define.xml beside ")


def test_a_file_of_another_name_and_a_path_with_capitals(submission: Path) -> None:
    (submission / "tabulations/sdtm/ts.xpt").rename(submission / "tabulations/sdtm/Summary.xpt")
    assert errors(submission, "gateway.file_name") == ["found Summary.xpt; expected ts.xpt"]
    assert errors(submission, "gateway.path") == ["tabulations/sdtm/Summary.xpt"]


def test_a_dataset_without_label_and_text_beyond_ascii(submission: Path) -> None:
    frame = pd.DataFrame({**TS, "TSVAL": ["2024-01-15 é"]})
    path = submission / "tabulations/sdtm/ts.xpt"
    write_xpt(frame, path, name="TS", label="", encoding="utf-8")
    assert errors(submission, "gateway.label") == ["no label"]
    assert errors(submission, "gateway.ascii") == ["a transport file's text is ASCII"]


def test_a_name_that_no_transport_file_can_have(tmp_path: Path) -> None:
    (tmp_path / "ad_long_name.csv").write_text("USUBJID\n1\n")
    assert checks.run(checks.read_package(tmp_path), ["gateway.dataset_name"]).count("error") == 1
    assert not checks.run(checks.read_package(tmp_path), ["gateway.size"]).rows()


def test_a_file_beyond_five_gigabytes_is_to_be_split(submission: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oncdisc.checks.rules.gateway._LARGEST", 10)
    assert errors(submission, "gateway.size")


def test_padding_is_told_where_the_longest_value_is_shorter(submission: Path) -> None:
    frame = pd.DataFrame(TS)
    variables = [Variable(name, "x", length=40 if name == "TSVAL" else None) for name in TS if name != "TSSEQ"]
    variables.insert(2, Variable("TSSEQ", "x", "float"))
    write_xpt(frame, submission / "tabulations/sdtm/ts.xpt", name="TS", label="x", variables=variables)
    assert "length 40, longest value 10" in errors(submission, "structure.length")
