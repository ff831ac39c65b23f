"""What can be set about the console: where it listens, by which names it is reached, and how it knows who asks.

On this machine alone nobody signs in, as with the commands. From anywhere else a console that knows nobody would be
everybody's, so it does not start: it needs tokens, or a reverse proxy that names the user.
"""

import ipaddress
import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from gateway.config.values import Port, SecretFile, Settings, Text

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def _header(value: str) -> str:
    # RFC 9110 5.1: a field name is a token.
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", value):
        raise ValueError(f"{value!r} is no name of a header: write X-Remote-User")
    return value.lower()


def _host_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", value):
        raise ValueError(f"{value!r} is no name of a host: write edi.example.com, without scheme and port")
    return value.lower()


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address to listen at."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class Web(Settings):
    """The console: `gateway web`."""

    host: Text = Field("127.0.0.1", description="The address to listen at. Other than this machine's own it needs "
                       "token_file or user_header.")  # fmt: skip
    port: Port = Field(8017, ge=0, le=65535, description="The port. With 0 a free one is taken.")
    token_file: SecretFile | None = Field(
        None,
        description="The file of those who may sign in, or credential:NAME: a line each with a name, a blank and "
        "a token of at least 20 characters.",
    )
    user_header: Annotated[Text, AfterValidator(_header)] | None = Field(
        None, description="The header in which a reverse proxy names the user who has signed in, as X-Remote-User."
    )
    proxies: tuple[Text, ...] = Field(
        (),
        description="The addresses of that proxy: from others the header counts for nothing. Left out, this machine's.",
    )
    allowed_hosts: tuple[Annotated[Text, AfterValidator(_host_name)], ...] = Field(
        (), description="The names by which browsers may reach it, beside those of this machine."
    )

    @model_validator(mode="after")
    def _knows_who_asks(self) -> Self:
        if not is_loopback(self.host) and not self.asks_who:
            raise ValueError(f"{self.host} is not this machine alone: set token_file or user_header too")
        return self

    @property
    def asks_who(self) -> bool:
        """Whether it answers only to those it knows."""
        return self.token_file is not None or self.user_header is not None

    def is_proxy(self, address: str) -> bool:
        """Whether an address may say in the header who asks."""
        return address in self.proxies if self.proxies else is_loopback(address)

    @property
    def host_names(self) -> frozenset[str]:
        """The names under which it answers."""
        return frozenset({*LOOPBACK_NAMES, *self.allowed_hosts, self.host.lower()})
