"""The console from the command line: web; and what people did, as a listing: audit."""

from datetime import datetime
from importlib.util import find_spec

import click

from gateway.cli.main import Shell, at_option, pass_shell, who_am_i
from gateway.cli.output import listing, print_rows
from gateway.errors import ConfigError

_COLUMNS = ("seq", "at", "who", "kind", "what", "why", "subjects")
_NEEDED = ("starlette", "uvicorn", "jinja2", "python_multipart")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Another port than the one in [web].")
@at_option
@pass_shell
def web(shell: Shell, port: int | None, at: datetime | None) -> None:
    """Serve the console. It shows what the other verbs say, as pages, on this machine unless [web] says otherwise."""
    from gateway.config import load

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        how = "`pip install 'edi-gateway[web]'`, or in a checkout `scripts/venv web`"
        raise ConfigError(f"the console needs {', '.join(missing)}, its extra [web]: {how}")
    from gateway.web.serving import serve

    config = load(shell.config_file())
    chosen = config.web.port if port is None else port
    host = f"[{config.web.host}]" if ":" in config.web.host else config.web.host
    click.echo(f"the console of {config.folder.name}: http://{host}:{chosen}/  (Ctrl-C ends it)", err=True)
    serve(config, clock=shell.clock(at), local_name=who_am_i(), port=chosen)


@click.command()
@click.option("--who", help="Only what this person did.")
@listing
@pass_shell
def audit(shell: Shell, who: str | None, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List what people did, the latest first. Each with who, when, what and why."""
    from gateway.register import Register

    with shell.instance() as instance:
        register = Register(instance.config)
        register.make(instance.journal)
        rows = register.acts(who=who, limit=limit or 2**31)
    print_rows(rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="nobody has done anything by hand")
