"""Partners: who they are, and how far the control numbers have come."""

import click

from gateway.cli.main import Shell, pass_shell
from gateway.cli.output import listing, print_json, print_rows, print_table

_COLUMNS = ("partner", "format", "guide", "id", "our_id", "test", "channel", "accounts", "control_number")
_ACCOUNT = ("account", "company", "customer", "currency", "price_basis", "freight", "warehouse")
_ROW = ("field", "kind", "row", "constant", "element", "layer", "file", "line")


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


@partners.command()
@click.argument("name")
@click.option("--rows", "message", metavar="MESSAGE", help="The effective rows of its mapping: 850, ORDERS.")
@listing
@pass_shell
def show(shell: Shell, name: str, message: str | None, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """Show a partner. Ids, accounts, numbers, keys, habits; with --rows every row in effect and where it stands."""
    from gateway.queries.mapping_rows import rows_of
    from gateway.queries.partner_views import partner

    with shell.instance() as instance:
        found = partner(instance, name)
        rows = list(rows_of(instance.mappings, found["guide"], message))[:limit] if message else []
    if message:
        print_rows(rows, _ROW, as_json=as_json, as_csv=as_csv, empty="no rows")
        return
    if as_json:
        print_json(found)
        return
    for key in ("partner", "format", "guide", "id", "our_id", "test", "channel"):
        click.echo(f"{key:16} {found[key]}")
    contact = found["contact"]
    click.echo(f"{'last contact':16} {contact['last_at'] or 'never'}")
    click.echo(f"{'may be silent':16} {contact['allowed'] or 'no habit is known yet'}")
    for each in found["numbers"]:
        click.echo(f"{'next number':16} {each['text']} ({each['series']})")
    for each in found["keys"]:
        wrong = f": {each['wrong']}" if each["wrong"] else ""
        click.echo(f"{each['use']:16} {each['fingerprint'] or each['file']}{wrong}")
    click.echo()
    print_table(found["accounts"], _ACCOUNT)
    click.echo()
    print_table(
        found["messages"], ("message", "title", "direction", "grammar", "rows", "own_rows", "changed_codes", "removed")
    )
