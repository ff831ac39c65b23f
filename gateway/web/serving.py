"""Serves the console with uvicorn, and keeps its register up with the journal meanwhile."""

import sys
from threading import Event, Thread

import uvicorn

from gateway.config import Config
from gateway.errors import GatewayError, Unreachable
from gateway.instance import Clock
from gateway.register import Register
from gateway.web.app import make_app
from gateway.web.screen import journal_of

_EVERY = 1.0  # seconds
_AT_A_TIME = 0.5


def serve(config: Config, *, clock: Clock, local_name: str, port: int) -> None:
    """Answer until told to stop. Raises ConfigError, or Unreachable where nothing can listen there."""
    app = make_app(config, clock=clock, local_name=local_name)
    settings = uvicorn.Config(
        app,
        host=config.web.host,
        port=port,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=True,
        limit_concurrency=100,
        timeout_keep_alive=10,
        h11_max_incomplete_event_size=16_384,
    )
    ended = Event()
    keeper = Thread(target=_keep_up, args=(config, ended), name="register", daemon=True)
    keeper.start()
    try:
        uvicorn.Server(settings).run()
    except SystemExit as end:  # uvicorn's way to say that it cannot listen; its log has said why
        raise Unreachable(f"{config.web.host}:{port} cannot be had: name another with --port or in [web]") from end
    finally:
        ended.set()
        keeper.join(timeout=5)


def _keep_up(config: Config, ended: Event) -> None:
    register, told = Register(config), ""
    while not ended.is_set():
        whole = True
        try:
            with journal_of(config.paths.journal) as journal:
                whole = register.keep_up(journal, _AT_A_TIME)
            told = ""
        except GatewayError as error:
            if str(error) != told:
                told = str(error)
                print(f"gateway: {error}", file=sys.stderr)
        ended.wait(_EVERY if whole else 0.01)
