"""Partners: who they are, and how far the control numbers have come."""

import click

from gateway.cli.main import Shell, pass_shell
from gateway.cli.output import listing, print_rows

_COLUMNS = ("partner", "format", "guide", "id", "our_id", "test", "channel", "accounts", "control_number")


@click.group()
def partners() -> None:
    """Who we exchange with."""


@partners.command("list")
@listing
@pass_shell
def list_partners(shell: Shell, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List the partners of the configuration."""
    with shell.instance() as instance:
        numbers = instance.journal.numbers()
        rows = []
        for name, partner in instance.config.partners.items():
            series = f"{partner.our_id}>{partner.id} {'T' if partner.test else 'P'} interchange"
            rows.append(
                {
                    "partner": name,
                    "format": partner.format,
                    "guide": partner.guide,
                    "id": partner.id,
                    "our_id": partner.our_id,
                    "test": partner.test,
                    "channel": instance.config.channel_of(name).name,
                    "accounts": list(partner.accounts),
                    "control_number": numbers.get(series, partner.start_at),
                }
            )
    print_rows(rows[:limit], _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no partners")
