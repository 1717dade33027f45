"""The `oncdisc` command: its groups, what errors look like, and exit statuses.

0 clean; 1 done, with error findings or differences; 2 wrong usage or spec, nothing written; 3 could not finish,
previous output untouched; 130 interrupted.
"""

from __future__ import annotations

import importlib
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from oncdisc._version import __version__
from specs.errors import DataError, OncdiscError, SpecError, UsageError

_COMMANDS = {
    "demo": "oncdisc.cli.demo",
    "simulate": "oncdisc.cli.simulate",
    "build": "oncdisc.cli.build",
    "convert": "oncdisc.cli.convert",
    "check": "oncdisc.cli.check",
    "compare": "oncdisc.cli.compare",
    "trace": "oncdisc.cli.trace",
    "diff": "oncdisc.cli.diff",
    "results": "oncdisc.cli.results",
    "define": "oncdisc.cli.define",
    "spec": "oncdisc.cli.spec",
}
_SHORT = {
    "demo": "Simulate the example trial and build all of it.",
    "simulate": "Write a study's raw extracts, simulated.",
    "build": "Raw extracts, or SDTM, to datasets and define.xml.",
    "convert": "Between XPT, Dataset-JSON, Parquet and CSV.",
    "check": "What an agency would reject, in a build or any datasets.",
    "compare": "Compare two datasets or folders, as PROC COMPARE does.",
    "trace": "Where a value comes from, and what is made from it.",
    "diff": "What changed between two builds, subject by subject.",
    "results": "Efficacy tables and figures of a build, and its report.",
    "define": "A page from any define.xml; two defines compared.",
    "spec": "Check a spec; to and from Excel and define.xml.",
}
USAGE, FAILED, INTERRUPTED = 2, 3, 130


class Lazy(click.Group):
    """A group whose commands are imported when they are asked for, so that `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        return importlib.import_module(_COMMANDS[cmd_name]).command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _SHORT[name]) for name in _COMMANDS])


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="oncdisc")
def oncdisc() -> None:
    """Raw EDC extracts to SDTM, ADaM, XPT and define.xml, from one spec per study.

    \b
    Start here:
      oncdisc demo                               a whole example trial
      oncdisc build STUDY --raw RAW --out OUT    your own extracts
      oncdisc COMMAND --help                     what it does, with examples
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status; being told to end counts as an interruption."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run the command line and give its exit status."""
    try:
        result: Any = oncdisc.main(arguments, prog_name="oncdisc", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.Abort:
        return _say("interrupted; previous output is untouched", INTERRUPTED)
    except KeyboardInterrupt:
        return _say("interrupted; previous output is untouched", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return USAGE
    except (SpecError, UsageError) as error:
        return _say(str(error), USAGE)
    except DataError as error:
        return _say(f"{error}\nNothing was written; previous output is untouched.", FAILED)
    except OncdiscError as error:
        return _say(str(error), FAILED)
    except OSError as error:
        return _say(f"{error}\nNothing was written; previous output is untouched.", FAILED)
    except Exception:  # noqa: BLE001 - a fault of the program: Python's own status, 1, would say that the work is done
        traceback.print_exc()
        return FAILED


def _say(message: str, status: int) -> int:
    click.echo(f"oncdisc: {message}", err=True)
    return status
