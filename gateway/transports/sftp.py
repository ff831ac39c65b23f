"""An SFTP server of a partner as a transport: one account downloads, one uploads; the two may be the same.

What lies there is read as sftp_inbox.py says, what we send is put as sftp_outbox.py says. Each account has a
connection of its own, so that taking and sending do not wait for each other. Nothing is connected before it is needed.
"""

from datetime import datetime
from pathlib import Path

from gateway.config import SftpChannel
from gateway.transports.base import Arrival, Entry, Later, Refusal, Staged
from gateway.transports.sftp_inbox import Inbox
from gateway.transports.sftp_outbox import Outbox
from gateway.transports.sftp_session import Login, Session


class SftpTransport:
    """A channel of the kind sftp. Two threads may use it, one for taking and one for sending."""

    def __init__(self, settings: SftpChannel) -> None:
        """Connects to nothing yet."""
        self._channel = settings.name
        self._sessions = tuple(
            Session(
                Login(
                    host=settings.host,
                    port=settings.port,
                    user=user,
                    key_file=key_file,
                    host_keys=settings.host_keys,
                    timeout=settings.timeout.total_seconds(),
                    weak_algorithms=settings.weak_algorithms,
                )
            )
            for user, key_file in (
                (settings.in_user, settings.in_key_file),
                (settings.out_user, settings.out_key_file),
            )
        )
        download, upload = self._sessions
        self._inbox = Inbox(self._channel, download, settings.in_folder, settings.max_file)
        self._outbox = Outbox(
            upload, settings.out_folder, renames=settings.rename == "part", takes_away=settings.takes_away
        )

    @property
    def channel(self) -> str:
        """The name of the channel it serves."""
        return self._channel

    def close(self) -> None:
        """End the connections. Whatever is asked next makes new ones."""
        for session in self._sessions:
            session.close()

    def list(self) -> tuple[Entry, ...]:
        """What waits in the download folder, the oldest first; folders and unfinished names left out."""
        return self._inbox.list()

    def fetch(self, entry: Entry, seen_at: datetime) -> Arrival | Refusal | Later:
        """Read a file whole, or say why not."""
        return self._inbox.fetch(entry, seen_at)

    def stage(self, name: str, data: bytes) -> Staged:
        """Upload under a name that the partner passes over, or hold the bytes where there is no renaming."""
        return self._outbox.stage(name, data)

    def publish(self, staged: Staged) -> None:
        """Let it appear under its name. Raises Interrupted where it may or may not have."""
        self._outbox.publish(staged)

    def is_published(self, staged: Staged) -> bool:
        """Whether it arrived. Raises Interrupted where nobody can tell, for the partner takes files away."""
        return self._outbox.is_published(staged)

    def settle(self, entry: Entry) -> bool:
        """Remove what was fetched and is stored, if it is still that."""
        return self._inbox.settle(entry)

    def set_aside(self, entry: Entry, target: Path) -> None:
        """Copy what is too large to a local place and remove it there; what is no file stays there."""
        self._inbox.set_aside(entry, target)
