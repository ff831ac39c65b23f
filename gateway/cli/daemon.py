"""The daemon from the command line: run."""

from datetime import datetime

import click

from gateway.cli.main import Shell, at_option, pass_shell


@click.command()
@at_option
@pass_shell
def run(shell: Shell, at: datetime | None) -> None:
    """Work until told to stop: take what comes, send what is due. SIGTERM ends it, SIGHUP reads config.toml again."""
    from gateway import logs
    from gateway.daemon import Daemon

    logs.set_up()
    Daemon(shell.config_file(), clock=shell.clock(at)).run()
