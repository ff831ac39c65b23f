"""The root of the command line: finds verbs, opens instances, and turns errors into a sentence and an exit code.

A GatewayError says itself what to do and with which exit code it ends. Anything else is a fault of ours: one line that
says so, exit code 70, and the traceback only where GATEWAY_DEBUG asks for it.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway import __version__
from gateway.errors import ConfigError, GatewayError, NotFound

if TYPE_CHECKING:
    from gateway.instance import Clock, Instance

# verb -> module of gateway.cli that has it
VERBS = {
    "init": "running",
    "run": "daemon",
    "once": "running",
    "check": "running",
    "doctor": "running",
    "translate": "files",
    "validate": "files",
    "inspect": "inspecting",
    "trace": "tracing",
    "explain": "explaining",
    "orders": "orders",
    "sales": "sales",
    "documents": "documents",
    "cases": "cases",
    "status": "status",
    "deadlines": "status",
    "labels": "labels",
    "remittances": "remittances",
    "stock": "stock",
    "settlements": "settlements",
    "simulate": "simulating",
    "journal": "journal",
    "partners": "partners",
    "channels": "channels",
    "quarantine": "quarantine",
    "web": "web",
    "audit": "web",
    "completion": "completion",
}
_BUG = 70
_WORDS = "gateway.words"


class Verbs(click.Group):
    """A group whose verbs are imported when they are asked for, and whose errors are sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """All verbs, in the order of the manual."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  (click's)
        """The verb of this name."""
        if cmd_name not in VERBS:
            return None
        module = import_module(f"gateway.cli.{VERBS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that is meant; a wrong one is answered with the nearest there is."""
        from difflib import get_close_matches

        if args and args[0] not in VERBS and not args[0].startswith("-"):
            near = get_close_matches(args[0], VERBS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"no such verb: {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words as they were typed are kept, for an error to say which was probably meant."""
        ctx.meta[_WORDS] = tuple(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; errors end it with their own exit codes."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except GatewayError as error:
            click.echo(f"gateway: {error}", err=True)
            if isinstance(error, NotFound) and (hint := _hint(str(error), ctx)):
                click.echo(f"  {hint}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            # The reader has seen enough (`| head`); what Python would still write at its end goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except Exception as bug:
            if os.environ.get("GATEWAY_DEBUG"):
                raise
            text = f"{type(bug).__name__}: {bug}"
            click.echo(f"gateway: a fault of the gateway itself: {text}", err=True)
            click.echo("  run it again with GATEWAY_DEBUG=1 and report what it prints", err=True)
            ctx.exit(_BUG)


def _hint(message: str, ctx: click.Context) -> str | None:
    """The nearest right word; None where there is none, or nobody can look."""
    from gateway.cli.nearest import hint

    try:
        with ctx.obj.instance() as instance:
            return hint(message, ctx.meta[_WORDS], instance)
    except GatewayError:
        return None


@dataclass
class Shell:
    """What every verb gets: where the configuration is said to be."""

    option: Path | None = None

    def config_file(self) -> Path:
        """config.toml: as told, else $GATEWAY_CONFIG, else ./config.toml."""
        from gateway.config import locate

        return locate(self.option)

    def clock(self, at: datetime | None) -> "Clock":
        """The clock of `--at`, else the system's. Raises ConfigError for one that is fixed beside an SFTP channel."""
        from gateway.config import SftpChannel, load
        from gateway.instance import fixed_clock, system_clock

        if at is None:
            return system_clock
        if any(isinstance(channel, SftpChannel) for channel in load(self.config_file()).channels.values()):
            raise ConfigError("--at is for tests and demonstrations: with an SFTP channel the time is what it is")
        return fixed_clock(at)

    @contextmanager
    def instance(self, *, clock: "Clock | None" = None, read_only: bool = True) -> Iterator["Instance"]:
        """The instance of that configuration, to look at unless told otherwise.

        Raises NotFound where `--partner` or `--seller` of the verb names nobody.
        """
        from gateway.instance import open_instance, system_clock

        with open_instance(self.config_file(), clock=clock or system_clock, read_only=read_only) as instance:
            verb = click.get_current_context(silent=True)
            if verb is not None and (verb.params.get("partner") or verb.params.get("seller")):
                from gateway.cli.nearest import check_names

                check_names(verb.params, instance)
            yield instance


pass_shell = click.make_pass_decorator(Shell)


class Instant(click.ParamType[datetime]):
    """An instant as ISO 8601 with its zone, `2026-11-20T21:02:00Z`."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant; write 2026-11-20T21:02:00Z", param, ctx)
        if instant.tzinfo is None:
            self.fail(f"{value!r} has no zone; write 2026-11-20T21:02:00Z", param, ctx)
        try:
            return instant.astimezone(UTC)
        except OverflowError:
            self.fail(f"{value!r} is outside the calendar; write 2026-11-20T21:02:00Z", param, ctx)


at_option = click.option("--at", type=Instant(), help="A fixed clock, for tests and demonstrations.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Only say what would be done.")


def who_am_i() -> str:
    """The name that the journal keeps for what a person does: $GATEWAY_USER, else the login name or number."""
    import getpass

    try:
        return os.environ.get("GATEWAY_USER") or getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as containers have them
        return f"user {os.getuid()}"


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option("-c", "--config", "config", type=click.Path(path_type=Path), help="config.toml of the instance.")
@click.version_option(__version__, prog_name="gateway")
@click.pass_context
def gateway(ctx: click.Context, config: Path | None) -> None:
    """An EDI gateway between Amazon and an ERP: it translates, checks, sequences, remembers and explains."""
    ctx.obj = Shell(config)
