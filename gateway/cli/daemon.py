"""The daemon from the command line: run."""

from datetime import datetime

import click

from gateway.cli.main import Shell, at_option, pass_shell
from gateway.errors import ConfigError


@click.command()
@at_option
@pass_shell
def run(shell: Shell, at: datetime | None) -> None:
    """Work until told to stop: take what comes, send what is due. SIGTERM ends it, SIGHUP reads config.toml again."""
    from gateway import logs
    from gateway.config import SftpChannel, load
    from gateway.daemon import Daemon
    from gateway.instance import fixed_clock, system_clock

    logs.set_up()
    file = shell.config_file()
    if at and any(isinstance(channel, SftpChannel) for channel in load(file).channels.values()):
        raise ConfigError("--at is for tests and demonstrations: with an SFTP channel the time is what it is")
    Daemon(file, clock=fixed_clock(at) if at else system_clock).run()
