"""Tables on disk: one HTML page with all of them, and one RTF file each for the study report."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from oncdisc.reporting.statistics import Outcome
from oncdisc.reporting.tables import Row, Table, html_table, table
from specs.errors import UsageError
from specs.resolved import Spec

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1b1f24;background:#fff;max-width:70rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}figure{margin:2.5rem 0}figcaption{font-weight:600}figcaption span{font-weight:400;color:#555}
figcaption span::before{content:"· "}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
table{border-top:2px solid;border-bottom:2px solid}
thead th{border-bottom:1px solid;vertical-align:bottom}th,td{padding:.15rem .6rem;text-align:right;white-space:nowrap}
tbody th{text-align:left;font-weight:400;white-space:normal}tr.head th{font-weight:600;padding-top:.5rem}
.i1{padding-left:1.8rem}.i2{padding-left:3rem}.i3{padding-left:4.2rem}
figure p{font-size:.85rem;color:#444;margin:.4rem 0 0}
@media print{body{margin:0;max-width:none}figure{break-inside:avoid}}
"""


def tables(outcomes: Sequence[Outcome]) -> list[Table]:
    """The tables of the results that have lines."""
    return [table(outcome) for outcome in outcomes if outcome.lines and outcome.groups]


def write_tables(outcomes: Sequence[Outcome], target: Path, spec: Spec, *, rtf: bool) -> list[Path]:
    """Write `tables.html` and, if wanted, `tables/*.rtf`. Raises UsageError if RTF is wanted without the extra."""
    made = tables(outcomes)
    target.mkdir(parents=True, exist_ok=True)
    page = target / "tables.html"
    page.write_text(_page(spec.study.study, spec.study.title, made), encoding="utf-8")
    return [page, *(_write_rtf(one, target / "tables", spec) for one in made if rtf)]


def _page(study: str, title: str, made: Sequence[Table]) -> str:
    listed = "".join(f'<li><a href="#table-{escape(one.id)}">{escape(one.heading)}</a></li>' for one in made)
    body = "\n".join(map(html_table, made))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(study)}: tables</title><style>{STYLE}</style></head>\n<body><main>"
        f"<h1>{escape(study)}: tables</h1><p>{escape(title)}</p><ul>{listed}</ul>\n{body}</main></body></html>\n"
    )


def _write_rtf(made: Table, folder: Path, spec: Spec) -> Path:
    try:
        import polars
        import rtflite  # pyright: ignore[reportMissingImports] - an extra
    except ImportError as error:
        raise UsageError("tables as RTF need the extra: pip install 'oncdisc[rtf]'") from error
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"c{number}" for number in range(len(made.columns) + 1)]
    cells = [[_indented(row), *row.cells] for row in made.rows]
    widths = [3.0, *(1.6 for _ in made.columns)]
    justify = ["l", *("c" for _ in made.columns)]
    document = rtflite.RTFDocument(
        df=polars.DataFrame(cells, schema=dict.fromkeys(names, polars.String), orient="row"),
        rtf_page=rtflite.RTFPage(orientation="landscape" if len(made.columns) > 2 else "portrait"),
        rtf_title=rtflite.RTFTitle(text=[made.heading, made.population]),
        rtf_column_header=[
            rtflite.RTFColumnHeader(text=["", *made.columns], col_rel_width=widths, text_justification=justify)
        ],
        rtf_body=rtflite.RTFBody(col_rel_width=widths, text_justification=justify),
        rtf_footnote=rtflite.RTFFootnote(text=list(made.notes), as_table=True) if made.notes else None,
        rtf_source=rtflite.RTFSource(text=[f"Source: {spec.study.study}, analysis datasets"], as_table=False),
    )
    path = folder / f"{made.id.lower()}.rtf"
    path.write_text(document.rtf_encode(), encoding="utf-8")
    return path


def _indented(row: Row) -> str:
    return "\N{NO-BREAK SPACE}" * (4 * row.indent) + row.label
