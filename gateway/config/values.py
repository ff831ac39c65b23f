"""The kinds of value a setting can have: lengths of time, sizes, places, names, addresses.

Each says in a sentence what is wrong with what was typed, for whoever reads it is about to type it again.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Strict, StringConstraints, ValidationInfo

# Where systemd keeps the credentials of gateway.service, for a check that is run outside of it.
CREDENTIALS = "/run/credentials/gateway.service"


@dataclass(frozen=True, slots=True)
class Share:
    """So many per cent."""

    percent: int


_DURATION = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZE = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def _in_units(value: Any, units: Mapping[str, int], wanted: str) -> int:
    match = re.fullmatch(r"(\d{1,9}) ?([A-Za-z]+)", value) if isinstance(value, str) else None
    if match is None or match[2] not in units or int(match[1]) == 0:
        raise ValueError(f"{value!r} is not {wanted}")
    return int(match[1]) * units[match[2]]


def _duration(value: Any) -> timedelta:
    return timedelta(seconds=_in_units(value, _DURATION, 'a length of time: write "90s", "30m", "4h" or "2d"'))


def _silence(value: Any) -> timedelta | str:
    return value if value == "habit" else _duration(value)


def _size(value: Any) -> int:
    return _in_units(value, _SIZE, 'a size: write "500 KB" or "32 MB" (MB is 1,000,000 bytes, MiB 1,048,576)')


def _buffer(value: Any) -> Decimal | Share:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if re.fullmatch(r"\d{1,3}%", text) and int(text[:-1]) <= 100:
        return Share(int(text[:-1]))
    if re.fullmatch(r"\d{1,9}", text):
        return Decimal(text)
    raise ValueError(f'{value!r} is no buffer: write pieces, as in 5, or a share of the pool, as in "10%"')


def _url(value: str) -> str:
    # What was typed is not shown: it may hold a secret.
    if all("!" <= character <= "~" for character in value):
        parts = urlsplit(value)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return value
    raise ValueError("is not an address to post to: write https://HOST/PATH")


def _place(value: Any, info: ValidationInfo) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip() or "\0" in str(value):
        raise ValueError("fill in a path, relative to the folder of config.toml")
    context: Mapping[str, Path] = info.context or {}
    return Path(os.path.normpath(context["folder"] / value))


def _secret_file(value: Any, info: ValidationInfo) -> Path:
    kind, colon, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not colon or kind != "credential":
        return _place(value, info)
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name) or name.startswith("."):
        raise ValueError(f"{name!r} is no name of a credential: letters, digits, dots, - and _")
    return Path(os.environ.get("CREDENTIALS_DIRECTORY") or CREDENTIALS) / name


def _remote_folder(value: str) -> str:
    if ".." in value.split("/") or not value.isprintable():
        raise ValueError(f"{value!r} is no folder on a server: write /download, or one relative to where one logs in")
    return value if value == "/" else value.rstrip("/")


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size)]
# A file that holds a secret: a path, or credential:NAME for one that systemd hands over (LoadCredential=).
SecretFile = Annotated[Path, BeforeValidator(_secret_file)]
RemoteFolder = Annotated[Text, AfterValidator(_remote_folder)]
FileEnding = Annotated[str, StringConstraints(pattern=r"^(\.[A-Za-z0-9_-]+)?$")]
# An AS2 id becomes part of a folder's name, as the AS2 server writes it (RFC 4130 6.2 allows more).
WireName = Annotated[
    str, StringConstraints(min_length=1, pattern=r"^([A-Za-z0-9_@][A-Za-z0-9_.@ -]*)?$", max_length=128)
]
Place = Annotated[Path, BeforeValidator(_place)]
# A name becomes part of file names and of document ids (`amazon-us:4XK7PL2Q`), where dots and colons separate.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Currency = Annotated[str, StringConstraints(min_length=1, pattern=r"^([A-Z]{3})?$")]
Silence = Annotated[timedelta | Literal["habit"], BeforeValidator(_silence)]
Buffer = Annotated[Decimal | Share, BeforeValidator(_buffer)]
Flag = Annotated[bool, Strict()]
Port = Annotated[int, Strict()]
# One plain mailbox, in ASCII: nothing in it can begin another header, another address or a comment (RFC 5322 3.4.1).
Email = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$")]
Url = Annotated[str, AfterValidator(_url)]


class Settings(BaseModel):
    """A table: unknown keys are errors, and nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
