"""Settlements: what was posted of each, what is held or in suspense, and every line of it down to the report."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from gateway.cli.main import Shell, at_option, pass_shell
from gateway.cli.money import deposits, reimbursements, taxes
from gateway.cli.output import listing, print_json, print_rows, print_table

_COLUMNS = (
    *("seller", "settlement", "status", "currency", "deposit", "from", "to", "days_ago", "suspense", "bank", "entries"),
    *("case", "posted_at"),
)
_LINE = (
    *("line", "posted_at", "order", "transaction_type", "amount_type", "amount_description", "sku", "amount"),
    *("account", "entry"),
)
_SUSPENSE = (
    "settlement",
    "transaction_type",
    "amount_type",
    "amount_description",
    "amount",
    "currency",
    "lines",
    "case",
)
_ENTRY = (
    *("document", "id", "kind", "part", "from", "to", "debits", "credits", "deposit", "suspense", "acknowledgement"),
    *("number", "file"),
)
_EXPLAINED = ("seller", "account", "rule", "text")
seller_option = click.option("--seller", help="Only this seller's.")


@click.group()
def settlements() -> None:
    """What Amazon settled, and what was booked of it."""


for _command in (deposits, taxes, reimbursements):
    settlements.add_command(_command)


@settlements.command("list")
@seller_option
@listing
@at_option
@pass_shell
def list_settlements(
    shell: Shell, seller: str | None, as_json: bool, as_csv: bool, limit: int | None, at: datetime | None
) -> None:
    """List the settlements that came, each with its age, what lies in suspense, and whether the bank agrees."""
    from gateway.instance import system_clock
    from gateway.queries.settled import settlements as found

    with shell.instance() as instance:
        rows = found(instance.journal, instance.config, at or system_clock(), seller=seller)
    rows = rows[-limit:] if limit else rows
    print_rows(rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no settlements")


@settlements.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@at_option
@pass_shell
def show(shell: Shell, number: str, as_json: bool, at: datetime | None) -> None:
    """Show a settlement. Its journal entries, what each account gets, and what waits for somebody."""
    from gateway.instance import system_clock
    from gateway.queries.settled import settlement

    with shell.instance() as instance:
        shown = settlement(instance, number, at or system_clock())
    if as_json:
        print_json(shown)
        return
    for key in ("seller", "settlement", "status", "revision", "currency", "deposit", "from", "to", "suspense", "bank"):
        click.echo(f"{key:12} {'' if shown[key] is None else shown[key]}".rstrip())
    click.echo()
    print_table(shown["entries"], _ENTRY)
    click.echo()
    print_table(shown["accounts"], ("account", "text", "debit", "credit"))
    for case in shown["cases"]:
        click.echo()
        click.echo(f"case {case['id']} {case['code']}: {case['message']}")
        click.echo(f"  {case['remedy']}")


@settlements.command()
@click.argument("number", required=False)
@click.option("--order", help="Only lines of this order; without NUMBER those of every settlement.")
@click.option("--sku", help="Only lines of this SKU.")
@click.option("--description", help="Only lines with this amount description.")
@click.option("--account", help="Only lines that went to this account.")
@listing
@pass_shell
def lines(
    shell: Shell,
    number: str | None,
    order: str | None,
    sku: str | None,
    description: str | None,
    account: str | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
) -> None:
    """List the lines of settlement NUMBER as the report has them, each with its account and journal entry."""
    from itertools import islice

    from gateway.queries.settled import find_posted_settlement
    from gateway.queries.settled_lines import Wanted, lines_of_order
    from gateway.queries.settled_lines import lines as found

    if number is None and order is None:
        raise click.UsageError("name a settlement, or an order with --order")
    with shell.instance() as instance:
        if number is None:
            rows = lines_of_order(instance, order or "")
        else:
            posted = find_posted_settlement(instance.journal, instance.config, number)
            rows = found(instance, posted, Wanted(order, sku, description, account))
        columns = _LINE if number else ("settlement", *_LINE)
        print_rows(islice(rows, limit), columns, as_json=as_json, as_csv=as_csv, empty="no such lines")


@settlements.command()
@listing
@pass_shell
def suspense(shell: Shell, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List what lies in suspense, then the rows that the chart of accounts lacks."""
    from gateway.queries.settled import suspense as found

    with shell.instance() as instance:
        rows = list(found(instance.journal, instance.config))[:limit]
    print_rows(rows, _SUSPENSE, as_json=as_json, as_csv=as_csv, empty="nothing lies in suspense")
    if rows and not as_json and not as_csv:
        click.echo()
        click.echo("rows for the chart of accounts; put the account in the place of ACCOUNT:")
        for text in dict.fromkeys(row["chart_row"] for row in rows):
            click.echo(text)


@settlements.command("explain-line")
@click.argument("transaction_type")
@click.argument("amount_type")
@click.argument("amount_description")
@click.option("--debit", is_flag=True, help="The amount is negative: it is charged to us.")
@seller_option
@click.option("--json", "as_json", is_flag=True, help="An array of objects.")
@pass_shell
def explain_line(
    shell: Shell,
    transaction_type: str,
    amount_type: str,
    amount_description: str,
    debit: bool,
    seller: str | None,
    as_json: bool,
) -> None:
    """Say to which account a line like this goes, and which row of the chart says so.

    For example: gateway settlements explain-line Order ItemFees Commission --debit
    """
    from gateway.config import load
    from gateway.errors import NotFound
    from gateway.queries.settled import explain_line as explained

    config = load(shell.config_file())
    sellers = [each for each in config.sellers.values() if seller in (None, each.name)]
    if not sellers:
        raise NotFound(f"there is no seller {seller}" if seller else "config.toml has no [sellers.NAME]")
    names = (transaction_type, amount_type, amount_description)
    rows = [explained(each, names, is_credit=not debit) for each in sellers]
    print_rows(rows, _EXPLAINED, as_json=as_json, as_csv=False)


@settlements.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@seller_option
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_shell
def check(shell: Shell, file: Path, seller: str | None, as_json: bool) -> None:
    """Add up a settlement report without taking it in. Exit 65 where it would be held."""
    from gateway.config import load
    from gateway.errors import NotFound
    from gateway.instance import mappings_of
    from gateway.queries.settlement_check import check_settlement

    config = load(shell.config_file())
    sellers = [each for each in config.sellers.values() if seller in (None, each.name)]
    if not sellers:
        raise NotFound(f"there is no seller {seller}" if seller else "config.toml has no [sellers.NAME]")

    def chunks() -> Iterator[bytes]:
        with file.open("rb") as opened:
            while piece := opened.read(1 << 18):
                yield piece

    shown = check_settlement(chunks, sellers[0], mappings_of(config.folder))
    if as_json:
        print_json(shown)
    else:
        for key, value in shown.items():
            click.echo(f"{key:12} {_shown(value)}".rstrip())
    if shown["held"]:
        raise click.exceptions.Exit(65)


def _shown(value: object) -> str:
    if value is None:
        return "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
