"""`oncdisc compare`."""

from __future__ import annotations

from pathlib import Path

import click

from oncdisc.cli.screen import console
from specs.errors import DataError, UsageError

_EXAMPLE = """
\b
Examples:
  oncdisc compare production/adtte.xpt validation/adtte.xpt --keys USUBJID,PARAMCD
  oncdisc compare production/ validation/ --method relative --criterion 1e-8 --html compare.html
"""


@click.command(epilog=_EXAMPLE)
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("compare", type=click.Path(path_type=Path))
@click.option("--keys", metavar="VAR,…", help="Key variables; default: the metadata's, else proposed from the data.")
@click.option("--by", default="", metavar="VAR,…", help="Compare in groups.")
@click.option("--method", help="exact (default), absolute, relative or percent, as PROC COMPARE defines them.")
@click.option("--criterion", type=float, help="Largest difference that is equal; 1e-5 where a method is given.")
@click.option("--lenient", default="", help="Of case, blanks, dates, missing, special-missing.")
@click.option("--json", "json_file", metavar="FILE", help="The result as JSON; - for stdout.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="The result as a page.")
@click.option("--xlsx", "xlsx_file", type=click.Path(path_type=Path), help="The result as a workbook.")
def command(
    base: Path,
    compare: Path,
    keys: str | None,
    by: str,
    method: str | None,
    criterion: float | None,
    lenient: str,
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
        result = review.compare(
            base,
            compare,
            keys=None if keys is None else _names(keys),
            by=_names(by),
            method=method,
            criterion=criterion,
            lenient=[name.lower() for name in _names(lenient)],
        )
    except review.OptionError as error:
        raise UsageError(str(error)) from error
    except TransportError as error:
        raise DataError(str(error)) from error
    review.render(result, console())
    if json_file == "-":
        click.echo(review.to_json(result))
    elif json_file:
        Path(json_file).write_text(review.to_json(result) + "\n", encoding="utf-8")
    if html_file:
        html_file.write_text(review.render_html(result), encoding="utf-8")
    if xlsx_file:
        review.write_excel(result, xlsx_file)
    return 1 if result.sysinfo else 0


def _names(text: str) -> list[str]:
    return [name.strip().upper() for name in text.split(",") if name.strip()]
