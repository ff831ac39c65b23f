"""Playing Amazon and a toy ERP against an instance, to see it work before anybody real writes to it.

Orders, changes, answers, shipments, invoices and remittances are written into its folders at simulated times; after
each the gateway takes a turn. What it sends is taken, and now and then refused, answered late or not at all.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.main import Shell, at_option, pass_shell
from gateway.cli.output import counted, print_json

if TYPE_CHECKING:
    from gateway.config import Config, Partner


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed plays the same conversation.")
@click.option("--orders", type=click.IntRange(1, 10_000), default=10, show_default=True, help="How many are ordered.")
@click.option("--days", type=click.IntRange(1, 366), default=3, show_default=True, help="Within how many days.")
@click.option("--partner", help="Only this partner's orders.")
@click.option("--yes", is_flag=True, help="Also where a partner is neither a test nor one of the examples.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@at_option
@pass_shell
def simulate(
    shell: Shell, seed: int, orders: int, days: int, partner: str | None, yes: bool, as_json: bool, at: datetime | None
) -> None:
    """Play Amazon and a toy ERP against this instance. What can go wrong between them does, at simulated times."""
    import logging
    from random import Random

    from gateway import logs
    from gateway.config.alerts import Alerts
    from gateway.instance import locked
    from gateway.simulate.conversation import Conversation, SimulatedClock
    from gateway.simulate.summary import summary

    logs.set_up(level=logging.ERROR)
    clock = SimulatedClock(at or datetime.now(UTC))
    with shell.instance(clock=clock, read_only=False) as instance, locked(instance):
        played = partners_to_play(instance.config, partner, yes=yes)
        # Nobody is called out of bed for what was only played.
        instance.config = instance.config.model_copy(update={"alerts": Alerts(log=False), "owners": {}})
        conversation = Conversation(instance, clock, Random(seed))  # noqa: S311  (a play needs no secrets)
        conversation.play(orders, days, played)
        found = summary(conversation)
    if as_json:
        print_json(found)
    else:
        _print(found)


def partners_to_play(config: "Config", name: str | None, *, yes: bool) -> "list[Partner]":
    """Those that are played. Raises NotFound, UsageError."""
    from gateway.errors import NotFound

    if name is not None and name not in config.partners:
        raise NotFound(f"there is no partner {name}: `gateway partners list` shows those there are")
    played = [partner for partner in config.partners.values() if name in (None, partner.name)]
    for partner in played:
        channel = config.channel_of(partner.name)
        if channel.kind != "folder":
            raise click.UsageError(f"channel {channel.name} of {partner.name} is no folder: only folders can be played")
    live = [partner.name for partner in played if not yes and not _is_for_play(partner)]
    if live:
        raise click.UsageError(
            f"{', '.join(live)} may be live: orders that nobody placed would go to the ERP. "
            "Play against `gateway init DIR --example`, or say --yes"
        )
    return played


def _is_for_play(partner: "Partner") -> bool:
    """Whether a partner is a test, or one of the shipped examples: their ids are nobody's."""
    import tomllib

    from gateway.resources import example_config

    examples = tomllib.loads(example_config().text)["partners"].values()
    return partner.test or partner.our_id in {example["our_id"] for example in examples}


def _print(found: dict[str, Any]) -> None:
    sent = ", ".join(f"{count} {kind}" for kind, count in found["sent"].items())
    click.echo(f"{counted(found['orders'], 'order')} played until {found['until'][:10]}")
    if found["lost"]:
        click.echo(f"{counted(found['lost'], 'order')} lost", err=True)
    click.echo(f"sent: {sent or 'nothing'}")
    click.echo(f"blocked: {found['blocked']}, of which mended: {found['mended']}")
    for currency, sums in found["money"].items():
        click.echo(f"{currency}: " + ", ".join(f"{name} {amount}" for name, amount in sums.items()))
    click.echo(f"{counted(found['cases_open'], 'case')} open, see `gateway cases list`")
    for code, count in found["cases"].items():
        click.echo(f"  {count} {code}")
