"""Channels: when each was looked into, what came and went last, what waits."""

import click

from gateway.cli.main import Shell, pass_shell
from gateway.cli.output import listing, print_rows

_COLUMNS = (
    *("channel", "kind", "partners", "sellers", "looked_at", "last_in", "last_out", "waiting", "outbox", "failed"),
    *("quarantined", "from"),
)


@click.group()
def channels() -> None:
    """By which ways files come and go."""


@channels.command("list")
@listing
@pass_shell
def list_channels(shell: Shell, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List the channels. When each was looked into, what came and went last, what waits, what lies in quarantine."""
    from gateway.queries.channel_views import channels as found

    with shell.instance() as instance:
        rows = found(instance)[:limit]
    if not as_json:
        for row in rows:
            row["last_in"], row["last_out"] = ((row[way] or {}).get("at") for way in ("last_in", "last_out"))
            row["outbox"] = row["outbox"]["waiting"]
    print_rows(rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no channels")
