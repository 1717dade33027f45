"""The page: complete, linked both ways, safe with any text, readable without a script."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from define.model import Comment, Document, Leaf, Method
from define.page import html_from, to_html

VOID = frozenset({"meta", "input", "br", "link", "img"})
PUBLISHED = (
    "dataset-json-examples/adam/define.xml",
    "dataset-json-examples/sdtm/define.xml",
    "rconsortium-pilot3/analysis/adam/datasets/define.xml",
)


class Structure(HTMLParser):
    """Identifiers, links and nesting of a page, and its words without style and script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.open: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if found.get("id"):
            self.ids.append(found["id"] or "")
        if "href" in found:
            self.hrefs.append(found["href"] or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def assert_whole(page: str) -> Structure:
    """Tags are closed, identifiers are unique, links within the page lead somewhere."""
    structure = Structure(page)
    assert structure.open == []
    assert len(structure.ids) == len(set(structure.ids))
    assert {href[1:] for href in structure.hrefs if href.startswith("#")} <= set(structure.ids)
    return structure


def test_the_example_shows_all_that_the_document_says(example: Document) -> None:
    text = assert_whole(to_html(example)).text
    for words in (
        'A trial of "X" <1>',
        "Time to Event Analysis",
        "ADTTE.AVAL by value",
        "PARAMCD = PFS (Progression-Free Survival (days))",
        "PARAMCD not in PFS (Progression-Free Survival (days)), DOR",
        "Collected (Investigator)",
        "MedDRA 27.1",
        "Days to progression or death",
        "if a < b and c:",
        "About AVAL",
        "Median PFS",
        "and AVAL > 0",
        "SPECIFIED IN SAP, PRIMARY OUTCOME MEASURE",
        "rank 2.5",
        "extended",
        "no data",
        "non-standard",
    ):
        assert words in text, words


def test_links_go_from_a_variable_to_its_codelist_method_and_values_and_back(example: Document) -> None:
    page = to_html(example)
    row = page.partition('id="item-IG.ADTTE-IT.ADTTE.PARAMCD"')[2].partition("</tr>")[0]
    assert 'href="#codelist-CL.PARAMCD"' in row
    codelist = page.partition('id="codelist-CL.PARAMCD"')[2].partition("</section>")[0]
    assert '<a href="#item-IG.ADTTE-IT.ADTTE.PARAMCD">ADTTE.PARAMCD</a>' in codelist
    value = page.partition('id="values-IG.ADTTE-IT.ADTTE.AVAL"')[2].partition("</section>")[0]
    assert 'href="#item-IG.ADTTE-IT.ADTTE.AVAL"' in value
    assert 'href="#method-MT.PFS"' in value
    method = page.partition('id="method-MT.PFS"')[2].partition("</section>")[0]
    assert "ADTTE.AVAL / PFS</a>" in method


def test_pages_of_a_document_are_links(example: Document) -> None:
    page = to_html(example)
    assert '<a href="acrf.pdf">Annotated CRF</a>, p. <a href="acrf.pdf#page=7">7</a>' in page
    assert '<a href="adrg.pdf#page=20">Endpoints</a>' in page


@pytest.mark.parametrize("path", PUBLISHED)
def test_published_files_get_a_whole_page(shared: Path, path: str) -> None:
    assert_whole(html_from(shared / "data" / "submissions" / path))


def test_text_of_the_file_never_becomes_markup(example: Document) -> None:
    hostile = "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    document = replace(
        example,
        study=replace(example.study, name=hostile, description=hostile),
        methods=tuple(replace(method, name=hostile, description=hostile) for method in example.methods),
        datasets=tuple(replace(group, label=hostile, structure=hostile) for group in example.datasets),
    )
    structure = assert_whole(to_html(document))
    assert structure.tags.count("script") == 1
    assert "img" not in structure.tags
    assert hostile in structure.text


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", " JaVa\tScript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", ""],
)
def test_a_link_that_could_run_is_words_only(example: Document, href: str) -> None:
    document = replace(example, leaves=(Leaf("LF.ACRF", href, "The CRF"), example.leaves[1]))
    structure = assert_whole(to_html(document))
    assert "The CRF" in structure.text
    assert {link.partition("#")[0] for link in structure.hrefs} <= {
        "",
        "adtte.xpt",
        "adrg.pdf",
        "https://www.meddra.org/",
    }


