"""One way to write a value as JSON, so that equal values have equal bytes and therefore equal hashes.

Keys sorted, no blanks, ASCII only: whatever a partner or a file name put into a text, lone surrogates included, can be
stored and hashed. Decimals become plain decimal strings, dates and instants ISO 8601; floats have no place here.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from gateway.journal.instants import printed


def _plain(value: object) -> object:
    """What json cannot write by itself."""
    match value:
        case Decimal():
            return format(value, "f")
        case datetime():
            return printed(value)
        case date():
            return value.isoformat()
        case Mapping():
            return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be written to the journal")


# What we write is built of frozen records: nothing in it holds itself, and looking for that takes a third of the time.
_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain, check_circular=False
)


def encode(value: object) -> str:
    """The canonical JSON text. Raises TypeError for what JSON cannot hold, ValueError for NaN and infinities."""
    return _encoder.encode(value)


def decode(text: str) -> Any:
    """The value of a JSON text that the journal holds."""
    return json.loads(text)


def fingerprint(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()
