"""Cases: what a person must look at, who owns it, and how it is resolved."""

from collections.abc import Iterator
from datetime import datetime
from shlex import quote

import click

from gateway.cli.main import Instant, Shell, at_option, dry_run_option, pass_shell, who_am_i
from gateway.cli.output import Row, listing, print_entries, print_json, print_rows

_COLUMNS = ("id", "code", "owner", "state", "message", "remedy", "due_at", "snoozed_until", "at_stake")
_SHORT = ("id", "code", "owner", "due_at", "at_stake")
_WITH_STATE = ("id", "code", "owner", "state", "due_at", "at_stake")


@click.group()
def cases() -> None:
    """What a person must look at."""


@cases.command("list")
@click.option(
    "--state",
    type=click.Choice(["open", "snoozed", "closed", "all"]),
    default="open",
    show_default=True,
    help="Which cases; assigned ones are open, and so are those that are put off (snoozed).",
)
@click.option("--owner", help="Only this owner's: operations, finance, item data, IT.")
@click.option("--code", help="Only of this kind: unknown-item, message-refused ...")
@listing
@at_option
@pass_shell
def list_cases(
    shell: Shell,
    state: str,
    owner: str | None,
    code: str | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
    at: datetime | None,
) -> None:
    """List the cases, the latest last."""
    from gateway import casework
    from gateway.instance import system_clock
    from gateway.queries import to_the_second

    kept = {"all": None, "snoozed": "open"}.get(state, state)
    is_narrowed = bool(owner or code or state == "snoozed")
    with shell.instance() as instance:
        found = instance.journal.cases(state=kept, limit=None if is_narrowed else limit)
        wanted = None if owner is None else owner.casefold()
        chosen = [case for case in found if wanted in (None, case.owner.casefold()) and code in (None, case.code)]
        rows = [casework.line(case, instance.journal) for case in chosen]
    if state == "snoozed":
        now = to_the_second(at or system_clock())
        rows = [row for row in rows if (row["snoozed_until"] or "") > now]
    if wanted and not rows:
        owners = ", ".join(sorted({case.owner for case in found}))
        click.echo(f"no case is {owner}'s; there are those of {owners or 'nobody'}", err=True)
    shown = rows[-limit:] if limit else rows
    if as_json or as_csv or not shown:
        print_rows(shown, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no cases")
    else:
        print_entries(
            shown, ("id", "code", "owner", *(("state",) if state == "all" else ()), "due_at", "at_stake"), _below
        )


def _below(row: Row) -> Iterator[str]:
    """What is wrong and what to do about it."""
    yield row["message"]
    yield f"do: {row['remedy']}"
    if row["snoozed_until"] is not None:
        yield f"put off until {row['snoozed_until']}"


@cases.command()
@click.argument("case_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_shell
def show(shell: Shell, case_id: str, as_json: bool) -> None:
    """Show one case with its evidence and history."""
    from gateway import casework
    from gateway.queries.case_steps import step
    from gateway.queries.quarantined import names_of

    with shell.instance() as instance:
        shown = casework.show(instance.journal, case_id)
        shown["quarantined"] = names_of(shown["subjects"], instance.config, instance.journal)
    if as_json:
        print_json(shown)
        return
    click.echo(f"case {shown['id']}: {shown['code']}, {shown['state']}, owned by {shown['owner']}")
    click.echo(f"  {shown['message']}")
    click.echo(f"  do: {shown['remedy']}")
    for name in ("due_at", "at_stake", "snoozed_until", "opened_at", "closed_at", "reason", "closed_by"):
        if shown[name] is not None:
            click.echo(f"  {name.replace('_', ' ')}: {shown[name]}")
    for name, value in shown["evidence"].items():
        click.echo(f"  {name}: {value}")
    for file in shown["quarantined"]:
        click.echo(f"  in quarantine: `gateway quarantine show {quote(file)}`")
    for each in shown["notes"]:
        click.echo(f"  note of {each['at']} by {each['who']}: {each['text']}")
    for entry in shown["history"]:
        told = step(entry)
        click.echo(f"  {told['at']}  {told['what']}, {told['who']}" + (f": {told['detail']}" if told["detail"] else ""))


@cases.command()
@click.argument("case_id", metavar="ID")
@click.argument("owner")
@dry_run_option
@at_option
@pass_shell
def assign(shell: Shell, case_id: str, owner: str, dry_run: bool, at: datetime | None) -> None:
    """Give a case to OWNER: a person, or operations, finance, item data, IT."""
    from gateway import casework
    from gateway.instance import system_clock

    with shell.instance(read_only=dry_run) as instance:
        case = casework.find_open(instance.journal, case_id)
        if not dry_run:
            casework.assign(instance.journal, case_id, owner, who_am_i(), at or system_clock())
        click.echo(f"case {case_id} ({case.code}) {'would go' if dry_run else 'goes'} from {case.owner} to {owner}")


@cases.command()
@click.argument("case_id", metavar="ID")
@click.argument("text")
@dry_run_option
@at_option
@pass_shell
def note(shell: Shell, case_id: str, text: str, dry_run: bool, at: datetime | None) -> None:
    """Keep a remark with a case for whoever comes next. It says TEXT."""
    from gateway import casework
    from gateway.instance import system_clock

    with shell.instance(read_only=dry_run) as instance:
        instance.journal.case(case_id)
        if not dry_run:
            casework.note(instance.journal, case_id, text, who_am_i(), at or system_clock())
    click.echo(f"{'would be noted' if dry_run else 'noted'} with case {case_id}")


@cases.command()
@click.argument("case_id", metavar="ID")
@click.option("--until", type=Instant(), required=True, help="Until when; at most until it is due.")
@click.option("--reason", required=True, help="Why; kept in the journal.")
@dry_run_option
@at_option
@pass_shell
def snooze(shell: Shell, case_id: str, until: datetime, reason: str, dry_run: bool, at: datetime | None) -> None:
    """Put a case off. It is open all the same, and alerts go on; it only stands apart until then."""
    from gateway import casework
    from gateway.instance import system_clock
    from gateway.queries import to_the_second

    now = at or system_clock()
    with shell.instance(read_only=dry_run) as instance:
        casework.check_snooze(casework.find_open(instance.journal, case_id), until, now)
        if not dry_run:
            casework.snooze(instance.journal, case_id, until, reason, who_am_i(), now)
    click.echo(f"case {case_id} {'would be' if dry_run else 'is'} put off until {to_the_second(until)}")


@cases.command()
@click.argument("case_id", metavar="ID")
@dry_run_option
@at_option
@pass_shell
def wake(shell: Shell, case_id: str, dry_run: bool, at: datetime | None) -> None:
    """Show a case again among the open ones that was put off."""
    from gateway import casework
    from gateway.instance import system_clock

    with shell.instance(read_only=dry_run) as instance:
        casework.find_open(instance.journal, case_id)
        if not dry_run:
            casework.wake(instance.journal, case_id, who_am_i(), at or system_clock())
    click.echo(f"case {case_id} {'would stand' if dry_run else 'stands'} among the open ones again")


@cases.command()
@click.argument("case_id", metavar="ID")
@click.option("--reason", help="Why; kept in the journal.")
@click.option("--reject-line", is_flag=True, help="Give up the line the case is about; the others go on.")
@dry_run_option
@at_option
@pass_shell
def resolve(
    shell: Shell, case_id: str, reason: str | None, reject_line: bool, dry_run: bool, at: datetime | None
) -> None:
    """Resolve a case by hand, or give up the order line that it is about."""
    from gateway import casework

    if not reason and not reject_line:
        raise click.UsageError("say why with --reason; it is kept for ever")
    why = reason or "line given up by hand"
    clock = shell.clock(at)
    with shell.instance(clock=clock, read_only=dry_run) as instance:
        line = casework.check_resolution(casework.find_open(instance.journal, case_id), reject_line=reject_line)
        if dry_run:
            click.echo(f"would {'reject line ' + line if line else 'close case ' + case_id}: {why}")
            return
        casework.resolve(instance, case_id, why, who_am_i(), reject_line=reject_line)
    if line:
        click.echo(f"line {line} is rejected; the rest of the order goes on with the next `gateway once`")
    else:
        click.echo(f"case {case_id} is closed")
