"""Cases: what a person must look at, who owns it, and how it is resolved."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from gateway.cli.main import Shell, at_option, dry_run_option, pass_shell, who_am_i
from gateway.cli.output import listing, print_json, print_rows
from gateway.errors import Conflict

if TYPE_CHECKING:
    from gateway.journal import Case

_COLUMNS = ("id", "code", "owner", "state", "message", "remedy", "due_at", "at_stake")


@click.group()
def cases() -> None:
    """What a person must look at."""


@cases.command("list")
@click.option(
    "--state",
    type=click.Choice(["open", "closed", "all"]),
    default="open",
    show_default=True,
    help="Which cases; assigned ones are open.",
)
@click.option("--owner", help="Only this owner's: operations, finance, item data, IT.")
@listing
@pass_shell
def list_cases(shell: Shell, state: str, owner: str | None, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List the cases, the latest last."""
    from gateway import queries

    with shell.instance() as instance:
        found = instance.journal.cases(state=None if state == "all" else state, limit=None if owner else limit)
    wanted = None if owner is None else owner.casefold()
    rows = [queries.case_line(case) for case in found if wanted in (None, case.owner.casefold())]
    if wanted and not rows:
        owners = ", ".join(sorted({case.owner for case in found}))
        click.echo(f"no case is {owner}'s; there are those of {owners or 'nobody'}", err=True)
    print_rows(rows[-limit:] if limit else rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no cases")


@cases.command()
@click.argument("case_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_shell
def show(shell: Shell, case_id: str, as_json: bool) -> None:
    """Show one case with its evidence and history."""
    from gateway import queries

    with shell.instance() as instance:
        shown = queries.case(instance.journal, case_id)
    if as_json:
        print_json(shown)
        return
    click.echo(f"case {shown['id']}: {shown['code']}, {shown['state']}, owned by {shown['owner']}")
    click.echo(f"  {shown['message']}")
    click.echo(f"  do: {shown['remedy']}")
    for name in ("due_at", "at_stake", "opened_at", "closed_at", "reason", "closed_by"):
        if shown[name] is not None:
            click.echo(f"  {name.replace('_', ' ')}: {shown[name]}")
    for name, value in shown["evidence"].items():
        click.echo(f"  {name}: {value}")
    for entry in shown["history"]:
        click.echo(f"  {entry['at']}  {entry['kind']}")


@cases.command()
@click.argument("case_id", metavar="ID")
@click.argument("owner")
@dry_run_option
@at_option
@pass_shell
def assign(shell: Shell, case_id: str, owner: str, dry_run: bool, at: datetime | None) -> None:
    """Give a case to OWNER: a person, or operations, finance, item data, IT."""
    from gateway.instance import system_clock

    with shell.instance(read_only=dry_run) as instance:
        case = instance.journal.case(case_id)
        if case.state != "open":
            raise Conflict(f"case {case_id} is closed already: {case.reason}")
        if not dry_run:
            with instance.journal.transaction(at or system_clock()) as tx:
                tx.assign_case(case_id, owner, who_am_i())
        click.echo(f"case {case_id} ({case.code}) {'would go' if dry_run else 'goes'} from {case.owner} to {owner}")


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
    from gateway.instance import system_clock
    from gateway.pipeline import Desk, orders

    if not reason and not reject_line:
        raise click.UsageError("say why with --reason; it is kept for ever")
    who, why = who_am_i(), reason or "line given up by hand"
    with shell.instance(read_only=dry_run) as instance:
        case = instance.journal.case(case_id)
        if case.state != "open":
            raise Conflict(f"case {case_id} is closed already: {case.reason}")
        order, line = _order_line(case) if reject_line else ("", None)
        if reject_line and line is None:
            raise Conflict(f"case {case_id} ({case.code}) is not about an order line")
        if line is None and _is_of_the_state(case):
            text = f"case {case_id} closes by itself when its remedy is done: {case.remedy}"
            raise Conflict(f"{text}; or give the line up with --reject-line")
        if dry_run:
            click.echo(f"would {'reject line ' + line if line else 'close case ' + case_id}: {why}")
            return
        now = at or system_clock()
        with instance.journal.transaction(now) as tx:
            if line:
                desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, now)
                orders.reject(order, line, who, why, desk)
            else:
                tx.close_case(case_id, why, who)
    if line:
        click.echo(f"line {line} is rejected; the rest of the order goes on with the next `gateway once`")
    else:
        click.echo(f"case {case_id} is closed")


def _order_line(case: "Case") -> tuple[str, str | None]:
    """The order (`amazon-us:4XK7PL2Q`) and the line that a case is about; no line where it is about none."""
    order = next((subject.removeprefix("order:") for subject in case.subjects if subject.startswith("order:")), "")
    return order, case.evidence.get("line") if order else None


def _is_of_the_state(case: "Case") -> bool:
    """Whether a case follows from an order's state, so that closing it by hand would only open it again."""
    from gateway.lifecycle.problems import is_for_a_person
    from gateway.pipeline.orders import OPEN

    return case.key.startswith(OPEN) and not is_for_a_person(case.code)
