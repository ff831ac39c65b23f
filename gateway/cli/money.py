"""What belongs to settlements and is no line of them: deposits at the bank, taxes by month, reimbursements."""

from datetime import UTC, datetime
from typing import Any

import click

from gateway.cli.main import Shell, at_option, pass_shell
from gateway.cli.output import listing, print_json, print_rows
from gateway.documents.base import plain

_DEPOSITS = (
    *("seller", "settlement", "currency", "deposit", "deposit_on", "bank", "booked_on", "amount", "difference"),
    "reference",
)
_TAXES = (
    *("marketplace", "type", "responsible", "scheme", "departure", "arrival", "rate", "currency", "count"),
    *("net", "tax", "gross"),
)
_TAX_LINES = ("line", "day", "order", "sku", *_TAXES[:8], "net", "tax", "gross", "invoice")
_REIMBURSEMENTS = (
    *("reimbursement", "approved_on", "reason", "sku", "currency", "amount", "pieces_cash", "pieces_inventory"),
    "settlement",
)
_MONTHS = ("seller", "month", "currency", "reported", "settled", "difference")


@click.command()
@click.option("--state", type=click.Choice(["matched", "different", "unmatched", "none"]), help="Only these.")
@listing
@at_option
@pass_shell
def deposits(
    shell: Shell, state: str | None, as_json: bool, as_csv: bool, limit: int | None, at: datetime | None
) -> None:
    """List the deposits, each at the bank (matched), there with another amount (different), or not (unmatched)."""
    from gateway.instance import system_clock
    from gateway.pipeline.selling.bank import deposits as found

    with shell.instance() as instance:
        today = (at or system_clock()).astimezone(UTC).date()
        states = [each for each in found(instance.journal, instance.config, today) if state in (None, each.state)]
    rows: list[dict[str, Any]] = []
    for each in states[-limit:] if limit else states:
        line = each.line.line if each.line else None
        rows.append(
            {
                "seller": each.deposit.seller,
                "settlement": each.deposit.settlement,
                "currency": each.deposit.currency,
                "deposit": plain(each.deposit.amount),
                "deposit_on": each.deposit.on.isoformat(),
                "bank": each.state,
                "booked_on": line.booked_on.isoformat() if line else None,
                "amount": plain(line.amount) if line else None,
                "difference": plain(each.difference) if each.difference is not None else None,
                "reference": line.reference or None if line else None,
                "account": line.account or None if line else None,
            }
        )
    print_rows(rows, _DEPOSITS, as_json=as_json, as_csv=as_csv, empty="no deposits")


@click.command()
@click.option("--month", required=True, metavar="YYYY-MM", help="The month, such as 2026-06.")
@click.option("--seller", help="Only this seller's.")
@click.option("--lines", "with_lines", is_flag=True, help="Every activity with who owes its tax, not the sums.")
@listing
@pass_shell
def taxes(
    shell: Shell, month: str, seller: str | None, with_lines: bool, as_json: bool, as_csv: bool, limit: int | None
) -> None:
    """Show what a month of VAT transactions comes to, and who owes each part of it."""
    from gateway.finance.taxes import tax_lines
    from gateway.pipeline.selling.taxes import taxes as found
    from gateway.queries.settled_lines import reopen

    rows: list[dict[str, Any]] = []
    with shell.instance() as instance:
        names = [name for name in instance.config.sellers if seller in (None, name)]
        months = [said for name in names if (said := found(instance.journal, name, month)) is not None]
        for said in months if with_lines else ():
            of = instance.config.sellers[said["seller"]]
            rows += tax_lines(reopen(instance, said["file_id"], of).rows(), month, of.taxes)
    if with_lines:
        shown = rows[:limit]
        print_rows(shown, _TAX_LINES, as_json=as_json, as_csv=as_csv, empty="no report has activities of this month")
        return
    if as_json:
        print_json(months)
        return
    totals = [total for said in months for total in said["totals"]][:limit]
    print_rows(totals, _TAXES, as_json=False, as_csv=as_csv, empty="no report has activities of this month")
    for said in () if as_csv else months:
        more = "" if said["is_complete"] else f"; NOT COMPLETE: {said['unread']} rows could not be read"
        click.echo(f"{said['seller']}: {said['rows']} rows of {said['file']}{more}")


@click.command()
@click.option("--by-month", "by_month", is_flag=True, help="What was told and what was paid, by month.")
@listing
@pass_shell
def reimbursements(shell: Shell, by_month: bool, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List what Amazon gave for goods that it lost or damaged, with the settlement that pays it."""
    from gateway.pipeline.selling.reimbursements import by_month as months
    from gateway.pipeline.selling.reimbursements import reimbursements as found

    find = months if by_month else found
    with shell.instance() as instance:
        rows = [{"seller": name, **row} for name in instance.config.sellers for row in find(instance.journal, name)]
    columns = _MONTHS if by_month else _REIMBURSEMENTS
    print_rows(rows[:limit], columns, as_json=as_json, as_csv=as_csv, empty="no reimbursements")
