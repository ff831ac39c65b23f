"""The morning list, and everything that counts down."""

from datetime import datetime
from typing import Any

import click

from gateway.cli.main import Shell, at_option, pass_shell
from gateway.cli.output import counted, listing, print_json, print_rows, print_table

_COLUMNS = ("what", "partner", "purchase_order", "due_at", "left", "owner", "at_stake")
# The lists of `status`: key, heading, columns. A list with nothing in it is one line.
_LISTS = (
    ("late", "late", _COLUMNS),
    ("due_today", "due today", _COLUMNS),
    ("blocked", "blocked documents", ("id", "type", "partner", "business_number", "at")),
    ("parked", "parked documents", ("id", "type", "partner", "business_number", "at", "waits_for")),
    ("stalled", "standing still", ("what", "partner", "number", "since")),
    ("cases", "open cases", ("owner", "cases", "at_stake")),
)


@click.command()
@listing
@at_option
@pass_shell
def deadlines(shell: Shell, as_json: bool, as_csv: bool, limit: int | None, at: datetime | None) -> None:
    """List everything that counts down, the soonest first."""
    from gateway.instance import system_clock
    from gateway.queries import morning

    with shell.instance() as instance:
        rows = morning.deadlines(instance, at or system_clock())
    print_rows(rows[:limit], _COLUMNS, as_json=as_json, as_csv=as_csv, empty="nothing is due")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object.")
@at_option
@pass_shell
def status(shell: Shell, as_json: bool, at: datetime | None) -> None:
    """Show the morning list. What is late, due today, blocked and standing still, and who has what to do."""
    from gateway.instance import system_clock
    from gateway.queries import morning

    with shell.instance() as instance:
        shown = morning.status(instance, at or system_clock())
    if as_json:
        print_json(shown)
        return
    click.echo(f"at {shown['at']}")
    if pause := shown["paused"]:
        click.echo(f"nothing leaves since {pause['since']}: {pause['reason']}; `gateway journal confirm-restore`")
    for key, heading, columns in _LISTS:
        _print_list(heading, [{**row, "at_stake": _money(row.get("at_stake"))} for row in shown[key]], columns)
    outbox, quarantine = shown["outbox"], shown["quarantine"]
    since = f", the oldest since {outbox['oldest_at']}" if outbox["oldest_at"] else ""
    held = f"; {outbox['failed']} held" if outbox["failed"] else ""
    click.echo()
    for case in shown["degraded"]:
        click.echo(f"degraded: {case['message']} (case {case['case']})")
    click.echo(f"outbox: {counted(outbox['waiting'], 'file')} waiting{since}{held}")
    click.echo(f"quarantine: {'cannot be read' if quarantine is None else counted(quarantine, 'file')}")
    for partner in shown["partners"]:
        last = f"last came {partner['last_contact_at']}" if partner["last_contact_at"] else "has never come"
        ago = f", {partner['ago']} ago" if partner["ago"] else ""
        click.echo(f"{partner['partner']}: {last}{ago}")
    for seller in shown["sellers"]:
        if seller["reports"]:
            click.echo(f"{seller['seller']}: {_of_seller(seller)}")


def _of_seller(seller: dict[str, Any]) -> str:
    """`last settlement 31007264418, 3 days ago; 1 in suspense; orders 2 h ago, fba-inventory 5 min ago`."""
    number = seller["settlement"]
    parts = [f"last settlement {number}, ended {seller['days_ago']} days ago" if number else "no settlement posted"]
    parts += [f"{counted(seller['held'], 'settlement')} held"] if seller["held"] else []
    parts += [f"in suspense: {', '.join(seller['in_suspense'])}"] if seller["in_suspense"] else []
    parts += [", ".join(f"{kind} {report['ago']} ago" for kind, report in seller["reports"].items())]
    return "; ".join(parts)


def _print_list(heading: str, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    click.echo()
    if not rows:
        click.echo(f"{heading}: none")
        return
    click.echo(f"{heading}:")
    print_table(rows, columns)


def _money(at_stake: Any) -> Any:
    """Sums by currency in a line: `435.00 USD, 12.00 EUR`."""
    if isinstance(at_stake, dict):
        return ", ".join(f"{amount} {currency}".strip() for currency, amount in at_stake.items())
    return at_stake
