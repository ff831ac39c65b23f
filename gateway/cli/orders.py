"""Orders: which there are, everything about one, and taking over those that another system began."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from gateway.cli.main import Shell, at_option, dry_run_option, pass_shell, who_am_i
from gateway.cli.output import counted, listing, print_json, print_rows, print_table
from gateway.errors import Conflict, InputError, NotFound

_COLUMNS = ("partner", "purchase_order", "stage", "lines", "gaps", "amount", "answer_due_at", "sales_order")


@click.group()
def orders() -> None:
    """The orders, with their ledgers and what holds them."""


@orders.command("list")
@click.option("--partner", help="Only this partner's.")
@click.option("--search", metavar="TEXT", help="Only those with this number, SKU or item id, or one that begins so.")
@click.option("--stage", help="Only those in this stage: held, posted, partly-shipped.")
@click.option("--ship-to", help="Only those to this place.")
@click.option("--since", metavar="DAY", help="Only those received on this day or later: 2026-11-20.")
@click.option("--until", metavar="DAY", help="Only those received on this day or before.")
@listing
@pass_shell
def list_orders(
    shell: Shell,
    partner: str | None,
    search: str | None,
    stage: str | None,
    ship_to: str | None,
    since: str | None,
    until: str | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
) -> None:
    """List the orders. A search, a stage, a place or a day lists the newest first, from the register."""
    from gateway import queries

    for name, day in (("since", since), ("until", until)):
        _check_day(name, day)
    with shell.instance() as instance:
        if search or stage or ship_to or since or until:
            from gateway.register import Register

            register = Register(instance.config)
            register.make(instance.journal)
            found = register.orders(
                search=search,
                stage=stage,
                partner=partner,
                ship_to=ship_to,
                since=since,
                until=until,
                limit=limit or 2**31,
            )
            print_rows(found, (*_COLUMNS, "blocker"), as_json=as_json, as_csv=as_csv, empty="no orders")
            return
        rows = queries.orders(instance.journal, partner=partner, limit=limit)
        print_rows(rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no orders")


def _check_day(name: str, text: str | None) -> None:
    try:
        if text:
            date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day; write 2026-11-20", param_hint=f"--{name}") from None


@orders.command()
@click.argument("number", metavar="PO")
@click.option("--partner", help="Whose order, where several partners use the number.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_shell
def show(shell: Shell, number: str, partner: str | None, as_json: bool) -> None:
    """Show one order: ledger, documents, gaps, deadlines."""
    from gateway import queries

    with shell.instance() as instance:
        state = queries.find_order(instance.journal, instance.config, number, partner)
        shown = queries.order(instance.journal, instance.config, instance.mappings, state)
    documents = shown["documents"]
    if as_json:
        print_json(shown)
        return
    booked = f", sales order {shown['sales_order']}" if shown["sales_order"] else ""
    click.echo(
        f"order {shown['purchase_order']} of {shown['partner']}, account {shown['account']}: {shown['stage']}{booked}"
    )
    click.echo()
    print_table(
        shown["lines"], ("line", "sku", "ordered", "accepted", "backordered", "rejected", "shipped", "invoiced")
    )
    click.echo()
    rows = [{**each, "validation": "replaced" if each.get("replaced") else each["validation"]} for each in documents]
    print_table(
        rows, ("id", "type", "business_number", "direction", "validation", "delivery", "acknowledgement", "file")
    )
    for document in documents:
        for waits in document.get("waits_for", ()):
            click.echo()
            click.echo(f"{document['type']} {document['business_number']} waits: {waits}")
    for gap in sorted(shown["gaps"], key=lambda gap: gap["let_go"] is not None):
        click.echo()
        _print_gap(gap)
    for change in shown["changes"]:
        click.echo()
        click.echo(f"changed by the partner: {'; '.join(change) or 'the same lines again'}")
    click.echo()
    for deadline in shown["deadlines"]:
        click.echo(f"{deadline['what']}: {deadline['due_at']}{_met(deadline)}")
    if shown["cases"]:
        click.echo(f"cases: {', '.join(shown['cases'])}")


@orders.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@dry_run_option
@at_option
@pass_shell
def import_orders(shell: Shell, file: Path, dry_run: bool, at: datetime | None) -> None:
    """Take over orders that another system began, one JSON object a line. Exit 65 where one of them is wrong."""
    from gateway.pipeline import Desk
    from gateway.pipeline.begun import read_begun
    from gateway.pipeline.importing import import_order

    def fetch(name: str) -> bytes:
        return _bytes_of(file.parent / name)

    now = at or datetime.now(UTC)
    taken, known, wrong = 0, 0, 0
    with shell.instance(read_only=False) as instance:
        for number, text in enumerate(_bytes_of(file).decode("utf-8-sig", "replace").split("\n"), 1):
            if not text.strip():
                continue
            try:
                with instance.journal.transaction(now) as tx:
                    desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, now)
                    is_new = import_order(read_begun(text), fetch, who_am_i(), desk)
                    taken, known = taken + is_new, known + (not is_new)
                    if dry_run:
                        raise _TakenBackError
            except _TakenBackError:
                continue
            except (InputError, Conflict, NotFound) as error:
                wrong += 1
                click.echo(f"{file}:{number}: {error}", err=True)
    verb = "would be taken over" if dry_run else "taken over"
    click.echo(f"{counted(taken, 'order')} {verb}, {known} known already, {counted(wrong, 'line')} wrong")
    if wrong:
        raise click.exceptions.Exit(InputError.exit_code)


class _TakenBackError(Exception):
    """Ends a transaction that was only to show what would be."""


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def _print_gap(gap: dict[str, Any]) -> None:
    """One thing that is wrong: what it does, who mends it and until when, how, and what it costs."""
    if gone := gap["let_go"]:
        click.echo(f"let go by {gone['who']} on {gone['at'][:10]} because {gone['why']}: {gap['message']}")
        return
    word = "blocked" if gap["severity"] == "block" else "warning"
    due = f", by {gap['due_at']}" if gap["due_at"] else ""
    stake = f", at stake {gap['at_stake']}" if gap["at_stake"] else ""
    click.echo(f"{word}: {gap['document']}: {gap['message']}")
    click.echo(f"  {gap['owner']}{due}{stake}: {gap['remedy']}")


def _met(deadline: Mapping[str, Any]) -> str:
    return f", met{', but late' if deadline['late'] else ''}" if deadline["met"] else ""
