"""Playing Amazon and a toy ERP against an instance, to see it work before anybody real writes to it.

Orders, changes, answers, shipments, invoices and remittances are written into its folders at simulated times; after
each the gateway takes a turn. What it sends is taken, and now and then refused, answered late or not at all.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.main import Shell, at_option, pass_shell
from gateway.cli.output import counted, print_json, progress

if TYPE_CHECKING:
    from gateway.config import Config, Partner


@click.group(invoke_without_command=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed plays the same conversation.")
@click.option("--orders", type=click.IntRange(1, 10_000), default=10, show_default=True, help="How many are ordered.")
@click.option("--days", type=click.IntRange(1, 366), default=3, show_default=True, help="Within how many days.")
@click.option("--partner", help="Only this partner's orders.")
@click.option("--yes", is_flag=True, help="Also where a partner is neither a test nor one of the examples.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@at_option
@click.pass_context
def simulate(
    ctx: click.Context,
    seed: int,
    orders: int,
    days: int,
    partner: str | None,
    yes: bool,
    as_json: bool,
    at: datetime | None,
) -> None:
    """Play Amazon and a toy ERP against this instance. What can go wrong between them does, at simulated times.

    With `amazon` they are played beside a gateway that runs, at the time it is.
    """
    if ctx.invoked_subcommand is None:
        _play(ctx.ensure_object(Shell), seed, orders, days, partner, at, yes=yes, as_json=as_json)


def _play(
    shell: Shell,
    seed: int,
    orders: int,
    days: int,
    partner: str | None,
    at: datetime | None,
    *,
    yes: bool,
    as_json: bool,
) -> None:
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
        begins = clock.now
        with progress("playing", days, lambda: min(days, (clock.now - begins).days)):
            conversation.play(orders, days, played)
        found = summary(conversation)
    if as_json:
        print_json(found)
    else:
        _print(found)


class Duration(click.ParamType[timedelta]):
    """A length of time as config.toml has it, `90s`, `10m`, `2h`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The length of time."""
        from gateway.mapping.guides import parse_duration

        found = value if isinstance(value, timedelta) else parse_duration(str(value))
        if not found:
            self.fail(f"{value!r} is no length of time; write 90s, 10m or 2h", param, ctx)
        return found


@simulate.command()
@click.option("--speed", type=click.IntRange(1, 10_000), default=60, show_default=True, help="Times faster than life.")
@click.option("--for", "length", type=Duration(), help="For how long, such as 10m; left out, until it is stopped.")
@click.option("--head-start", type=Duration(), help="For how long ten times faster, to have something to look at.")
@click.option("--seed", type=int, help="The same seed draws the same chances; left out, new ones.")
@click.option("--partner", help="Only this partner's orders.")
@click.option("--yes", is_flag=True, help="Also where a partner is neither a test nor one of the examples.")
@pass_shell
def amazon(
    shell: Shell,
    speed: int,
    length: timedelta | None,
    head_start: timedelta | None,
    seed: int | None,
    partner: str | None,
    yes: bool,
) -> None:
    """Feed a gateway that runs. Orders, changes, answers, payments, buyers' orders and faults come, the ERP answers."""
    import signal
    from random import Random
    from threading import Event

    from gateway.config import SftpChannel
    from gateway.simulate.conversation import SimulatedClock
    from gateway.simulate.live import Live

    stop = Event()
    with shell.instance() as instance:
        servers = [name for name, each in instance.config.channels.items() if isinstance(each, SftpChannel)]
        if servers:
            raise click.UsageError(f"channel {servers[0]} is a server that is real: only folders can be played")
        played = partners_to_play(instance.config, partner, yes=yes)
        live = Live(instance, SimulatedClock(datetime.now(UTC)), Random(seed), speed=speed)  # noqa: S311  (a play)
        before = {each: signal.signal(each, lambda *_: stop.set()) for each in (signal.SIGINT, signal.SIGTERM)}
        until = datetime.now(UTC) + length if length else None
        how_long = f"for {length}" if length else "until Ctrl-C"
        click.echo(f"playing Amazon and the ERP {how_long}, {speed} times faster than life")
        click.echo("keep `gateway run` going beside it, and look with `gateway status` or `gateway web`")
        try:
            live.feed(played, stop, until, head_start or timedelta(0))
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(live.written.items()))
    click.echo(f"written: {kinds or 'nothing'}")
    came = ", ".join(f"{count} {kind}" for kind, count in sorted(live.sent.items()) if kind)
    click.echo(f"the gateway sent: {came or 'nothing; is `gateway run` at work?'}")


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
