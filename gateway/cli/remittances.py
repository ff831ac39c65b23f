"""Remittances: what became of each invoice, and money that belongs to none."""

from datetime import datetime

import click

from gateway.cli.main import Shell, at_option, pass_shell
from gateway.cli.output import listing, print_rows

_COLUMNS = (
    *("partner", "invoice", "purchase_orders", "invoiced_on", "due_on", "currency", "amount", "paid", "difference"),
    *("status", "reasons", "remittance", "case", "settled", "at"),
)


@click.group()
def remittances() -> None:
    """What was paid, short, over, or not at all."""


@remittances.command("list")
@click.option(
    "--status",
    type=click.Choice(["unsent", "open", "paid", "short", "over", "overdue", "settled", "unmatched"]),
    help="Only these; unsent has not left us, settled was closed by a person, unmatched is money for no invoice.",
)
@click.option("--partner", help="Only this partner's.")
@listing
@at_option
@pass_shell
def list_remittances(
    shell: Shell,
    status: str | None,
    partner: str | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
    at: datetime | None,
) -> None:
    """List the invoices with what was paid for each, then the items that settle none."""
    from gateway.instance import system_clock
    from gateway.queries.receivables import receivables

    with shell.instance() as instance:
        now = at or system_clock()
        rows = receivables(instance.journal, instance.config, now, status=status, partner=partner, limit=limit)
        print_rows(rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no invoices and no remittances")
