"""Orders: which there are, and everything about one."""

from typing import Any

import click

from gateway.cli.main import Shell, pass_shell
from gateway.cli.output import listing, print_json, print_rows, print_table

_COLUMNS = ("partner", "purchase_order", "stage", "lines", "gaps", "amount", "answer_due_at", "sales_order")


@click.group()
def orders() -> None:
    """The orders, with their ledgers and what holds them."""


@orders.command("list")
@click.option("--partner", help="Only this partner's.")
@listing
@pass_shell
def list_orders(shell: Shell, partner: str | None, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List the orders."""
    from gateway import queries

    with shell.instance() as instance:
        rows = queries.orders(instance.journal, partner=partner, limit=limit)
        print_rows(rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no orders")


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
    for gap in shown["gaps"]:
        click.echo()
        _print_gap(gap)
    for change in shown["changes"]:
        click.echo()
        click.echo(f"changed by the partner: {'; '.join(change) or 'the same lines again'}")
    click.echo()
    for deadline in shown["deadlines"]:
        click.echo(f"{deadline['what']}: {deadline['due_at']}{', met' if deadline['met'] else ''}")
    if shown["cases"]:
        click.echo(f"cases: {', '.join(shown['cases'])}")


def _print_gap(gap: dict[str, Any]) -> None:
    """One thing that is wrong: what it does, who mends it and until when, how, and what it costs."""
    word = "released" if gap["overridden"] else "blocked" if gap["severity"] == "block" else "warning"
    due = f", by {gap['due_at']}" if gap["due_at"] else ""
    stake = f", at stake {gap['at_stake']}" if gap["at_stake"] else ""
    click.echo(f"{word}: {gap['document']}: {gap['message']}")
    click.echo(f"  {gap['owner']}{due}{stake}: {gap['remedy']}")
