"""The transports of an instance, made from its configuration: one opener a kind of channel.

`once` takes every file as it lies there; the daemon looks at a file more than once before it believes that it is whole.
"""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.config import Channel, Config
from gateway.config.channels import As2Channel, FolderChannel, SftpChannel
from gateway.erp import FilesErp
from gateway.pipeline.desk import ERP_CHANNEL
from gateway.transports import FolderTransport, Transport


def _open_folder(channel: FolderChannel) -> Transport:
    return FolderTransport(channel.name, channel.inbox, channel.outbox, max_file=channel.max_file)


def _open_as2(channel: As2Channel) -> Transport:
    from gateway.transports.as2_drop import As2Drop

    return As2Drop(
        channel.name,
        channel.data,
        channel.outbox,
        channel.mdn,
        ours=channel.our_as2_id,
        theirs=channel.their_as2_id,
        max_file=channel.max_file,
    )


def _open_sftp(channel: SftpChannel) -> Transport:
    from gateway.transports.sftp import SftpTransport  # paramiko takes longer to import than most commands take

    return SftpTransport(channel)


_OPENERS: Mapping[type[Channel], Callable[[Any], Transport]] = {
    FolderChannel: _open_folder,
    As2Channel: _open_as2,
    SftpChannel: _open_sftp,
}


def open_channel(channel: Channel) -> Transport:
    """The transport of a channel, with the trigger and checksum files that it is configured for."""
    transport = _OPENERS[type(channel)](channel)
    trigger, checksum = getattr(channel, "trigger", ""), getattr(channel, "checksum", "")
    if not trigger and not checksum:
        return transport
    from gateway.transports.announced import Announced

    return Announced(transport, trigger=trigger, checksum=checksum)


def open_channels(config: Config) -> Mapping[str, Transport]:
    """The partners' channels by name."""
    return {name: open_channel(channel) for name, channel in config.channels.items()}


def settled(channel: Channel, transport: Transport) -> Transport:
    """The same transport for who looks again and again: what still grows is left until it is whole (R2, R3)."""
    from gateway.transports.settling import Settling

    return Settling(
        transport,
        polls=channel.settle_polls,
        truncated_after=channel.truncated_after.total_seconds(),
        settle_within=channel.settle_within.total_seconds(),
    )


def open_erp(config: Config) -> FilesErp:
    """The other shore."""
    erp = config.erp
    folders = FolderTransport(ERP_CHANNEL, erp.inbox, erp.outbox, max_file=erp.max_file)
    return FilesErp(folders, any_name=erp.kind == "sap-idoc")


def settling_erp(transport: Transport) -> Transport:
    """The same for the ERP's folder: JSON and CSV have no end mark, so a file is whole once it has stopped changing."""
    from gateway.transports.settling import Settling

    return Settling(transport)
