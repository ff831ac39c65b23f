"""The journal: proving it whole, exporting it, backing it up."""

from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.main import Shell, pass_shell
from gateway.cli.output import print_json


@click.group()
def journal() -> None:
    """The one file that remembers everything."""


@journal.command()
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_shell
def verify(shell: Shell, as_json: bool) -> None:
    """Prove that nothing in the journal was altered: exit 1 where something was."""
    from gateway.journal import verify as prove

    with shell.instance() as instance:
        proof = prove(instance.journal)
        head = instance.journal.head()
    if as_json:
        counts = {"entries": proof.entries, "files": proof.files, "documents": proof.documents}
        print_json({**counts, "head": head[1], "problems": list(proof.problems)})
    else:
        for problem in proof.problems:
            click.echo(problem)
        state = "PROBLEMS FOUND" if proof.problems else "whole"
        click.echo(f"{proof.entries} entries, {proof.files} files, {proof.documents} documents: {state}")
    if proof.problems:
        raise click.exceptions.Exit(1)


@journal.command()
@pass_shell
def export(shell: Shell) -> None:
    """Print every entry in order, one JSON object a line."""
    from gateway.journal import export as lines

    with shell.instance() as instance:
        for line in lines(instance.journal):
            click.echo(line)


@journal.command()
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@pass_shell
def backup(shell: Shell, target: Path) -> None:
    """Copy the journal to FILE while it is in use."""
    from gateway.config import load
    from gateway.journal import backup as copy

    config = load(shell.config_file())
    copy(config.paths.journal, target)
    click.echo(f"{target}: a copy as of {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
