"""What can be set about a channel, a class for each kind: a pair of folders, the folders of an AS2 server, SFTP.

All kinds share how often they are looked into, when a file counts as complete, and how much may wait. The rest is what
only this way of travelling needs. A key file is a path, or `credential:NAME` for a file that systemd hands over; what
is secret never stands in config.toml itself.
"""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, Strict, model_validator

from gateway.config.values import (
    Duration,
    FileEnding,
    Flag,
    Name,
    Place,
    Port,
    RemoteFolder,
    SecretFile,
    Settings,
    Size,
    Text,
    WireName,
)

# What a server from before about 2015 may need; paramiko still knows them, and none is offered without being named.
WeakAlgorithm = Literal[
    "hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96", "aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"
]


class ChannelSettings(Settings):
    """What every kind of channel has."""

    partners: tuple[Name, ...] = Field(
        (), description="Whose files travel here. Each partner has one channel; a seller names his himself."
    )
    max_file: Size = Field(32_000_000, description="The largest file taken in; a larger one goes to quarantine unread.")
    max_unpacked: Size = Field(
        500_000_000, description="The most that a compressed report may become; a larger one goes to quarantine."
    )
    poll_every: Duration = Field(timedelta(seconds=5), description="How often it is looked into.")
    settle_polls: Annotated[int, Strict()] = Field(
        2, ge=1, description="In how many looks in a row a file must be the same before it is taken."
    )
    settle_within: Duration = Field(
        timedelta(minutes=10), description="How long a file may go on changing before it is a case."
    )
    truncated_after: Duration = Field(
        timedelta(minutes=10),
        description="How long a file whose end is missing (no IEA, no UNZ) is waited for before it goes to quarantine.",
    )
    quota_files: Annotated[int, Strict()] = Field(
        10_000, ge=1, description="The most files that may wait. What is beyond stays where it is, and is a case."
    )
    quota_size: Size = Field(1_000_000_000, description="The most bytes that may wait, all files together.")
    backlog_warn: Annotated[int, Strict()] = Field(
        100, ge=1, description="From so many waiting files on there is a case."
    )
    backlog_alarm: Annotated[int, Strict()] = Field(
        400, ge=1, description="From so many on it is urgent. Amazon places no orders while 500 files wait."
    )

    _name: str = PrivateAttr("")

    @model_validator(mode="after")
    def _warned_first(self) -> Self:
        if self.backlog_warn > self.backlog_alarm:
            raise ValueError("backlog_warn is above backlog_alarm: the warning comes first")
        return self

    @property
    def name(self) -> str:
        """What people call the channel: the name of its table."""
        return self._name


class FolderChannel(ChannelSettings):
    """A pair of folders, which sshd, an SFTP client, an ERP or a person fills and empties."""

    kind: Literal["folder"] = Field(description="How files travel: a pair of folders.")
    inbox: Place = Field(alias="in", description="The folder where their files arrive.")
    outbox: Place = Field(alias="out", description="The folder where our files for them appear, complete, by renaming.")
    trigger: FileEnding = Field(
        "",
        description='The ending of the trigger files that say a file is complete: with ".done", po.edi is taken once '
        "po.edi.done lies there. Empty: there are none.",
    )
    checksum: FileEnding = Field(
        "",
        description='The ending of the file with the SHA-256 of another, as sha256sum writes it: with ".sha256", '
        "po.edi is taken once po.edi.sha256 lies there and fits. Empty: there are none.",
    )


class As2Channel(ChannelSettings):
    """The folders of an AS2 server that stands beside the gateway, laid out as OpenAS2 lays them out."""

    kind: Literal["as2"] = Field(description="How files travel: through the folders of an AS2 server (OpenAS2).")
    data: Place = Field(
        alias="in", description="Its data folder: what arrives lies in <their_as2_id>-<our_as2_id>/inbox inside it."
    )
    outbox: Place = Field(alias="out", description="The folder that it polls for files to send to them.")
    mdn: Place = Field(description="The folder where it keeps the receipts (MDN) for what we sent.")
    our_as2_id: WireName = Field(description="Our AS2 id, as the AS2 server has it.")
    their_as2_id: WireName = Field(description="Theirs.")

    @property
    def inbox(self) -> Place:
        """The folder where their files arrive: OpenAS2 makes one for each pair of sender and receiver."""
        return self.data / f"{self.their_as2_id}-{self.our_as2_id}" / "inbox"


class SftpChannel(ChannelSettings):
    """A server of the partner: one account to download from, one to upload with; they may be the same."""

    kind: Literal["sftp"] = Field(description="How files travel: we log in to their SFTP server.")
    host: Text = Field(description="The server's name or address.")
    port: Port = Field(22, ge=1, le=65535, description="Its port. Amazon's is 2222.")
    host_keys: Place = Field(
        description="A file with the server's public keys, in the form of known_hosts. No other key is ever trusted."
    )
    in_user: Text = Field(description="The account that downloads.")
    in_key_file: SecretFile = Field(
        description="The file with its private key, without a passphrase, or credential:NAME. Only we may read it."
    )
    in_folder: RemoteFolder = Field(alias="in", description="The folder on the server where their files lie.")
    out_user: Text = Field(description="The account that uploads.")
    out_key_file: SecretFile = Field(description="The file with its private key, or credential:NAME.")
    out_folder: RemoteFolder = Field(alias="out", description="The folder on the server that our files are put into.")
    rename: Literal["part", "in-place"] = Field(
        "part",
        description="How a file appears there: uploaded under its name with .part and then renamed, or, where they "
        "allow no renaming, written under its own name at once.",
    )
    takes_away: Flag = Field(
        True,
        description="Whether they remove what they have taken. Then a file that is not there may have arrived, and "
        "after a broken upload only their acknowledgement or in_doubt_wait tells.",
    )
    in_doubt_wait: Duration = Field(
        timedelta(hours=1),
        description="How long an acknowledgement is waited for after a broken upload that nobody can look into. Then "
        "the same bytes go again under the same name and number.",
    )
    timeout: Duration = Field(
        timedelta(seconds=30), description="How long the server may be silent before it counts as out of reach."
    )
    weak_algorithms: tuple[WeakAlgorithm, ...] = Field(
        (), description="Outdated ciphers and checksums that are offered too, for an old server: hmac-sha1, aes128-cbc."
    )
    poll_every: Duration = Field(
        timedelta(minutes=1), description="How often it is looked into. Amazon wants every 15 minutes or more often."
    )


Channel = FolderChannel | As2Channel | SftpChannel
