"""`oncdisc compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from oncdisc.cli.options import names, words
from oncdisc.cli.screen import console, write_text
from specs.errors import DataError, UsageError

if TYPE_CHECKING:
    from oncdisc.review import Comparison, FolderComparison

    Result = Comparison | FolderComparison

_EXAMPLE = """
\b
Examples:
  oncdisc compare production/adtte.xpt validation/adtte.xpt --keys USUBJID,PARAMCD
  oncdisc compare production/ validation/ --method relative --criterion 1e-8 --html compare.html
"""


@click.command(epilog=_EXAMPLE)
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("compare", type=click.Path(path_type=Path))
@click.option(
    "--keys",
    callback=names,
    metavar="VAR,…",
    help="Key variables; default: the metadata's, else proposed from the data.",
)
@click.option("--by", callback=names, default="", metavar="VAR,…", help="Compare in groups.")
@click.option(
    "--method",
    "methods",
    multiple=True,
    help="exact (default), absolute, relative or percent; VAR=METHOD:CRITERION for one variable. Repeatable.",
)
@click.option("--criterion", type=float, help="Largest difference that is equal; 1e-5 where a method is given.")
@click.option("--lenient", callback=words, default="", help="Of case, blanks, dates, missing, special-missing.")
@click.option("--json", "json_file", metavar="FILE", help="The result as JSON; - for stdout.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="The result as a page.")
@click.option("--xlsx", "xlsx_file", type=click.Path(path_type=Path), help="The result as a workbook.")
def command(
    base: Path,
    compare: Path,
    keys: tuple[str, ...] | None,
    by: tuple[str, ...],
    methods: tuple[str, ...],
    criterion: float | None,
    lenient: tuple[str, ...],
    json_file: str | None,
    html_file: Path | None,
    xlsx_file: Path | None,
) -> int:
    """Compare two datasets or two folders as PROC COMPARE does.

    Files may be XPT, sas7bdat, Dataset-JSON, Parquet or CSV, made by SAS, R or oncdisc. Exit status 0: equal;
    1: different. The JSON carries SYSINFO's bits.
    """
    from oncdisc import review
    from oncdisc.transport import TransportError

    try:
        overall, single = review.parse_tolerances(methods, criterion)
        options = review.Options(
            keys=keys,
            by=by,
            tolerance=overall,
            tolerances=single,
            lenient=review.parse_leniencies(lenient),
        )
        result = review.compare_paths(base, compare, options)
    except review.OptionError as error:
        raise UsageError(str(error)) from error
    except TransportError as error:
        raise DataError(str(error)) from error
    review.render(result, console())
    _reports(result, json_file, html_file, xlsx_file)
    return 0 if result.equal else 1


def _reports(result: Result, json_file: str | None, html_file: Path | None, xlsx_file: Path | None) -> None:
    from oncdisc import review

    if json_file:
        write_text(json_file, review.to_json(result).rstrip("\n") + "\n")
    if html_file:
        html_file.write_text(review.render_html(result), encoding="utf-8")
    if xlsx_file:
        review.write_excel(result, xlsx_file)