def test_identifiers_that_differ_only_in_odd_characters_keep_apart(example: Document) -> None:
    document = replace(
        example,
        comments=(*example.comments, Comment("COM X", "first"), Comment("COM/X", "second")),
    )
    assert_whole(to_html(document))


def test_references_that_lead_nowhere_are_shown_as_they_are(example: Document) -> None:
    structure = assert_whole(to_html(replace(example, codelists=(), methods=(), comments=(), where_clauses=())))
    assert "Method MT.AVAL" in structure.text
    assert "Comment COM.AVAL" in structure.text


def test_only_the_page_s_own_script_may_run_and_nothing_is_fetched(example: Document) -> None:
    page = to_html(example)
    policy = re.search(r'content="(default-src[^"]*)"', page)
    script = re.search(r"<script>(.*)</script>", page, re.DOTALL)
    assert policy is not None
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert not re.search(r"<(link|img|iframe)|@import|url\(|src=", page.replace(policy[0], ""))


def test_the_same_document_gives_the_same_page(example: Document) -> None:
    assert to_html(example) == to_html(example)


def test_a_page_without_methods_or_standards_has_no_empty_sections(example: Document) -> None:
    bare = Document(example.file, example.study, "M", "N")
    structure = assert_whole(to_html(bare))
    assert "Methods" not in structure.text
    assert "Standards" not in structure.text


def browser() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium to open the page in")
    return path


@pytest.mark.slow
def test_search_finds_a_variable_in_a_browser_without_console_errors(example: Document, tmp_path: Path) -> None:
    page = to_html(replace(example, methods=(*example.methods, Method("MT.Z", "Zebra", "stripes"))))
    digest_free = re.sub(r"<meta http-equiv[^>]*>", "", page)
    probe = (
        "<script>const f=document.getElementById('search');f.value='pfs';f.dispatchEvent(new Event('input'));"
        "document.title=[...document.querySelectorAll('#found b')].map(e=>e.textContent).join('|')</script>"
    )
    file = tmp_path / "define.html"
    file.write_text(digest_free.replace("</body>", f"{probe}</body>"), "utf-8")
    dumped = run(browser(), file, tmp_path / "profile", "--dump-dom")
    title = re.search(r"<title>(.*?)</title>", dumped.stdout)
    assert title is not None
    assert title[1].split("|")[0] == "PFS"
    file.write_text(page, "utf-8")
    assert "CONSOLE" not in run(browser(), file, tmp_path / "other", "--dump-dom").stderr


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 500])
def test_every_link_leads_somewhere_and_nothing_sticks_out(example: Document, tmp_path: Path, width: int) -> None:
    page = re.sub(r"<meta http-equiv[^>]*>", "", to_html(example))
    probe = (
        "<script>const lost=[];for(const a of document.querySelectorAll('a[href^=\"#\"]')){a.click();"
        "const id=decodeURIComponent(location.hash.slice(1));if(!document.getElementById(id))lost.push(id)}"
        "const root=document.documentElement;"
        "document.title=lost.length+' lost, '+(root.scrollWidth-root.clientWidth)+' over'</script>"
    )
    file = tmp_path / "define.html"
    file.write_text(page.replace("</body>", f"{probe}</body>"), "utf-8")
    dumped = run(browser(), file, tmp_path / "profile", f"--window-size={width},900", "--dump-dom")
    assert "<title>0 lost, 0 over</title>" in dumped.stdout
    assert "CONSOLE" not in dumped.stderr


def run(path: str, file: Path, profile: Path, *options: str) -> subprocess.CompletedProcess[str]:
    flags = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --enable-logging=stderr"
    )
    command = [path, *flags.split(), f"--user-data-dir={profile}", *options, file.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
