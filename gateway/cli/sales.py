"""Sales: the orders of single buyers at marketplaces, what became of each, and those that the ERP has not got."""

from typing import Any

import click

from gateway.cli.main import Shell, pass_shell
from gateway.cli.output import listing, print_json, print_rows, print_table

_COLUMNS = (
    *("seller", "order", "status", "channel", "marketplace"),
    *("posted", "fulfilled", "settled", "refunded", "waits_for"),
)


@click.group()
def sales() -> None:
    """The orders of buyers at marketplaces."""


@sales.command("list")
@click.option("--seller", help="Only this seller's.")
@click.option("--missing", is_flag=True, help="Only those that are not in the ERP, with what each waits for.")
@listing
@pass_shell
def list_sales(shell: Shell, seller: str | None, missing: bool, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List the orders."""
    from gateway.pipeline.selling import sales_listing

    with shell.instance() as instance:
        rows = sales_listing.list_sales(instance.journal, seller=seller, missing=missing, limit=limit)
        print_rows(rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no orders")


@sales.command()
@click.argument("order", metavar="ORDER")
@click.option("--seller", help="Whose order, where several sellers have the number.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_shell
def show(shell: Shell, order: str, seller: str | None, as_json: bool) -> None:
    """Show one order: its lines, documents, settlements, refunds, and what it waits for."""
    from gateway.pipeline.selling import sales_listing

    with shell.instance() as instance:
        shown = sales_listing.show(sales_listing.find_sale(instance.journal, order, seller))
    if as_json:
        print_json(shown)
        return
    click.echo(
        f"order {shown['order']} of {shown['seller']}, {shown['marketplace'] or 'marketplace unknown'}: "
        f"{shown['status'] or 'in no orders report'}, {_channel(shown)}"
    )
    for said in _sentences(shown):
        click.echo(said)
    for rows, columns in (
        (shown["lines"], ("line", "sku", "quantity", "price", "tax")),
        (shown["documents"], ("type", "document", "what")),
        (shown["refunds"], ("settlement", "adjustment", "total")),
        (shown["returns"], ("sku", "quantity", "disposition")),
        (shown["open"], ("code", "about", "since")),
    ):
        if rows:
            click.echo()
            print_table(rows, columns)


def _channel(shown: dict[str, Any]) -> str:
    words = {"fba": "shipped by Amazon", "merchant": "shipped by us"}
    return words.get(shown["channel"], f"channel {shown['channel'] or 'unknown'}")


def _sentences(shown: dict[str, Any]) -> list[str]:
    said = []
    if shown["posted"]:
        said.append(f"in the ERP: {shown['posted']}")
    if shown["waits_for"]:
        said.append(f"waits for {shown['waits_for']}")
    if shown["ship_by"]:
        said.append(f"must leave by {shown['ship_by']}")
    said += [f"settlement {name}: {_amounts(totals)}" for name, totals in shown["settlements"].items() if totals]
    return said


def _amounts(totals: dict[str, str]) -> str:
    return ", ".join(f"{kind.replace('_', ' ')} {amount}" for kind, amount in totals.items())
