"""The journal: proving it whole, exporting it, backing it up, going on from a backup."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from gateway.cli.main import Shell, at_option, dry_run_option, pass_shell, who_am_i
from gateway.cli.output import counted, print_json, print_rows, progress

_WAITING = ("id", "type", "business_number", "partner", "channel", "control_number", "queued_at", "waits_for")


@click.group()
def journal() -> None:
    """The one file that remembers everything."""


@journal.command()
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_shell
def verify(shell: Shell, as_json: bool) -> None:
    """Prove that nothing in the journal was altered: exit 1 where something was."""
    from gateway.journal import verify as prove

    with shell.instance() as instance, progress("looking at every entry"):
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
    with progress("copying the journal"):
        copy(config.paths.journal, target)
    click.echo(f"{target}: a copy as of {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")


@journal.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="Why; kept in the journal.")
@click.option(
    "--margin", metavar="N", type=click.IntRange(min=1), help="How many control numbers of each series are left out."
)
@click.option("--margin-is-enough", is_flag=True, help="You know that fewer were used than may have been.")
@click.option(
    "--again",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    help="How often this backup was restored before: so many more margins are left out.",
)
@click.option(
    "--aside",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A journal that was in use since and was moved away: its numbers are left out too.",
)
@click.option("--json", "as_json", is_flag=True, help="The list of what to ask for, as one object.")
@dry_run_option
@at_option
@pass_shell
def restore(
    shell: Shell,
    source: Path,
    reason: str,
    margin: int | None,
    margin_is_enough: bool,
    again: int,
    aside: tuple[Path, ...],
    as_json: bool,
    dry_run: bool,
    at: datetime | None,
) -> None:
    """Go on from the backup FILE, in the place of a journal that was moved away. Nothing leaves until you confirm."""
    from gateway.config import load
    from gateway.errors import Conflict
    from gateway.journal import Journal
    from gateway.journal import restore as place
    from gateway.journal.backup import look_into, margin_of, numbers_used
    from gateway.pipeline import restoring

    now = at or datetime.now(UTC)
    config = load(shell.config_file())
    target = config.paths.journal
    with look_into(source) as backup:
        seq, digest = backup.head()
        last = backup.entry(seq).at
        needed = margin_of(backup, now)
        used = numbers_used(aside, backup.instance)
    if margin is not None and margin < needed.numbers and not margin_is_enough:
        raise Conflict(
            f"{margin} numbers are too few: {needed.numbers} of a series may have been used since the backup"
            " (--margin-is-enough if you know better)"
        )
    margin = (margin or needed.numbers) * (1 + again)
    done = "would restore" if dry_run else "restores"
    said = f"{done} {source}, entries to {seq} ({digest[:12]}) of {last:%Y-%m-%dT%H:%M:%SZ}, as {target}"
    click.echo(said, err=as_json)
    pace = f"the busiest day drew {counted(needed.busiest_day, 'number')}, {counted(needed.days, 'day')} may be lost"
    click.echo(f"every series of control numbers goes on {margin} further: {pace}", err=as_json)
    if dry_run:
        return
    place(
        source,
        target,
        now,
        margin=margin,
        is_enough=True,  # asked above, before the many restores of the margin were added up
        used=used,
        reason=reason,
        who=who_am_i(),
        series=restoring.series_to_be(config),
        then=restoring.hold_what_may_have_left,
    )
    with Journal.open(target, read_only=True) as journal:
        _print_requests(restoring.resend_requests(journal, config), as_json=as_json)
    if not as_json:
        if not again and not aside:
            click.echo(
                "was this backup restored before? Then move this journal away before you confirm, and restore with"
                " --again 1, or with --aside and the journal that was in use then: else numbers are used twice"
            )
        click.echo("nothing leaves until `gateway journal confirm-restore`; gateway once takes in what comes again")


@journal.command("resend-requests")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_shell
def resend_requests(shell: Shell, as_json: bool) -> None:
    """Print what to ask of partners and ERP after a restore, and what may have left that the journal does not know."""
    from gateway.pipeline import restoring

    with shell.instance() as instance:
        _print_requests(restoring.resend_requests(instance.journal, instance.config), as_json=as_json)


@journal.command("confirm-restore")
@click.option("--reason", required=True, help="Why it is safe to send again; kept in the journal.")
@click.option("--json", "as_json", is_flag=True, help="What leaves, as an array of objects.")
@dry_run_option
@at_option
@pass_shell
def confirm_restore(shell: Shell, reason: str, as_json: bool, dry_run: bool, at: datetime | None) -> None:
    """Let files leave again after a restore; prints what waits to leave. Look with --dry-run first."""
    from gateway.errors import Conflict
    from gateway.pipeline import restoring

    with shell.instance(read_only=dry_run) as instance:
        if not instance.journal.is_paused():
            raise Conflict("nothing is held up: files leave with every turn")
        rows = restoring.waiting(instance.journal)
        if not dry_run:
            with instance.journal.transaction(at or datetime.now(UTC)) as tx:
                tx.unpause(who_am_i(), reason)
    print_rows(rows, _WAITING, as_json=as_json, as_csv=False, empty="nothing waits to leave")
    if not as_json:
        would = "would leave" if dry_run else "leaves"
        click.echo(f"{'all of this' if rows else 'what comes from now on'} {would} as soon as it may")


@journal.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--reason", required=True, help="How you know; kept in the journal.")
@dry_run_option
@at_option
@pass_shell
def arrived(shell: Shell, ids: tuple[str, ...], reason: str, dry_run: bool, at: datetime | None) -> None:
    """Say that documents of ours, in doubt or waiting after a restore, have arrived: they are not sent (again)."""
    from gateway.pipeline import Desk, restoring

    now = at or datetime.now(UTC)
    with shell.instance(read_only=dry_run) as instance:
        opened = instance.journal.look(now) if dry_run else instance.journal.transaction(now)
        with opened as tx:
            desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, now)
            for each in ids:
                found = restoring.find_arrival(each, desk)
                if not dry_run:
                    restoring.arrive(found, who_am_i(), reason, desk)
    click.echo(f"{', '.join(ids)}: {'would be' if dry_run else 'is'} taken as delivered")


@journal.command()
@click.option(
    "--keep", metavar="DAYS", type=click.IntRange(min=1), required=True, help="Younger files keep their bytes."
)
@click.option("--reason", default="retention", show_default=True, help="Why; kept in the journal.")
@click.option("--vacuum", is_flag=True, help="Give the space back to the disk: needs as much again, and takes a while.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@dry_run_option
@at_option
@pass_shell
def prune(
    shell: Shell, keep: int, reason: str, vacuum: bool, as_json: bool, dry_run: bool, at: datetime | None
) -> None:
    """Remove the bytes of files older than DAYS days, never the history, and nothing that is still open."""
    from gateway.journal.instants import printed

    now = at or datetime.now(UTC)
    before = now - timedelta(days=keep)
    with shell.instance(read_only=dry_run) as instance:
        if dry_run:
            found = instance.journal.prunable(before)
        else:
            with progress("removing bytes"):
                with instance.journal.transaction(now) as tx:
                    found = tx.prune(before, who_am_i(), reason)
                if vacuum:
                    instance.journal.vacuum()
    files, packed = sum(each.files for each in found), sum(each.packed for each in found)
    if as_json:
        print_json({"before": printed(before), "files": files, "bytes": packed, "removed": not dry_run})
        return
    verb = "would remove" if dry_run else "removed"
    click.echo(f"{verb} the bytes of {counted(files, 'file')} from before {before:%Y-%m-%d}: {packed} bytes as stored")
    if found and not dry_run and not vacuum:
        click.echo("the journal uses the room again; --vacuum gives it back to the disk")


def _print_requests(requests: dict[str, Any], *, as_json: bool) -> None:
    """What to ask of whom, then what may have left."""
    if as_json:
        print_json(requests)
        return
    for request in (*requests["partners"], requests["erp"]):
        click.echo(request["ask"])
    for last in requests["erp"]["documents"]:
        click.echo(f"  the last {last['type']} for {last['partner']}: {last['business_number']}, came {last['at']}")
    for numbers in requests["our_numbers"]:
        click.echo(f"{numbers['series']}: {numbers['from']} to {numbers['to']} may have been used, and are left out")
    for waited in requests["in_doubt"]:
        what = f"{waited['type']} {waited['business_number']}" if waited["type"] else waited["file"]
        click.echo(f"document {waited['id']}, {what} in {waited['file']}: may have left, and is held until you say so")
    for draft in requests["may_have_left"]:
        what = f"{draft['type']} {draft['business_number']} for {draft['partner']}"
        click.echo(f"document {draft['id']}, {what}: waited in the backup, and may have left since in another form")
