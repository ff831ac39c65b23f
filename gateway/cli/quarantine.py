"""Quarantine: what could not be taken, why, and giving it back to the channel that it came from."""

import sys
from itertools import islice

import click

from gateway.cli.main import Shell, dry_run_option, pass_shell, who_am_i
from gateway.cli.output import listing, print_json, print_rows

_COLUMNS = ("name", "size", "since", "channel", "code", "message", "place", "remedy")


@click.group()
def quarantine() -> None:
    """What could not be taken."""


@quarantine.command("list")
@listing
@pass_shell
def list_quarantine(shell: Shell, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List the files in quarantine, each with its reason and the channel that it came from."""
    from gateway.queries.quarantined import quarantined

    with shell.instance() as instance:
        rows = list(islice(quarantined(instance.config, instance.journal), limit))
    print_rows(rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="nothing lies in quarantine")


@quarantine.command()
@click.argument("name")
@click.option("--raw", is_flag=True, help="Its bytes alone, as they are.")
@click.option("--json", "as_json", is_flag=True, help="One object, without its bytes.")
@pass_shell
def show(shell: Shell, name: str, raw: bool, as_json: bool) -> None:
    """Show the file NAME in quarantine: why it lies there, what to do, and how it begins."""
    from gateway.queries.quarantined import beginning, content

    with shell.instance() as instance:
        found, data = content(instance.config, instance.journal, name)
    if raw:
        sys.stdout.buffer.write(data)
        return
    if as_json:
        print_json(found)
        return
    for word in ("message", "remedy", "place", "channel", "since", "size"):
        if found[word] is not None:
            click.echo(f"{word}: {found[word]}")
    click.echo(f"\n{beginning(data)}")


@quarantine.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why; kept in the journal.")
@click.option("--channel", help="To which channel; left out, the one that it came from.")
@dry_run_option
@pass_shell
def release(shell: Shell, name: str, reason: str, channel: str | None, dry_run: bool) -> None:
    """Give the file NAME back to its channel, where it is taken like any other. What was read before is a repeat."""
    from gateway.queries import quarantined

    with shell.instance(read_only=dry_run) as instance:
        if dry_run:
            plan = quarantined.releasable(instance, name, channel)
        else:
            plan = quarantined.release(instance, name, reason, who_am_i(), channel)
    verb = "would be moved" if dry_run else "is moved"
    click.echo(f"{name} {verb} into {plan['inbox']} as {plan['as']}; it is taken with the next `gateway once`")
