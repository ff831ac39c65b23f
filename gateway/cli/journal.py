"""The journal: proving it whole, exporting it, backing it up, going on from a backup."""

from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.main import Shell, at_option, dry_run_option, pass_shell, who_am_i
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


@journal.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="Why; kept in the journal.")
@click.option(
    "--margin", metavar="N", type=click.IntRange(min=1), help="How many control numbers of each series are left out."
)
@dry_run_option
@at_option
@pass_shell
def restore(shell: Shell, source: Path, reason: str, margin: int | None, dry_run: bool, at: datetime | None) -> None:
    """Go on from the backup FILE, where the journal was moved away: control numbers jump ahead, which is recorded."""
    from gateway.config import load
    from gateway.journal import Journal
    from gateway.journal import restore as place
    from gateway.journal.backup import MARGIN

    target = load(shell.config_file()).paths.journal
    with Journal.open(source, read_only=True) as backup:
        seq, digest = backup.head()
    click.echo(f"{'would restore' if dry_run else 'restores'} {source}, entries to {seq} ({digest[:12]}), as {target}")
    if not dry_run:
        place(source, target, at or datetime.now(UTC), margin=margin or MARGIN, reason=f"{who_am_i()}: {reason}")
        click.echo(
            "next: gateway doctor, then gateway once; what came since the backup must be put into the folders again"
        )
