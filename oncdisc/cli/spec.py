"""`oncdisc spec`."""

from __future__ import annotations

import json

import click

from oncdisc.cli.screen import console


@click.group()
def command() -> None:
    """Check a study's spec; export the language's JSON Schema."""


@command.command(epilog="\b\nExample:\n  oncdisc spec check ./my_study")
@click.argument("study")
def check(study: str) -> int:
    """Read STUDY's spec and report every problem: file, line, what was found, what was expected."""
    from oncdisc.engines import load_spec

    spec = load_spec(study)
    count = sum(len(dataset.variables) for dataset in spec.datasets.values())
    console().print(f"{spec.study.study}: {len(spec.datasets)} datasets, {count} variables, no problem found")
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
