"""`oncdisc spec`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from oncdisc.cli.screen import console
from specs.errors import UsageError
from specs.wording import counted


@click.group()
def command() -> None:
    """Check a study's spec; define.xml and Excel to a spec, a spec to both; the language's JSON Schema."""


@command.command(epilog="\b\nExample:\n  oncdisc spec check ./my_study")
@click.argument("study")
def check(study: str) -> int:
    """Read STUDY's spec and report every problem: file, line, what was found, what was expected."""
    from oncdisc.engines import load_spec

    spec = load_spec(study)
    count = sum(len(dataset.variables) for dataset in spec.datasets.values())
    datasets, variables = counted(len(spec.datasets), "dataset"), counted(count, "variable")
    console().print(f"{spec.study.study}: {datasets}, {variables}, no problem found")
    return 0


@command.command(epilog="\b\nExample:\n  oncdisc spec schema > .vscode/dataset.schema.json")
@click.option("--study", "of_study", is_flag=True, help="The schema of study.yaml instead of a dataset's file.")
def schema(of_study: bool) -> int:
    """Print the JSON Schema of a dataset's file, for an editor to complete and check it."""
    import oncdisc.engines  # noqa: F401  # pyright: ignore[reportUnusedImport] - the words of both engines
    from specs.json_schema import dataset_schema, study_schema

    click.echo(json.dumps(study_schema() if of_study else dataset_schema(), indent=2))
    return 0


@command.command(epilog="\b\nExample:\n  oncdisc spec words | less")
def words() -> int:
    """Print every derivation of the language: its arguments and its sentence."""
    import oncdisc.engines  # noqa: F401  # pyright: ignore[reportUnusedImport] - the words of both engines
    from specs.reference import reference

    click.echo(reference(), nl=False)
    return 0


@command.command("import", epilog="\b\nExample:\n  oncdisc spec import sdtm/define.xml adam/define.xml --out my_study")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The study's folder, new or empty.")
def import_(files: tuple[Path, ...], out: Path) -> int:
    """Turn FILES (define.xml 2.0 or 2.1, or an Excel specification) into the folder of a study.

    Variables, value level, codelists and methods come over as words: every dataset is described, and a derivation
    takes the place of the words, variable by variable.
    """
    from define import read_any, write_spec

    documents = [document for file in files for document in read_any(file)]
    written = write_spec(documents, out)
    datasets = sum(len(document.datasets) for document in documents)
    console().print(f"[bold]{out}[/bold]: {counted(datasets, 'dataset')} in {counted(len(written), 'file')}")
    return check.main([str(out)], standalone_mode=False)


@command.command(epilog="\b\nExample:\n  oncdisc spec export es_sclc es_sclc.xlsx")
@click.argument("study")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--of", type=click.Choice(["sdtm", "adam"]), help="Only these datasets; needed for .xml with both.")
def export(study: str, file: Path, of: str | None) -> int:
    """Write the spec of STUDY, or a define.xml in its place, as FILE: .xlsx, or .xml for define.xml."""
    from define import study_documents, write_define, write_workbook
    from define.describe import engine_of
    from define.reader import read
    from oncdisc.engines import load_spec

    if Path(study).is_file():
        document = read(study)
        found = {engine_of(document): document}
    else:
        found = study_documents(load_spec(study))
    chosen = [document for engine, document in found.items() if of in (None, engine)]
    if not chosen:
        raise UsageError(f"{study} has no {of} datasets")
    if file.suffix.lower() == ".xlsx":
        write_workbook(chosen, file)
    elif file.suffix.lower() != ".xml":
        raise UsageError(f"{file}: expected a name that ends in .xlsx or .xml")
    elif len(chosen) > 1:
        raise UsageError("a define.xml is of SDTM or of ADaM: choose with --of sdtm or --of adam")
    else:
        write_define(chosen[0], file)
    console().print(f"[bold]{file}[/bold] written")
    return 0
