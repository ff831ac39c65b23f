"""What is usually wrong with the file of a private key: it is the public half, it asks for a passphrase, it is no key.

Only the shape is looked at; whether the far end lets the key in, it alone can say.
"""

from base64 import b64decode
from binascii import Error
from pathlib import Path

_MAGIC = b"openssh-key-v1\0"  # PROTOCOL.key of OpenSSH: then the cipher as a string with its length in four bytes
_MAKE = "make one with ssh-keygen -t ed25519 -N '' -f"


def what_is_wrong_with(file: Path) -> str | None:
    """Why a private key cannot be used by a service; None where it can, or cannot be read (which others say)."""
    try:
        text = file.read_bytes()[:20_000].decode("ascii", "replace").strip()
    except OSError:
        return None
    if text.startswith(("ssh-", "ecdsa-", "---- BEGIN SSH2 PUBLIC KEY")):
        return f"{file} is the public half of a key: name the file without .pub, and give the partner this one"
    if not text.startswith("-----BEGIN ") or "PRIVATE KEY-----" not in text.partition("\n")[0]:
        return f"{file} is no private key: {_MAKE} {file}"
    if "ENCRYPTED" in text or _cipher(text) not in (None, b"none"):
        return (
            f"{file} asks for a passphrase, which nobody can give a service: take it away with ssh-keygen -p -f {file}"
        )
    return None


def _cipher(text: str) -> bytes | None:
    """The cipher of a key in OpenSSH's own form; None for another form."""
    body = "".join(line for line in text.splitlines() if not line.startswith("-----"))
    try:
        data = b64decode(body, validate=True)
    except (Error, ValueError):
        return None
    if not data.startswith(_MAGIC):
        return None
    start = len(_MAGIC) + 4
    return data[start : start + int.from_bytes(data[start - 4 : start])]
