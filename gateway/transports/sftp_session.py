"""A connection to one account of an SFTP server: only to a server whose key is pinned, only with our own key.

It is made when it is first needed, kept for the next turn, and dropped after any trouble. What goes wrong is told in
the words of an operator: Unreachable where trying again may help, Refused where a person must look. A changed host key
stops this account and no other.
"""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.errors import Refused, TransportError, Unreachable
from gateway.transports.sftp_protocol import CHUNK, Cut, Failed, Sftp

if TYPE_CHECKING:
    import paramiko  # type: ignore[import-untyped]

# Never offered, or only by name: broken or outdated checksums, ciphers and keys (RFC 8758, RFC 9142; MD5 and SHA-1).
_WEAK = {
    "macs": ("hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"),
    "ciphers": ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"),
    "kex": ("diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"),
    "keys": ("ssh-rsa", "ssh-dss"),
    "pubkeys": ("ssh-rsa", "ssh-dss"),
}
_WINDOW = 4_194_304  # bytes that a server may send ahead of our reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where and as whom: key_file holds our private key, host_keys the server's public ones; timeout is in seconds."""

    host: str
    port: int
    user: str
    key_file: Path
    host_keys: Path
    timeout: float = 30.0
    weak_algorithms: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The account, for messages."""
        return f"{self.user}@{self.host}:{self.port}"


@contextmanager
def _within(seconds: float, give_up: Callable[[], object]) -> Iterator[None]:
    """Let something take no longer than this: what paramiko waits for without a limit ends with its connection."""
    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class _Stream:
    """A channel of paramiko whose sending has a limit too: a line that takes no more bytes is waited for as well."""

    def __init__(self, channel: "paramiko.Channel", timeout: float, give_up: Callable[[], object]) -> None:
        self.recv = channel.recv
        self.settimeout = channel.settimeout
        self._channel, self._timeout, self._give_up = channel, timeout, give_up

    def sendall(self, data: bytes) -> None:
        if len(data) <= CHUNK:  # what is as small as this fits into the buffers of this machine
            self._channel.sendall(data)
            return
        with _within(self._timeout, self._give_up):
            self._channel.sendall(data)


class Session:
    """One account. `serial` counts its connections, so that one can tell whether it is still the same."""

    def __init__(self, login: Login) -> None:
        """Connects to nothing yet."""
        self._login = login
        self._lock = threading.RLock()
        self._client: paramiko.SSHClient | None = None
        self._sftp: Sftp | None = None
        self.serial = 0

    def close(self) -> None:
        """End the connection, if there is one; the next use makes another."""
        with self._lock:
            client, self._client, self._sftp = self._client, None, None
            if client is not None:
                client.close()

    @contextmanager
    def told(self, doing: str, path: str) -> Iterator[Sftp]:
        """The open session, for one thing to do; `doing` and `path` say what, for messages.

        A connection that was lost while nobody used it is made anew. Raises Refused, Unreachable.
        """
        with self._lock:
            try:
                sftp = self._open()
            except TransportError as error:
                error.of_channel = True  # no other file would fare better
                raise
            try:
                yield sftp
            except Cut as cut:
                self.close()
                raise Unreachable(f"cannot {doing} {path} at {self._login.place}: {cut}; it is tried again") from cut
            except Failed as failed:
                self._drain(sftp)
                raise Unreachable(
                    f"cannot {doing} {path} at {self._login.place}: the server says {str(failed)!r}; "
                    "correct the folder or its permissions there; it is tried again"
                ) from failed
            except TransportError:
                raise
            except BaseException:
                self.close()  # nobody knows which answers are still to come
                raise

    def _drain(self, sftp: Sftp) -> None:
        try:
            sftp.drain()
        except Cut:
            self.close()

    def _open(self) -> Sftp:
        if self._sftp is not None and self._client is not None:
            transport = self._client.get_transport()
            if transport is not None and transport.is_active():
                return self._sftp
        self.close()
        self._client = _connect(self._login)
        timeout = self._login.timeout
        try:
            transport = self._client.get_transport()
            if transport is None:
                raise Cut("the connection ended")
            transport.set_keepalive(max(int(timeout) // 2, 1))
            channel = transport.open_session(window_size=_WINDOW, timeout=timeout)
            channel.settimeout(timeout)
            with _within(timeout, self._client.close):
                channel.invoke_subsystem("sftp")
            self._sftp = Sftp(_Stream(channel, timeout, self._client.close), timeout)
        except Exception as broken:  # paramiko raises SSHException, EOFError, OSError and others here
            self.close()
            raise Unreachable(
                f"{self._login.place} opens no SFTP session: {_said(broken)}; it is tried again"
            ) from broken
        self.serial += 1
        return self._sftp


def _connect(login: Login) -> "paramiko.SSHClient":
    """A connection to a server that has the pinned key. Raises Refused, Unreachable."""
    import paramiko
    from paramiko.ssh_exception import (  # type: ignore[import-untyped]
        AuthenticationException,
        BadHostKeyException,
        IncompatiblePeer,
        SSHException,
    )

    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    key = _private_key(login)
    _pin(client, login)
    try:
        client.connect(
            login.host,
            login.port,
            login.user,
            pkey=key,
            timeout=login.timeout,
            banner_timeout=login.timeout,
            auth_timeout=login.timeout,
            channel_timeout=login.timeout,
            allow_agent=False,
            look_for_keys=False,
            disabled_algorithms=_disabled(login.weak_algorithms),
        )
    except BadHostKeyException as other:
        client.close()
        raise Refused(
            f"{login.host}:{login.port} shows another host key than {login.host_keys} has: {_fingerprint(other.key)} "
            f"instead of {_fingerprint(other.expected_key)}. Nothing was sent. Ask the partner on another way whether "
            "their key changed, compare the fingerprint, and only then replace the line"
        ) from other
    except AuthenticationException as no:
        was_answered = _is_answer(no, client)
        client.close()
        if not was_answered:
            raise Unreachable(f"{login.place} cannot be reached: {_said(no)}; it is tried again") from no
        raise Refused(
            f"{login.place} does not let us in with the key {login.key_file} ({no}): "
            "ask the partner whether the public key is entered for this user"
        ) from no
    except IncompatiblePeer as old:
        client.close()
        raise Refused(
            f"{login.host}:{login.port} is an old server that has only outdated algorithms ({old}): ask the partner to "
            "update it, or name in weak_algorithms what it needs; keys and exchanges with SHA-1 cannot be named"
        ) from old
    except (SSHException, OSError, EOFError) as broken:
        client.close()
        raise Unreachable(
            f"{login.host}:{login.port} cannot be reached: {_said(broken)}; it is tried again"
        ) from broken
    except BaseException:
        client.close()
        raise
    return client


def _is_answer(no: Exception, client: "paramiko.SSHClient") -> bool:
    """Whether the server said no. Paramiko calls it the same where the connection ended, or nothing was said at all."""
    transport = client.get_transport()
    return transport is not None and transport.is_active() and "timeout" not in str(no)


def _private_key(login: Login) -> "paramiko.PKey":
    import paramiko

    try:
        return paramiko.PKey.from_path(login.key_file)
    except OSError as wrong:
        raise Refused(f"cannot read the key {login.key_file}: {wrong.strerror or wrong}") from wrong
    except Exception as wrong:  # UnknownKeyType, SSHException, ValueError, TypeError for a passphrase
        raise Refused(
            f"{login.key_file} is no private key that can be used without a passphrase: make one with "
            "`ssh-keygen -t ed25519 -N ''`"
        ) from wrong


def _pin(client: "paramiko.SSHClient", login: Login) -> None:
    try:
        client.load_host_keys(str(login.host_keys))
    except (OSError, ValueError) as wrong:
        raise Refused(f"cannot read the host keys in {login.host_keys}: {wrong}") from wrong
    name = login.host if login.port == 22 else f"[{login.host}]:{login.port}"
    if client.get_host_keys().lookup(name) is None:
        raise Refused(
            f"{login.host_keys} has no key of {name}, so nothing is sent there: put in the line that the partner gave "
            "you, or compare the fingerprint with them first"
        )


def _disabled(allowed: tuple[str, ...]) -> dict[str, list[str]]:
    return {kind: [name for name in names if name not in allowed] for kind, names in _WEAK.items()}


def _fingerprint(key: "paramiko.PKey") -> str:
    """As ssh-keygen -l shows it, so that it can be compared."""
    digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
    return f"{key.get_name()} SHA256:{digest}"


def _said(error: Exception) -> str:
    """What an error says, in one line; many of these say nothing."""
    text = str(error) or type(error).__name__
    return "it is silent" if isinstance(error, TimeoutError) else text.splitlines()[0]
